"""After the exercise: what was expected and what happened; a team's own feedback, score with reasons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from cooperation.rulebook import rulebook
from cooperation.scenario import ActPattern
from cooperation.scenario import Expectation as Expected
from cooperation.words import Refused
from requests_app.exercises.clock_face import is_yet_to_start
from requests_app.exercises.hands import Hands
from requests_app.exercises.models import Expectation, Milestone
from requests_app.exercises.script import Script, script_of
from requests_app.workflow.models import Event
from requests_app.world.models import Exercise


@dataclass(frozen=True, slots=True)
class Happened:
    """The act that met an expectation, or that came too late or too faulty for it: on which request, as which event.

    by_people  whether people did it, and not the simulation at an empty desk
    """

    request_id: UUID
    reference: str
    seq: int
    act: str
    label: str
    desk: str
    at: datetime
    by_people: bool


@dataclass(frozen=True, slots=True)
class ExpectationTold:
    """An expectation: what was expected of whom, what happened, when, which event, and what it is worth.

    act, request_type, to_state, of
                  what `expected` says, in parts: `of` is the scenario's id of a planned request; empty for none
    within_hours  how long they had, in exercise time
    points_possible  what counts in the score: nothing where nobody could meet it (`uncounted`)
    late_hours    how much too late the act came; None where it was in time or never came; missed in time
                  was an act on a request with an error that it was to be without
    """

    name: str
    state: str
    expected: str
    act: str
    request_type: str
    to_state: str
    of: str
    within_hours: float
    why: str
    debrief: str
    status: str
    began_at: datetime | None
    due_at: datetime | None
    decided_at: datetime | None
    happened: Happened | None
    late_hours: float | None
    points: int
    points_given: int
    points_possible: int
    is_overridden: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Score:
    """What the expectations of one State come to. `simulated`: the points that empty desks earned by themselves."""

    state: str
    name: str
    points: int
    of: int
    simulated: int
    met: int
    missed: int


@dataclass(frozen=True, slots=True)
class Feedback:
    """What one State is told after the end: its score, and each expectation with its reason."""

    score: Score
    expectations: tuple[ExpectationTold, ...]


class _Act(NamedTuple):
    request: UUID
    reference: str
    planned: str
    request_type: str
    requesting: str
    requested: str
    seq: int
    act: str
    state: str
    authority: str
    at: datetime


def expectations_told(exercise: Exercise, states: Sequence[str] = ()) -> list[ExpectationTold]:
    """Return the expectations of an exercise in the order of the scenario; for control.

    states  only those of these States, where any are named
    """
    script = script_of(exercise.pk)
    rows = {row.name: row for row in Expectation.objects.filter(exercise=exercise)}
    wanted = [one for one in script.scenario.expectations if not states or one.state in states]
    acts = _acts(exercise, {one.pattern.act for one in wanted})
    hands = Hands(exercise)
    told = [_told(script, one, rows[one.id], acts[one.pattern.act], hands) for one in wanted]
    # What counts from the start has its due instant from the opening on, but runs only when the clock does.
    return [replace(one, status=Expectation.PENDING) for one in told] if is_yet_to_start(exercise) else told


def milestones_told(exercise: Exercise) -> list[tuple[str, datetime | None]]:
    """Return the milestones in the order of the scenario, each with the instant at which it was reached."""
    reached = dict(Milestone.objects.filter(exercise=exercise).values_list("name", "reached_at"))
    return [(one.id, reached.get(one.id)) for one in script_of(exercise.pk).scenario.milestones]


def scores(exercise: Exercise, told: Sequence[ExpectationTold]) -> list[Score]:
    """Return the score of each State of which something was expected."""
    names = dict(exercise.states.values_list("code", "name"))
    by_state: dict[str, list[ExpectationTold]] = defaultdict(list)
    for one in told:
        by_state[one.state].append(one)
    return [_score(code, names.get(code, code), some) for code, some in sorted(by_state.items())]


def own_feedback(exercise: Exercise, code: str) -> Feedback:
    """Return what a State is told of its own work; raise Refused `not_ended` before the exercise has ended.

    Expectations tell what is to come, so nothing of them is shown before.
    """
    if not exercise.ended:
        raise Refused(
            "not_ended",
            "feedback is given when the exercise has ended",
            article="exercise rule",
            mend="wait for the end",
        )
    told = expectations_told(exercise, (code,))
    name = exercise.states.values_list("name", flat=True).get(code=code)
    return Feedback(_score(code, name, told), tuple(told))


def _score(code: str, name: str, told: Sequence[ExpectationTold]) -> Score:
    return Score(
        state=code,
        name=name,
        points=sum(one.points_given for one in told),
        of=sum(one.points_possible for one in told),
        simulated=sum(one.points_given for one in told if _is_simulated(one)),
        met=sum(one.status == Expectation.MET for one in told),
        missed=sum(one.status == Expectation.MISSED for one in told),
    )


def _is_simulated(told: ExpectationTold) -> bool:
    """Return whether the simulation earned what was given; what a person judged is nobody's count."""
    return not told.is_overridden and told.happened is not None and not told.happened.by_people


