"""What a due deadline row does: warn, or expire."""

from __future__ import annotations

from uuid import UUID

from cooperation.lifecycle import permitted_acts
from cooperation.rulebook import rulebook
from requests_app.agenda.batch import Batch
from requests_app.agenda.models import AgendaItem
from requests_app.workflow import door, timers
from requests_app.workflow.models import AssistanceRequest, Deadline
from requests_app.workflow.notices import notify
from requests_app.workflow.records import holder, open_intervals, request_of


def warn(batch: Batch, row: AgendaItem) -> None:
    """Tell the desk that owes the act how soon a deadline ends."""
    request, deadline = _found(batch, row)
    is_owed = deadline is not None and deadline.ended_at is None and deadline.suspended_since is None
    if deadline is not None and is_owed:
        _notice(batch, request, deadline, "deadline_warning", {"days": row.payload["days"]})


def expire(batch: Batch, row: AgendaItem) -> None:
    """The instant has come: the deadline is missed, or what was kept lapses."""
    request, deadline = _found(batch, row)
    if deadline is None or deadline.status != Deadline.RUNNING or deadline.due_at is None:
        return
    if row.key != timers.expiry_key(batch, deadline):
        return
    timers.missed(batch, deadline)
    kind = rulebook().types[request.request_type]
    lapsing = timers.lapsing_rule(kind, batch.exercise.deadline_profile)
    if lapsing is not None and lapsing.id == deadline.rule:
        standing = request.progress.standing(
            kind.id, [i.stage for i in open_intervals(batch, request)], kind.acts
        )
        if permitted_acts(rulebook().lifecycle, standing, "clock", ["lapse"]):
            door.lapse(batch, request)
    elif deadline.is_counted:
        _notice(batch, request, deadline, "deadline_missed", {})


def _found(batch: Batch, row: AgendaItem) -> tuple[AssistanceRequest, Deadline | None]:
    assert row.request_id is not None
    request = request_of(batch, row.request_id)
    return request, batch.find(Deadline, UUID(row.payload["deadline"]))


def _notice(
    batch: Batch, request: AssistanceRequest, deadline: Deadline, kind: str, facts: dict[str, object]
) -> None:
    profile = rulebook().profiles[batch.exercise.deadline_profile]
    rule = next(r for r in profile.for_type(request.request_type) if r.id == deadline.rule)
    about = {"rule": rule.id, "due_at": deadline.due_at.isoformat() if deadline.due_at else None, **facts}
    desk = holder(batch, request, rule.owed_by)
    notify(batch, desk, kind, about, request)
