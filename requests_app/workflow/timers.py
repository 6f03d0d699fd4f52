"""Deadline rows: started, suspended, stopped and put on the agenda as an act asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cooperation.calendars import calendar
from cooperation.deadlines import Allowance, Pause, days_after, due_at
from cooperation.progress import FOLLOW_UP_ENDED, FOLLOWED_UP, Consequences
from cooperation.rulebook import DeadlineRule, RequestType, rulebook
from cooperation.timetable import COUNTED, VALIDITY, Circumstances, circumstances, of_events, of_stage
from requests_app.agenda.batch import Batch
from requests_app.workflow.models import AssistanceRequest, Deadline, Interval, Suspension
from requests_app.workflow.records import (
    follow_ups_of,
    running_deadlines,
    state_of,
    validities,
)

# Rows of one instant: acts first, so that an act at the due second is in time; then warnings and expiries.
RANK_WARN, RANK_EXPIRE = 60, 70

QUESTION = "more_information_requested"
ANSWER = "more_information_supplied"
EXTENDED = "preservation_extended"
DECIDED_FOR = ("accepted", "postponed", "in_execution")


def apply(
    batch: Batch,
    request: AssistanceRequest,
    found: Consequences,
    *,
    closed: Sequence[Interval],
    opened: Sequence[Interval],
    until: datetime | None,
) -> None:
    """Carry out on the deadlines of a request what an act brought about.

    until  the new end of a preservation that the act extended
    """
    raised = found.raised
    stages_closed = {i.stage for i in closed}
    for deadline in running_deadlines(batch, request):
        if _is_over(batch, request, deadline, raised, stages_closed):
            _end(batch, request, deadline)
    if FOLLOWED_UP in raised:
        for deadline in _lapsing(batch, request):
            _suspend(batch, request, deadline)
    if FOLLOW_UP_ENDED in raised:
        for deadline in _lapsing(batch, request):
            _resume(batch, request, deadline)
    if EXTENDED in raised and until is not None:
        for deadline in _lapsing(batch, request):
            _extend(batch, request, deadline, until)
    if QUESTION in raised:
        for deadline in running_deadlines(batch, request):
            if _rule(batch, request, deadline).pausable and deadline.kind not in VALIDITY:
                _suspend(batch, request, deadline)
    if ANSWER in raised:
        for deadline in running_deadlines(batch, request):
            if deadline.kind not in VALIDITY:
                _resume(batch, request, deadline)
    if found.ends:
        for deadline in running_deadlines(batch, request):
            _drop(batch, request, deadline)
        return
    _start(batch, request, found, opened)


def end_validities(batch: Batch, request: AssistanceRequest) -> None:
    """A follow-up was accepted or postponed: what is preserved stays so, and no longer lapses."""
    for deadline in validities(batch, request):
        _end(batch, request, deadline)


def lapsing_rule(request_type: RequestType, profile: str) -> DeadlineRule | None:
    """Return the validity whose end makes a request lapse: the least that is owed, else the most allowed."""
    rules = rulebook().profiles[profile].for_type(request_type.id)
    for kind in VALIDITY:
        for rule in rules:
            if rule.kind == kind and rule.amount is not None:
                return rule
    return None


def missed(batch: Batch, deadline: Deadline) -> None:
    """The deadline's instant has come and what was owed has not been done."""
    deadline.status = Deadline.MISSED if deadline.is_counted else Deadline.ENDED
    if not deadline.is_counted:
        deadline.ended_at = batch.at
    batch.change(deadline)


def row_key(deadline: Deadline, what: str, times: str) -> str:
    """Return the key under which a deadline's row fires once."""
    return f"{what}/{deadline.pk}/{times}"


def expiry_key(batch: Batch, deadline: Deadline) -> str:
    """Return the key of the row at which the deadline, as it now stands, expires."""
    return row_key(deadline, "expire", _times_scheduled(batch, deadline))


def pauses_of(batch: Batch, deadline: Deadline) -> list[Pause]:
    """Return the ledger of suspensions that are over."""
    rows = batch.group(Suspension, "deadline_id")[deadline.pk]
    return [Pause(s.began_at, s.ended_at) for s in rows]


def _rule(batch: Batch, request: AssistanceRequest, deadline: Deadline) -> DeadlineRule:
    profile = rulebook().profiles[batch.exercise.deadline_profile]
    return next(r for r in profile.for_type(request.request_type) if r.id == deadline.rule)


