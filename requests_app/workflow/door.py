"""The one door: everything that happens to a request is an act, and every act ends here."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from cooperation.eventlog import canonical, digest, instant_text
from cooperation.lifecycle import decide
from cooperation.progress import (
    FOLLOW_UP_ENDED,
    FOLLOWED_UP,
    Consequences,
    apply_to_stages,
    consequences,
)
from cooperation.rulebook import rulebook
from cooperation.words import DRAFT, OTHER_SIDE, Refused, Side
from requests_app.agenda.advance import advance, due_rows, locked, perform_rows, run
from requests_app.agenda.batch import Batch
from requests_app.workflow import timers
from requests_app.workflow.log import CLOCK, Actor, append_to_desk, append_to_request
from requests_app.workflow.models import Answer, AssistanceRequest, Case, Event, Interval
from requests_app.workflow.records import (
    follow_ups_of,
    has_authority,
    load_requests,
    load_states,
    open_intervals,
    parent_of,
    seat_at,
    state_of,
    validities,
)
from requests_app.world.models import Authority, Exercise, Seat

RANK_CONSIDER = 20
# The door catches the exercise up in small committed batches before it opens one of its own.
CATCH_UP_ROWS = 50
CATCH_UP_REST_S = 0.02
CATCH_UP_AT_MOST_S = 2.0

# What a follow-up that comes to nothing does to its parent.
ENDED_FOR_NOTHING = ("refused", "returned_wrong_authority", "withdrawn")
SUBMISSIONS = ("submit", "submit_orally")
KEPT = ("preservation_expedited",)


def draft(
    batch: Batch,
    *,
    request_type: str,
    sender: Authority,
    receiver: Authority,
    contents: Mapping[str, Any],
    case: Case | None = None,
    parent: AssistanceRequest | None = None,
    planned: str = "",
    actor: Actor | None = None,
) -> AssistanceRequest:
    """Put a draft on the sender's desk; raise Refused where it could never be sent.

    A parent joins the same two States in the same direction.
    """
    book = rulebook()
    if request_type not in book.types:
        raise Refused(
            "unknown_type", f"there is no request type {request_type}", mend="choose one of the rule book"
        )
    if sender.state_id == receiver.state_id:
        raise Refused("same_state", "a State does not ask itself for assistance", mend="choose another State")
    pair = (sender.state.code, receiver.state.code)
    if parent is not None and (parent.requesting_code, parent.requested_code) != pair:
        raise Refused(
            "other_pair",
            f"a follow-up joins the same two States in the same direction as {parent.reference}",
            article="exercise rule",
        )
    request = batch.add(
        AssistanceRequest(
            exercise=batch.exercise,
            planned=planned,
            request_type=request_type,
            requesting_code=sender.state.code,
            requested_code=receiver.state.code,
            requesting_kind=sender.kind,
            requested_kind=receiver.kind,
            case=case,
            parent=parent,
            contents=dict(contents),
            misdirected=receiver.kind not in book.types[request_type].receive,
        )
    )
    told = {
        "request_type": request_type,
        "to": receiver.desk,
        "case": case.name if case else None,
        "contents": request.contents,
    }
    append_to_desk(batch, sender, actor or seat_at(sender), "draft", told)
    return request


def enact(
    batch: Batch,
    request: AssistanceRequest,
    *,
    side: str,
    act: str,
    contents: Mapping[str, Any] | None = None,
    actor: Actor,
) -> Event:
    """Let one side do one act at the batch's present; raise Refused when it may not.

    Decides first and applies after: a refusal has changed nothing.
    """
    book = rulebook()
    said = dict(contents or {})
    kind = book.types[request.request_type]
    intervals = open_intervals(batch, request)
    open_names = [i.stage for i in intervals]
    standing = request.progress.standing(kind.id, open_names, kind.acts)
    row = decide(book.lifecycle, standing, side=side, act=act, contents=said)
    _check(batch, request, side, act, said)
    if act in SUBMISSIONS:
        said = _submission(batch, request)
    found = consequences(
        book.lifecycle,
        row,
        request.progress,
        request_type=kind.id,
        open_stages=open_names,
        contents=said,
        also_raised=kind.raises_on_receipt if act in SUBMISSIONS else None,
    )
    _check_contents(said)
    return _apply(batch, request, found, intervals, side, act, said, actor)


def _check(batch: Batch, request: AssistanceRequest, side: str, act: str, said: Mapping[str, Any]) -> None:
    book = rulebook()
    if side == "requested" and (request.received_at is None or batch.at < request.received_at):
        raise Refused("not_received", "the request has not arrived yet", mend="wait until it is received")
    if act == "refuse":
        ground = said["ground"]
        if ground in book.never_sufficient:
            source = book.never_sufficient[ground].source
            raise Refused(
                "ground_never_sufficient", f"{ground} alone is never enough to refuse", article=source
            )
        if ground not in book.grounds:
            raise Refused(
                "unknown_ground",
                f"there is no ground {ground}",
                mend=f"use one of: {', '.join(book.grounds)}",
            )
    if act == "forward":
        wanted = str(said["to_authority"])
        if wanted == request.requested_kind or not has_authority(batch, request.requested_code, wanted):
            raise Refused(
                "unknown_authority", f"{wanted} is no other authority of the same State", article="40(12)"
            )
    if act == "record_step":
        _check_step(side, str(said["step"]), said)


def _check_step(side: str, step: str, said: Mapping[str, Any]) -> None:
    events = rulebook().lifecycle.events
    recorded_by = events[step].recorded_by if step in events else ""
    by_hand = {name for name, event in events.items() if event.recorded_by in (side, "either")}
    if recorded_by == "follow_up" and said.get("request"):
        return
    if step not in by_hand:
        raise Refused(
            "unknown_step",
            f"the {side} State cannot record {step}",
            article="exercise rule",
            mend=f"it may record: {', '.join(sorted(by_hand))}",
        )


def _check_contents(said: Mapping[str, Any]) -> None:
    try:
        canonical(said)
    except TypeError as error:
        raise Refused(
            "unwritable_contents",
            f"the contents cannot be written to the log: {error}",
            mend="use text and whole numbers",
        ) from None


def _submission(batch: Batch, request: AssistanceRequest) -> dict[str, Any]:
    """Give the request its number and say all that both sides may know of it."""
    pair = f"{request.requesting_code}-{request.requested_code}"
    number = batch.exercise.numbers.get(pair, 0) + 1
    batch.exercise.numbers[pair] = number
    request.reference = f"{pair}-{number:04d}"
    transit = state_of(batch, request.requested_code).transit_seconds
    request.submitted_at = batch.at
    request.received_at = batch.at + timedelta(seconds=transit)
    parent = parent_of(batch, request)
    return {
        "request_type": request.request_type,
        "from": f"{request.requesting_code}/{request.requesting_kind}",
        "to": f"{request.requested_code}/{request.requested_kind}",
        "case": request.case.name if request.case else None,
        "parent": parent.reference if parent else None,
        "contents": request.contents,
        "received_at": instant_text(request.received_at),
    }


def _apply(
    batch: Batch,
    request: AssistanceRequest,
    found: Consequences,
    intervals: list[Interval],
    side: str,
    act: str,
    said: dict[str, Any],
    actor: Actor,
) -> Event:
    request.progress = found.progress
    request.acts_done[act] = request.times(act) + 1
    if act == "forward":
        request.requested_kind = str(said["to_authority"])
        request.misdirected = request.requested_kind not in rulebook().types[request.request_type].receive
    if act == "ask_for_information":
        request.questions = said["questions"]
    if act == "provide_information":
        request.questions = []
        request.contents = {**request.contents, **_answers(said)}
    event = append_to_request(batch, request, actor, act, said)
    batch.change(request)

    before = {i.pk for i in intervals}

    def opened(stage: str, at: datetime) -> Interval:
        return batch.add(Interval(request=request, stage=stage, opened_at=at))

    touched = apply_to_stages(found, intervals, batch.at, opened)
    for interval in touched:
        batch.change(interval)
    timers.apply(
        batch,
        request,
        found,
        closed=[i for i in touched if i.closed_at is not None and i.pk in before],
        opened=[i for i in touched if i.pk not in before],
        until=_until(found, said),
    )
    _tell_parent(batch, request, side, act, said, actor)
    _consider(batch, request, side, act)
    return event


def _answers(said: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked for becomes part of the request, where the answer names its fields."""
    answers = said.get("answers")
    return (
        {k: v for k, v in answers.items() if k in rulebook().fields} if isinstance(answers, Mapping) else {}
    )


