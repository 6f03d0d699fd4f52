"""Playing the same work under each behaviour: what comes of it, beside the figures that are published."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from cooperation.behaviour import behaviours
from cooperation.reports.response_times import response_times
from cooperation.rulebook import rulebook
from cooperation.scenario import Scenario, find, read_scenario
from requests_app.exercises.account import account
from requests_app.exercises.removal import remove
from requests_app.exercises.run import make, play
from requests_app.reports.source import columns_of_exercise
from requests_app.workflow.models import AssistanceRequest
from requests_app.world.models import Exercise

ASKED = "XB"
TYPES = (
    ("mla_stored_data", "central_authority"),
    ("preservation_expedited", "contact_point_24_7"),
)


@dataclass(frozen=True)
class Measured:
    """What one behaviour makes of the same requests, asked by a typical State. Days and hours of exercise time."""

    behaviour: str
    requests: int
    median_days: float | None
    p90_days: float | None
    mean_closed_days: float | None
    preservation_median_hours: float | None
    asked: float
    refused: float
    still_open: float


@dataclass(frozen=True)
class Score:
    """What a team got out of a scenario under one behaviour."""

    scenario: str
    seed: int
    behaviour: str
    points: int
    of: int
    deadlines_missed: int
    deadlines_met: int


def measured(requests: int, seed: int) -> Iterator[Measured]:
    """Play the same requests, asked of a State of each behaviour in turn; yield what came of it."""
    for name in behaviours():
        text = json.dumps(_scenario(name, requests)).encode()
        scenario = read_scenario(text, "comparison.yaml", rulebook(), behaviours().keys())
        exercise = play(make(scenario, seed=seed, teams="typical"), scenario.ends_at)
        try:
            yield _measure(exercise, name)
        finally:
            remove(exercise)


def scored(scenarios: list[str], names: list[str], seeds: Iterable[int]) -> Iterator[Score]:
    """Play scenarios with their teams under each behaviour and seed; yield the scores. Nothing is kept."""
    for scenario_id in scenarios:
        path = find(scenario_id)
        scenario = read_scenario(path, path.name, rulebook(), behaviours().keys())
        for seed in seeds:
            for name in names:
                yield _score(scenario, name, seed)


def _score(scenario: Scenario, name: str, seed: int) -> Score:
    exercise = play(make(scenario, seed=seed, teams=name), scenario.ends_at)
    try:
        found = account(exercise)
    finally:
        remove(exercise)
    expected, deadlines = found["expectations"], found["deadlines"]
    return Score(
        scenario.id, seed, name, expected["points"], expected["of"], deadlines["missed"], deadlines["met"]
    )


def _scenario(behaviour: str, requests: int) -> dict[str, Any]:
    planned = [
        {
            "id": f"{kind}-{number}",
            "when": f"+{number * 7}h",
            "who": f"XA/{authority}",
            "whom": f"{ASKED}/{authority}",
            "type": kind,
            "case": "case",
            "contents": {},
        }
        for number in range(requests)
        for kind, authority in TYPES
    ]
    return {
        "scenario": "comparison",
        "title": "The same requests for each behaviour",
        "start": "2027-01-04T08:00:00+00:00",
        "length": "1500d",
        "states": {
            "XA": {"name": "Arvania", "calendar": "VN", "behaviour": "typical"},
            ASKED: {"name": "Borland", "calendar": "DE", "behaviour": behaviour},
        },
        "cases": [
            {
                "id": "case",
                "state": "XA",
                "title": "Ransomware",
                "offences": ["system_interference"],
                "facts": "The systems of a port were encrypted.",
            }
        ],
        "requests": planned,
    }


def _measure(exercise: Exercise, name: str) -> Measured:
    columns = columns_of_exercise(exercise)
    report = response_times(
        columns, exercise.present, generated_at=exercise.present, by=["request_type"]
    ).as_json()
    whole = {
        group["key"]["request_type"]: group for group in report["groups"] if group["key"]["stage"] == "whole"
    }
    mla, kept = whole["mla_stored_data"], whole["preservation_expedited"]
    filed = AssistanceRequest.objects.filter(exercise=exercise, request_type="mla_stored_data")
    total = filed.count()
    asked = sum(1 for acts in filed.values_list("acts_done", flat=True) if acts.get("ask_for_information"))
    return Measured(
        name,
        total,
        _days(mla["median_hours"]),
        _days(mla["p90_hours"]),
        _days(mla["mean_closed_hours"]),
        kept["median_hours"],
        asked / total,
        filed.filter(status="refused").count() / total,
        mla["open"] / total,
    )


def _days(hours: float | None) -> float | None:
    return None if hours is None else hours / 24
