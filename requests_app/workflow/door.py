"""The one door: everything that happens to a request is an act, and every act ends here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cooperation.eventlog import canonical, digest, instant_text
from cooperation.lifecycle import WHO, decide
from cooperation.moments import instant
from cooperation.progress import (
    FOLLOW_UP_ENDED,
    FOLLOWED_UP,
    Consequences,
    apply_to_stages,
    consequences,
)
from cooperation.rulebook import rulebook
from cooperation.words import DRAFT, OTHER_SIDE, Refused, Side
from requests_app.agenda.batch import Batch
from requests_app.agenda.present import at_present
from requests_app.workflow import handing_over, timers
from requests_app.workflow.log import CLOCK, Actor, append_to_desk, append_to_request
from requests_app.workflow.models import AssistanceRequest, Case, Event, Interval, KeptAnswer
from requests_app.workflow.notices import notify, tell
from requests_app.workflow.records import (
    follow_ups_of,
    has_authority,
    holder,
    load_requests,
    load_states,
    open_intervals,
    parent_of,
    seat_at,
    state_of,
    validities,
)
from requests_app.world.models import Authority, Seat

RANK_CONSIDER = 20
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
    _check_contents(contents)
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
            misdirected=not may_receive(request_type, receiver.kind),
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
    brought_about: bool = False,
) -> Event:
    """Let one side do one act at the batch's present; raise Refused when it may not.

    brought_about  another request of the same pair does this, not a hand

    Decides first and applies after: a refusal has changed nothing.
    """
    book = rulebook()
    said = dict(contents or {})
    _check_contents(said)
    kind = book.types[request.request_type]
    intervals = open_intervals(batch, request)
    open_names = [i.stage for i in intervals]
    standing = request.progress.standing(kind.id, open_names, kind.acts)
    row = decide(book.lifecycle, standing, side=side, act=act, contents=said)
    _check(batch, request, side, act, said)
    if act == "record_step":
        _check_step(side, str(said["step"]), brought_about)
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
    said = handing_over.said_with(batch, request, act, said)
    _check_contents(said)
    return _apply(batch, request, found, intervals, side, act, said, actor)


def _check(batch: Batch, request: AssistanceRequest, side: str, act: str, said: Mapping[str, Any]) -> None:
    book = rulebook()
    if side == "requested" and (request.received_at is None or batch.at < request.received_at):
        raise Refused("not_received", "the request has not arrived yet", mend="wait until it is received")
    if act == "refuse":
        ground = str(said["ground"])
        if ground in book.never_sufficient:
            source = book.never_sufficient[ground].source
            raise Refused(
                "ground_never_sufficient",
                f"{ground} alone is never enough to refuse",
                article=source,
                mend="name a ground on which the Convention allows it, or grant the request",
                field="ground",
            )
        if ground not in book.grounds:
            raise Refused(
                "unknown_ground",
                f"there is no ground {ground}",
                mend=f"use one of: {', '.join(book.grounds)}",
                field="ground",
            )
    if act == "forward":
        wanted = str(said["to_authority"])
        if wanted == request.requested_kind or not has_authority(batch, request.requested_code, wanted):
            raise Refused(
                "unknown_authority",
                f"{wanted} is no other authority of the same State",
                article="40(12)",
                mend="name another authority of one's own State",
                field="to_authority",
            )
    if act == "confirm_preservation" and "until" in said and _until(said) <= batch.at:
        raise Refused("bad_until", "what is preserved cannot end before now", mend="name a later instant")


def _check_step(side: str, step: str, brought_about: bool) -> None:
    events = rulebook().lifecycle.events
    by_hand = {name for name, event in events.items() if event.recorded_by in (side, "either")}
    if not brought_about and step not in by_hand:
        raise Refused(
            "unknown_step",
            f"{WHO[side]} cannot record {step}",
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
    request.submitted_at = request.filed_at = batch.at
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
        request.misdirected = not may_receive(request.request_type, request.requested_kind)
    if act == "ask_for_information":
        request.questions = said["questions"]
    if act == "provide_information":
        request.questions = []
        request.contents = {**request.contents, **_answers(said)}
    event = append_to_request(batch, request, actor, act, said)
    batch.change(request)
    handing_over.done(batch, request, event)

    before = {i.pk for i in intervals}

    def opened(stage: str, at: datetime) -> Interval:
        return batch.add(Interval(request=request, stage=stage, opened_at=at))

    touched = apply_to_stages(found, intervals, batch.at, opened)
    for interval in touched:
        batch.change(interval)
    closed = [i for i in touched if i.closed_at is not None and i.pk in before]
    timers.apply(
        batch,
        request,
        found,
        closed=closed,
        opened=[i for i in touched if i.pk not in before],
        until=_until(said) if timers.EXTENDED in found.raised else None,
    )
    if closed:
        tell(batch, "roll_up", {"intervals": [str(i.pk) for i in closed]})
    if batch.exercise.is_live and side != "clock":
        other = holder(batch, request, OTHER_SIDE[side])
        notify(batch, other, "act", {"act": act, "seq": event.seq}, request)
    _tell_parent(batch, request, side, act, said, actor)
    _consider(batch, request, side, act)
    return event


def may_receive(request_type: str, kind: str) -> bool:
    """Return whether the type names the body, or States may designate it: in exercises they have."""
    found = rulebook().types[request_type]
    return kind in found.receive or kind in found.where_designated


def _answers(said: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked for becomes part of the request, where the answer names its fields."""
    answers = said.get("answers")
    return (
        {k: v for k, v in answers.items() if k in rulebook().fields} if isinstance(answers, Mapping) else {}
    )


