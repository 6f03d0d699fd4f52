"""The deadline arithmetic: cases written out, and properties that hold for every deadline."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cooperation.calendars import calendar
from cooperation.deadlines import (
    NEXT_WORKING_DAY,
    UNITS,
    Allowance,
    Ledger,
    Pause,
    Step,
    days_after,
    due_at,
    working,
)

# Arvania borrows the calendar of Viet Nam, Borland that of Germany.
ARVANIA, BORLAND = calendar("VN"), calendar("DE")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def pauses(*texts: str) -> list[Pause]:
    return [Pause(*(at(end) for end in text.split("/"))) for text in texts]


@pytest.mark.parametrize(
    ("state", "start", "allowance", "due"),
    [
        (BORLAND, "2027-03-27T20:00:00+01:00", "24 hours", "2027-03-28T19:00:00Z"),
        (BORLAND, "2027-10-30T20:00:00+02:00", "24 hours", "2027-10-31T18:00:00Z"),
        (BORLAND, "2027-03-27T20:00:00+01:00", "1 day", "2027-03-28T21:59:59Z"),
        (BORLAND, "2027-10-30T20:00:00+02:00", "1 day", "2027-10-31T22:59:59Z"),
        (BORLAND, "2027-03-01T09:00:00+01:00", "30 minutes", "2027-03-01T08:30:00Z"),
        (BORLAND, "2027-03-01T09:00:00+01:00", "0 days", "2027-03-01T22:59:59Z"),
        (BORLAND, "2027-03-01T09:00:00+01:00", "10 days", "2027-03-11T22:59:59Z"),
        (BORLAND, "2027-03-01T09:00:00+01:00", "5 working days", "2027-03-08T22:59:59Z"),
        (BORLAND, "2027-03-06T09:00:00+01:00", "1 working day", "2027-03-08T22:59:59Z"),
        (BORLAND, "2027-03-06T09:00:00+01:00", "0 working days", "2027-03-06T22:59:59Z"),
        (BORLAND, "2027-03-25T09:00:00+01:00", "1 working day", "2027-03-30T21:59:59Z"),
        (BORLAND, "2027-12-23T09:00:00+01:00", "10 working days", "2028-01-06T22:59:59Z"),
        (ARVANIA, "2027-03-01T17:30:00Z", "1 day", "2027-03-03T16:59:59Z"),
        (ARVANIA, "2027-03-01T16:59:59Z", "1 day", "2027-03-02T16:59:59Z"),
        (ARVANIA, "2027-02-01T09:00:00+07:00", "5 working days", "2027-02-15T16:59:59Z"),
        (ARVANIA, "2027-02-03T09:00:00+07:00", "7 days", "2027-02-10T16:59:59Z"),
        (ARVANIA, "2026-08-21T09:00:00+07:00", "1 working day", "2026-08-22T16:59:59Z"),
        (ARVANIA, "2026-08-28T09:00:00+07:00", "1 working day", "2026-09-03T16:59:59Z"),
        (BORLAND, "2027-01-31T09:00:00+01:00", "1 month", "2027-02-28T22:59:59Z"),
        (BORLAND, "2028-01-31T09:00:00+01:00", "1 month", "2028-02-29T22:59:59Z"),
        (BORLAND, "2027-08-31T09:00:00+02:00", "1 month", "2027-09-30T21:59:59Z"),
        (BORLAND, "2027-12-31T09:00:00+01:00", "14 months", "2029-02-28T22:59:59Z"),
        (BORLAND, "2027-02-28T09:00:00+01:00", "1 month", "2027-03-28T21:59:59Z"),
        (BORLAND, "2028-02-29T09:00:00+01:00", "1 year", "2029-02-28T22:59:59Z"),
        (BORLAND, "2028-02-29T09:00:00+01:00", "4 years", "2032-02-29T22:59:59Z"),
        (BORLAND, "2028-02-28T09:00:00+01:00", "1 day", "2028-02-29T22:59:59Z"),
        (BORLAND, "2027-12-05T09:00:00+01:00", "1 month", "2028-01-05T22:59:59Z"),
    ],
    ids=[
        "hours pass through the change to summer time",
        "hours pass through the change to winter time",
        "a day of 23 hours is a day",
        "a day of 25 hours is a day",
        "half an hour",
        "no days end with the day",
        "the day of the start is day zero",
        "working days leave the weekend out",
        "working days from a Saturday",
        "no working days end with the day, even a Saturday",
        "Good Friday to Easter Monday, and summer time",
        "Christmas and the turn of the year",
        "day zero is the day in the State's zone",
        "the last second of that day",
        "Tet 2027",
        "Tet 2027 counts as days",
        "a substituted Saturday works",
        "a substituted Monday and National Day do not",
        "a month from the 31st",
        "a month from the 31st to a 29 February",
        "a month from the 31st to a 30th",
        "fourteen months over two years",
        "a month from the last of February ends on the 28th",
        "a year from 29 February",
        "four years from 29 February",
        "a day to 29 February",
        "a month over the turn of the year",
    ],
)
def test_a_deadline_without_pauses_expires(state, start, allowance, due):
    found = due_at(at(start), Allowance.parse(allowance), state)

    assert found == at(due)
    assert found.tzinfo is UTC


DAYS, WORKING_DAYS, HOURS, MONTH = map(Allowance.parse, ("10 days", "5 working days", "24 hours", "1 month"))


@pytest.mark.parametrize(
    ("allowance", "paused", "due"),
    [
        (DAYS, [], "2027-03-11T22:59:59Z"),
        (DAYS, ["2027-03-03T09:00+01:00/2027-03-03T17:00+01:00"], "2027-03-11T22:59:59Z"),
        (DAYS, ["2027-03-03T23:00+01:00/2027-03-04T01:00+01:00"], "2027-03-12T22:59:59Z"),
        (DAYS, ["2027-03-03T10:00+01:00/2027-03-05T09:00+01:00"], "2027-03-13T22:59:59Z"),
        (
            DAYS,
            [
                "2027-03-04T10:00+01:00/2027-03-08T09:00+01:00",
                "2027-03-03T10:00+01:00/2027-03-05T09:00+01:00",
            ],
            "2027-03-16T22:59:59Z",
        ),
        (
            DAYS,
            [
                "2027-03-03T10:00+01:00/2027-03-05T09:00+01:00",
                "2027-03-05T15:00+01:00/2027-03-06T09:00+01:00",
            ],
            "2027-03-14T22:59:59Z",
        ),
        (
            DAYS,
            [
                "2027-03-03T10:00+01:00/2027-03-08T09:00+01:00",
                "2027-03-04T10:00+01:00/2027-03-05T09:00+01:00",
            ],
            "2027-03-16T22:59:59Z",
        ),
        (DAYS, ["2027-02-25T10:00+01:00/2027-03-03T09:00+01:00"], "2027-03-13T22:59:59Z"),
        (DAYS, ["2027-02-20T10:00+01:00/2027-02-25T09:00+01:00"], "2027-03-11T22:59:59Z"),
        (DAYS, ["2027-03-12T00:00+01:00/2027-03-20T09:00+01:00"], "2027-03-11T22:59:59Z"),
        (DAYS, ["2027-03-11T23:59:59+01:00/2027-03-20T09:00+01:00"], "2027-03-11T22:59:59Z"),
        (DAYS, ["2027-03-11T23:59:58+01:00/2027-03-20T09:00+01:00"], "2027-03-20T22:59:59Z"),
        (
            DAYS,
            [
                "2027-03-03T10:00+01:00/2027-03-05T09:00+01:00",
                "2027-03-12T10:00+01:00/2027-03-15T09:00+01:00",
            ],
            "2027-03-16T22:59:59Z",
        ),
        (WORKING_DAYS, [], "2027-03-08T22:59:59Z"),
        (WORKING_DAYS, ["2027-03-06T10:00+01:00/2027-03-07T22:00+01:00"], "2027-03-08T22:59:59Z"),
        (WORKING_DAYS, ["2027-03-05T18:00+01:00/2027-03-08T08:00+01:00"], "2027-03-09T22:59:59Z"),
        (WORKING_DAYS, ["2027-03-02T09:00+01:00/2027-03-04T09:00+01:00"], "2027-03-10T22:59:59Z"),
        (WORKING_DAYS, ["2027-03-09T00:00+01:00/2027-03-15T09:00+01:00"], "2027-03-08T22:59:59Z"),
        (WORKING_DAYS, ["2027-03-08T10:00+01:00/2027-04-01T09:00+02:00"], "2027-04-01T21:59:59Z"),
        (HOURS, [], "2027-03-02T08:00:00Z"),
        (HOURS, ["2027-03-01T12:00:00+01:00/2027-03-01T13:00:01+01:00"], "2027-03-02T09:00:01Z"),
        (HOURS, ["2027-03-01T18:00+01:00/2027-03-01T22:00+01:00"], "2027-03-02T12:00:00Z"),
        (
            HOURS,
            [
                "2027-03-01T12:00+01:00/2027-03-01T14:00+01:00",
                "2027-03-01T13:00+01:00/2027-03-01T15:00+01:00",
            ],
            "2027-03-02T11:00:00Z",
        ),
        (HOURS, ["2027-03-01T06:00+01:00/2027-03-01T10:00+01:00"], "2027-03-02T09:00:00Z"),
        (HOURS, ["2027-03-02T09:00+01:00/2027-03-02T10:00+01:00"], "2027-03-02T08:00:00Z"),
        (MONTH, ["2027-03-03T10:00+01:00/2027-03-05T09:00+01:00"], "2027-04-03T21:59:59Z"),
        (MONTH, ["2027-03-03T10:00+01:00/2027-03-03T19:00+01:00"], "2027-04-01T21:59:59Z"),
    ],
    ids=[
        "ten days without a pause",
        "days: within one day adds none",
        "days: two hours over midnight add one",
        "days: two nights add two",
        "days: overlaps count once, in any order",
        "days: two on one day add each its nights",
        "days: one inside another counts once",
        "days: before the start counts from the start",
        "days: over before the start",
        "days: after expiry",
        "days: at the very expiry",
        "days: a second before it",
        "days: after expiry, but not after the extended one",
        "five working days without a pause",
        "working days: a weekend adds none",
        "working days: Friday evening to Monday morning adds Monday",
        "working days: two nights add two",
        "working days: after expiry",
        "working days: Easter inside the pause",
        "hours without a pause",
        "hours: stopped to the second",
        "hours: outside office hours stops them too",
        "hours: overlaps count once",
        "hours: before the start counts from the start",
        "hours: at the very expiry",
        "months: calendar days are added",
        "months: within one day adds none",
    ],
)
def test_a_pause_moves_the_expiry(allowance, paused, due):
    assert due_at(at("2027-03-01T09:00+01:00"), allowance, BORLAND, pauses(*paused)) == at(due)


def test_pauses_are_counted_by_the_days_of_the_states_own_zone():
    # One and the same pause: over midnight in Arvania, within one day in Borland.
    paused = pauses("2027-03-03T16:00:00Z/2027-03-03T18:00:00Z")
    start = at("2027-03-01T09:00:00Z")

    assert due_at(start, DAYS, ARVANIA, paused) == at("2027-03-12T16:59:59Z")
    assert due_at(start, DAYS, BORLAND, paused) == at("2027-03-11T22:59:59Z")


@pytest.mark.parametrize(
    ("start", "allowance", "paused", "due"),
    [
        ("2027-03-01T09:00+01:00", "5 days", [], "2027-03-08T22:59:59Z"),
        ("2027-03-01T09:00+01:00", "4 days", [], "2027-03-05T22:59:59Z"),
        ("2027-03-16T09:00+01:00", "10 days", [], "2027-03-30T21:59:59Z"),
        ("2027-02-06T09:00+01:00", "1 month", [], "2027-03-08T22:59:59Z"),
        ("2026-05-01T09:00+02:00", "1 year", [], "2027-05-03T21:59:59Z"),
        ("2027-03-06T09:00+01:00", "0 working days", [], "2027-03-06T22:59:59Z"),
        ("2027-03-05T09:00+01:00", "24 hours", [], "2027-03-06T08:00:00Z"),
        (
            "2027-03-01T09:00+01:00",
            "5 days",
            ["2027-03-02T09:00+01:00/2027-03-03T09:00+01:00"],
            "2027-03-08T22:59:59Z",
        ),
        (
            "2027-03-01T09:00+01:00",
            "5 days",
            ["2027-03-07T09:00+01:00/2027-03-09T09:00+01:00"],
            "2027-03-09T22:59:59Z",
        ),
        (
            "2027-03-01T09:00+01:00",
            "5 days",
            ["2027-03-07T09:00+01:00/2027-03-13T09:00+01:00"],
            "2027-03-15T22:59:59Z",
        ),
        (
            "2027-03-01T09:00+01:00",
            "5 days",
            ["2027-03-09T09:00+01:00/2027-03-13T09:00+01:00"],
            "2027-03-08T22:59:59Z",
        ),
    ],
    ids=[
        "Saturday to Monday",
        "Friday stays",
        "Good Friday to Tuesday",
        "a month",
        "a year to Labour Day, a Saturday",
        "void for working days",
        "void for hours",
        "after the pause is added",
        "a pause that begins while it runs on",
        "and that ends on a day off",
        "a pause after it ran on",
    ],
)
def test_a_period_that_ends_on_a_day_off_runs_on_where_the_profile_says_so(start, allowance, paused, due):
    found = due_at(at(start), Allowance.parse(allowance), BORLAND, pauses(*paused), roll=NEXT_WORKING_DAY)

    assert found == at(due)


def test_a_warning_stands_at_the_end_of_its_day():
    assert days_after(at("2027-03-01T17:30:00Z"), ARVANIA, 30) == at("2027-04-01T16:59:59Z")
    assert days_after(at("2027-03-01T09:00:00Z"), BORLAND, 30) == at("2027-03-31T21:59:59Z")


def test_the_working_of_working_days_over_tet_names_each_day_off():
    found = working(
        at("2027-02-01T09:00:00+07:00"),
        Allowance(5, "working days"),
        ARVANIA,
        pauses("2027-02-02T09:00:00+07:00/2027-02-03T09:00:00+07:00"),
        source="exercise rule",
    )

    assert found.due_at == at("2027-02-16T16:59:59Z")
    assert found.source == "exercise rule"
    assert found.rule == (
        "5 working days in Viet Nam (Asia/Ho_Chi_Minh); the day of the start is day zero; "
        "ends at 23:59:59 local time of the last day"
    )
    assert found.steps == (
        Step(date(2027, 2, 1), date(2027, 2, 2), 1, "working days"),
        Step(
            date(2027, 2, 2), date(2027, 2, 3), 0, "paused from 2027-02-02T02:00:00Z to 2027-02-03T02:00:00Z"
        ),
        Step(
            date(2027, 2, 3),
            date(2027, 2, 10),
            0,
            "29 of Lunar New Year, Lunar New Year's Eve, Lunar New Year, Second Day of Lunar New Year, "
            "Third Day of Lunar New Year, Fourth Day of Lunar New Year, Fifth Day of Lunar New Year",
        ),
        Step(date(2027, 2, 10), date(2027, 2, 12), 2, "working days"),
        Step(date(2027, 2, 12), date(2027, 2, 14), 0, "Saturday, Sunday"),
        Step(date(2027, 2, 14), date(2027, 2, 16), 2, "working days"),
    )


def test_the_working_of_hours_counts_seconds_around_the_pause():
    found = working(
        at("2027-03-01T09:00:00+01:00"),
        HOURS,
        BORLAND,
        pauses("2027-03-01T10:00+01:00/2027-03-01T10:30+01:00"),
    )

    assert found.steps == (
        Step(at("2027-03-01T08:00:00Z"), at("2027-03-01T09:00:00Z"), 3600, "elapsed, in seconds"),
        Step(at("2027-03-01T09:00:00Z"), at("2027-03-01T09:30:00Z"), 0, "paused"),
        Step(at("2027-03-01T09:30:00Z"), at("2027-03-02T08:30:00Z"), 82_800, "elapsed, in seconds"),
    )


def test_the_working_of_a_month_shows_the_pause_and_the_days_it_runs_on():
    found = working(
        at("2027-03-25T09:00:00+01:00"),
        MONTH,
        BORLAND,
        pauses("2027-04-01T10:00+02:00/2027-04-07T10:00+02:00"),
        roll=NEXT_WORKING_DAY,
    )

    assert found.steps == (
        Step(date(2027, 3, 25), date(2027, 4, 25), 1, "months"),
        Step(
            date(2027, 4, 25), date(2027, 5, 1), 0, "paused from 2027-04-01T08:00:00Z to 2027-04-07T08:00:00Z"
        ),
        Step(date(2027, 5, 1), date(2027, 5, 3), 0, "runs on past Sunday, to the next working day"),
    )


seconds = st.integers(0, 4 * 366 * 86_400)
instants = seconds.map(lambda s: at("2024-01-01T00:00:00Z") + timedelta(seconds=s))
pause_lists = st.lists(
    st.tuples(instants, st.integers(0, 40 * 86_400)).map(
        lambda drawn: Pause(drawn[0], drawn[0] + timedelta(seconds=drawn[1]))
    ),
    max_size=4,
)
allowances = st.one_of(
    st.builds(Allowance, st.integers(0, 90), st.sampled_from(["days", "working days"])),
    st.builds(Allowance, st.integers(0, 2000), st.sampled_from(["minutes", "hours"])),
    st.builds(Allowance, st.integers(0, 14), st.just("months")),
    st.builds(Allowance, st.integers(0, 2), st.just("years")),
)
calendars = st.sampled_from(["VN", "DE", "IR", "BN", "US", "IL", "CL"]).map(calendar)
rolls = st.sampled_from([None, NEXT_WORKING_DAY])


def near(start: datetime, drawn: list[Pause]) -> list[Pause]:
    """Bring drawn pauses near the start, where they matter."""

    def moved(one: Pause) -> Pause:
        began_at = start + (one.began_at - start) % timedelta(days=120) - timedelta(days=10)
        return Pause(began_at, began_at + (one.ended_at - one.began_at))

    return [moved(one) for one in drawn]


@given(instants, allowances, calendars, pause_lists, rolls)
@settings(max_examples=400, deadline=None)
def test_the_steps_of_every_deadline_add_up_to_its_date(start, allowance, days, drawn, roll):
    paused = near(start, drawn)
    found = working(start, allowance, days, paused, roll=roll)
    steps = found.steps

    assert found.due_at == due_at(start, allowance, days, paused, roll=roll)
    assert all(step.to == following.from_ for step, following in pairwise(steps))
    assert all(step.why for step in steps)
    counted = sum(step.counted for step in steps)
    if allowance.is_elapsed:
        assert (steps[0].from_, steps[-1].to) == (start, found.due_at)
        assert counted == allowance.amount * {"minutes": 60, "hours": 3600}[allowance.unit]
        assert sum((step.to - step.from_ for step in steps if step.counted), timedelta()) == timedelta(
            seconds=counted
        )
    else:
        assert (steps[0].from_, days.end_of_day(steps[-1].to)) == (days.local_date(start), found.due_at)
        assert counted == allowance.amount
    if allowance.unit == "days":
        assert all(step.counted in (0, (step.to - step.from_).days) for step in steps)
    if allowance.unit == "working days":
        assert all(step.counted in (0, days.working_days_between(step.from_, step.to)) for step in steps)


@given(instants, allowances, calendars, pause_lists, rolls, st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_pauses_never_bring_a_date_forward_and_their_order_does_not_matter(
    start, allowance, days, drawn, roll, chance
):
    paused = near(start, drawn)
    due = due_at(start, allowance, days, paused, roll=roll)
    shuffled = [*paused, *paused]
    chance.shuffle(shuffled)

    assert due >= due_at(start, allowance, days, roll=roll)
    assert due == due_at(start, allowance, days, shuffled, roll=roll)


@given(instants, allowances, calendars, pause_lists, rolls)
@settings(max_examples=300, deadline=None)
def test_a_pause_after_the_expiry_changes_nothing(start, allowance, days, drawn, roll):
    # A pause that touches another is one with it, and that one began before the expiry.
    paused = near(start, drawn)
    due = due_at(start, allowance, days, paused, roll=roll)
    apart = [one for one in paused if one.ended_at < due]
    due = due_at(start, allowance, days, apart, roll=roll)

    later = [
        *apart,
        Pause(max([due, *(one.ended_at + timedelta(seconds=1) for one in apart)]), due + timedelta(days=200)),
    ]

    assert due_at(start, allowance, days, later, roll=roll) == due


def test_a_ledger_has_no_date_while_it_is_suspended_and_one_again_after():
    ledger = Ledger(at("2027-03-01T09:00+01:00"), DAYS)

    asked = ledger.suspend(at("2027-03-03T10:00+01:00"))
    answered = asked.resume(at("2027-03-05T09:00+01:00"))

    assert ledger.due_at(BORLAND) == at("2027-03-11T22:59:59Z")
    assert asked.is_suspended
    assert asked.due_at(BORLAND) is None
    assert asked.working(BORLAND) is None
    assert not answered.is_suspended
    assert answered.due_at(BORLAND) == at("2027-03-13T22:59:59Z")
    assert answered.working(BORLAND, source="12(3)").due_at == at("2027-03-13T22:59:59Z")
    assert ledger.suspensions == ()


def test_two_suspensions_at_once_count_once_and_both_must_end():
    ledger = Ledger(at("2027-03-01T09:00+01:00"), HOURS)

    both = ledger.suspend(at("2027-03-01T10:00+01:00")).suspend(at("2027-03-01T11:00+01:00"))
    one = both.resume(at("2027-03-01T12:00+01:00"))
    none = one.resume(at("2027-03-01T13:00+01:00"))

    assert one.is_suspended
    assert one.due_at(BORLAND) is None
    assert none.due_at(BORLAND) == at("2027-03-02T11:00:00Z")


def test_a_suspension_after_the_expiry_leaves_the_date():
    ledger = Ledger(at("2027-03-01T09:00+01:00"), HOURS).suspend(at("2027-03-02T09:00+01:00"))

    assert ledger.is_suspended
    assert ledger.due_at(BORLAND) == at("2027-03-02T08:00:00Z")


def test_a_suspension_from_before_the_start_suspends_from_the_start():
    ledger = Ledger(at("2027-03-01T09:00+01:00"), HOURS).suspend(at("2027-02-27T09:00+01:00"))

    assert ledger.due_at(BORLAND) is None
    assert ledger.resume(at("2027-03-01T10:00+01:00")).due_at(BORLAND) == at("2027-03-02T09:00:00Z")


def test_a_ledger_keeps_its_roll():
    ledger = Ledger(at("2027-03-01T09:00+01:00"), Allowance(5, "days"), roll=NEXT_WORKING_DAY)

    resumed = ledger.suspend(at("2027-03-02T09:00+01:00")).resume(at("2027-03-02T10:00+01:00"))

    assert resumed.due_at(BORLAND) == at("2027-03-08T22:59:59Z")


def test_a_ledger_refuses_to_resume_what_does_not_stand_still():
    ledger = Ledger(at("2027-03-01T09:00+01:00"), HOURS)

    with pytest.raises(ValueError, match="no suspension is open"):
        ledger.resume(at("2027-03-01T10:00+01:00"))
    with pytest.raises(ValueError, match="before it begins"):
        ledger.suspend(at("2027-03-01T10:00+01:00")).resume(at("2027-03-01T09:59+01:00"))


@given(instants, allowances, calendars, rolls, st.lists(st.integers(0, 20 * 86_400), max_size=8))
@settings(max_examples=300, deadline=None)
def test_a_ledger_that_was_suspended_and_resumed_is_due_as_if_its_pauses_were_known(
    start, allowance, days, roll, gaps_s
):
    ledger, now, paused = Ledger(start, allowance, roll=roll), start, []
    for gap_s in gaps_s:
        now += timedelta(seconds=gap_s)
        if ledger.is_suspended:
            paused.append(Pause(ledger.suspensions[-1].began_at, now))
            ledger = ledger.resume(now)
        else:
            ledger = ledger.suspend(now)

    expected = due_at(start, allowance, days, paused, roll=roll)
    if ledger.is_suspended and ledger.suspensions[-1].began_at < expected:
        assert ledger.due_at(days) is None
    elif not ledger.is_suspended:
        assert ledger.due_at(days) == expected


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("10 working days", 10, "working days"),
        ("1 working day", 1, "working days"),
        ("1 month", 1, "months"),
        ("24 hours", 24, "hours"),
        (" 90   minutes ", 90, "minutes"),
        ("0 days", 0, "days"),
        ("2 years", 2, "years"),
    ],
)
def test_an_allowance_is_read_from_words_and_written_back(text, amount, unit):
    found = Allowance.parse(text)

    assert found == Allowance(amount, unit)
    assert str(found) == " ".join(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10",
        "days",
        "10 weeks",
        "1.5 hours",
        "-3 days",
        "10days",
        "10 Days",
        "٣ days",
        "9999999999 days",
        "1 d\n2",
    ],
)
def test_a_text_that_is_no_allowance_is_refused_with_the_units(text):
    with pytest.raises(ValueError, match="minutes, hours, days, working days, months, years"):
        Allowance.parse(text)


@pytest.mark.parametrize("unit", UNITS)
def test_no_allowance_is_longer_than_a_hundred_years(unit):
    with pytest.raises(ValueError, match=f"{unit} go from 0 to"):
        Allowance(999_999_999, unit)
    with pytest.raises(ValueError, match="whole number"):
        Allowance(1.5, unit)


def test_what_has_no_offset_or_no_meaning_is_refused():
    with pytest.raises(ValueError, match="offset"):
        due_at(at("2027-03-01T09:00"), DAYS, BORLAND)
    with pytest.raises(ValueError, match="offset"):
        Pause(at("2027-03-01T09:00"), at("2027-03-01T10:00"))
    with pytest.raises(ValueError, match="before it begins"):
        Pause(at("2027-03-01T10:00Z"), at("2027-03-01T09:00Z"))
    with pytest.raises(ValueError, match="no way to roll"):
        due_at(at("2027-03-01T09:00Z"), DAYS, BORLAND, roll="previous_working_day")
    with pytest.raises(ValueError, match="no unit"):
        Allowance(3, "weeks")


def test_a_date_beyond_the_year_9999_is_refused():
    for allowance in ("2 days", "2 years", "3 working days", "50 hours"):
        with pytest.raises(OverflowError):
            due_at(at("9999-12-31T00:00:00Z"), Allowance.parse(allowance), BORLAND)
