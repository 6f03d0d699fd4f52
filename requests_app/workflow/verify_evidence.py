"""Holding evidence against what the chains tell of it: files, items, steps of custody, copies, receipts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Model

from cooperation.evidence.receipts import Head, receipt
from cooperation.evidence.told import ACQUIRE, REDACT, SEAL, STEP, steps_told
from cooperation.words import Refused
from requests_app.evidence.keys import holds, is_own
from requests_app.evidence.models import CustodyStep, EvidenceItem, Receipt, ReceivedCopy
from requests_app.evidence.reading import blocks_of, digests_of
from requests_app.workflow.custody import announced, facts_of
from requests_app.workflow.models import AssistanceRequest, Event
from requests_app.world.models import Authority, Exercise

# A zone may be announced wrongly and a seal later broken; what a file is may not.
ANNOUNCED = ("name", "kind", "category", "media_type", "size", "sha256", "sha512")
# An exercise played by an earlier version says nothing of these.
ANNOUNCED_SINCE = ("source_type", "source", "legal_authority", "tool", "period")


class Failure(NamedTuple):
    """Something that does not hold: where, what was expected, what was found."""

    place: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.place}: expected {self.expected}, found {self.found}"


def evidence_failures(exercise: Exercise, chains: Mapping[str, list[Event]]) -> Iterator[Failure]:
    """Yield what does not hold in the evidence of an exercise.

    chains  events by the name of their chain: a request's reference, or a desk
    """
    requests = AssistanceRequest.objects.filter(exercise=exercise).order_by().in_bulk()
    desks = Authority.objects.filter(state__exercise=exercise).select_related("state").order_by().in_bulk()
    items = _items(exercise, requests)
    told = _told(chains)
    for item in items.values():
        yield from _item(exercise, item, told.acquired.get(item.reference))
        yield from _standing(exercise, item, told)
    for reference in told.acquired.keys() - {item.reference for item in items.values()}:
        yield Failure(f"{exercise.handle}: evidence {reference}", "the item that was acquired", "none")
    yield from _steps(exercise, items, told)
    yield from _copies(exercise, items, chains, told)
    yield from _receipts(exercise, chains, requests, desks)


def _items(exercise: Exercise, requests: Mapping[Any, AssistanceRequest]) -> dict[Any, EvidenceItem]:
    """Return the items of an exercise, by key and in the order of their references."""
    items = {item.pk: item for item in EvidenceItem.objects.filter(exercise=exercise).order_by("reference")}
    _put_together(items.values(), "request", requests)
    _put_together(items.values(), "derived_from", items)
    return items


def _put_together(rows: Iterable[Model], relation: str, others: Mapping[Any, Model]) -> None:
    """Give each row what it points to, out of what has been read; what is not among it is read when it is asked for.

    Joined by the database instead, over tables that PostgreSQL counts as empty (see `tell_planner`), 1,263 receipts
    with their requests and desks took 63 s.
    """
    for row in rows:
        key = getattr(row, f"{relation}_id")
        if key in others:
            setattr(row, relation, others[key])


class _Told(NamedTuple):
    """What the chains tell of items, by their references.

    acquired    as they were acquired
    steps       each step with the event that tells it
    conditions  of use, as they were last sent with it
    seals       the last number
    destroyed   when, of an item (None) or of a copy by its sending
    """

    acquired: dict[str, dict[str, Any]]
    steps: Counter[tuple[str, str, str, int, str]]
    conditions: dict[str, dict[str, Any]]
    seals: dict[str, str]
    destroyed: dict[tuple[str, int | None], datetime]


def _told(chains: Mapping[str, list[Event]]) -> _Told:
    told = _Told({}, Counter(), {}, {}, {})
    for chain, events in chains.items():
        for event in events:
            said = event.contents
            for reference, step in steps_told(event.act, said):
                told.steps[reference, step, chain, event.seq, event.hash] += 1
            if event.act in (ACQUIRE, REDACT):
                told.acquired.update({entry["item"]: entry for entry in said.get("items", ())})
            elif event.act == SEAL:
                told.seals.update({entry["item"]: entry["seal"] for entry in said.get("items", ())})
            elif event.act == STEP and said["step"] == "destroyed":
                told.destroyed.setdefault((said["item"], said.get("sending")), event.at)
            elif event.act == "transmit":
                sent = said.get("conditions_of_use", {})
                told.conditions.update({entry["item"]: sent for entry in said.get("evidence", ())})
    return told


def _standing(exercise: Exercise, item: EvidenceItem, told: _Told) -> Iterator[Failure]:
    """Yield where the conditions, the seal or the end of an item are not what the chains tell."""
    reference = item.reference
    came_with = told.acquired.get(reference, {}).get("conditions_of_use", {})
    pairs = {
        "conditions of use": (told.conditions.get(reference, came_with), item.conditions),
        "seal": (told.seals.get(reference, ""), item.seal),
        "destroyed": (told.destroyed.get((reference, None)), item.destroyed_at),
    }
    for name, (expected, found) in pairs.items():
        if expected != found:
            yield Failure(f"{exercise.handle}: evidence {reference}, {name}", str(expected), str(found))


def _item(exercise: Exercise, item: EvidenceItem, told: dict[str, Any] | None) -> Iterator[Failure]:
    place = f"{exercise.handle}: evidence {item.reference}"
    if told is None:
        yield Failure(place, "an event of its acquisition", "none")
        return
    stored = facts_of(item)
    # These change with each sending, and are held against the last.
    for key in sorted((told.keys() | stored.keys()) - {"conditions_of_use"}):
        if told.get(key) != stored.get(key):
            yield Failure(f"{place}, {key}", repr(told.get(key)), repr(stored.get(key)))
    if item.is_token or item.destroyed_at is not None:
        return
    try:
        found, _ = digests_of(blocks_of(item))
    except Refused as refused:
        yield Failure(f"{place}, file {item.name}", f"a file with SHA-256 {item.sha256}", refused.message)
        return
    for name in ("sha256", "sha512", "size"):
        if getattr(found, name) != told.get(name):
            yield Failure(
                f"{place}, file {item.name}, {name}", str(told.get(name)), str(getattr(found, name))
            )


def _steps(exercise: Exercise, items: Mapping[Any, EvidenceItem], told: _Told) -> Iterator[Failure]:
    rows: dict[Any, list[CustodyStep]] = defaultdict(list)
    for row in CustodyStep.objects.filter(exercise=exercise).order_by("item_id", "number"):
        rows[row.item_id].append(row)
    left = Counter(told.steps)
    for key, item in items.items():
        place = f"{exercise.handle}: evidence {item.reference}"
        own = rows.pop(key, [])
        if [row.number for row in own] != list(range(1, item.steps + 1)):
            yield Failure(f"{place}, custody", f"steps 1 to {item.steps}", str([row.number for row in own]))
        for before, row in zip([None, *own], own):
            name = (item.reference, row.step, row.chain, row.seq, row.hash)
            if left[name] <= 0:
                yield Failure(
                    f"{place}, custody step {row.number} ({row.step})",
                    f"event {row.seq} of {row.chain} telling it",
                    "none",
                )
            left[name] -= 1
            if before is not None and row.at < before.at:
                yield Failure(f"{place}, custody step {row.number}", f"not before {before.at}", str(row.at))
    for (reference, step, chain, seq, _), number in left.items():
        if number > 0:
            yield Failure(
                f"{exercise.handle}: evidence {reference}",
                f"step {step} of {chain}, event {seq}",
                "no row of it",
            )


def _copies(
    exercise: Exercise, items: Mapping[Any, EvidenceItem], chains: Mapping[str, list[Event]], told: _Told
) -> Iterator[Failure]:
    sent: dict[tuple[str, int, str], dict[str, Any]] = {}
    for chain, events in chains.items():
        for event in events:
            if event.act == "transmit":
                sent |= {
                    (chain, event.seq, entry["item"]): entry for entry in event.contents.get("evidence", ())
                }
    for copy in ReceivedCopy.objects.filter(exercise=exercise).order_by("sending"):
        item = items[copy.item_id]
        place = f"{exercise.handle}: evidence {item.reference}, sending {copy.sending}"
        entry = sent.pop((item.request.reference, copy.sending, item.reference), None)
        if entry is None or entry != copy.announced:
            yield Failure(place, str(entry and entry.get("sha256")), str(copy.announced.get("sha256")))
            continue
        ended_at = told.destroyed.get((item.reference, copy.sending))
        if copy.destroyed_at != ended_at:
            yield Failure(f"{place}, destroyed", str(ended_at), str(copy.destroyed_at))
        own = announced(item)
        for name in (*ANNOUNCED, *(name for name in ANNOUNCED_SINCE if name in entry)):
            if entry.get(name) != own[name]:
                yield Failure(f"{place}, {name}", str(entry.get(name)), str(own[name]))
    for chain, seq, reference in sent:
        yield Failure(
            f"{exercise.handle}: evidence {reference}, sending {seq} of {chain}",
            "the copy that was sent",
            "none",
        )


def _receipts(
    exercise: Exercise,
    chains: Mapping[str, list[Event]],
    requests: Mapping[Any, AssistanceRequest],
    desks: Mapping[Any, Authority],
) -> Iterator[Failure]:
    signed = {
        (chain, event.seq): event
        for chain, events in chains.items()
        for event in events
        if event.act == "confirm_receipt" and event.contents.get("receipt")
    }
    rows = list(Receipt.objects.filter(exercise=exercise).order_by())
    _put_together(rows, "request", requests)
    _put_together(rows, "authority", desks)
    for row in sorted(rows, key=lambda row: (row.request.reference, row.seq)):
        place = f"{exercise.handle}: receipt of {row.request.reference}, event {row.seq}"
        event = signed.pop((row.request.reference, row.seq), None)
        if event is None:
            yield Failure(place, "a confirmation of receipt", "none")
            continue
        body = receipt(
            exercise=exercise.log_name,
            request=row.request.reference,
            desk=row.authority.desk,
            at=event.at,
            head=Head(row.request.reference, event.seq, event.hash),
            items=event.contents["receipt"]["items"],
        )
        if bytes(row.body) != body:
            yield Failure(place, "what the chain tells", "another text")
        elif not holds(body, row.signature, row.public_key):
            yield Failure(f"{place}, signature", f"of the key {row.public_key}", "another")
        elif not is_own(exercise.pk, row.authority.desk, row.public_key):
            yield Failure(f"{place}, key", f"a key of {row.authority.desk}", row.public_key)
    for chain, seq in signed:
        yield Failure(f"{exercise.handle}: receipt of {chain}, event {seq}", "a signed receipt", "none")
