"""The typical errors of a whole exercise, request by request: what each was, why it matters, how it is mended.

For control while it runs, and for everybody after its end: the truth of a case is told in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from cooperation.examination import ErrorFound, error_found
from cooperation.examination.advice import Advice, advice
from cooperation.examination.course import Course, FollowUp, Happened, in_the_course
from cooperation.examination.draft import Parties
from cooperation.examination.shown import shown_by
from cooperation.rulebook import rulebook
from cooperation.scenario import Scenario
from cooperation.words import DRAFT
from requests_app.exercises.drafts import draft_of, parties_between, truth_of
from requests_app.exercises.script import script_of
from requests_app.workflow.models import AssistanceRequest, Deadline, Event
from requests_app.workflow.visible import visible_to
from requests_app.world.models import Exercise, SeatHolder, State
from requests_app.world.roles import SEE_ALL, may

SUBMISSIONS = ("submit", "submit_orally")


@dataclass(frozen=True, slots=True)
class ErrorOfRequest:
    """One typical error of one request. `found_by`: draft, facts or events; `reasons`, why it matters, text by text."""

    request: AssistanceRequest
    error: ErrorFound
    found_by: str
    reasons: tuple[str, ...]

    @property
    def why(self) -> str:
        """Why it matters, in one text."""
        return " ".join(self.reasons)


def typical_errors(exercise: Exercise) -> Iterator[ErrorOfRequest]:
    """Yield the typical errors of every request that was sent, by reference, in the order of the rule book.

    A draft is judged as it was sent, and a course until the exercise's present.
    """
    book, says = rulebook(), advice()
    told = _told(exercise)
    for request in sorted(told.requests, key=lambda r: r.reference):
        found = {*_as_sent(told, request), *in_the_course(book, _course(told, request))}
        for error_id, error in book.errors.items():
            if error_id in found:
                heard = error_found(book, error_id, says)
                yield ErrorOfRequest(request, heard, error.found_by, reasons(error_id, says))


def typical_errors_for(seat: SeatHolder) -> Iterator[ErrorOfRequest]:
    """Yield the typical errors of the requests that a seat sees.

    The truth is in them: a desk is told after the end, control at any time.
    """
    exercise = seat.exercise
    if not exercise.ended and not may(seat, SEE_ALL):
        return
    seen = set(visible_to(seat).requests().values_list("pk", flat=True))
    yield from (found for found in typical_errors(exercise) if found.request.pk in seen)


def reasons(error_id: str, says: Advice) -> tuple[str, ...]:
    """Return why an error matters: in its own words, or in those of the fields that show it."""
    own = says.errors[error_id].why
    return (own,) if own else tuple(says.fields[name].why for name in rulebook().errors[error_id].fields)


class _Told(NamedTuple):
    """All that is known of an exercise, loaded in a few queries."""

    scenario: Scenario
    present: datetime
    states: Mapping[str, State]
    requests: list[AssistanceRequest]
    events: Mapping[Any, list[Happened]]
    due: Mapping[Any, Mapping[str, datetime]]


def _told(exercise: Exercise) -> _Told:
    sent = AssistanceRequest.objects.filter(exercise=exercise).exclude(status=DRAFT)
    events: dict[Any, list[Happened]] = defaultdict(list)
    rows = Event.objects.filter(exercise=exercise, request__isnull=False).order_by("request", "seq")
    for key, act, at, contents in rows.values_list("request", "act", "at", "contents"):
        events[key].append(Happened(act, at, contents))
    return _Told(
        script_of(exercise.pk).scenario,
        exercise.advanced_to,
        {state.code: state for state in State.objects.filter(exercise=exercise)},
        list(sent.select_related("case", "parent")),
        events,
        _due(exercise),
    )


def _due(exercise: Exercise) -> dict[Any, dict[str, datetime]]:
    """Return the due instants of each request by the event that would meet them; the earliest of several."""
    rules = {rule.id: rule for profile in rulebook().profiles.values() for rule in profile.deadlines}
    found: dict[Any, dict[str, datetime]] = defaultdict(dict)
    rows = Deadline.objects.filter(request__exercise=exercise, due_at__isnull=False).order_by("-due_at")
    for key, rule, due_at in rows.values_list("request", "rule", "due_at"):
        if due_at is not None and rule in rules:
            found[key].update(dict.fromkeys(rules[rule].ends_on, due_at))
    return found


def _as_sent(told: _Told, request: AssistanceRequest) -> tuple[str, ...]:
    sent = next((e for e in told.events[request.pk] if e.act in SUBMISSIONS), None)
    if sent is None:
        return ()
    parties = _parties(told, request)
    draft = draft_of(request, contents=sent.contents["contents"], parent=request.parent, case=request.case)
    draft = replace(draft, receiver_kind=str(sent.contents["to"]).partition("/")[2])
    truth = truth_of(told.scenario, request, parties)
    truth = replace(truth, invited_states=truth.invited_states | _invited(told, request))
    return shown_by(rulebook(), draft, parties, truth, at=sent.at)


def _parties(told: _Told, request: AssistanceRequest) -> Parties:
    return parties_between(
        told.scenario, told.states[request.requesting_code], told.states[request.requested_code]
    )


def _invited(told: _Told, request: AssistanceRequest) -> frozenset[str]:
    """Return the States that were asked to join the same investigation."""
    return frozenset(
        other.requested_code
        for other in _of_the_case(told, request)
        if other.request_type == request.request_type
    )


def _of_the_case(told: _Told, request: AssistanceRequest) -> list[AssistanceRequest]:
    return [
        other
        for other in told.requests
        if other.case_id is not None
        and other.case_id == request.case_id
        and other.requesting_code == request.requesting_code
    ]


def _course(told: _Told, request: AssistanceRequest) -> Course:
    same_pair = [r for r in _of_the_case(told, request) if r.requested_code == request.requested_code]
    followed = [r for r in told.requests if r.parent_id == request.pk]
    ends = rulebook().lifecycle.ends
    events = told.events[request.pk]
    return Course(
        type=request.request_type,
        events=tuple(
            replace(e, received_at=request.received_at) if e.act in SUBMISSIONS else e for e in events
        ),
        until=told.present,
        is_ended=request.status in ends,
        follow_ups=tuple(
            FollowUp(r.request_type, r.submitted_at)
            for r in {r.pk: r for r in (*followed, *same_pair)}.values()
            if r.pk != request.pk and r.submitted_at is not None
        ),
        parent_expires_at=_lapsed_at(told, request.parent),
        due_at=told.due.get(request.pk, {}),
        truth=truth_of(told.scenario, request, _parties(told, request)),
    )


def _lapsed_at(told: _Told, parent: AssistanceRequest | None) -> datetime | None:
    """Return when a preservation came to its end; one that never lapsed was still there."""
    if parent is None:
        return None
    return next((e.at for e in told.events[parent.pk] if e.act == "lapse"), None)
