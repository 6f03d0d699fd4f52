"""What the roll-ups say of each stage, read at once for a live page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Sum

from requests_app.reports.models import RollUp
from requests_app.reports.rollup import seconds_of

SHARES = (0.5, 0.9)


@dataclass(frozen=True, slots=True)
class StageTimes:
    """The closed intervals of one stage.

    within_s  for each share (0 to 1), the exercise seconds within which so many closed, suspensions left out
    """

    stage: str
    closed: int
    with_due: int
    on_time: int
    within_s: tuple[tuple[float, float], ...]


def stage_times() -> list[StageTimes]:
    """Return the response times of every stage that has a closed interval."""
    rows = RollUp.objects.values_list("stage", "bucket").annotate(
        Sum("closed"), Sum("with_due"), Sum("on_time")
    )
    closed: dict[str, dict[int, int]] = defaultdict(dict)
    with_due: dict[str, int] = defaultdict(int)
    on_time: dict[str, int] = defaultdict(int)
    for stage, bucket, number, due, kept in rows:
        closed[stage][bucket] = number
        with_due[stage] += due
        on_time[stage] += kept
    return [
        StageTimes(stage, sum(found.values()), with_due[stage], on_time[stage], _quantiles(found))
        for stage, found in sorted(closed.items())
    ]


def _quantiles(closed: Mapping[int, int]) -> tuple[tuple[float, float], ...]:
    return tuple((share, _within(closed, share * sum(closed.values()))) for share in SHARES)


def _within(closed: Mapping[int, int], wanted: float) -> float:
    seen = 0
    bucket = 0
    for bucket in sorted(closed):
        seen += closed[bucket]
        if seen >= wanted:
            break
    return seconds_of(bucket)
