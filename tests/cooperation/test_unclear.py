"""What in a draft nobody could act on is told to its drafter, at its place."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from cooperation.examination.unclear import unclear
from cooperation.rulebook import rulebook

NOW = datetime(2027, 3, 10, 9, tzinfo=UTC)
NO_TIME = "This is no date, and no date with a time and a distance from UTC."
BACKWARDS = "The period ends before it begins."


@pytest.mark.parametrize(
    ("field", "value", "found"),
    [
        ("period_covered", {"from": "2027-03-01", "to": "2027-03-01"}, []),
        ("period_covered", {"from": "2027-03-01T00:00:00Z", "to": "2027-03-02T00:00:00+07:00"}, []),
        ("period_covered", {"from": "yesterday", "to": "99/99/2027"}, [("from", NO_TIME), ("to", NO_TIME)]),
        ("period_covered", {"from": "2027-02-30"}, [("from", NO_TIME)]),
        ("period_covered", {"from": "2027-03-01T00:00:00"}, [("from", NO_TIME)]),
        ("period_covered", {"from": "2027-03-05", "to": "2027-03-01"}, [("to", BACKWARDS)]),
        (
            "period_covered",
            {"from": "2027-03-01T09:00:00+07:00", "to": "2027-03-01T02:00:00Z"},
            [("to", BACKWARDS)],
        ),
        (
            "period_covered",
            {"from": "2027-04-01"},
            [("from", "The period begins only in the future: there is nothing of it yet.")],
        ),
        ("period_covered", {"from": "", "to": ""}, []),
        ("period_covered", "as the case file says", []),
        ("collection_period", {"from": "2027-03-01", "to": "2027-03-20"}, []),
        (
            "collection_period",
            {"from": "2027-02-01", "to": "2027-03-01"},
            [("to", "What is to be collected as it flows cannot be collected in the past.")],
        ),
        ("deadline_and_reasons", {"date": "2027-03-10"}, []),
        ("deadline_and_reasons", {"date": "2027-03-09"}, [("date", "This day is over.")]),
        ("deadline_and_reasons", {"date": "soon", "reasons": "The trial"}, [("date", NO_TIME)]),
        ("deadline_and_reasons", {"reasons": "The trial"}, []),
        ("maximum_penalty_years", 12, []),
        ("maximum_penalty_years", "life", []),
        ("maximum_penalty_years", 0, []),
        ("maximum_penalty_years", "-4", [("", "Say years as a number, or life, or death.")]),
        ("maximum_penalty_years", "a lot", [("", "Say years as a number, or life, or death.")]),
        ("facts_summary", "yesterday", []),
    ],
)
def test_what_nobody_could_act_on_is_told_at_its_place(field, value, found):
    told = unclear(rulebook(), {field: value}, NOW, UTC)
    assert [(one.field, one.part, one.why) for one in told] == [(field, part, why) for part, why in found]


@pytest.mark.parametrize(
    ("zone", "at", "field", "value", "parts"),
    [
        # 02:00 of 11 March in Ha Noi is still 10 March in UTC, and what began at midnight has begun.
        ("Asia/Ho_Chi_Minh", "2027-03-10T19:00", "period_covered", {"from": "2027-03-11"}, []),
        ("Asia/Ho_Chi_Minh", "2027-03-10T16:59", "period_covered", {"from": "2027-03-11"}, ["from"]),
        # 20:00 of 10 March in New York is 11 March in UTC, and the tenth is not over.
        ("America/New_York", "2027-03-11T01:00", "deadline_and_reasons", {"date": "2027-03-10"}, []),
        ("America/New_York", "2027-03-11T05:00", "deadline_and_reasons", {"date": "2027-03-10"}, ["date"]),
    ],
)
def test_days_begin_and_end_where_the_desk_is(zone, at, field, value, parts):
    now = datetime.fromisoformat(at).replace(tzinfo=UTC)
    told = unclear(rulebook(), {field: value}, now, ZoneInfo(zone))
    assert [one.part for one in told] == parts


def test_what_is_unclear_says_that_it_is_a_rule_of_the_exercise():
    (told,) = unclear(rulebook(), {"maximum_penalty_years": "-4"}, NOW, UTC)
    assert told.source == "exercise rule"
