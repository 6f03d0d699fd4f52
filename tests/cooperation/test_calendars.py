"""Working days, ends of days and office hours, held against numpy and against dates written out."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import holidays
import numpy as np
import pytest

from cooperation.calendars import (
    ALWAYS_OPEN,
    Calendar,
    calendar,
    load_states,
    local_instant,
    office_hours,
    state_calendars,
)
from cooperation.document import BadInput

# Days without office, Monday = 0. Written out, so that a new release of the library cannot move them unseen.
WEEKENDS = {
    "BN": {4, 6},
    "BR": {5, 6},
    "DE": {5, 6},
    "GB": {5, 6},
    "IL": {4, 5},
    "IN": {5, 6},
    "IR": {4},
    "JP": {5, 6},
    "NP": {5, 6},
    "SA": {4, 5},
    "US": {5, 6},
    "VN": {5, 6},
}
FIRST, LAST = date(2024, 1, 1), date(2031, 12, 31)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@cache
def numpy_calendar(code: str) -> np.busdaycalendar:
    """The same facts in numpy's form: every weekday works, and all days off are listed."""
    library = holidays.country_holidays(code, years=range(FIRST.year - 1, LAST.year + 2), expand=False)
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    off = [
        day
        for day in days
        if (day not in library.weekend_workdays if day.weekday() in WEEKENDS[code] else day in library)
    ]
    return np.busdaycalendar(weekmask="1111111", holidays=np.array(off, dtype="datetime64[D]"))


def test_ten_thousand_random_counts_of_working_days_agree_with_numpy_in_twelve_states():
    draw = random.Random(20270301)
    codes = sorted(WEEKENDS)
    for case in range(10_000):
        code = codes[case % len(codes)]
        day = FIRST + timedelta(days=draw.randrange(0, 2000))
        n = draw.choice([1, 2, 3, 5, 10, 15, 30, 60, 250])
        until = day + timedelta(days=draw.randrange(0, 600))
        expected_day = np.busday_offset(day, n, roll="preceding", busdaycal=numpy_calendar(code)).item()
        expected_count = np.busday_count(
            day + timedelta(days=1), until + timedelta(days=1), busdaycal=numpy_calendar(code)
        ).item()

        assert calendar(code).add_working_days(day, n) == expected_day, (code, day, n)
        assert calendar(code).working_days_between(day, until) == expected_count, (code, day, until)


def test_all_193_member_states_have_a_zone_of_their_own_country_and_a_library_calendar():
    states = state_calendars()
    zones: dict[str, set[str]] = {}
    for line in files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8").splitlines():
        if not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            zones.setdefault(country, set()).add(zone)

    assert len(states) == 193
    assert {code: state.zone for code, state in states.items() if state.zone not in zones[code]} == {}
    assert set(states) <= set(holidays.list_supported_countries(include_aliases=False))
    assert all(
        calendar(code).working_days_between(date(2026, 1, 1), date(2026, 12, 31)) > 200 for code in states
    )


@pytest.mark.parametrize(
    ("code", "day", "why"),
    [
        ("BN", date(2026, 11, 6), "Friday"),
        ("BN", date(2026, 11, 7), None),
        ("BN", date(2026, 11, 8), "Sunday"),
        ("IR", date(2026, 11, 6), "Friday"),
        ("IR", date(2026, 11, 7), None),
        ("IL", date(2026, 11, 6), "Friday"),
        ("IL", date(2026, 11, 8), None),
        ("SA", date(2026, 11, 7), "Saturday"),
        ("SA", date(2026, 11, 8), None),
        ("VN", date(2026, 8, 22), None),
        ("VN", date(2026, 8, 31), "Day off (substituted from 08/22/2026)"),
        ("VN", date(2027, 2, 6), "Lunar New Year"),
        ("US", date(2021, 12, 31), "New Year's Day (observed)"),
        ("DE", date(2027, 3, 26), "Good Friday"),
        ("DE", date(2027, 3, 8), None),
        ("VN", date(2014, 12, 27), None),
        ("UA", date(2026, 8, 24), None),
    ],
    ids=[
        "Brunei rests on Friday",
        "Brunei works on Saturday",
        "Brunei rests on Sunday",
        "Iran rests on Friday",
        "Iran works on Saturday",
        "Israel rests on Friday",
        "Israel works on Sunday",
        "Saudi Arabia rests on Saturday",
        "Saudi Arabia works on Sunday",
        "Viet Nam works on a substituted Saturday",
        "and rests on the day it was given for",
        "Tet on a Saturday has the feast's name",
        "a feast observed in the year before",
        "a national holiday",
        "a holiday of one Land only is none",
        "a Saturday that works for a day off in the next year",
        "Ukraine works on its holidays under martial law",
    ],
)
def test_a_day_off_says_why(code, day, why):
    assert calendar(code).why_off(day) == why
    assert calendar(code).is_working_day(day) is (why is None)


