"""Handing evidence over: what custody adds to the acts of sending and of confirming, and the copies that come.

The door asks `said_with` before it does an act, and tells `done` after; nothing else hands evidence over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from cooperation.evidence.conditions import DELETE_BY, NEVER, WITH_CONSENT, strictest
from cooperation.evidence.receipts import Head, receipt
from cooperation.evidence.receiving import CHANGED, MISSING, UNSEALED, ZONE, needs_examining, wrong_with
from cooperation.evidence.rules import custody
from cooperation.evidence.told import VERIFY
from cooperation.moments import instant
from cooperation.words import Refused, sentence
from requests_app.agenda.batch import Batch
from requests_app.evidence.keys import sign
from requests_app.evidence.models import EvidenceItem, PlantedBreak, Receipt, ReceivedCopy
from requests_app.evidence.reading import hashed_again
from requests_app.workflow.custody import announced, items_of, load_evidence, note, on_desk
from requests_app.workflow.log import Actor
from requests_app.workflow.models import AssistanceRequest, Event
from requests_app.workflow.records import authority_of, holder

ITEMS_AT_MOST = 200
RANK_EVIDENCE = 30
WARN_DAYS = 7
# How a transfer goes where nothing else is said.
SECURE_MAIL = sentence("secure mail")
HASH_BREAKS = (CHANGED, MISSING)
OTHER_ZONES = ("+00:00", "-05:00")


def said_with(batch: Batch, request: AssistanceRequest, act: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the contents of an act with what custody adds; raise Refused where it forbids the act."""
    if act == "transmit":
        told = said if "evidence" in said else {**said, "evidence": _unsent(batch, request)}
        return _sending(batch, request, told) if told["evidence"] or "evidence" in said else dict(said)
    if act == "confirm_receipt":
        return _confirmation(batch, request, said)
    return dict(said)


def _sending(batch: Batch, request: AssistanceRequest, said: Mapping[str, Any]) -> dict[str, Any]:
    items = [_to_send(batch, request, reference) for reference in _references(said["evidence"])]
    told = [announced(item) for item in items]
    planted = _break_for(batch, request, items)
    if planted is not None and planted[0] == ZONE:
        entry = told[items.index(planted[1])]
        entry["zone"] = next(zone for zone in OTHER_ZONES if zone != entry["zone"])
    batch.memory[f"broken {request.pk}"] = planted
    conditions = _bound_by(items, conditions_of(said.get("conditions_of_use"), batch), batch)
    out = {**said, "evidence": told, "channel": str(said.get("channel") or SECURE_MAIL)}
    return {**out, "conditions_of_use": conditions} if conditions else out


def _unsent(batch: Batch, request: AssistanceRequest) -> list[str]:
    """Return the items of the desk that were never sent: who sends without naming any sends these."""
    if not request.evidence_numbers:
        return []
    current_copies(batch, request)
    sent = {copy.item_id for copy in batch.group(ReceivedCopy, "request_id")[request.pk]}
    desk = holder(batch, request, "requested")
    return [
        item.reference
        for item in items_of(batch, request)
        if item.authority_id == desk.pk and item.destroyed_at is None and item.pk not in sent
    ]


def _bound_by(items: Sequence[EvidenceItem], said: dict[str, Any], batch: Batch) -> dict[str, Any]:
    """Return the conditions of a sending: what came from another State takes those along that it came with."""
    for item in items:
        if item.is_passed_on:
            check_kept(item.conditions, batch.at)
            said = strictest(item.conditions, said)
    return said


def check_kept(conditions: Mapping[str, Any], at: datetime) -> None:
    """Raise Refused where conditions of use let nobody keep it any longer. `at`: exercise instant."""
    delete_by = conditions.get(DELETE_BY)
    if delete_by and instant(delete_by) <= at:
        raise Refused(
            "to_be_destroyed",
            f"the conditions of use let this copy be kept until {delete_by}",
            article="36",
            mend="destroy it, and say so",
        )


def _references(value: Any) -> list[str]:
    if not isinstance(value, list) or not 0 < len(value) <= ITEMS_AT_MOST:
        raise Refused(
            "bad_evidence",
            "evidence is a list of references of items",
            mend="name items like VN-SG-0001/SG-1",
        )
    if any(not isinstance(entry, str) for entry in value) or len(set(value)) < len(value):
        raise Refused("bad_evidence", "each item is named once, by its reference", mend="name each item once")
    return value