def _lapsing(batch: Batch, request: AssistanceRequest) -> list[Deadline]:
    rule = lapsing_rule(rulebook().types[request.request_type], batch.exercise.deadline_profile)
    return [d for d in validities(batch, request) if rule is not None and d.rule == rule.id]


def _is_over(
    batch: Batch, request: AssistanceRequest, deadline: Deadline, raised: Sequence[str], stages: set[str]
) -> bool:
    if deadline.stage:
        return deadline.stage in stages
    ends = set(_rule(batch, request, deadline).ends_on)
    if deadline.kind in VALIDITY:
        # A follow-up suspends a validity until it is decided; it does not end it.
        ends.discard(FOLLOWED_UP)
    return bool(ends & set(raised))


def _start(batch: Batch, request: AssistanceRequest, found: Consequences, opened: Sequence[Interval]) -> None:
    rules = rulebook().profiles[batch.exercise.deadline_profile].for_type(request.request_type)
    if not rules:
        return
    facts = circumstances(
        request.contents,
        receiver_not_designated=request.misdirected,
        oral_unconfirmed=request.oral_unconfirmed,
    )
    for interval in opened:
        if interval.closed_at is None:
            _start_on_stage(batch, request, interval, rules, facts)
    running = {d.rule for d in running_deadlines(batch, request)}
    for rule in of_events(rules, found.raised, facts):
        if rule.id in running:
            continue
        begins = _counts_from(batch, request, rule.starts_on)
        deadline = _open(batch, request, rule, begins, "")
        if deadline.kind in VALIDITY and request.followed_up:
            _meet_earlier_follow_up(batch, request, deadline)


def _start_on_stage(
    batch: Batch,
    request: AssistanceRequest,
    interval: Interval,
    rules: Sequence[DeadlineRule],
    facts: Circumstances,
) -> None:
    begins = request.received_at if interval.opened_at == request.submitted_at else interval.opened_at
    start = begins or interval.opened_at

    def due(rule: DeadlineRule) -> datetime | None:
        if rule.amount is None:
            return None
        owner = calendar(state_of(batch, request.code_of(rule.owed_by)).calendar)
        return due_at(start, Allowance(rule.amount, str(rule.unit)), owner, roll=rule.roll)

    rule = of_stage(rules, interval.stage, facts, due)
    if rule is not None:
        deadline = _open(batch, request, rule, start, interval.stage)
        if rule.kind in COUNTED:
            interval.due_at = deadline.due_at


def _counts_from(batch: Batch, request: AssistanceRequest, event: str) -> datetime:
    """What starts on receipt counts from receipt, though submission raises it."""
    if event != "sent" and request.submitted_at == batch.at and request.received_at is not None:
        return request.received_at
    return batch.at


def _open(
    batch: Batch, request: AssistanceRequest, rule: DeadlineRule, start: datetime, stage: str
) -> Deadline:
    owner = state_of(batch, request.code_of(rule.owed_by)).calendar
    deadline = batch.add(
        Deadline(
            request=request,
            rule=rule.id,
            number=request.version,
            kind=rule.kind,
            stage=stage,
            calendar=owner,
            starts_at=start,
            amount=rule.amount,
            unit=rule.unit or "",
        )
    )
    _schedule(batch, request, deadline)
    return deadline


def _due(batch: Batch, request: AssistanceRequest, deadline: Deadline) -> datetime | None:
    if deadline.until is not None:
        return deadline.until
    if deadline.amount is None:
        return None
    allowance = Allowance(deadline.amount, deadline.unit)
    pauses = pauses_of(batch, deadline)
    roll = _rule(batch, request, deadline).roll
    return due_at(deadline.starts_at, allowance, calendar(deadline.calendar), pauses, roll=roll)


def _schedule(batch: Batch, request: AssistanceRequest, deadline: Deadline) -> None:
    """Compute when the deadline is due and put its warnings and its expiry on the agenda."""
    deadline.due_at = _due(batch, request, deadline)
    if deadline.due_at is None or deadline.status != Deadline.RUNNING:
        return
    number = _times_scheduled(batch, deadline)
    about = {"deadline": str(deadline.pk)}
    batch.put(
        "expire",
        row_key(deadline, "expire", number),
        deadline.due_at,
        rank=RANK_EXPIRE,
        request_id=request.pk,
        payload=about,
    )
    for days in _rule(batch, request, deadline).warn_at_days:
        at = days_after(deadline.starts_at, calendar(deadline.calendar), days)
        # Those after the due day remind of what is still owed: preserved data is kept longer than that.
        if batch.at < at and at != deadline.due_at:
            key = f"{row_key(deadline, 'warn', number)}/{days}"
            batch.put("warn", key, at, rank=RANK_WARN, request_id=request.pk, payload={**about, "days": days})