def test_no_working_days_from_a_day_is_that_day_even_when_it_is_off():
    assert calendar("DE").add_working_days(date(2027, 3, 6), 0) == date(2027, 3, 6)


def test_working_days_count_forward_only_and_end_with_the_calendar():
    with pytest.raises(ValueError, match="forward only"):
        calendar("DE").add_working_days(date(2027, 3, 6), -1)
    with pytest.raises(OverflowError, match="10000"):
        calendar("DE").add_working_days(date(9999, 12, 30), 5)


def test_no_working_days_lie_between_a_day_and_an_earlier_one():
    assert calendar("DE").working_days_between(date(2027, 3, 8), date(2027, 3, 1)) == 0


@pytest.mark.parametrize(
    ("code", "day", "end"),
    [
        ("VN", date(2027, 3, 1), "2027-03-01T16:59:59+00:00"),
        ("DE", date(2027, 3, 27), "2027-03-27T22:59:59+00:00"),
        ("DE", date(2027, 3, 28), "2027-03-28T21:59:59+00:00"),
        ("DE", date(2027, 10, 31), "2027-10-31T22:59:59+00:00"),
        ("CL", date(2027, 4, 3), "2027-04-04T03:59:59+00:00"),
        ("LB", date(2027, 3, 27), "2027-03-27T21:59:59+00:00"),
        ("WS", date(2011, 12, 30), "2011-12-30T09:59:59+00:00"),
        ("NP", date(2027, 3, 1), "2027-03-01T18:14:59+00:00"),
    ],
    ids=[
        "an offset without changes",
        "before the clocks go forward",
        "the day of 23 hours",
        "the day of 25 hours",
        "23:59:59 twice, the later one",
        "clocks that go forward at midnight",
        "a day that Samoa never had",
        "an offset of three quarters",
    ],
)
def test_a_local_day_ends_at_235959(code, day, end):
    assert calendar(code).end_of_day(day) == at(end)
    assert calendar(code).end_of_day(day).tzinfo is UTC


def test_the_local_date_is_that_of_the_capital_and_needs_an_offset():
    assert calendar("VN").local_date(at("2027-03-01T17:30:00+00:00")) == date(2027, 3, 2)
    assert calendar("US").local_date(at("2027-03-01T03:30:00+00:00")) == date(2027, 2, 28)
    with pytest.raises(ValueError, match="offset"):
        calendar("VN").local_date(at("2027-03-01T17:30:00"))


@pytest.mark.parametrize(
    ("wall", "later", "instant"),
    [
        ("02:30", False, "2027-03-28T01:00:00+00:00"),
        ("02:30", True, "2027-03-28T00:59:59+00:00"),
        ("03:00", False, "2027-03-28T01:00:00+00:00"),
    ],
    ids=["the jump", "the last second before it", "the first wall time after it"],
)
def test_a_wall_time_that_was_jumped_over_gives_the_jump(wall, later, instant):
    found = local_instant(date(2027, 3, 28), time.fromisoformat(wall), ZoneInfo("Europe/Berlin"), later=later)

    assert found == at(instant)


def test_gaps_tell_years_beyond_the_librarys_data_and_say_nothing_of_good_years():
    assert calendar("DE").gaps(2025, 2027) == ()
    assert calendar("UA").gaps(2026, 2026) == (
        "Ukraine, 2026: the library lists no public holidays (suspended or unknown): weekends only",
    )
    assert calendar("LK").gaps(2026, 2027)[-1] == (
        "Sri Lanka, 2027: outside the library's data (2003 to 2026): weekends only, no public holidays"
    )
    assert calendar("DE").gaps(2101, 2101) == (
        "Germany, 2101: outside the library's data (1991 to 2100): weekends only, no public holidays",
    )
    assert calendar("DE").gaps(2028, 2028) == (
        "Germany, 2028: days off that are announced year by year are not known yet",
    )


