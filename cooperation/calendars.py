"""Working days, local days and office hours of every State. Instants are aware; results are UTC."""

from __future__ import annotations

import re
import warnings
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from itertools import accumulate
from pathlib import Path
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

import holidays

from cooperation.document import BadInput, Entries, Fault, Items, line_of, read_file

STATES_FILE: Final = Path(__file__).parent / "data" / "calendars" / "states.yaml"

# Days off that a government announces for one year (bridge days, moved days) reach the library when they
# are published: the pinned release, of late 2026, can know those of 2027 and of no later year.
LAST_ANNOUNCED_YEAR: Final = 2027
_NAMED_AT_MOST: Final = 5

_SECOND: Final = timedelta(seconds=1)
_MICROSECOND: Final = timedelta(microseconds=1)
_MICROSECONDS_A_SECOND: Final = 1_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MOMENT: Final = time(23, 59, 59)
_REMARKS = re.compile(r"\((estimated|observed|observed, estimated|substituted from .*?)\)")


@dataclass(frozen=True, slots=True)
class StateCalendar:
    """Where a Member State's days begin and end: the zone of its capital."""

    code: str
    name: str
    capital: str
    zone: str
    remark: str
    source: str
    confidence: str


@cache
def state_calendars() -> Mapping[str, StateCalendar]:
    """Return the Member States of the United Nations by alpha-2 code; raise BadInput for a faulty file."""
    return load_states(STATES_FILE)


def load_states(path: Path) -> dict[str, StateCalendar]:
    """Return the States of a file like data/calendars/states.yaml; raise BadInput with all its faults."""
    document = read_file(path, called=path.name)
    if not isinstance(document, Entries) or not isinstance(document.get("states"), Items):
        raise BadInput([Fault(path.name, 1, "states", "must be a list of States")])
    faults: list[Fault] = []
    for key in document.keys() - {"source", "confidence", "states"}:
        faults.append(
            Fault(path.name, line_of(document, [key]), key, "is unknown", "source, confidence, states")
        )
    for key in ("source", "confidence"):
        if not isinstance(document.get(key), str):
            faults.append(Fault(path.name, line_of(document, [key]), key, "must be text"))
    found: dict[str, StateCalendar] = {}
    for row in document["states"]:
        problems = _faults_of_a_state(row, found, path.name)
        faults += problems
        if not problems:
            found[row["code"]] = StateCalendar(
                **{"remark": "", "source": document.get("source"), "confidence": document.get("confidence")}
                | row
            )
    if faults:
        raise BadInput(faults)
    return found


def _faults_of_a_state(row: Any, found: Mapping[str, StateCalendar], file: str) -> list[Fault]:
    if not isinstance(row, Entries):
        return [Fault(file, 1, "states", "holds an item that is no State", "{code, name, capital, zone}")]
    faults = []
    allowed = ("code", "name", "capital", "zone", "remark", "source", "confidence")
    for key in row.keys() - set(allowed):
        faults.append(Fault(file, line_of(row, [key]), key, "is unknown", "allowed: " + ", ".join(allowed)))
    for key in allowed:
        if key in row or key in allowed[:4]:
            value = row.get(key)
            if not isinstance(value, str) or not value:
                faults.append(Fault(file, line_of(row, [key]), key, "must be text"))
    if faults:
        return faults
    code = row["code"]
    if code in found:
        faults.append(Fault(file, line_of(row, ["code"]), "code", f"{code} stands twice", "keep one"))
    if row["zone"] not in _zones():
        faults.append(Fault(file, line_of(row, ["zone"]), "zone", f"{row['zone']} is no IANA time zone"))
    return faults


@cache
def _zones() -> frozenset[str]:
    return frozenset(files("tzdata").joinpath("zones").read_text("ascii").split())


@cache
def _zone(key: str) -> ZoneInfo:
    # The pinned package and not the machine's own tables, so that one exercise gives the same bytes anywhere.
    *folders, name = key.split("/")
    with files(".".join(["tzdata", "zoneinfo", *folders])).joinpath(name).open("rb") as stream:
        return ZoneInfo.from_file(stream, key=key)


def data_versions() -> str:
    """Return which releases of the calendar data a computed date rests on."""
    return f"holidays {version('holidays')}, tzdata {version('tzdata')}"