def _times_scheduled(batch: Batch, deadline: Deadline) -> str:
    """Name a state of the deadline: each suspension and each extension gives it other rows."""
    suspended = len(batch.group(Suspension, "deadline_id")[deadline.pk])
    return f"{suspended}/{deadline.until:%Y%m%dT%H%M%S}" if deadline.until else f"{suspended}"


def _unschedule(batch: Batch, request: AssistanceRequest, deadline: Deadline) -> None:
    if deadline.due_at is None or deadline.status != Deadline.RUNNING:
        return
    number = _times_scheduled(batch, deadline)
    batch.drop(row_key(deadline, "expire", number))
    for days in _rule(batch, request, deadline).warn_at_days:
        batch.drop(f"{row_key(deadline, 'warn', number)}/{days}")


def _suspend(batch: Batch, request: AssistanceRequest, deadline: Deadline) -> None:
    if deadline.status != Deadline.RUNNING or deadline.suspended_since is not None:
        return
    _unschedule(batch, request, deadline)
    deadline.suspended_since = batch.at
    deadline.due_at = None
    batch.change(deadline)
    _tell_interval(batch, request, deadline)


def _resume(batch: Batch, request: AssistanceRequest, deadline: Deadline) -> None:
    if deadline.suspended_since is None:
        return
    batch.add(Suspension(deadline=deadline, began_at=deadline.suspended_since, ended_at=batch.at))
    if deadline.until is not None:
        # An end that was set by an extension has no budget to add to: its rest runs on.
        deadline.until += batch.at - deadline.suspended_since
    deadline.suspended_since = None
    _schedule(batch, request, deadline)
    batch.change(deadline)
    _tell_interval(batch, request, deadline)


def _extend(batch: Batch, request: AssistanceRequest, deadline: Deadline, until: datetime) -> None:
    """Set a later end; an extension never takes time away."""
    if until <= (deadline.until or deadline.due_at or batch.at):
        return
    _unschedule(batch, request, deadline)
    deadline.until = until
    if deadline.suspended_since is None:
        _schedule(batch, request, deadline)
    batch.change(deadline)


def _tell_interval(batch: Batch, request: AssistanceRequest, deadline: Deadline) -> None:
    if not deadline.stage or not deadline.is_counted:
        return
    for interval in batch.group(Interval, "request_id")[request.pk]:
        if interval.stage == deadline.stage and interval.closed_at is None:
            interval.due_at = deadline.due_at
            batch.change(interval)


def _end(batch: Batch, request: AssistanceRequest, deadline: Deadline) -> None:
    """What was owed has been done, in time or late."""
    _unschedule(batch, request, deadline)
    deadline.ended_at = batch.at
    if not deadline.is_counted:
        deadline.status = Deadline.ENDED
    else:
        deadline.status = Deadline.MET if _is_in_time(batch, deadline) else Deadline.MISSED
    batch.change(deadline)


def _is_in_time(batch: Batch, deadline: Deadline) -> bool:
    """An act at the due second is in time, though the expiry of that second may have come before it."""
    return deadline.due_at is None or batch.at <= deadline.due_at


def _drop(batch: Batch, request: AssistanceRequest, deadline: Deadline) -> None:
    """The request ended: what still ran is no longer owed, and counts neither way."""
    _unschedule(batch, request, deadline)
    deadline.ended_at = batch.at
    if deadline.status == Deadline.RUNNING or (deadline.is_counted and _is_in_time(batch, deadline)):
        deadline.status = Deadline.DROPPED
    batch.change(deadline)


def _meet_earlier_follow_up(batch: Batch, request: AssistanceRequest, deadline: Deadline) -> None:
    """The follow-up was there before the data was confirmed."""
    lapsing = lapsing_rule(rulebook().types[request.request_type], batch.exercise.deadline_profile)
    if any(child.status in DECIDED_FOR for child in follow_ups_of(batch, request)):
        _end(batch, request, deadline)
    elif lapsing is not None and lapsing.id == deadline.rule:
        _suspend(batch, request, deadline)


def as_long_again(deadline: Deadline, rule: DeadlineRule, at: datetime) -> datetime:
    """Return the end of a validity that is extended by its own length (exercise rule)."""
    from_ = deadline.until or deadline.due_at or at
    assert rule.amount is not None
    return due_at(from_, Allowance(rule.amount, str(rule.unit)), calendar(deadline.calendar))