def _told(
    script: Script, expected: Expected, row: Expectation, acts: Sequence[_Act], hands: Hands
) -> ExpectationTold:
    fitting = [one for one in acts if _fits(expected.pattern, one)]
    found = _happened(row, fitting)
    late = found is not None and row.due_at is not None and found.at > row.due_at
    return ExpectationTold(
        name=row.name,
        state=expected.state,
        expected=_in_words(expected, _kind(script, expected)),
        act=expected.pattern.act,
        request_type=_kind(script, expected),
        to_state=expected.pattern.to_state or "",
        of=expected.pattern.of or "",
        within_hours=_hours(expected.within),
        why=expected.why,
        debrief=expected.debrief,
        status=row.status,
        began_at=row.began_at,
        due_at=row.due_at,
        decided_at=row.decided_at,
        happened=_shown(found, hands) if found else None,
        late_hours=_hours(found.at - row.due_at) if late and found and row.due_at else None,
        points=row.points,
        points_given=row.points_given,
        points_possible=row.points_possible,
        is_overridden=row.overridden_points is not None,
        reason=row.reason,
    )


def _happened(row: Expectation, fitting: Sequence[_Act]) -> _Act | None:
    """Return the act that met an expectation: it was decided at that act's instant; else the first too late."""
    if row.status == Expectation.MET:
        return next((one for one in fitting if one.at == row.decided_at), None)
    since = row.began_at
    return next((one for one in fitting if since is not None and one.at >= since), None)


def _acts(exercise: Exercise, acts: set[str]) -> dict[str, list[_Act]]:
    """Return the acts of these kinds, the earliest first."""
    rows = Event.objects.filter(exercise=exercise, request__isnull=False, act__in=acts).order_by("at", "id")
    found: dict[str, list[_Act]] = defaultdict(list)
    columns = (
        *("request", "request__reference", "request__planned", "request__request_type"),
        *("request__requesting_code", "request__requested_code"),
        *("seq", "act", "actor_state", "actor_authority", "at"),
    )
    for row in rows.values_list(*columns):
        found[row[7]].append(_Act(*row))
    return found


def _fits(pattern: ActPattern, one: _Act) -> bool:
    other = one.requested if one.state == one.requesting else one.requesting
    doer, other_state = (one.state, other) if one.state else (None, None)
    return pattern.matches(one.act, one.planned or None, doer, other_state, one.request_type)


def _kind(script: Script, expected: Expected) -> str:
    """Return the type of the request on which something is expected; empty where any will do."""
    pattern = expected.pattern
    if pattern.request_type is None and pattern.of in script.requests:
        return script.requests[pattern.of].type
    return pattern.request_type or ""


def _in_words(expected: Expected, kind: str) -> str:
    """Say what is expected, like "Submit: Expedited preservation, to XB (hospital-logs)"."""
    pattern, book = expected.pattern, rulebook()
    words = book.lifecycle.acts[pattern.act].label
    told = [book.types[kind].name] if kind else []
    told += [f"to {pattern.to_state}"] if pattern.to_state else []
    of = f" ({pattern.of})" if pattern.of else ""
    return f"{words}: {', '.join(told)}{of}" if told else f"{words}{of}"


def _shown(one: _Act, hands: Hands) -> Happened:
    label = rulebook().lifecycle.acts[one.act].label
    desk = f"{one.state}/{one.authority}" if one.state else ""
    by_people = bool(desk) and hands.are_peoples(desk, one.at)
    return Happened(one.request, one.reference, one.seq, one.act, label, desk, one.at, by_people)


def _hours(length: timedelta) -> float:
    return length.total_seconds() / 3600