def _until(found: Consequences, said: Mapping[str, Any]) -> datetime | None:
    if timers.EXTENDED not in found.raised:
        return None
    try:
        return datetime.fromisoformat(str(said.get("until"))).astimezone(UTC)
    except ValueError:
        raise Refused(
            "bad_until", "the new end is not an instant", mend="write it like 2027-06-30T23:59:59Z"
        ) from None


def _consider(batch: Batch, request: AssistanceRequest, side: str, act: str) -> None:
    """Let the other side, and whoever waits for this act, see it: a row for exercises to perform."""
    arrives_at = request.received_at if act in SUBMISSIONS else batch.at
    facts: dict[str, Any] = {"act": act, "by": side}
    if arrives_at is not None and arrives_at > batch.at:
        batch.put(
            "follow",
            f"follow/{request.pk}/{request.version}",
            batch.at,
            rank=RANK_CONSIDER,
            request_id=request.pk,
            payload=facts,
        )
        facts = {**facts, "seen": True}
    batch.put(
        "consider",
        f"consider/{request.pk}/{request.version}",
        arrives_at or batch.at,
        rank=RANK_CONSIDER,
        request_id=request.pk,
        payload=facts,
    )


# -- between requests ------------------------------------------------------------------------------------


def _tell_parent(
    batch: Batch, request: AssistanceRequest, side: str, act: str, said: Mapping[str, Any], actor: Actor
) -> None:
    """What a follow-up does to its parent is an event on the parent's chain, by the same seat."""
    parent = parent_of(batch, request)
    if parent is None:
        return
    kind = rulebook().types[request.request_type]
    if act in SUBMISSIONS and kind.on_parent:
        if kind.on_parent != FOLLOWED_UP or parent.request_type in KEPT:
            _record_on(batch, parent, side, actor, {"step": kind.on_parent, "request": request.reference})
    elif act == "confirm_preservation" and kind.on_parent_when_confirmed:
        until = said.get("until") or _extended_until(batch, parent)
        if until:
            step = {"step": kind.on_parent_when_confirmed, "request": request.reference, "until": str(until)}
            _record_on(batch, parent, side, actor, step)
    elif kind.on_parent == FOLLOWED_UP and request.status in timers.DECIDED_FOR:
        timers.end_validities(batch, parent)
    elif kind.on_parent == FOLLOWED_UP and request.status in ENDED_FOR_NOTHING and parent.followed_up:
        others = [r for r in follow_ups_of(batch, parent) if r.pk != request.pk and _is_alive(r)]
        if not others:
            _record_on(batch, parent, side, actor, {"step": FOLLOW_UP_ENDED, "request": request.reference})


