"""Packages: what a request's evidence is exported as, and how a package from outside becomes evidence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from django.db import transaction

from cooperation.eventlog import instant_text
from cooperation.evidence.case_uco import graph
from cooperation.evidence.receipts import envelope
from cooperation.evidence.record import record_lines
from cooperation.evidence.rules import custody
from cooperation.evidence.told import ACQUIRE
from cooperation.words import Refused
from requests_app.agenda.advance import locked
from requests_app.agenda.batch import Batch
from requests_app.evidence import store
from requests_app.evidence.bag_reader import Bag
from requests_app.evidence.bag_writer import BagWriter
from requests_app.evidence.keys import sign
from requests_app.evidence.models import CustodyStep, EvidenceItem, ImportedPackage, Receipt
from requests_app.evidence.package import CASE, PUBLIC_KEY, RECORD, SIGNATURE, papers, readme
from requests_app.evidence.reading import blocks_of
from requests_app.workflow.custody import facts_of, new_item, on_desk
from requests_app.workflow.models import AssistanceRequest
from requests_app.workflow.records import holder, load_requests, load_states, seat_at
from requests_app.world.models import Exercise


def evidence_of(request: AssistanceRequest) -> list[EvidenceItem]:
    """Return the items of a request, in the order of their numbers."""
    found = EvidenceItem.objects.filter(request=request).select_related("authority__state", "derived_from")
    return sorted(found, key=lambda item: (item.authority.state.code, len(item.reference), item.reference))


def export(request: AssistanceRequest, folder: Path, *, with_pdf: bool = True) -> int:
    """Write the evidence of a request into a new folder as a bag; return how many files it hands over.

    Raises Refused: no_evidence. Equal evidence gives equal bytes, save for the signatures' keys.
    """
    items = evidence_of(request)
    if not items:
        raise Refused(
            "no_evidence", f"{request.reference} has no evidence", mend="name a request that has some"
        )
    exercise = request.exercise
    desk = items[0].authority.desk
    steps = list(
        CustodyStep.objects.filter(item__in=[item.pk for item in items])
        .select_related("item")
        .order_by("at", "item__reference", "number")
    )
    bag = BagWriter(folder)
    names = {item.pk: _file_name(item) for item in items}
    given = [item for item in items if not item.is_token and item.destroyed_at is None]
    for item in given:
        bag.payload(names[item.pk], blocks_of(item))
    record = _record(exercise, request, items, steps, names)
    signature, public_key = sign(exercise.pk, desk, record)
    bag.tag(RECORD, record)
    bag.tag(SIGNATURE, f"{signature}\n".encode())
    bag.tag(PUBLIC_KEY, f"{public_key}\n".encode())
    shown = _shown(exercise, request, items, steps)
    for name, content in papers(shown, made_at=exercise.present, with_pdf=with_pdf).items():
        bag.tag(name, content)
    for receipt in Receipt.objects.filter(request=request).order_by("seq"):
        bag.tag(f"receipts/receipt-{receipt.seq}.json", receipt_file(receipt))
    bag.tag(CASE, json.dumps(_case(request, items, steps), indent=1, ensure_ascii=False).encode())
    tokens = [f"{i.reference}  {i.size} bytes  {i.sha256}" for i in items if i.is_token]
    bag.tag(
        "README.txt",
        readme(request=request.reference, handle=exercise.handle, desk=desk, files=len(given), tokens=tokens),
    )
    bag.finish(
        [
            ("Source-Organization", f"EXERCISE: {desk}"),
            ("External-Identifier", request.reference),
            ("External-Description", f"EXERCISE: evidence on {request.reference} of {exercise.handle}"),
            ("Bagging-Date", f"{exercise.present:%Y-%m-%d}"),
            ("Bag-Software-Agent", "Comity"),
        ]
    )
    return len(given)


def receipt_file(receipt: Receipt) -> bytes:
    """Return a receipt as the file that a State keeps."""
    return envelope(bytes(receipt.body), receipt.signature, receipt.public_key)


def _file_name(item: EvidenceItem) -> str:
    number = item.reference.rpartition("/")[2]
    name = "".join(sign if sign.isalnum() or sign in "._-" else "_" for sign in item.name).strip("._")[:120]
    return f"{number}_{name or 'file'}"


def _record(
    exercise: Exercise,
    request: AssistanceRequest,
    items: Sequence[EvidenceItem],
    steps: Sequence[CustodyStep],
    names: dict[Any, str],
) -> bytes:
    head = {
        "exercise": exercise.log_name,
        "request": request.reference,
        "chain_head": [request.version, request.chain_head],
        "items": [
            {
                **facts_of(item),
                "file": None if item.is_token else f"data/{names[item.pk]}",
                "seal": item.seal,
                "conditions_of_use": item.conditions,
                "acquired_at": instant_text(item.acquired_at),
                "destroyed_at": instant_text(item.destroyed_at) if item.destroyed_at else None,
            }
            for item in items
        ],
    }
    return record_lines(head, (_step(step) for step in steps))


def _step(step: CustodyStep) -> dict[str, Any]:
    return {
        "item": step.item.reference,
        "number": step.number,
        "step": step.step,
        "at": instant_text(step.at),
        "desk": step.desk,
        "seat": step.seat,
        "facts": step.facts,
        "chain": step.chain,
        "seq": step.seq,
        "event": step.hash,
    }


def _shown(
    exercise: Exercise,
    request: AssistanceRequest,
    items: Sequence[EvidenceItem],
    steps: Sequence[CustodyStep],
) -> dict[str, Any]:
    labels = custody().steps
    own: dict[Any, list[list[str]]] = {item.pk: [] for item in items}
    for step in steps:
        said = "; ".join(f"{name}: {value}" for name, value in sorted(step.facts.items()))
        at = f"{step.at:%Y-%m-%d %H:%M:%S}"
        own[step.item_id].append(
            [labels[step.step].label, at, step.desk, f"{step.chain}, {step.seq}: {step.hash[:16]}", said]
        )
    return {
        "title": f"Custody record of {request.reference}",
        "facts": [["Exercise", exercise.handle], ["Request", request.reference], ["Items", str(len(items))]],
        "items": [
            {"reference": item.reference, "facts": _facts_shown(item), "steps": own[item.pk]}
            for item in items
        ],
    }


def _facts_shown(item: EvidenceItem) -> list[list[str]]:
    told = [
        ("File", "an opaque token: never here" if item.is_token else item.name),
        ("Source", f"{item.source_type}: {item.source}"),
        ("Legal authority", item.legal_authority),
        ("Category", item.category),
        ("Period", f"{item.period_from} to {item.period_to}" if item.period_from else ""),
        ("Zone of its times", item.zone),
        ("Size", f"{item.size} bytes"),
        ("SHA-256", item.sha256),
        ("SHA-512", item.sha512),
        ("Tool", item.tool),
        ("Seal", item.seal),
        ("Derived", f"from {item.derived_from.reference}: {item.reason}" if item.derived_from else ""),
        ("Conditions of use", "; ".join(f"{k}: {v}" for k, v in sorted(item.conditions.items()))),
    ]
    return [[name, value] for name, value in told if value]


def _case(
    request: AssistanceRequest, items: Sequence[EvidenceItem], steps: Sequence[CustodyStep]
) -> dict[str, Any]:
    labels = custody().steps
    return graph(
        f"{request.exercise.handle}/{request.reference}",
        f"evidence on {request.reference}",
        [
            {
                "reference": i.reference,
                "name": i.name,
                "media_type": i.media_type,
                "size": i.size,
                "sha256": i.sha256,
                "sha512": i.sha512,
                "source": i.source,
                "token": i.is_token,
            }
            for i in items
        ],
        [
            {
                "item": s.item.reference,
                "label": labels[s.step].label,
                "at": instant_text(s.at),
                "desk": s.desk,
                "tool": s.facts.get("tool", ""),
                "hash": s.hash,
            }
            for s in steps
        ],
    )


# -- from outside ----------------------------------------------------------------------------------------


def keep_package(bag: Bag, name: str, wall: datetime) -> ImportedPackage:
    """Keep a verified package by itself; the same package again is the same row. `wall` is a wall instant.

    Raises Refused: no_room, store_full.
    """
    earlier = ImportedPackage.objects.filter(digest=bag.digest).first()
    if earlier is not None:
        return earlier
    files = _stored(bag, store.PACKAGES, store.bytes_left_for_packages())
    return ImportedPackage.objects.create(
        name=name[:200], digest=bag.digest, size=bag.size, files=files, kept_at=wall
    )


def take_in(bag: Bag, name: str, request: AssistanceRequest) -> list[EvidenceItem]:
    """Put the files of a verified package on the desk of the State asked, as items of a request.

    Raises Refused: no_room, store_full, ended.
    """
    exercise = request.exercise
    if exercise.ended:
        raise Refused("ended", "the exercise has ended", mend="import it into one that runs")
    files = _stored(bag, str(exercise.pk), store.bytes_left_of(exercise.pk))
    with transaction.atomic():
        batch = Batch(locked(exercise.pk), Exercise.objects.get(pk=exercise.pk).advanced_to)
        load_states(batch)
        load_requests(batch, [request.pk])
        own = batch.find(AssistanceRequest, request.pk)
        assert own is not None
        desk = holder(batch, own, "requested")
        items = [
            new_item(
                batch,
                own,
                desk,
                name=PurePosixPath(file["name"]).name[:200],
                source_type="system",
                source=f"package {name}"[:300],
                legal_authority=f"Request {own.reference}",
                category="other",
                size=file["size"],
                media_type="application/octet-stream",
                sniffed_type=file["sniffed_type"],
                sha256=file["sha256"],
                sha512=file["sha512"],
                is_stored=True,
                tool="import_evidence",
            )
            for file in files
        ]
        said = {"request": own.reference, "items": [facts_of(item) for item in items]}
        on_desk(batch, desk, seat_at(desk), ACQUIRE, said, items)
        batch.write()
    return items


def _stored(bag: Bag, shelf: str, bytes_left: int) -> list[dict[str, Any]]:
    """Store each file of the payload; what was verified is stored, or nothing."""
    if bag.size > bytes_left:
        raise Refused(
            "no_room",
            f"there is room for {max(bytes_left, 0):,} bytes, and the package has {bag.size:,}",
            article="exercise rule",
            mend="destroy what is no longer needed",
        )
    files = []
    for name, sha256 in bag.payload.items():
        kept = store.keep(shelf, bag.holder.blocks(name), bytes_left=bytes_left, expected_sha256=sha256)
        files.append(
            {
                "name": name.removeprefix("data/"),
                "size": kept.size,
                "sha256": kept.sha256,
                "sha512": kept.sha512,
                "sniffed_type": kept.sniffed_type,
            }
        )
    return files