def _to_send(batch: Batch, request: AssistanceRequest, reference: str) -> EvidenceItem:
    item = next((i for i in items_of(batch, request) if i.reference == reference), None)
    if item is None or item.authority_id != holder(batch, request, "requested").pk:
        raise Refused(
            "unknown_evidence",
            f"this desk holds no evidence item {reference} for this request",
            mend="acquire it first, or name another",
        )
    if item.destroyed_at is not None:
        raise Refused("destroyed", f"{reference} has been destroyed", mend="name another item")
    return item


def conditions_of(said: Any, batch: Batch) -> dict[str, Any]:
    """Return conditions of use as they are kept; raise Refused for what is none."""
    known = custody().conditions
    if not said:
        return {}
    bad = Refused(
        "bad_conditions",
        f"conditions of use are: {', '.join(known)}",
        article="36, 40(19)",
        mend=f"onward_transfer is {WITH_CONSENT} or {NEVER}, confidential true or false, delete_by an instant to come",
    )
    if not isinstance(said, Mapping) or set(said) - set(known):
        raise bad
    if said.get("onward_transfer", NEVER) not in (WITH_CONSENT, NEVER):
        raise bad
    if not isinstance(said.get("confidential", False), bool) or not isinstance(said.get("purpose", ""), str):
        raise bad
    if "delete_by" in said:
        try:
            is_past = instant(str(said["delete_by"])) <= batch.at
        except ValueError:
            raise bad from None
        if is_past:
            raise bad
    return dict(said)


def _break_for(
    batch: Batch, request: AssistanceRequest, items: Sequence[EvidenceItem]
) -> tuple[str, EvidenceItem, PlantedBreak | None] | None:
    """Return what goes wrong with this sending, and with which item: planted, or by an accident on the way."""
    accident = batch.memory.pop(f"accident {request.pk}", False)
    for planted in _planted(batch):
        fitting = [i for i in items if not planted.kind or i.kind == planted.kind]
        if planted.what == ZONE:
            fitting = [i for i in fitting if i.zone and not i.is_token]
        if planted.used_at is None and planted.fits(request) and fitting:
            return planted.what, fitting[-1], planted
    return (CHANGED, items[-1], None) if accident else None


def _planted(batch: Batch) -> list[PlantedBreak]:
    if "planted" not in batch.memory:
        batch.memory["planted"] = batch.load(
            PlantedBreak.objects.filter(exercise=batch.exercise, used_at=None).order_by("pk")
        )
    found: list[PlantedBreak] = batch.memory["planted"]
    return found


def _confirmation(batch: Batch, request: AssistanceRequest, said: Mapping[str, Any]) -> dict[str, Any]:
    copies = current_copies(batch, request)
    if not copies:
        return {k: v for k, v in said.items() if k != "receipt"}
    unseen = [c.item.reference for c in copies if c.verified_at is None]
    if unseen:
        raise Refused(
            "not_verified",
            f"a receipt says that the hashes were computed again, and they were not: {', '.join(unseen)}",
            article="exercise rule",
            mend="verify what has come, then sign",
        )
    broken = [c.item.reference for c in copies if set(c.wrong) & set(HASH_BREAKS)]
    if broken:
        raise Refused(
            "mismatch_stands",
            f"what has come is not what was announced: {', '.join(broken)}",
            article="exercise rule",
            mend="report the mismatch, and sign for the good copy",
        )
    items = [{"item": c.item.reference, "sha256": c.found_sha256, "size": c.item.size} for c in copies]
    return {**said, "receipt": {"items": items}}


def done(batch: Batch, request: AssistanceRequest, event: Event) -> None:
    """Write what follows in custody from an act that the door has done."""
    if event.act == "transmit" and event.contents.get("evidence"):
        _sent(batch, request, event)
    if event.act == "confirm_receipt" and event.contents.get("receipt"):
        _signed(batch, request, event)


