"""Running an exercise: its clock, its injects, its expectations, its seats. Control's hand on everything.

Each function takes the wall instant, comes to the exercise's present first, does one thing under the
exercise's lock, and notes it on the chain that control alone sees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from cooperation.clock import Clock
from cooperation.eventlog import instant_text
from cooperation.scenario import Scenario
from cooperation.words import Refused, sentence
from requests_app.agenda.batch import Batch
from requests_app.agenda.outage import enter
from requests_app.agenda.present import at_present
from requests_app.exercises import desks, triggers
from requests_app.exercises.board import rows_to_come
from requests_app.exercises.models import Expectation, Inject
from requests_app.exercises.run import make
from requests_app.workflow.log import append_to_exercise
from requests_app.workflow.records import authority_of, has_authority
from requests_app.world.models import Exercise
from requests_app.world.timekeeping import resting_from, store_clock

# Control may wait longer for its turn than a person at a desk.
BACKLOG_AT_MOST_S = 30.0
RATE_AT_MOST = 86_400
TEXT_AT_MOST = {"name": 120, "title": 300, "body": 20_000, "reason": 2_000}


def open_live(scenario: Scenario, *, seed: int, teams: str, wall: datetime) -> Exercise:
    """Make an exercise with a clock, standing at its first instant."""
    exercise = make(scenario, seed=seed, teams=teams)
    exercise.is_live = True
    exercise.save(update_fields=["is_live"])
    store_clock(exercise, Clock.stopped(wall, exercise.starts_at))
    return exercise


# -- the clock -------------------------------------------------------------------------------------------


def start(exercise_id: UUID, wall: datetime, rate: int) -> None:
    """Start the clock. `rate`: exercise seconds for a wall second, 1 to 86,400 (a day a second)."""
    check_rate(rate)
    _move(exercise_id, wall, "start", lambda clock, to: clock.start(wall, to, rate), {"rate": rate})


def pause(exercise_id: UUID, wall: datetime, why: str = "control") -> None:
    """Let exercise time stand still."""
    _move(exercise_id, wall, "pause", lambda clock, to: clock.pause(wall, to), {"why": why})


def resume(exercise_id: UUID, wall: datetime, rate: int | None = None) -> None:
    """Let exercise time run again, at the rate it last had unless another is given."""
    if rate is not None:
        check_rate(rate)
    _move(exercise_id, wall, "resume", lambda clock, to: clock.resume(wall, to, rate), {"rate": rate})


def speed(exercise_id: UUID, wall: datetime, rate: int) -> None:
    """Let exercise time run faster or slower."""
    check_rate(rate)
    _move(exercise_id, wall, "speed", lambda clock, to: clock.speed(wall, to, rate), {"rate": rate})


def jump(exercise_id: UUID, wall: datetime, to: datetime) -> None:
    """Move the clock to an instant of exercise time; what lies between happens on the way, in its order."""

    def moved(clock: Clock, performed_to: datetime) -> Clock:
        return clock.jump(wall, performed_to, to)

    with _at_controls(exercise_id, wall) as batch:
        clock = _clock(batch, wall)
        if to > batch.exercise.ends_at:
            raise Refused("after_the_end", "the exercise ends before that", mend="jump to its end, or end it")
        _store(batch, moved(clock, batch.at))
        append_to_exercise(batch, "jump", {"to": instant_text(to)})


def jump_to_next(exercise_id: UUID, wall: datetime) -> datetime:
    """Move the clock to the next thing that happens; return its instant."""
    with _at_controls(exercise_id, wall, also_ended=True) as batch:
        clock = _clock(batch, wall)
        # Read under the lock: while the clock runs, what was next a moment ago may have happened.
        rows = rows_to_come(batch.exercise).filter(due_at__gt=batch.at)
        at = rows.order_by("due_at").values_list("due_at", flat=True).first()
        if at is None:
            raise Refused("nothing_to_come", "nothing is going to happen any more", mend="end the exercise")
        _store(batch, clock.jump(wall, batch.at, at))
        append_to_exercise(batch, "jump", {"to": instant_text(at)})
    return at


def end(exercise_id: UUID, wall: datetime) -> None:
    """End the exercise now: what was to come does not."""
    with _at_controls(exercise_id, wall) as batch:
        clock = _clock(batch, wall)
        triggers.finish(batch)
        if not clock.is_paused(wall):
            _store(batch, clock.pause(wall, batch.at))
        batch.drop_all()


def _move(
    exercise_id: UUID,
    wall: datetime,
    act: str,
    change: Callable[[Clock, datetime], Clock],
    told: dict[str, Any],
) -> None:
    with _at_controls(exercise_id, wall) as batch:
        _store(batch, change(_clock(batch, wall), batch.at))
        append_to_exercise(batch, act, told)


@contextmanager
def _at_controls(exercise_id: UUID, wall: datetime, *, also_ended: bool = False) -> Iterator[Batch]:
    """Give a batch at the present; raise Refused where the exercise has ended, unless that does not matter."""
    with at_present(exercise_id, wall, backlog_at_most_s=BACKLOG_AT_MOST_S) as batch:
        if batch.exercise.archived_at is not None:
            raise Refused("archived", "an archived exercise is only read", mend="bring it back first")
        if batch.exercise.ended and not also_ended:
            raise Refused("ended", "the exercise has ended", mend="make a new one of the same scenario")
        yield batch


def _clock(batch: Batch, wall: datetime) -> Clock:
    """Return the clock as it is to be moved; where no beat has come for long, that is entered as a pause first."""
    rests_from = resting_from(batch.exercise, wall)
    if rests_from is not None:
        enter(batch.exercise, rests_from, wall)
    clock = batch.exercise.clock if batch.exercise.is_live else None
    if clock is None:
        raise Refused("no_clock", "this exercise was played without a clock")
    return clock


def _store(batch: Batch, clock: Clock) -> None:
    store_clock(batch.exercise, clock)


def check_rate(rate: int) -> None:
    """Raise Refused for a pace that a clock cannot have."""
    if not 1 <= rate <= RATE_AT_MOST:
        raise Refused(
            "bad_rate",
            "the pace goes from 1 (real time) to 86,400 (a day a second)",
            mend="choose one between",
        )


# -- injects ---------------------------------------------------------------------------------------------


def fire_inject(exercise_id: UUID, wall: datetime, name: str) -> None:
    """Bring an inject in now, paused or not."""
    with _at_controls(exercise_id, wall) as batch:
        inject = _inject(batch, name, Inject.PLANNED, Inject.HELD, Inject.SKIPPED)
        batch.drop(f"inject/{name}")
        triggers.bring(batch, inject)


def skip_inject(exercise_id: UUID, wall: datetime, name: str) -> None:
    """Leave an inject out."""
    _set_inject(exercise_id, wall, name, Inject.SKIPPED, "skip_inject", Inject.PLANNED, Inject.HELD)


def hold_inject(exercise_id: UUID, wall: datetime, name: str) -> None:
    """Hold an inject back until it is fired by hand or let go."""
    _set_inject(exercise_id, wall, name, Inject.HELD, "hold_inject", Inject.PLANNED)


def release_inject(exercise_id: UUID, wall: datetime, name: str) -> None:
    """Let a held inject go: one whose time has passed meanwhile comes now.

    One that waited for nothing to happen, and something did, stays out.
    """
    with _at_controls(exercise_id, wall) as batch:
        inject = _inject(batch, name, Inject.HELD)
        inject.status = Inject.PLANNED
        batch.change(inject)
        append_to_exercise(batch, "release_inject", {"inject": name})
        if batch.is_performed(f"inject/{name}"):
            triggers.bring(batch, inject)


def edit_inject(
    exercise_id: UUID, wall: datetime, name: str, *, title: str, body: str, to: list[str]
) -> None:
    """Change what an inject that has not come yet will say, and to whom."""
    with _at_controls(exercise_id, wall) as batch:
        inject = _inject(batch, name, Inject.PLANNED, Inject.HELD)
        _check_text(title=title, body=body)
        inject.title, inject.body, inject.to = title, body, _known_states(batch, to)
        batch.change(inject)
        append_to_exercise(batch, "edit_inject", {"inject": name, "title": title, "to": to})


def add_inject(
    exercise_id: UUID, wall: datetime, name: str, *, title: str, body: str, to: list[str], at: datetime | None
) -> None:
    """Add an inject in the run, for an instant of exercise time or at once; one meant for the past comes now."""
    with _at_controls(exercise_id, wall) as batch:
        if name in triggers.injects(batch):
            raise Refused("inject_exists", f"there is an inject {name} already", mend="choose another name")
        _check_text(name=name, title=title, body=body)
        if at is not None and at > batch.exercise.ends_at:
            raise Refused("after_the_end", "the exercise ends before that", mend="choose an earlier instant")
        inject = batch.add(
            Inject(exercise=batch.exercise, name=name, title=title, body=body, to=_known_states(batch, to))
        )
        triggers.injects(batch)[name] = inject
        append_to_exercise(batch, "add_inject", {"inject": name, "title": title, "to": to})
        key = f"inject/{name}"
        batch.put("inject", key, at or batch.at, rank=triggers.RANK_INJECT, payload={"inject": name})


def _set_inject(exercise_id: UUID, wall: datetime, name: str, status: str, act: str, *allowed: str) -> None:
    with _at_controls(exercise_id, wall) as batch:
        inject = _inject(batch, name, *allowed)
        inject.status = status
        batch.change(inject)
        append_to_exercise(batch, act, {"inject": name})


def _inject(batch: Batch, name: str, *allowed: str) -> Inject:
    found = triggers.injects(batch).get(name)
    if found is None:
        known = ", ".join(triggers.injects(batch)) or "none"
        raise Refused("no_inject", f"there is no inject {name}", mend=f"there are: {known}")
    if found.status not in allowed:
        raise Refused("inject_is_past", f"the inject {name} is {found.status}")
    return found


def _check_text(**texts: str) -> None:
    """Raise Refused for what the log or the database could not keep."""
    for what, text in texts.items():
        at_most = TEXT_AT_MOST[what]
        if len(text) > at_most or (what == "name" and not text.strip()):
            raise Refused("bad_text", f"the {what} has 1 to {at_most} characters", mend="shorten it")
        if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
            raise Refused("bad_text", f"the {what} holds what is no text", mend="write it in UTF-8")


def _known_states(batch: Batch, codes: list[str]) -> list[str]:
    known = set(batch.exercise.states.values_list("code", flat=True))
    unknown = sorted(set(codes) - known)
    if unknown or not codes:
        raise Refused(
            "unknown_state",
            f"no State of this exercise: {', '.join(unknown) or 'none named'}",
            mend=f"there are: {', '.join(sorted(known))}",
        )
    return codes


# -- expectations and seats ------------------------------------------------------------------------------


def override_expectation(exercise_id: UUID, wall: datetime, name: str, *, points: int, reason: str) -> None:
    """Let an evaluator's judgement stand in place of the count, with its reason."""
    if not reason.strip():
        raise Refused("no_reason", "an override says why", mend="give the reason")
    _check_text(reason=reason)
    with _at_controls(exercise_id, wall, also_ended=True) as batch:
        found: Expectation | None = triggers.expectations(batch).get(name)
        if found is None:
            known = ", ".join(triggers.expectations(batch)) or "none"
            raise Refused("no_expectation", f"there is no expectation {name}", mend=f"there are: {known}")
        if not 0 <= points <= found.points:
            raise Refused("bad_points", f"this is worth 0 to {found.points} points")
        found.overridden_points, found.reason = points, reason
        batch.change(found)
        told = {"expectation": name, "points": points, "reason": reason}
        append_to_exercise(batch, "override_expectation", told)


def take_seat(exercise_id: UUID, wall: datetime, state: str, authority: str) -> None:
    """Let people act for a simulated authority: from now on it does nothing by itself."""
    _seat(exercise_id, wall, state, authority, simulated=False)


def give_back_seat(exercise_id: UUID, wall: datetime, state: str, authority: str) -> None:
    """Let an authority act by itself again; it takes up what stands open on its desk."""
    _seat(exercise_id, wall, state, authority, simulated=True)


def _seat(exercise_id: UUID, wall: datetime, state: str, authority: str, *, simulated: bool) -> None:
    with _at_controls(exercise_id, wall) as batch:
        if not has_authority(batch, state, authority):
            raise Refused("no_authority", f"there is no authority {state}/{authority} in this exercise")
        desk = authority_of(batch, state, authority)
        if desk.simulated == simulated:
            word = sentence("simulated") if simulated else sentence("taken")
            raise Refused("seat_is_so", f"{desk.desk} is {word} already")
        desk.simulated = simulated
        batch.change(desk)
        append_to_exercise(batch, "give_back_seat" if simulated else "take_seat", {"desk": desk.desk})
        if simulated:
            desks.take_up_what_stands_open(batch, desk)