def test_gaps_tell_estimated_feasts_and_feasts_that_the_library_loses():
    assert calendar("IN").gaps(2027, 2027) == (
        "India, 2027: estimated holidays, which may move by a day or two: 10 Mar, 17 May, 16 Jun, 15 Aug",
    )
    assert calendar("IN").gaps(2036, 2036)[-1] == (
        "India, 2036: holidays kept until 2027 but not listed: "
        "Buddha Purnima, Diwali, Dussehra, Guru Nanak's Birthday, Holi, ..."
    )


def test_beyond_the_librarys_data_only_weekends_are_off():
    assert calendar("DE").why_off(date(2150, 12, 25)) is None
    assert calendar("DE").why_off(date(2150, 12, 26)) == "Saturday"


@pytest.mark.parametrize(
    ("code", "mend"),
    [
        ("de", "write DE"),
        ("XA", "an invented State borrows a calendar"),
        ("ZZ", "two capital letters"),
        ("", "two"),
    ],
    ids=["small letters", "an invented State", "no State", "nothing"],
)
def test_an_unknown_state_is_refused_with_the_mend(code, mend):
    with pytest.raises(BadInput) as refused:
        calendar(code)

    assert mend in str(refused.value)


def test_a_calendar_is_built_once():
    assert calendar("DE") is calendar("DE")


def test_a_faulty_table_of_states_tells_every_fault_with_its_line(tmp_path):
    table = tmp_path / "states.yaml"
    table.write_text(
        "source: exercise data\n"
        "confidence: memory\n"
        "weekend: none\n"
        "states:\n"
        "  - {code: NO, name: Norway, capital: Oslo, zone: Europe/Olso}\n"
        "  - {code: DE, name: Germany, zone: Europe/Berlin}\n"
        "  - {code: VN, name: Viet Nam, capital: Hanoi, zone: Asia/Ho_Chi_Minh}\n"
        "  - {code: VN, name: Viet Nam, capital: Hanoi, zone: Asia/Ho_Chi_Minh, colour: red}\n"
        "  - Borland\n"
    )

    with pytest.raises(BadInput) as refused:
        load_states(table)

    assert [str(fault).split(" (")[0] for fault in refused.value.faults] == [
        "states.yaml:1: states: holds an item that is no State",
        "states.yaml:3: weekend: is unknown",
        "states.yaml:5: zone: Europe/Olso is no IANA time zone",
        "states.yaml:6: capital: must be text",
        "states.yaml:8: colour: is unknown",
    ]


BERLIN_OFFICE = office_hours(calendar("DE"), time(9), time(17))


@pytest.mark.parametrize(
    ("instant", "is_open", "opens"),
    [
        ("2027-03-01T09:00:00+01:00", True, "2027-03-01T09:00:00+01:00"),
        ("2027-03-01T16:59:59+01:00", True, "2027-03-01T16:59:59+01:00"),
        ("2027-03-01T17:00:00+01:00", False, "2027-03-02T09:00:00+01:00"),
        ("2027-03-05T17:00:00+01:00", False, "2027-03-08T09:00:00+01:00"),
        ("2027-03-25T18:00:00+01:00", False, "2027-03-30T09:00:00+02:00"),
        ("2027-12-31T18:00:00+01:00", False, "2028-01-03T09:00:00+01:00"),
        ("2027-03-01T08:59:59.500+01:00", False, "2027-03-01T09:00:00+01:00"),
    ],
    ids=[
        "at opening",
        "the last second",
        "at closing",
        "over a weekend",
        "over Easter and the change to summer time",
        "over the turn of the year",
        "half a second before",
    ],
)
def test_an_office_opens_on_the_next_working_day(instant, is_open, opens):
    assert BERLIN_OFFICE.is_open(at(instant)) is is_open
    assert BERLIN_OFFICE.next_opening(at(instant)) == at(opens)


@pytest.mark.parametrize(
    ("start", "work_h", "finish"),
    [
        ("2027-03-01T09:00:00+01:00", 2, "2027-03-01T11:00:00+01:00"),
        ("2027-03-01T16:00:00+01:00", 2, "2027-03-02T10:00:00+01:00"),
        ("2027-03-01T16:00:00+01:00", 1, "2027-03-01T17:00:00+01:00"),
        ("2027-03-06T12:00:00+01:00", 8, "2027-03-08T17:00:00+01:00"),
        ("2027-03-01T20:00:00+01:00", 0, "2027-03-01T20:00:00+01:00"),
        ("2027-03-25T16:00:00+01:00", 2, "2027-03-30T10:00:00+02:00"),
        ("2027-12-31T16:00:00+01:00", 9, "2028-01-03T17:00:00+01:00"),
        ("2027-01-01T00:00:00+01:00", 8 * 600, "2029-05-15T17:00:00+02:00"),
    ],
    ids=[
        "within the day",
        "over night",
        "ends at closing",
        "from a Saturday",
        "no work takes no time",
        "over Easter and the change to summer time",
        "over the turn of the year",
        "six hundred days",
    ],
)
def test_work_stands_still_while_the_office_is_closed(start, work_h, finish):
    found = BERLIN_OFFICE.finish(at(start), timedelta(hours=work_h))

    assert found == at(finish)
    assert BERLIN_OFFICE.worked(at(start), found) == timedelta(hours=work_h)