@dataclass(frozen=True, slots=True)
class _Year:
    """One State's year: `upto[i]` working days lie among its first i days; `working` are their ordinals."""

    first: int
    upto: list[int]
    working: list[int]
    names: dict[date, str]


class Calendar:
    """One State's days. Years are read from the holidays library when first asked for, then kept.

    Years outside the library's data have weekends and no public holidays: `gaps` tells which.
    """

    def __init__(self, state: StateCalendar) -> None:
        self.code: Final = state.code
        self.name: Final = state.name
        self.zone: Final = _zone(state.zone)
        self._years: dict[int, _Year] = {}

    def __repr__(self) -> str:
        return f"calendar({self.code!r})"

    def is_working_day(self, day: date) -> bool:
        """Return whether offices work on this day: substituted working days at weekends do count."""
        year = self._year(day.year)
        at = day.toordinal() - year.first
        return year.upto[at + 1] > year.upto[at]

    def why_off(self, day: date) -> str | None:
        """Return the public holiday's name, else the weekend day's; None on a working day."""
        if self.is_working_day(day):
            return None
        return self._year(day.year).names.get(day) or f"{day:%A}"

    def add_working_days(self, day: date, n: int) -> date:
        """Return the n-th working day after `day`; `day` itself when n is 0.

        Raises OverflowError beyond the year 9999.
        """
        if n < 0:
            raise ValueError("working days are counted forward only")
        if n == 0:
            return day
        year_number = day.year
        year = self._year(year_number)
        wanted = year.upto[day.toordinal() - year.first + 1] + n
        while wanted > len(year.working):
            wanted -= len(year.working)
            year_number += 1
            year = self._year(year_number)
        return date.fromordinal(year.working[wanted - 1])

    def working_days_between(self, after: date, until: date) -> int:
        """Return how many working days lie in (after, until]; 0 when until is not later."""
        if until <= after:
            return 0
        total = self._upto(until) - self._upto(after)
        for year_number in range(after.year, until.year):
            total += len(self._year(year_number).working)
        return total

    def local_date(self, instant: datetime) -> date:
        """Return the day that it is in the capital."""
        if instant.tzinfo is None:
            raise ValueError("an instant needs an offset")
        return instant.astimezone(self.zone).date()

    def end_of_day(self, day: date) -> datetime:
        """Return 23:59:59 of a local day, in UTC; the later one where clocks go back over it."""
        return local_instant(day, _LAST_MOMENT, self.zone, later=True)

    def gaps(self, first_year: int, last_year: int) -> tuple[str, ...]:
        """Return a warning for each way in which the library's data falls short in these years."""
        found: list[str] = []
        for year_number in range(first_year, last_year + 1):
            found += _gaps(self.code, self.name, year_number)
        return tuple(found)

    def _upto(self, day: date) -> int:
        year = self._year(day.year)
        return year.upto[day.toordinal() - year.first + 1]

    def _year(self, number: int) -> _Year:
        year = self._years.get(number)
        if year is None:
            # Two threads may both build it; they build the same, and the last one is kept.
            year = self._years[number] = _read_year(self.code, number)
        return year


@cache
def calendar(code: str) -> Calendar:
    """Return the calendar of a Member State by its alpha-2 code, in capitals; raise BadInput for another."""
    state = state_calendars().get(code)
    if state is None:
        raise BadInput([_unknown_state(code)])
    return Calendar(state)


def weekend(code: str) -> tuple[int, ...]:
    """Return the weekdays that are no working days in a Member State at present; 0 is Monday."""
    return tuple(sorted(_library(calendar(code).code).weekend))


def _unknown_state(code: str) -> Fault:
    problem = f"{code!r} is not the alpha-2 code of a Member State of the United Nations"
    if re.fullmatch(r"X[A-Z]", code):
        return Fault(
            "", 0, "state", problem, "an invented State borrows a calendar: give the code of the lender"
        )
    if code.upper() in state_calendars():
        return Fault("", 0, "state", problem, f"write {code.upper()}")
    return Fault("", 0, "state", problem, "two capital letters, such as VN or DE")


