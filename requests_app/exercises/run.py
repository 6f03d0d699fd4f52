"""Making an exercise of a scenario, and playing it without waiting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, transaction

from cooperation.behaviour import behaviours
from cooperation.calendars import calendar
from cooperation.document import BadInput, Fault
from cooperation.rulebook import rulebook
from cooperation.scenario import Scenario, StateEntry
from requests_app.agenda.advance import ROWS_AT_MOST, advance
from requests_app.agenda.batch import Batch
from requests_app.evidence.models import PlantedBreak
from requests_app.exercises import triggers
from requests_app.exercises.models import Expectation, Inject, Milestone
from requests_app.exercises.script import indexed
from requests_app.workflow.log import append_to_exercise
from requests_app.workflow.models import Case
from requests_app.world.load import AS_IF
from requests_app.world.models import Authority, Exercise, Seat, State

RANK_END = 99
HANDLES_TRIED = 50


def make(scenario: Scenario, *, seed: int, teams: str) -> Exercise:
    """Make a new exercise of a scenario, with all that its first instant puts on the agenda.

    teams  behaviour of team seats while no person sits there

    Raises BadInput for an unknown behaviour.
    """
    if teams not in behaviours():
        allowed = "allowed: " + ", ".join(behaviours())
        raise BadInput([Fault("--teams", 0, "", f"there is no behaviour {teams}", allowed)])
    for _ in range(HANDLES_TRIED):
        try:
            with transaction.atomic():
                return _make(scenario, seed, teams)
        except IntegrityError:
            # Somebody else made a run of the same scenario and seed at the same moment and has the handle.
            if not Exercise.objects.filter(handle=free_handle(scenario.id, seed)).exists():
                continue
    raise BadInput([Fault(scenario.id, 0, "", "no free handle was found", "try again")])


def play(
    exercise: Exercise,
    to: datetime,
    *,
    rows_at_most: int = ROWS_AT_MOST,
    watch: Callable[[datetime], None] = lambda _: None,
) -> Exercise:
    """Play an exercise up to an instant of exercise time; return it as it then stands.

    watch  is told the exercise instant after each batch
    """
    while advance(exercise.pk, to, rows_at_most):
        watch(Exercise.objects.values_list("advanced_to", flat=True).get(pk=exercise.pk))
    exercise.refresh_from_db()
    return exercise


def free_handle(scenario: str, seed: int) -> str:
    """Return a handle that no run of a scenario and seed has yet."""
    name = f"{scenario}-{seed}"
    taken = set(Exercise.objects.filter(scenario=scenario, seed=seed).values_list("handle", flat=True)) | set(
        Exercise.objects.filter(handle=name).values_list("handle", flat=True)
    )
    if name not in taken:
        return name
    number = 2
    while f"{name}-{number}" in taken:
        number += 1
    return f"{name}-{number}"


def _make(scenario: Scenario, seed: int, teams: str) -> Exercise:
    exercise = Exercise.objects.create(
        handle=free_handle(scenario.id, seed),
        scenario=scenario.id,
        scenario_text=scenario.text,
        seed=seed,
        teams=teams,
        deadline_profile=scenario.deadline_profile,
        rulebook_digest=rulebook().digest,
        starts_at=scenario.starts_at,
        ends_at=scenario.ends_at,
        advanced_to=scenario.starts_at,
    )
    for entry in scenario.states:
        _seat(exercise, entry, teams)
    _cast(exercise, scenario)
    batch = Batch(exercise, scenario.starts_at)
    told = {
        "scenario": scenario.id,
        "seed": seed,
        "teams": teams,
        "deadline_profile": scenario.deadline_profile,
        "status_of_convention": AS_IF["played"],
    }
    append_to_exercise(batch, "prepare", told)
    triggers.put_first_rows(batch, indexed(scenario))
    batch.put("end", "end", scenario.ends_at, rank=RANK_END)
    batch.write()
    return exercise


def _seat(exercise: Exercise, entry: StateEntry, teams: str) -> None:
    borrowed = entry.calendar or entry.code
    behaviour = entry.behaviour or teams
    state = State.objects.create(
        exercise=exercise,
        code=entry.code,
        name=entry.name or calendar(entry.code).name,
        calendar=borrowed,
        zone=calendar(borrowed).zone.key,
        treaty_status=AS_IF,
        is_team=entry.seat is not None,
        behaviour=behaviour,
        law=entry.law if entry.code.startswith("X") else "",
        transit_seconds=int(entry.transit.total_seconds()),
    )
    own = behaviours()[behaviour].officers
    authorities = Authority.objects.bulk_create(
        Authority(state=state, kind=kind, officers=entry.officers.get(kind, own.get(kind, 1)))
        for kind in rulebook().authorities
    )
    Seat.objects.bulk_create(Seat(authority=authority) for authority in authorities)


def _cast(exercise: Exercise, scenario: Scenario) -> None:
    Case.objects.bulk_create(
        Case(
            exercise=exercise,
            name=case.id,
            state_code=case.state,
            title=case.title,
            offences=list(case.offences),
            maximum_penalty=_penalty(case.maximum_penalty_years),
            facts=case.facts,
        )
        for case in scenario.cases.values()
    )
    Inject.objects.bulk_create(
        Inject(exercise=exercise, name=i.id, title=i.title, body=i.body, to=list(i.to))
        for i in scenario.injects
    )
    Milestone.objects.bulk_create(Milestone(exercise=exercise, name=m.id) for m in scenario.milestones)
    PlantedBreak.objects.bulk_create(
        PlantedBreak(
            exercise=exercise,
            request_type=planned.type,
            requesting_code=planned.from_state,
            requested_code=planned.to_state,
            what=planned.evidence["break"],
            kind=planned.evidence.get("item", ""),
        )
        for planned in scenario.requests
        if "break" in planned.evidence
    )
    Expectation.objects.bulk_create(
        Expectation(exercise=exercise, name=e.id, points=e.points) for e in scenario.expectations
    )


def _penalty(value: float | str | None) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, int | float) else value
