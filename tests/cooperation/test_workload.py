"""The work in hand: what was open when, by whom it was held, what came of it, and what a public one keeps back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cooperation.intervals import Interval, columns_of
from cooperation.reports.workload import POINTS_AT_MOST, backlog, workload

START = datetime(2027, 3, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def request(
    name: str, opened: float, closed: float | None = None, *, due: float | None = None, **more
) -> Interval:
    more.setdefault("stage", "whole")
    more.setdefault("from_", "XA")
    more.setdefault("to", "XB")
    more.setdefault("request_type", "mla_documents")
    ended = None if closed is None else day(closed)
    return Interval(name, opened_at=day(opened), closed_at=ended, due_at=due and day(due), **more)


FIVE = [
    request("r1", 0, 2, due=3, outcome="answered"),
    request("r2", 1, 4, due=3, outcome="refused", to="XC"),
    request("r3", 1, due=2),
    request("r4", 3, 30, outcome="answered", request_type="extradition"),
    request("r5", 5, due=60, to="XC"),
    request("r6", 0, stage="acknowledge"),
]


def test_the_backlog_counts_what_was_open_at_each_round_instant_and_what_of_it_was_overdue():
    found = workload(columns_of(FIVE), day(6)).backlog

    read = {one.at: (one.open, one.overdue) for one in found}
    assert found[0].at == day(0)
    assert read[day(0)] == (1, 0)
    assert read[day(1)] == (3, 0)
    assert read[day(2)] == (2, 0), "what closed at the instant is closed, what is due at it is not overdue"
    assert read[day(3.5)] == (3, 2)
    assert read[day(4)] == (2, 1)
    assert found[-1].at == day(6)
    assert (found[-1].open, found[-1].overdue) == (3, 1), "what closed after the end of observation was open"


def test_each_state_and_type_has_its_requests_and_nothing_of_other_stages():
    found = workload(columns_of(FIVE), day(6)).as_json()

    assert [(one["to"], one["n"], one["open"], one["overdue_open"]) for one in found["states"]] == [
        ("XB", 3, 2, 1),
        ("XC", 2, 1, 0),
    ]
    assert [
        (one["request_type"], one["n"], one["on_time_rate"], one["on_time_n"]) for one in found["types"]
    ] == [
        ("extradition", 1, None, 0),
        ("mla_documents", 4, 1 / 3, 3),
    ]


def test_outcomes_are_told_in_one_order_with_what_is_still_open_last():
    found = workload(columns_of(FIVE), day(6)).as_json()["outcomes"]
    assert found == [
        {"outcome": "answered", "n": 1},
        {"outcome": "refused", "n": 1},
        {"outcome": None, "n": 3},
    ]


def test_a_public_workload_shows_no_backlog_and_no_small_group():
    many = [
        request(f"r{n}", n, n + 1, to=f"X{'BCD'[n % 3]}", outcome="answered" if n < 9 else "refused")
        for n in range(12)
    ]
    found = workload(columns_of(many), day(40), public=True)

    assert found.backlog == ()
    assert [one.figures for one in found.states] == [None, None, None], "two States stand in each"
    assert [one.figures is None for one in found.types] == [False]
    assert [(one.outcome, one.n) for one in found.outcomes] == [("answered", None), ("refused", None)], (
        "three refusals are few, and with the sum told the answers would give them away"
    )
    told = found.as_json()
    assert told["filters"] == {"public": True}
    assert told["states"][0] == {"to": "XB", "suppressed": True}


def test_nothing_filed_is_nothing_in_hand():
    found = workload(columns_of([]), day(1))
    assert (found.backlog, found.states, found.types, found.outcomes) == ((), (), (), ())


@pytest.mark.parametrize("days", [0.01, 1, 4, 29, 119, 400, 3000])
def test_a_backlog_has_few_points_however_long_it_lasts_the_first_before_the_first_request(days):
    found = backlog(columns_of([request("r1", 0.3)]), day(0.3 + days))
    assert 2 <= len(found) <= POINTS_AT_MOST + 1
    assert found[0].at <= day(0.3)
    assert found[-1].at == day(0.3 + days)


@given(
    st.lists(st.tuples(st.integers(0, 50), st.none() | st.integers(0, 50)), min_size=1, max_size=30),
    st.integers(51, 90),
)
def test_at_the_end_the_backlog_is_what_is_still_open(spans, end):
    rows = [
        request(
            f"r{n}", opened, None if length is None else opened + length, outcome="answered" if length else ""
        )
        for n, (opened, length) in enumerate(spans)
    ]
    found = workload(columns_of(rows), day(end))
    still_open = sum(1 for opened, length in spans if length is None or opened + length > end)
    assert found.backlog[-1].open == still_open
    assert sum(one.figures.n for one in found.states if one.figures) == len(spans)
