"""Statistics: curves as lifelines draws them, quantiles as they are defined, and the bias they are there to avoid."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from cooperation.intervals import NEVER
from cooperation.statistics import (
    US_PER_HOUR,
    kaplan_meier,
    limits,
    mean_closed_hours,
    median_limits,
    on_time,
    quantile,
    still_open,
    thinned,
)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from lifelines import KaplanMeierFitter


def us(hours: list[float]) -> np.ndarray:
    return np.array([round(hour * US_PER_HOUR) for hour in hours], dtype=np.int64)


def of(hours: list[float], closed: list[int]):
    return kaplan_meier(us(hours), np.array(closed, dtype=np.bool_))


def test_a_curve_written_out_by_hand():
    # at 2 one of five; at 3 one of four, while another is last seen open; at 5 one of two; one open at 6
    survival = of([2, 3, 3, 5, 6], [1, 1, 0, 1, 0])

    assert survival.hours.tolist() == [2.0, 3.0, 5.0]
    assert survival.at_risk.tolist() == [5, 4, 2]
    assert survival.closed.tolist() == [1, 1, 1]
    assert survival.surviving.tolist() == pytest.approx([0.8, 0.6, 0.3], abs=1e-15)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("n", [1, 2, 17, 500, 5_000])
def test_the_curve_and_its_limits_are_those_of_lifelines(seed, n):
    draw = np.random.default_rng(seed)
    hours = np.round(draw.lognormal(4, 1, n), 1 if seed % 2 else 6)  # rounding makes ties
    watched = draw.uniform(0, 200, n)
    closed = hours <= watched
    seen = np.where(closed, hours, np.round(watched, 1))
    durations = np.round(seen * US_PER_HOUR).astype(np.int64)

    survival = kaplan_meier(durations, closed)
    band = limits(survival)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        oracle = KaplanMeierFitter().fit(durations / US_PER_HOUR, closed)
    steps = survival.hours
    assert survival.surviving == pytest.approx(oracle.survival_function_at_times(steps).to_numpy(), abs=1e-9)
    theirs = oracle.confidence_interval_.loc[steps].to_numpy()
    assert band.low == pytest.approx(theirs[:, 0], abs=1e-9)
    assert band.high == pytest.approx(theirs[:, 1], abs=1e-9)


@pytest.mark.parametrize(
    ("hours", "closed", "q", "expected"),
    [
        ([1, 2, 3, 4], [1, 1, 1, 1], 0.5, 2.0),
        ([1, 2, 3], [1, 1, 1], 0.5, 2.0),
        ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [1] * 10, 0.9, 9.0),
        ([1, 2, 3, 4], [1, 0, 0, 0], 0.5, None),
        ([4, 4, 4, 4], [0, 0, 0, 0], 0.5, None),
        ([0, 0, 5], [1, 1, 0], 0.5, 0.0),
        ([], [], 0.5, None),
    ],
    ids=[
        *("half at exactly one half", "an odd number", "nine in ten at exactly one tenth", "not reached"),
        *("all open", "closed at once", "nothing"),
    ],
)
def test_a_quantile_is_the_first_time_at_which_the_curve_has_come_down_to_it(hours, closed, q, expected):
    assert quantile(of(hours, closed), q) == expected


@pytest.mark.parametrize("n", [10, 30, 70, 110, 1_000, 99_990, 1_000_000])
def test_rounding_does_not_move_a_quantile_that_falls_on_a_step(n):
    survival = kaplan_meier(np.arange(1, n + 1) * US_PER_HOUR, np.ones(n, dtype=np.bool_))

    assert quantile(survival, 0.5) == n // 2
    assert quantile(survival, 0.9) == n * 9 // 10


def test_the_limits_of_the_median_are_where_the_limits_of_the_curve_reach_one_half():
    # 20 closed, one an hour: the lower limit is 0.551 at hour 4 and 0.49994 at hour 5, the upper one 0.501 at
    # hour 14 and 0.449 at hour 15
    survival = of([float(hour) for hour in range(1, 21)], [1] * 20)
    band = limits(survival)

    low, high = median_limits(survival, band)

    assert (low, high) == (5.0, 15.0)
    assert band.low[3:5].tolist() == pytest.approx([0.551146, 0.499944], abs=1e-6)
    assert band.high[13:15].tolist() == pytest.approx([0.501350, 0.448535], abs=1e-6)


def test_a_limit_that_is_not_reached_is_none():
    survival = of([1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0])

    assert quantile(survival, 0.5) == 3.0
    assert median_limits(survival, limits(survival)) == (1.0, None)


def test_thinning_keeps_at_most_so_many_steps_with_the_first_and_the_last():
    survival = of([float(hour) for hour in range(1, 1_001)], [1] * 1_000)

    kept = thinned(survival, 200)

    assert len(kept) == 200
    assert (kept[0], kept[-1]) == (0, 999)
    assert set(np.diff(kept).tolist()) <= {5, 6}


def test_thinning_goes_by_events_and_not_by_steps():
    # 90 closed at hour 1, one at each hour from 2 to 5, 36 at hour 6: ranks 90, 110 and 130 are at hours 1, 6, 6
    survival = of([1.0] * 90 + [2.0, 3.0, 4.0, 5.0] + [6.0] * 36, [1] * 130)

    assert survival.hours[thinned(survival, 3)].tolist() == [1.0, 6.0]


def test_a_short_curve_is_not_thinned():
    assert thinned(of([1, 2, 3], [1, 1, 1])).tolist() == [0, 1, 2]


def test_the_curve_is_read_at_round_times_with_the_number_at_risk():
    hours, closed = [2, 3, 3, 5, 6], [1, 1, 0, 1, 0]
    survival = of(hours, closed)

    read = still_open(survival, limits(survival), us(hours), np.array([0.0, 3.0, 6.0, 9.0]))

    assert [(time, at_risk) for time, at_risk, *_ in read] == [(0.0, 5), (3.0, 4), (6.0, 1), (9.0, 0)]
    assert [share for _, _, share, *_ in read] == [1.0, pytest.approx(0.6), pytest.approx(0.3), None]


@pytest.mark.parametrize(
    ("closed_h", "due_h", "expected"),
    [
        ([5], [6], (1.0, 1, 0)),
        ([6], [6], (1.0, 1, 0)),
        ([7], [6], (0.0, 1, 0)),
        ([None], [9], (0.0, 1, 1)),
        ([None], [10], (None, 0, 0)),
        ([None], [11], (None, 0, 0)),
        ([5], [None], (None, 0, 0)),
        ([5, 7, None, None, 5], [6, 6, 9, 11, None], (1 / 3, 3, 1)),
    ],
    ids=[
        *("in time", "at the very instant", "late", "open past it", "due now", "not yet due", "no deadline"),
        "all together",
    ],
)
def test_on_time(closed_h, due_h, expected):
    def instants(hours):
        return np.array([NEVER if hour is None else hour * US_PER_HOUR for hour in hours], dtype=np.int64)

    found = on_time(instants(closed_h), instants(due_h), 10 * US_PER_HOUR)

    assert (found.rate, found.n, found.overdue_open) == expected


def test_the_mean_is_of_the_closed_alone():
    assert mean_closed_hours(us([1, 2, 30]), np.array([True, True, False])) == 1.5
    assert mean_closed_hours(us([30]), np.array([False])) is None


def test_the_mean_of_a_million_long_intervals_does_not_overflow():
    year_us = 8_760 * US_PER_HOUR

    assert mean_closed_hours(np.full(1_000_000, year_us), np.ones(1_000_000, dtype=np.bool_)) == 8_760.0


def test_leaving_open_requests_out_flatters_and_counting_them_does_not():
    # 400 requests filed over 360 days, answered after a lognormal time (sigma 0.8) whose true median is 150 days
    day_us = 24 * US_PER_HOUR
    closed_only, all_counted = [], []
    for seed in range(300):
        draw = np.random.default_rng(seed)
        opened_day = draw.uniform(0, 360, 400)
        lasts_day = draw.lognormal(np.log(150), 0.8, 400)
        closed = opened_day + lasts_day <= 360
        seen_us = (np.where(closed, lasts_day, 360 - opened_day) * day_us).astype(np.int64)
        closed_only.append(np.median(seen_us[closed]) / day_us)
        all_counted.append((quantile(kaplan_meier(seen_us, closed), 0.5) or np.inf) / 24)

    assert np.mean(closed_only) == pytest.approx(101, abs=1)
    assert np.mean(all_counted) == pytest.approx(151, abs=1)