def test_a_hold_from_closing_to_opening_takes_no_office_time():
    assert BERLIN_OFFICE.worked(
        at("2027-03-01T17:00:00+01:00"), at("2027-03-02T09:00:00+01:00")
    ) == timedelta(0)
    assert BERLIN_OFFICE.worked(
        at("2027-03-01T16:00:00+01:00"), at("2027-03-02T10:00:00+01:00")
    ) == timedelta(hours=2)


def test_no_time_is_worked_backwards():
    assert BERLIN_OFFICE.worked(at("2027-03-02T12:00:00Z"), at("2027-03-01T12:00:00Z")) == timedelta(0)
    assert ALWAYS_OPEN.worked(at("2027-03-02T12:00:00Z"), at("2027-03-01T12:00:00Z")) == timedelta(0)


def test_a_night_shift_on_the_day_of_the_change_works_the_hours_that_pass():
    # In Israel clocks change in the night to Friday and to Sunday; only the second is a working day.
    early = office_hours(calendar("IL"), time(1), time(9))
    before, after = at("2027-10-31T00:00:00+03:00"), at("2027-10-31T12:00:00+02:00")

    assert calendar("IL").is_working_day(date(2027, 10, 31))
    assert early.worked(before, after) == timedelta(hours=9)


def test_an_office_that_closes_in_the_hour_that_comes_twice_closes_the_second_time():
    night = office_hours(calendar("IL"), time(0), time(1, 30))

    assert night.is_open(at("2027-10-31T01:15:00+02:00"))
    assert night.worked(at("2027-10-31T00:00:00+03:00"), at("2027-10-31T12:00:00+02:00")) == timedelta(
        hours=2.5
    )


def test_random_works_agree_with_a_walk_minute_by_minute():
    draw = random.Random(7)
    office = office_hours(calendar("BN"), time(8), time(16, 30))
    zone = calendar("BN").zone

    def is_open(instant: datetime) -> bool:
        local = instant.astimezone(zone)
        return calendar("BN").is_working_day(local.date()) and time(8) <= local.time() < time(16, 30)

    for _ in range(20):
        start = at("2026-12-28T00:00:00Z") + timedelta(minutes=draw.randrange(20_000))
        minutes = draw.randrange(1, 1500)
        now, left = start, minutes
        while left:
            left -= is_open(now)
            now += timedelta(minutes=1)

        assert office.finish(start, timedelta(minutes=minutes)) == now


def test_a_contact_point_never_closes():
    instant = at("2027-01-01T03:00:00+01:00")

    assert ALWAYS_OPEN.is_open(instant)
    assert ALWAYS_OPEN.next_opening(instant) == instant
    assert ALWAYS_OPEN.finish(instant, timedelta(hours=30)) == at("2027-01-02T09:00:00+01:00")
    assert ALWAYS_OPEN.worked(instant, at("2027-01-02T09:00:00+01:00")) == timedelta(hours=30)


@pytest.mark.parametrize("office", [BERLIN_OFFICE, ALWAYS_OPEN], ids=["an office", "a contact point"])
def test_work_ends_on_a_whole_second_and_is_never_negative(office):
    start = at("2027-03-01T10:00:00+01:00")

    assert office.finish(start, timedelta(seconds=59, microseconds=1)) == at("2027-03-01T10:01:00+01:00")
    with pytest.raises(ValueError, match="negative"):
        office.finish(start, timedelta(seconds=-1))
    with pytest.raises(ValueError, match="offset"):
        office.is_open(at("2027-03-01T10:00:00"))


def test_an_office_closes_after_it_opens():
    with pytest.raises(ValueError, match="closes later"):
        office_hours(calendar("DE"), time(22), time(6))


def test_a_fresh_calendar_reads_only_the_years_it_is_asked_about():
    fresh = Calendar(state_calendars()["DE"])

    assert fresh.working_days_between(date(2027, 3, 1), date(2027, 3, 5)) == 4
    assert sorted(fresh._years) == [2027]
