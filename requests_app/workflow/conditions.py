"""Conditions of use, timed: a warning before what was received must be destroyed, and the day itself."""

from __future__ import annotations

from requests_app.agenda.batch import Batch
from requests_app.agenda.models import AgendaItem
from requests_app.evidence.models import ReceivedCopy
from requests_app.workflow.custody import take_step
from requests_app.workflow.handing_over import current_copies
from requests_app.workflow.log import Actor
from requests_app.workflow.models import AssistanceRequest
from requests_app.workflow.notices import notify
from requests_app.workflow.records import holder, request_of, seat_at
from requests_app.world.models import Authority

WARNED, DUE = "evidence_deletion_warning", "evidence_deletion_due"


def warn(batch: Batch, row: AgendaItem) -> None:
    """Tell the desk that holds the copies how soon they must be destroyed."""
    _tell(batch, row, WARNED)


def due(batch: Batch, row: AgendaItem) -> None:
    """The day has come: officers who are simulated destroy the copies, people are told to."""
    request, copies = _standing(batch, row)
    desk = holder(batch, request, "requesting")
    if not desk.simulated:
        _tell(batch, row, DUE)
        return
    for copy in copies:
        destroy_copy(batch, copy, desk, seat_at(desk), "the day named in the conditions of use has come")


def destroy_copy(batch: Batch, copy: ReceivedCopy, desk: Authority, actor: Actor, reason: str) -> None:
    """Destroy a copy that was received; the original stays with the State that sent it."""
    copy.destroyed_at = batch.at
    batch.change(copy)
    take_step(batch, copy.item, desk, actor, "destroyed", {"reason": reason, "sending": copy.sending})


def _tell(batch: Batch, row: AgendaItem, kind: str) -> None:
    request, copies = _standing(batch, row)
    if copies:
        facts = {
            "items": [copy.item.reference for copy in copies],
            "delete_by": copies[0].item.conditions.get("delete_by"),
            "source": "36",
        }
        notify(batch, holder(batch, request, "requesting"), kind, facts, request)


def _standing(batch: Batch, row: AgendaItem) -> tuple[AssistanceRequest, list[ReceivedCopy]]:
    assert row.request_id is not None
    request = request_of(batch, row.request_id)
    current_copies(batch, request)
    copies = batch.group(ReceivedCopy, "request_id")[request.pk]
    own = [c for c in copies if c.sending == row.payload["sending"] and c.destroyed_at is None]
    return request, sorted(own, key=lambda c: c.item.reference)