def _is_alive(follow_up: AssistanceRequest) -> bool:
    kind = rulebook().types[follow_up.request_type]
    return kind.on_parent == FOLLOWED_UP and follow_up.status not in (*ENDED_FOR_NOTHING, DRAFT)


def _extended_until(batch: Batch, parent: AssistanceRequest) -> str:
    """Without a word on it, an extension gives as long again as the profile gives at first."""
    rule = timers.lapsing_rule(rulebook().types[parent.request_type], batch.exercise.deadline_profile)
    for deadline in validities(batch, parent):
        if rule is not None and deadline.rule == rule.id and rule.amount is not None:
            return instant_text(timers.as_long_again(deadline, rule, batch.at))
    return ""


def _record_on(
    batch: Batch, parent: AssistanceRequest, side: str, actor: Actor, contents: Mapping[str, Any]
) -> None:
    ended = parent.status in rulebook().lifecycle.ends or parent.status == DRAFT
    if ended or "record_step" not in rulebook().types[parent.request_type].acts:
        return
    enact(batch, parent, side=side, act="record_step", contents=contents, actor=actor)


# -- one act of a person ---------------------------------------------------------------------------------


def act(
    request_id: UUID,
    *,
    by: Seat,
    act: str,
    contents: Mapping[str, Any],
    version: int,
    key: str,
    now: datetime,
) -> Event:
    """Do one act for a seat, once for each key; return the event, the same one when the key comes again.

    version  the request's version that the seat has seen
    now      wall instant

    Raises Refused: not_found, stale_version, key_reused, catching_up, or what the lifecycle says.
    """
    exercise_id = by.authority.state.exercise_id
    assert exercise_id is not None
    _catch_up(exercise_id, now)
    with transaction.atomic():
        exercise = locked(exercise_id)
        asked = digest(canonical({"request": str(request_id), "act": act, "contents": contents}))
        stored = (
            Answer.objects.filter(exercise=exercise, seat=by.name, key=key).select_related("event").first()
        )
        if stored is not None:
            if stored.asked != asked:
                raise Refused("key_reused", "this key was used for something else", mend="take a new key")
            return stored.event
        batch = _present(exercise, now)
        load_requests(batch, [request_id])
        request = batch.find(AssistanceRequest, request_id)
        side = _side_of(request, by)
        if request is None or side is None or request.exercise_id != exercise.pk:
            raise Refused("not_found", "there is no such request at this desk")
        if request.version != version:
            raise Refused(
                "stale_version",
                f"the request has moved on: it is at version {request.version}, not {version}",
                mend="look at it again",
            )
        actor = Actor(by.authority.state.code, by.authority.kind, by.name)
        event = enact(batch, request, side=side, act=act, contents=contents, actor=actor)
        _perform_what_follows(batch)
        exercise.advanced_to = batch.at
        batch.write()
        Answer.objects.create(exercise=exercise, seat=by.name, key=key, asked=asked, event=event)
    return event


