"""Reports: the figures of a group, the groups of a report, and what a public one may not give away."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import linprog

from cooperation.document import BadInput
from cooperation.intervals import Interval, columns_of
from cooperation.reports import CATALOGUE
from cooperation.reports.response_times import Report, response_times, round_times
from cooperation.reports.suppression import Part, suppressed

START = datetime(2027, 3, 1, tzinfo=UTC)
MADE = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def interval(request: str, opened: float, closed: float | None = None, **more) -> Interval:
    more.setdefault("stage", "decide")
    due = more.pop("due", None)
    return Interval(
        request,
        opened_at=day(opened),
        closed_at=None if closed is None else day(closed),
        due_at=None if due is None else day(due),
        **more,
    )


def report_of(intervals: list[Interval], until: float = 100, **options) -> Report:
    return response_times(columns_of(intervals), day(until), generated_at=MADE, **options)


def test_a_report_has_the_form_of_its_schema():
    report = report_of(
        [
            interval("r1", 0, 1, due=2),
            interval("r2", 0, 3, due=2, suspended_seconds=86_400),
            interval("r3", 1),
            interval("r4", 200),
        ],
        filters={"exercise": "hospital-ransomware-7"},
    )

    found = report.as_json()

    survival = found["groups"][0].pop("survival")
    assert found == {
        "schema": "comity.report/1",
        "generated_at": "2026-01-02T03:04:05Z",
        "observed_until": "2027-06-09T00:00:00Z",
        "left_out": 1,
        "filters": {"exercise": "hospital-ransomware-7"},
        "groups": [
            {
                "key": {"stage": "decide"},
                "n": 3,
                "closed": 2,
                "open": 1,
                "overdue_open": 0,
                "median_hours": 72.0,
                "median_net_hours": 48.0,
                "p90_hours": None,
                "median_ci95_hours": [24.0, None],
                "mean_closed_hours": 48.0,
                "on_time_rate": 0.5,
                "on_time_n": 2,
            }
        ],
    }
    assert survival["hours"] == [24.0, 72.0]
    assert survival["surviving"] == pytest.approx([2 / 3, 1 / 3])
    assert [len(survival[name]) for name in ("low", "high")] == [2, 2]
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_an_open_interval_past_its_due_instant_is_late():
    figures = report_of([interval("r1", 0, due=10), interval("r2", 0, due=20)], until=15).groups[0].figures

    assert figures is not None
    assert (figures.overdue_open, figures.on_time_rate, figures.on_time_n) == (1, 0.0, 1)


def test_stages_stand_in_the_order_of_a_request_and_values_by_the_alphabet():
    report = report_of(
        [
            interval("r1", 0, 1, stage="whole", to="XB"),
            interval("r1", 0, 1, stage="screening", to="XB"),
            interval("r1", 0, 1, stage="acknowledge", to="XC"),
            interval("r1", 0, 1, stage="acknowledge", to="XB"),
        ],
        by=("to",),
    )

    assert [tuple(group.key.values()) for group in report.groups] == [
        *(("acknowledge", "XB"), ("acknowledge", "XC"), ("whole", "XB"), ("screening", "XB"))
    ]


def test_a_month_is_that_of_opening_in_utc():
    report = report_of(
        [interval("r1", -0.01, 5), interval("r2", 0, 5), interval("r3", 31, 40)], by=("month",)
    )

    assert [(group.key["month"], group.figures.n) for group in report.groups if group.figures] == [
        *(("2027-02", 1), ("2027-03", 1), ("2027-04", 1))
    ]


def test_a_pair_is_from_and_to_together():
    report = report_of(
        [interval("r1", 0, 1, from_="XA", to="XB"), interval("r2", 0, 1, from_="XB", to="XA")],
        by=("from", "to"),
    )

    assert [dict(group.key) for group in report.groups] == [
        {"stage": "decide", "from": "XA", "to": "XB"},
        {"stage": "decide", "from": "XB", "to": "XA"},
    ]


@pytest.mark.parametrize(
    ("by", "fault"),
    [
        (
            ("colour",),
            "--by: colour is nothing to compare by (allowed: pillar, request_type, from, to, month)",
        ),
        (("month", "month"), "--by: month stands twice (name it once)"),
        (("pillar",), "--by: no interval states its pillar (leave it out)"),
    ],
    ids=["an unknown name", "a name twice", "a column that is not there"],
)
def test_a_wrong_name_to_compare_by_is_told(by, fault):
    with pytest.raises(BadInput) as caught:
        report_of([interval("r1", 0, 1)], by=by)

    assert [str(one) for one in caught.value.faults] == [fault]


def test_a_report_of_nothing_has_no_groups():
    assert report_of([], by=("month", "to"), public=True).as_json()["groups"] == []


def test_the_table_has_a_row_a_group_and_says_what_is_suppressed():
    states = ["XB", "XC", "XD"]
    many = [interval(f"r{n}", 0, 1 + n, from_="XA", to=states[n % 3], pillar="p") for n in range(9)]
    few = [interval("s1", 0, 1, from_="XA", to="XB", pillar="q", stage="whole")]

    table = report_of([*many, *few], by=("pillar",), public=True).table()

    assert [column.name for column in table.columns][:4] == ["stage", "pillar", "n", "closed"]
    assert table.rows[0][:6] == ("decide", "p", 9, 9, 0, 0)
    assert table.rows[0][-1] is False
    assert table.rows[1] == ("whole", "q", *(None,) * 12, True)


def test_a_suppressed_group_tells_its_key_and_nothing_else():
    report = report_of([interval("r1", 0, 1, from_="XA", to="XB")], public=True)

    assert report.as_json()["groups"] == [{"key": {"stage": "decide"}, "suppressed": True}]
    assert report.as_json()["filters"] == {"public": True}


@pytest.mark.parametrize(
    ("requests", "states", "is_told"),
    [
        (5, ["XB", "XC"], True),
        (4, ["XB", "XC"], False),
        (9, ["XB"], False),
    ],
    ids=["five requests, three States", "four requests", "two States"],
)
def test_a_public_group_needs_five_requests_and_three_states(requests, states, is_told):
    rows = [interval(f"r{n}", 0, 1, from_="XA", to=states[n % len(states)]) for n in range(requests)]
    again = [interval("r0", 5, 6, from_="XA", to="XB")]  # the same request once more counts once

    assert (report_of([*rows, *again], public=True).groups[0].figures is not None) is is_told


def keyed(counts: dict[str, int]) -> dict:
    """Return groups of one stage, of so many requests, each of States of its own."""
    numbers = iter(range(10_000))
    return {
        (("stage", "decide"), ("pillar", name)): Part(
            count,
            frozenset(next(numbers) for _ in range(count)),
            frozenset(f"{name}{n}" for n in range(min(count, 3))),
        )
        for name, count in counts.items()
    }


@pytest.mark.parametrize(
    ("counts", "gone"),
    [
        ({"a": 9, "b": 8, "c": 7}, ""),
        ({"a": 9, "b": 8, "c": 4}, "bc"),
        ({"a": 9, "b": 4, "c": 4}, "bc"),
        ({"a": 9, "b": 2, "c": 1}, "abc"),
        ({"a": 9, "b": 8, "c": 2, "d": 1}, "bcd"),
    ],
    ids=[
        *("nothing small", "one small takes the next with it", "two small hide each other"),
        *("two too small together take the rest", "two too small together take the smallest other"),
    ],
)
def test_a_further_group_goes_where_subtraction_would_give_one_away(counts, gone):
    found = suppressed(keyed(counts))

    assert "".join(sorted(dict(key)["pillar"] for key in found)) == gone


@pytest.mark.parametrize(
    "by", [("pillar",), ("from", "to"), ("pillar", "to"), ("pillar", "from", "to")], ids=str
)
@pytest.mark.parametrize("seed", range(12))
def test_an_attacker_who_has_all_margins_cannot_work_out_a_suppressed_count(by, seed):
    """The attacker solves for every suppressed count from all public reports with these names or fewer.

    A count is worked out when its least and its greatest possible value agree.
    """
    draw = random.Random(f"{by}{seed}")
    states = ["XA", "XB", "XC", "XD", "XE"][: draw.randrange(3, 6)]
    rows = []
    for number in range(draw.randrange(15, 90)):
        sender, receiver = draw.sample(states, 2)
        pillar = draw.choice(["p", "p", "p", "q", "r"])
        rows.append(interval(f"r{number}", draw.random(), 2, from_=sender, to=receiver, pillar=pillar))
    truth = {tuple(g.key.items()): g.figures.n for g in report_of(rows, by=by).groups if g.figures}
    place = {key: number for number, key in enumerate(truth)}
    equations, totals, hidden = [], [], []
    for size in range(len(by) + 1):
        for names in combinations(by, size):
            for group in report_of(rows, by=names, public=True).groups:
                if group.figures is not None:
                    equations.append([float(set(group.key.items()) <= set(key)) for key in truth])
                    totals.append(group.figures.n)
                elif size == len(by):
                    hidden.append(place[tuple(group.key.items())])
    for unknown in hidden:
        direction = np.eye(len(truth))[unknown]
        reach = [
            sign
            * linprog(
                sign * direction, A_eq=equations or None, b_eq=totals or None, bounds=(0, len(rows))
            ).fun
            for sign in (1, -1)
        ]
        assert reach[1] - reach[0] > 0.5


@pytest.mark.parametrize(
    ("longest_hours", "expected"),
    [
        (0, [0]),
        (5, [0, 1, 2, 3, 4, 5]),
        (100, [0, 24, 48, 72, 96]),
        (24 * 365, [0, 1440, 2880, 4320, 5760, 7200, 8640]),
    ],
    ids=["nothing", "hours", "days", "a year"],
)
def test_curves_are_read_at_times_that_people_count_in(longest_hours, expected):
    assert round_times(longest_hours).tolist() == expected


def test_the_catalogue_names_the_report():
    assert CATALOGUE["response_times"] is response_times
