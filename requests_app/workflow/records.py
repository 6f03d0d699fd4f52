"""What a batch needs to know about requests, loaded in a few queries and found in memory after."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from cooperation.timetable import VALIDITY
from requests_app.agenda.batch import Batch
from requests_app.agenda.models import AgendaItem
from requests_app.workflow.log import Actor
from requests_app.workflow.models import AssistanceRequest, Deadline, Interval, Suspension
from requests_app.world.models import Authority, State


def load_rows(batch: Batch, rows: list[AgendaItem]) -> None:
    """Load the requests that these agenda rows are about, with all that the door asks of them."""
    load_states(batch)
    load_requests(batch, {row.request_id for row in rows if row.request_id is not None})


def load_states(batch: Batch) -> None:
    """Load the States of the exercise and their authorities, once a batch."""
    if "states" in batch.memory:
        return
    authorities = list(
        Authority.objects.filter(state__exercise=batch.exercise).select_related("state").order_by()
    )
    batch.load(authorities)
    batch.memory["states"] = {a.state.code: a.state for a in authorities}
    batch.memory["authorities"] = {(a.state.code, a.kind): a for a in authorities}


def load_requests(batch: Batch, ids: Iterable[UUID]) -> None:
    """Load these requests and their parents, with the deadlines and intervals that have not ended."""
    missing = {i for i in ids if batch.find(AssistanceRequest, i) is None}
    if not missing:
        return
    found = list(AssistanceRequest.objects.filter(pk__in=missing).select_related("parent", "case").order_by())
    parents = [r.parent for r in found if r.parent_id and batch.find(AssistanceRequest, r.parent_id) is None]
    new = {r.pk for r in found} | {p.pk for p in parents if p is not None}
    batch.load(p for p in parents if p is not None)
    batch.load(found)
    deadlines = batch.load(Deadline.objects.filter(request__in=new, ended_at=None).order_by())
    if deadlines:
        batch.load(Suspension.objects.filter(deadline__in=[d.pk for d in deadlines]).order_by())
    batch.load(Interval.objects.filter(request__in=new, closed_at=None).order_by())


def request_of(batch: Batch, key: UUID) -> AssistanceRequest:
    """Return a request, loading it if no row of the batch named it."""
    load_requests(batch, [key])
    found = batch.find(AssistanceRequest, key)
    if found is None:
        raise AssistanceRequest.DoesNotExist(f"no request {key}")
    return found


def parent_of(batch: Batch, request: AssistanceRequest) -> AssistanceRequest | None:
    """Return the request that this one follows."""
    return request_of(batch, request.parent_id) if request.parent_id else None


def follow_ups_of(batch: Batch, request: AssistanceRequest) -> list[AssistanceRequest]:
    """Return the requests that name this one as their parent."""
    stored = AssistanceRequest.objects.filter(parent=request).values_list("pk", flat=True)
    load_requests(batch, stored)
    return [r for r in batch.known(AssistanceRequest) if r.parent_id == request.pk]


def open_intervals(batch: Batch, request: AssistanceRequest) -> list[Interval]:
    """Return the stages of a request that are still open."""
    found = [i for i in batch.group(Interval, "request_id")[request.pk] if i.closed_at is None]
    # In an order of their own: what the database gives first must not decide what is put first.
    return sorted(found, key=lambda i: (i.opened_at, i.stage))


def running_deadlines(batch: Batch, request: AssistanceRequest) -> list[Deadline]:
    """Return the deadlines of a request that have not ended: running, or missed and still owed."""
    found = [d for d in batch.group(Deadline, "request_id")[request.pk] if d.ended_at is None]
    return sorted(found, key=lambda d: (d.number, d.rule))


def validities(batch: Batch, request: AssistanceRequest) -> list[Deadline]:
    """Return how long what a request brought about still lasts."""
    return [d for d in running_deadlines(batch, request) if d.kind in VALIDITY]


def state_of(batch: Batch, code: str) -> State:
    """Return a State of the exercise."""
    load_states(batch)
    found: State = batch.memory["states"][code]
    return found


def authority_of(batch: Batch, code: str, kind: str) -> Authority:
    """Return an authority of a State of the exercise."""
    load_states(batch)
    found: Authority = batch.memory["authorities"][code, kind]
    return found


def has_authority(batch: Batch, code: str, kind: str) -> bool:
    """Return whether a State of the exercise has such an authority."""
    load_states(batch)
    return (code, kind) in batch.memory["authorities"]


def holder(batch: Batch, request: AssistanceRequest, side: str) -> Authority:
    """Return the authority that holds a request on one side."""
    return authority_of(batch, request.code_of(side), request.kind_of(side))


def seat_at(authority: Authority) -> Actor:
    """Return the first seat of an authority, at which simulated officers act."""
    return Actor(authority.state.code, authority.kind, f"{authority.desk}/1")