def _library(code: str, *years: int) -> holidays.HolidayBase:
    allowed = [year for year in years if date.min.year <= year <= date.max.year]
    with warnings.catch_warnings():
        # What the library warns of at large, `gaps` tells where it matters.
        warnings.simplefilter("ignore")
        return holidays.country_holidays(code, years=allowed, expand=False, language="en_US")


def _read_year(code: str, number: int) -> _Year:
    if not date.min.year <= number <= date.max.year:
        raise OverflowError(f"the year {number} lies beyond the calendar")
    # The neighbours too, because a day can be moved over the turn of the year.
    library = _library(code, number - 1, number, number + 1)
    first = date(number, 1, 1).toordinal()
    last = date(number, 12, 31).toordinal()
    working = [
        ordinal for ordinal in range(first, last + 1) if library.is_working_day(date.fromordinal(ordinal))
    ]
    is_working = set(working)
    upto = [0, *accumulate(int(ordinal in is_working) for ordinal in range(first, last + 1))]
    names = {day: name for day, name in library.items() if day.year == number}
    return _Year(first, upto, working, names)


@cache
def _kept_every_year(code: str) -> frozenset[str]:
    """Return the holidays that the last three announced years all have."""
    years = (_plain_names(code, LAST_ANNOUNCED_YEAR - back) for back in range(3))
    return frozenset.intersection(*years)


def _plain_names(code: str, number: int) -> frozenset[str]:
    names = {name for listed in _library(code, number).values() for name in listed.split("; ")}
    return frozenset(_REMARKS.sub("", name).strip() for name in names)


@cache
def _gaps(code: str, name: str, number: int) -> tuple[str, ...]:
    library = _library(code, number)
    place = f"{name}, {number}"
    if not library.start_year <= number <= library.end_year:
        return (
            f"{place}: outside the library's data ({library.start_year} to {library.end_year}): "
            "weekends only, no public holidays",
        )
    if not library:
        return (f"{place}: the library lists no public holidays (suspended or unknown): weekends only",)
    found = []
    estimated = sorted(day for day, listed in library.items() if "estimated" in listed)
    if estimated:
        days = ", ".join(f"{day:%d %b}" for day in estimated)
        found.append(f"{place}: estimated holidays, which may move by a day or two: {days}")
    if number > LAST_ANNOUNCED_YEAR:
        found.append(f"{place}: days off that are announced year by year are not known yet")
        missing = sorted(_kept_every_year(code) - _plain_names(code, number))
        if missing:
            named = ", ".join(missing[:_NAMED_AT_MOST]) + (", ..." if len(missing) > _NAMED_AT_MOST else "")
            found.append(f"{place}: holidays kept until {LAST_ANNOUNCED_YEAR} but not listed: {named}")
    return tuple(found)


def local_instant(day: date, wall: time, zone: tzinfo, *, later: bool = False) -> datetime:
    """Return the instant, in UTC, at which clocks in a zone show this time of this day.

    later  which of the two, where clocks go back over it. Where clocks jump over it: the jump, or,
           with `later`, the last second before it.
    """
    local = datetime.combine(day, wall, tzinfo=zone)
    instant = local.replace(fold=int(later)).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    before = local.replace(fold=1).astimezone(UTC)
    after = local.replace(fold=0).astimezone(UTC)
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return before if later else after


class OfficeHours(Protocol):
    """When an authority works. Work stands still while it is closed."""

    def is_open(self, instant: datetime) -> bool:
        """Return whether somebody is there: from the opening second, no longer at the closing one."""
        ...

    def next_opening(self, instant: datetime) -> datetime:
        """Return the instant itself while open, else the next opening; rounded up to a whole second."""
        ...

    def finish(self, start: datetime, work: timedelta) -> datetime:
        """Return the first whole second by which this much office time has passed since `start`.

        Work that ends with the day ends at closing, not at the next opening; no work takes no time.
        """
        ...

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """Return the office time that really passed in between; nothing when `end` is not later."""
        ...


@dataclass(frozen=True, slots=True)
class _AlwaysOpen:
    def is_open(self, instant: datetime) -> bool:
        _microseconds(instant)
        return True

    def next_opening(self, instant: datetime) -> datetime:
        return _whole_second(_microseconds(instant))

    def finish(self, start: datetime, work: timedelta) -> datetime:
        return _whole_second(_microseconds(start) + _length(work))

    def worked(self, start: datetime, end: datetime) -> timedelta:
        return max(end - start, timedelta())