def _until(said: Mapping[str, Any]) -> datetime:
    """Return the new end of a preservation, UTC."""
    try:
        return instant(str(said["until"]))
    except ValueError as error:
        raise Refused(
            "bad_until", f"the new end {error}", mend="write it like 2027-06-30T23:59:59Z"
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
    enact(batch, parent, side=side, act="record_step", contents=contents, actor=actor, brought_about=True)


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
    edition: int | None = None,
) -> Event:
    """Do one act for a seat, once for each key; return the event, the same one when the key comes again.

    version  the request's version that the seat has seen
    edition  of a draft, how often it had been changed then; None where that does not matter
    now      wall instant

    Raises Refused: not_found, stale_version, key_reused, other_desk, ended, catching_up, or what the
    lifecycle says.
    """
    exercise_id = by.authority.state.exercise_id
    assert exercise_id is not None
    _check_contents(contents)
    asked = digest(canonical({"request": str(request_id), "act": act, "contents": dict(contents)}))
    with at_present(exercise_id, now) as batch:
        earlier = kept_answer(batch, by, key, asked)
        if earlier is not None:
            return Event.objects.get(request=earlier.request_id, seq=earlier.seq)
        check_not_ended(batch)
        request, side = at_desk(batch, request_id, by)
        check_edition(request, version, edition)
        event = enact(batch, request, side=side, act=act, contents=contents, actor=person_at(by))
        keep_answer(batch, by, key, asked, request, event.seq)
    return event


def kept_answer(batch: Batch, seat: Seat, key: str, asked: str) -> KeptAnswer | None:
    """Return what was answered to this key; raise Refused where something else was asked with it.

    asked  SHA-256 of what is asked
    """
    earlier = KeptAnswer.objects.filter(exercise=batch.exercise, seat=seat.name, key=key).first()
    if earlier is not None and earlier.asked != asked:
        raise Refused("key_reused", "this key was used for something else", mend="take a new key")
    return earlier


def keep_answer(batch: Batch, seat: Seat, key: str, asked: str, request: AssistanceRequest, seq: int) -> None:
    """Keep what is answered, so that the same key gets it again."""
    batch.add(
        KeptAnswer(exercise=batch.exercise, seat=seat.name, key=key, asked=asked, request=request, seq=seq)
    )


def check_not_ended(batch: Batch) -> None:
    """Raise Refused where the exercise is over: what its report says stands."""
    if batch.exercise.ended:
        raise Refused("ended", "the exercise has ended", mend="look at its report")


def check_edition(request: AssistanceRequest, version: int, edition: int | None) -> None:
    """Raise Refused where the request is not as the seat has seen it."""
    if request.version != version:
        raise Refused(
            "stale_version",
            "the request has moved on: something was done on it since it was last looked at",
            mend="look at it again",
        )
    if edition is not None and request.edition != edition:
        raise Refused(
            "stale_version",
            "the draft was changed since it was last looked at, in another window or by a colleague",
            mend="look at it again",
        )


def at_desk(batch: Batch, request_id: UUID, seat: Seat) -> tuple[AssistanceRequest, Side]:
    """Return a request that this desk holds, and on which side; raise Refused where it does not."""
    load_states(batch)
    load_requests(batch, [request_id])
    request = batch.find(AssistanceRequest, request_id)
    side = _side_of(request, seat)
    unknown = Refused("not_found", "there is no such request at this desk")
    if request is None or side is None or request.exercise_id != batch.exercise.pk:
        raise unknown
    if request.kind_of(side) != seat.authority.kind or (request.status == DRAFT and side == "requested"):
        if request.status == DRAFT:
            raise unknown
        raise Refused(
            "other_desk",
            f"the request lies with another authority of your State: {request.kind_of(side)}",
            article="exercise rule",
            mend="leave it to them",
        )
    return request, side


def person_at(seat: Seat) -> Actor:
    """Return the seat as the log names it."""
    return Actor(seat.authority.state.code, seat.authority.kind, seat.name)


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