def lapse(batch: Batch, request: AssistanceRequest) -> None:
    """The clock's own act: nobody followed the preservation up in time (Art. 42(8))."""
    enact(batch, request, side="clock", act="lapse", actor=CLOCK)


def _side_of(request: AssistanceRequest | None, seat: Seat) -> Side | None:
    if request is None:
        return None
    for side in OTHER_SIDE.values():
        if request.code_of(side) == seat.authority.state.code:
            return side
    return None


def exercise_now(exercise: Exercise, now: datetime) -> datetime:
    """Return the exercise's present at a wall instant: never before what has been performed."""
    clock = exercise.clock
    if clock is None:
        return exercise.advanced_to
    return min(max(clock.exercise_at(now), exercise.advanced_to), exercise.ends_at)


def _catch_up(exercise_id: UUID, now: datetime) -> None:
    began = time.monotonic()
    exercise = Exercise.objects.get(pk=exercise_id)
    while advance(exercise_id, exercise_now(exercise, now), CATCH_UP_ROWS):
        if time.monotonic() - began > CATCH_UP_AT_MOST_S:
            raise Refused("catching_up", "the exercise is catching up", mend="try again in a moment")
        time.sleep(CATCH_UP_REST_S)


def _present(exercise: Exercise, now: datetime) -> Batch:
    """Return a batch at the present, the few rows that became due since the catch-up performed in it."""
    to = exercise_now(exercise, now)
    rows = due_rows(exercise, to, CATCH_UP_ROWS + 1)
    if len(rows) > CATCH_UP_ROWS:
        raise Refused("catching_up", "the exercise is catching up", mend="try again in a moment")
    batch = Batch(exercise, exercise.advanced_to, to)
    load_states(batch)
    perform_rows(batch, rows, False, CATCH_UP_ROWS)
    batch.at = to
    return batch


def _perform_what_follows(batch: Batch) -> None:
    """What the act brings about at its own instant happens with it."""
    run(batch, batch.performed + CATCH_UP_ROWS)
