"""Custody: items of evidence and the steps taken with them; each step is an event, and a row besides.

What concerns the other State is part of an act on the request's chain, and so comes through the door
(`handing_over`); the rest stands on the desk's own chain. `verify` holds the rows against the events.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cooperation.evidence.rules import custody
from cooperation.evidence.told import STEP, steps_told
from cooperation.words import Refused
from requests_app.agenda.batch import Batch
from requests_app.evidence.models import CustodyStep, EvidenceItem, ReceivedCopy
from requests_app.workflow.log import Actor, append_to_desk
from requests_app.workflow.models import AssistanceRequest, Event
from requests_app.world.models import Authority

HANDLES_EVIDENCE = ("in_execution", "partly_executed", "evidence_transmitted")


def items_of(batch: Batch, request: AssistanceRequest) -> list[EvidenceItem]:
    """Return the items of a request, in the order in which they were acquired."""
    if request.evidence_numbers:
        load_evidence(batch, request)
    return list(batch.group(EvidenceItem, "request_id")[request.pk])


def load_evidence(batch: Batch, request: AssistanceRequest) -> None:
    """Load the evidence of a request, and with it, in the same two queries, that of others soon to be asked."""
    loaded: set[Any] = batch.memory.setdefault("evidence of", set())
    if request.pk in loaded:
        return
    wanted = {request.pk}
    for other in batch.known(AssistanceRequest):
        if other.status in HANDLES_EVIDENCE and other.evidence_numbers and other.pk not in loaded:
            wanted.add(other.pk)
    loaded |= wanted
    batch.load(EvidenceItem.objects.filter(request__in=wanted).order_by("acquired_at", "reference"))
    for copy in batch.load(ReceivedCopy.objects.filter(request__in=wanted).order_by("sending")):
        # The item that the batch knows, not a second one with the same key.
        copy.item = batch.find(EvidenceItem, copy.item_id) or copy.item


def new_item(batch: Batch, request: AssistanceRequest, desk: Authority, **fields: Any) -> EvidenceItem:
    """Put an item on a desk, numbered within its request. The step that it begins with is the caller's."""
    if request.evidence_numbers:
        load_evidence(batch, request)
    batch.memory.setdefault("evidence of", set()).add(request.pk)
    code = desk.state.code
    number = request.evidence_numbers.get(code, 0) + 1
    request.evidence_numbers = {**request.evidence_numbers, code: number}
    batch.change(request)
    return batch.add(
        EvidenceItem(
            exercise=batch.exercise,
            authority=desk,
            request=request,
            reference=f"{request.reference}/{code}-{number}",
            acquired_at=batch.at,
            **fields,
        )
    )


def facts_of(item: EvidenceItem) -> dict[str, Any]:
    """Return what the event of its acquisition says of an item."""
    origin = item.derived_from
    return {
        "item": item.reference,
        "name": item.name,
        "kind": item.kind,
        "source_type": item.source_type,
        "source": item.source,
        "legal_authority": item.legal_authority,
        "category": item.category,
        "period": [item.period_from, item.period_to],
        "zone": item.zone,
        "size": item.size,
        "media_type": item.media_type,
        "sha256": item.sha256,
        "sha512": item.sha512,
        "tool": item.tool,
        "token": item.is_token,
        "derived_from": origin.reference if origin else None,
        "reason": item.reason,
        **({"conditions_of_use": item.conditions} if item.is_passed_on and item.conditions else {}),
    }


def announced(item: EvidenceItem) -> dict[str, Any]:
    """Return what the other State is told of an item with its sending."""
    told = {
        "item": item.reference,
        "name": item.name,
        "kind": item.kind,
        "source_type": item.source_type,
        "source": item.source,
        "legal_authority": item.legal_authority,
        "tool": item.tool,
        "category": item.category,
        "period": [item.period_from, item.period_to],
        "media_type": item.media_type,
        "size": item.size,
        "sha256": item.sha256,
        "sha512": item.sha512,
        "zone": item.zone,
        "seal": item.seal,
    }
    if item.is_token:
        told["token"] = True
    if item.derived_from is not None:
        told["derived"] = item.reason
    return told


def note(batch: Batch, event: Event, chain: str, desk: Authority, items: Mapping[str, EvidenceItem]) -> None:
    """Write the steps that an event tells, one row for each item.

    chain  a request's reference, or the name of a desk
    items  by reference
    """
    for reference, step in steps_told(event.act, event.contents):
        item = items[reference]
        item.steps += 1
        batch.add(
            CustodyStep(
                exercise=batch.exercise,
                item=item,
                number=item.steps,
                step=step,
                at=event.at,
                desk=desk.desk,
                seat=event.actor_seat,
                facts=_facts_of_step(event, reference),
                chain=chain,
                seq=event.seq,
                hash=event.hash,
            )
        )
        batch.change(item)


_OF_AN_ENTRY = ("tool", "seal", "result", "sha256", "reason")


def _facts_of_step(event: Event, reference: str) -> dict[str, Any]:
    said = event.contents
    entries = said.get("evidence") or said.get("items") or said.get("receipt", {}).get("items", ())
    own: dict[str, Any] = next((e for e in entries if isinstance(e, dict) and e.get("item") == reference), {})
    # With a sending stands the tool of the acquisition, which is no fact of the sending.
    names = ("seal", "result", "sha256", "reason") if event.act == "transmit" else _OF_AN_ENTRY
    told = {k: own[k] for k in names if own.get(k)}
    told |= {k: said[k] for k in ("channel", "reason", "tool", "place", "to", "what") if said.get(k)}
    return told


def on_desk(
    batch: Batch,
    desk: Authority,
    actor: Actor,
    act: str,
    said: Mapping[str, Any],
    items: Iterable[EvidenceItem],
) -> Event:
    """Write an event of custody on a desk's own chain, with the rows of its steps."""
    event = append_to_desk(batch, desk, actor, act, said)
    note(batch, event, desk.desk, desk, {item.reference: item for item in items})
    return event


def take_step(
    batch: Batch, item: EvidenceItem, desk: Authority, actor: Actor, step: str, facts: Mapping[str, Any]
) -> Event:
    """Take one step with one item; raise Refused where the step is unknown or does not say what it must."""
    known = custody().steps.get(step)
    if known is None or known.chain != "desk":
        allowed = ", ".join(s.id for s in custody().steps.values() if s.chain == "desk")
        raise Refused(
            "unknown_custody_step", f"there is no such step of a desk: {step}", mend=f"use one of: {allowed}"
        )
    lacks = [name for name in known.says if not facts.get(name)]
    if lacks:
        raise Refused(
            "step_says_too_little",
            f"{known.label} must say: {', '.join(lacks)}",
            article=known.source,
            mend="add what is missing",
        )
    said = {"item": item.reference, "step": step, **facts}
    return on_desk(batch, desk, actor, STEP, said, [item])