def _sent(batch: Batch, request: AssistanceRequest, event: Event) -> None:
    by_reference = {item.reference: item for item in items_of(batch, request)}
    planted = batch.memory.pop(f"broken {request.pk}", None)
    receiver = holder(batch, request, "requesting")
    conditions = event.contents.get("conditions_of_use", {})
    current_copies(batch, request)
    for told in event.contents["evidence"]:
        item = by_reference[told["item"]]
        broken = planted[0] if planted is not None and planted[1] is item else ""
        item.conditions = conditions
        batch.add(
            ReceivedCopy(
                exercise=batch.exercise,
                item=item,
                request=request,
                authority=receiver,
                sending=event.seq,
                announced=told,
                broken_on_the_way=broken,
                sealed=bool(told["seal"]) and broken != UNSEALED,
            )
        )
    if planted is not None and planted[2] is not None:
        planted[2].used_at = batch.at
        batch.change(planted[2])
    note(batch, event, request.reference, holder(batch, request, "requested"), by_reference)
    if "delete_by" in conditions:
        _put_deletion(batch, request, event.seq, instant(conditions["delete_by"]))


def _put_deletion(batch: Batch, request: AssistanceRequest, sending: int, at: datetime) -> None:
    said = {"sending": sending}
    key = f"{request.pk}/{sending}"
    warned_at = at - timedelta(days=WARN_DAYS)
    if warned_at > batch.at:
        batch.put(
            "evidence_warn",
            f"evidence_warn/{key}",
            warned_at,
            rank=RANK_EVIDENCE,
            request_id=request.pk,
            payload=said,
        )
    batch.put(
        "evidence_due", f"evidence_due/{key}", at, rank=RANK_EVIDENCE, request_id=request.pk, payload=said
    )


def current_copies(batch: Batch, request: AssistanceRequest) -> list[ReceivedCopy]:
    """Return the copies that stand: of each item the one that was sent last."""
    if not request.evidence_numbers:
        return []
    load_evidence(batch, request)
    latest: dict[Any, ReceivedCopy] = {}
    for copy in batch.group(ReceivedCopy, "request_id")[request.pk]:
        if copy.item_id not in latest or latest[copy.item_id].sending < copy.sending:
            latest[copy.item_id] = copy
    return sorted(latest.values(), key=lambda c: (c.sending, c.item.reference))


def verify_copies(
    batch: Batch, request: AssistanceRequest, actor: Actor, *, examines: bool = True
) -> list[tuple[str, str]]:
    """Hash again what has come and was not yet verified; return each item with each break found in it.

    examines  also look at seals and zones
    """
    copies = current_copies(batch, request)
    new = [copy for copy in copies if copy.verified_at is None]
    desk = authority_of(batch, request.requesting_code, request.requesting_kind)
    entries = []
    for copy in new:
        found, head = hashed_again(copy)
        wrong = wrong_with(copy.announced, found, head=head, sealed=copy.sealed)
        copy.wrong = [w for w in wrong if examines or not needs_examining(w)]
        copy.found_sha256 = found.sha256 if found else ""
        copy.verified_at = batch.at
        batch.change(copy)
        result = ",".join(copy.wrong) or "agrees"
        entries.append({"item": copy.item.reference, "sha256": copy.found_sha256, "result": result})
    if new:
        said = {
            "request": request.reference,
            "channel": SECURE_MAIL,
            "sending": max(copy.sending for copy in new),
            "items": entries,
        }
        on_desk(batch, desk, actor, VERIFY, said, [copy.item for copy in new])
    return [(copy.item.reference, wrong) for copy in copies for wrong in copy.wrong]


def _signed(batch: Batch, request: AssistanceRequest, event: Event) -> None:
    desk = holder(batch, request, "requesting")
    items = {item.reference: item for item in items_of(batch, request)}
    body = receipt(
        exercise=batch.exercise.log_name,
        request=request.reference,
        desk=desk.desk,
        at=event.at,
        head=Head(request.reference, event.seq, event.hash),
        items=event.contents["receipt"]["items"],
    )
    signature, public_key = sign(batch.exercise.pk, desk.desk, body)
    batch.add(
        Receipt(
            exercise=batch.exercise,
            request=request,
            authority=desk,
            seq=event.seq,
            at=event.at,
            body=body,
            signature=signature,
            public_key=public_key,
        )
    )
    note(batch, event, request.reference, desk, items)