ALWAYS_OPEN: Final[OfficeHours] = _AlwaysOpen()


@dataclass(frozen=True, slots=True)
class _Openings:
    """A year's openings and closings in microseconds since 1970; `before[i]` was worked before opening i."""

    opens: list[int]
    closes: list[int]
    before: list[int]

    def worked_until(self, instant: int) -> int:
        at = bisect_right(self.opens, instant) - 1
        if at < 0:
            return 0
        return self.before[at] + min(instant, self.closes[at]) - self.opens[at]


class _Office:
    """The same local hours on each working day; a day that changes its offset has what really passes."""

    def __init__(self, days: Calendar, opens: time, closes: time) -> None:
        self._days = days
        self._opens = opens
        self._closes = closes
        self._years: dict[int, _Openings] = {}

    def __repr__(self) -> str:
        return f"office_hours({self._days!r}, {self._opens:%H:%M}, {self._closes:%H:%M})"

    def is_open(self, instant: datetime) -> bool:
        year = self._openings(self._days.local_date(instant).year)
        at = bisect_right(year.opens, _microseconds(instant)) - 1
        return at >= 0 and _microseconds(instant) < year.closes[at]

    def next_opening(self, instant: datetime) -> datetime:
        now = _microseconds(instant)
        number = self._days.local_date(instant).year
        while True:
            year = self._openings(number)
            at = bisect_right(year.closes, now)
            if at < len(year.closes):
                return _whole_second(max(now, year.opens[at]))
            number += 1

    def finish(self, start: datetime, work: timedelta) -> datetime:
        wanted = _length(work)
        if wanted == 0:
            return _whole_second(_microseconds(start))
        number = self._days.local_date(start).year
        year = self._openings(number)
        wanted += year.worked_until(_microseconds(start))
        while wanted > year.before[-1]:
            wanted -= year.before[-1]
            number += 1
            year = self._openings(number)
        at = bisect_left(year.before, wanted) - 1
        return _whole_second(year.opens[at] + wanted - year.before[at])

    def worked(self, start: datetime, end: datetime) -> timedelta:
        if end <= start:
            return timedelta()
        first, last = self._days.local_date(start).year, self._days.local_date(end).year
        total = self._openings(last).worked_until(_microseconds(end))
        total -= self._openings(first).worked_until(_microseconds(start))
        total += sum(self._openings(number).before[-1] for number in range(first, last))
        return total * _MICROSECOND

    def _openings(self, number: int) -> _Openings:
        year = self._years.get(number)
        if year is None:
            year = self._years[number] = self._read_openings(number)
        return year

    def _read_openings(self, number: int) -> _Openings:
        zone = self._days.zone
        opens, closes = [], []
        for ordinal in self._days._year(number).working:
            day = date.fromordinal(ordinal)
            opened = _microseconds(local_instant(day, self._opens, zone))
            closed = _microseconds(local_instant(day, self._closes, zone, later=True))
            if opened < closed:  # a jump can leave nothing of a short day
                opens.append(opened)
                closes.append(closed)
        lengths = (closed - opened for opened, closed in zip(opens, closes))
        return _Openings(opens, closes, [0, *accumulate(lengths)])


@cache
def office_hours(days: Calendar, opens: time, closes: time) -> OfficeHours:
    """Return the hours of an office that works from `opens` to `closes`, local time, on working days.

    Hours over midnight are no office hours: raise ValueError.
    """
    if opens >= closes:
        raise ValueError("an office closes later in the day than it opens")
    return _Office(days, opens, closes)


def _microseconds(instant: datetime) -> int:
    if instant.tzinfo is None:
        raise ValueError("an instant needs an offset")
    return (instant - _EPOCH) // _MICROSECOND


def _whole_second(microseconds: int) -> datetime:
    return _EPOCH + timedelta(seconds=-(-microseconds // _MICROSECONDS_A_SECOND))


def _length(work: timedelta) -> int:
    if work < timedelta():
        raise ValueError("work cannot be negative")
    return work // _MICROSECOND
