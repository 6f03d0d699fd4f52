"""The scenario of an exercise, read once a process and indexed by the acts that it waits for."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from cooperation.scenario import Expectation, Inject, Milestone, PlannedRequest, Scenario, read_checked
from requests_app.world.models import Exercise


@dataclass(frozen=True)
class Script:
    """What waits for which act. An exercise's scenario text never changes, so this may be kept."""

    scenario: Scenario
    requests: dict[str, PlannedRequest]
    injects: dict[str, Inject]
    expectations: dict[str, Expectation]
    filings: dict[str, list[PlannedRequest]]
    fired_after: dict[str, list[Inject]]
    held_back_by: dict[str, list[Inject]]
    milestones: dict[str, list[Milestone]]
    expected: dict[str, list[Expectation]]
    counted_from: dict[str, list[Expectation]]
    paths_awaited: tuple[tuple[str | None, str | None], ...]


@lru_cache(maxsize=256)
def script_of(exercise_id: UUID) -> Script:
    """Return the script of an exercise; exercises of one scenario share it."""
    return _script_of(*Exercise.objects.values_list("scenario", "scenario_text").get(pk=exercise_id))


@lru_cache(maxsize=64)
def _script_of(name: str, text: str) -> Script:
    return indexed(read_checked(text, f"{name}.yaml"))


def indexed(scenario: Scenario) -> Script:
    """Return the scenario with what it waits for by act."""
    filings: dict[str, list[PlannedRequest]] = defaultdict(list)
    after: dict[str, list[Inject]] = defaultdict(list)
    unless: dict[str, list[Inject]] = defaultdict(list)
    milestones: dict[str, list[Milestone]] = defaultdict(list)
    expected: dict[str, list[Expectation]] = defaultdict(list)
    counted: dict[str, list[Expectation]] = defaultdict(list)
    paths: list[tuple[str | None, str | None]] = []
    for planned in scenario.requests:
        if planned.when.pattern:
            filings[planned.when.pattern.act].append(planned)
    for inject in scenario.injects:
        trigger = inject.trigger
        if trigger.pattern:
            (unless if trigger.nothing_by else after)[trigger.pattern.act].append(inject)
    for milestone in scenario.milestones:
        milestones[milestone.pattern.act].append(milestone)
    for expectation in scenario.expectations:
        for act in expectation.acts:
            expected[act].append(expectation)
        if expectation.of_act:
            counted[expectation.of_act.act].append(expectation)
    for pattern in (
        *(planned.when.pattern for planned in filings["disclose_path"]),
        *(inject.trigger.pattern for inject in after["disclose_path"]),
    ):
        if pattern:
            paths.append((pattern.of, pattern.from_state))
    return Script(
        scenario,
        {r.id: r for r in scenario.requests},
        {i.id: i for i in scenario.injects},
        {e.id: e for e in scenario.expectations},
        dict(filings),
        dict(after),
        dict(unless),
        dict(milestones),
        dict(expected),
        dict(counted),
        tuple(paths),
    )


def awaits_path(script: Script, planned: str, requested_code: str) -> bool:
    """Return whether the story goes on from the path that this request discloses."""
    return any(of in (None, planned) and by in (None, requested_code) for of, by in script.paths_awaited)
