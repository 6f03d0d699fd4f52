"""When a deadline expires, and why on that date: the deadline arithmetic, one function for everything."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple, Self

from cooperation.calendars import Calendar
from cooperation.words import sentence

UNITS: Final = ("minutes", "hours", "days", "working days", "months", "years")
NEXT_WORKING_DAY: Final = "next_working_day"
YEARS_AT_MOST: Final = 100

# How many of a unit make a hundred years: more is a slip of the finger, and would be counted day by day.
_AMOUNT_AT_MOST: Final = {
    "minutes": YEARS_AT_MOST * 366 * 24 * 60,
    "hours": YEARS_AT_MOST * 366 * 24,
    "days": YEARS_AT_MOST * 366,
    "working days": YEARS_AT_MOST * 366,
    "months": YEARS_AT_MOST * 12,
    "years": YEARS_AT_MOST,
}
_SECONDS: Final = {"minutes": 60, "hours": 3600}
_MONTHS: Final = {"months": 1, "years": 12}
_TEXT: Final = re.compile(r"\s*([0-9]{1,9})\s+([a-z]+(?:\s+[a-z]+)?)\s*")
_DAY: Final = timedelta(days=1)
_COUNTED: Final = "counted"


@dataclass(frozen=True, slots=True)
class Allowance:
    """How long a deadline gives: a whole number of one of UNITS, at most a hundred years of it."""

    amount: int
    unit: str

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise ValueError(f"{self.unit!r} is no unit of time: {', '.join(UNITS)}")
        if type(self.amount) is not int or not 0 <= self.amount <= _AMOUNT_AT_MOST[self.unit]:
            raise ValueError(f"{self.unit} go from 0 to {_AMOUNT_AT_MOST[self.unit]:,} as a whole number")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return what "10 working days" or "1 month" means; raise ValueError with what is allowed."""
        match = _TEXT.fullmatch(text)
        unit = " ".join(match[2].split()) if match else ""
        unit = unit if unit.endswith("s") else unit + "s"
        if match is None or unit not in UNITS:
            raise ValueError(f"{text!r} is not a whole number and one of: {', '.join(UNITS)}")
        return cls(int(match[1]), unit)

    @property
    def is_elapsed(self) -> bool:
        """Return whether it is counted by the clock (minutes, hours) and not by local days."""
        return self.unit in _SECONDS

    def __str__(self) -> str:
        return f"{self.amount} {self.unit if self.amount != 1 else self.unit[:-1]}"


@dataclass(frozen=True, slots=True, order=True)
class Pause:
    """A time in which a deadline stood still."""

    began_at: datetime
    ended_at: datetime

    def __post_init__(self) -> None:
        _aware(self.began_at, self.ended_at)
        if self.ended_at < self.began_at:
            raise ValueError("a pause cannot end before it begins")


class Step(NamedTuple):
    """One stretch of the way to a due date, `from_` exclusive and `to` inclusive.

    from_, to  local days of the calendar's State; instants in UTC for minutes and hours
    counted    how much of the allowance it uses: in its unit, or in seconds for minutes and hours
    """

    from_: date
    to: date
    counted: int
    why: str


@dataclass(frozen=True, slots=True)
class Working:
    """Why this date: the steps join from the start to the due date, and what they count is the allowance."""

    due_at: datetime
    rule: str
    source: str
    steps: tuple[Step, ...]


def due_at(
    start: datetime,
    allowance: Allowance,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
    *,
    roll: str | None = None,
) -> datetime:
    """Return the instant, UTC, at which a deadline expires.

    calendar  of the State that owes the end event; of the one that keeps the data for validity periods
    pauses    in any order; overlaps count once, and none counts before the start or after the expiry
    roll      "next_working_day": days, months and years that end on a day off run on

    Raises OverflowError beyond the year 9999.
    """
    _aware(start)
    _check_roll(roll)
    if allowance.is_elapsed:
        return _elapsed(start, allowance, pauses)[0]
    return calendar.end_of_day(_days(start, allowance, calendar, pauses, roll).runs_until)


def days_after(start: datetime, calendar: Calendar, n: int) -> datetime:
    """Return the end, UTC, of the n-th local day after the day of `start`."""
    return calendar.end_of_day(calendar.local_date(start) + n * _DAY)


def working(
    start: datetime,
    allowance: Allowance,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
    *,
    roll: str | None = None,
    source: str = "",
) -> Working:
    """Return the due instant with each step that leads to it; arguments as for `due_at`."""
    _aware(start)
    _check_roll(roll)
    if allowance.is_elapsed:
        due, stops = _elapsed(start, allowance, pauses)
        return Working(
            due, _rule(allowance, calendar, roll), source, tuple(_elapsed_steps(start, due, stops))
        )
    path = _days(start, allowance, calendar, pauses, roll)
    steps = _month_steps if allowance.unit in _MONTHS else _day_steps
    due = calendar.end_of_day(path.runs_until)
    return Working(due, _rule(allowance, calendar, roll), source, tuple(steps(path, allowance, calendar)))


@dataclass(frozen=True, slots=True)
class Suspension:
    """A suspension of a deadline; open while it has no end."""

    began_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a deadline is stored as: its budget, and each suspension since. The date follows from both."""

    started_at: datetime
    allowance: Allowance
    suspensions: tuple[Suspension, ...] = ()
    roll: str | None = field(default=None, kw_only=True)

    @property
    def is_suspended(self) -> bool:
        """Return whether a suspension is open."""
        return any(suspension.ended_at is None for suspension in self.suspensions)

    def suspend(self, at: datetime) -> Ledger:
        """Return the ledger with one more suspension open; several may be, and overlaps count once."""
        _aware(at)
        return self._with((*self.suspensions, Suspension(at)))

    def resume(self, at: datetime) -> Ledger:
        """Return the ledger with the earliest open suspension ended.

        Raises ValueError when none is open, or when it began later.
        """
        _aware(at)
        still_open = [one for one in self.suspensions if one.ended_at is None]
        if not still_open:
            raise ValueError("no suspension is open")
        ends = min(still_open, key=lambda one: one.began_at)
        if at < ends.began_at:
            raise ValueError("a suspension cannot end before it begins")
        at_index = self.suspensions.index(ends)
        ended = Suspension(ends.began_at, at)
        return self._with((*self.suspensions[:at_index], ended, *self.suspensions[at_index + 1 :]))

    def due_at(self, calendar: Calendar) -> datetime | None:
        """Return the due instant, UTC; None while a suspension is open that began before it."""
        due = due_at(self.started_at, self.allowance, calendar, self._pauses(), roll=self.roll)
        began = self._suspended_since()
        return due if began is None or began >= due else None

    def working(self, calendar: Calendar, *, source: str = "") -> Working | None:
        """Return why it is due when it is; None while `due_at` is None."""
        if self.due_at(calendar) is None:
            return None
        return working(
            self.started_at, self.allowance, calendar, self._pauses(), roll=self.roll, source=source
        )

    def _with(self, suspensions: tuple[Suspension, ...]) -> Ledger:
        return Ledger(self.started_at, self.allowance, suspensions, roll=self.roll)

    def _suspended_since(self) -> datetime | None:
        began = [one.began_at for one in self.suspensions if one.ended_at is None]
        return max(self.started_at, min(began)) if began else None

    def _pauses(self) -> list[Pause]:
        """Return what is over. From where an open suspension began, that one stands for all."""
        since = self._suspended_since()
        found = []
        for one in self.suspensions:
            if one.ended_at is not None and (since is None or one.began_at < since):
                found.append(Pause(one.began_at, one.ended_at if since is None else min(one.ended_at, since)))
        return found


class _Path(NamedTuple):
    """From day zero to the last day of the period, and until when it runs on over days off."""

    day_zero: date
    last: date
    runs_until: date
    paused: list[tuple[date, date, Pause]]


def _aware(*instants: datetime) -> None:
    for instant in instants:
        if instant.tzinfo is None:
            raise ValueError("an instant needs an offset")


def _check_roll(roll: str | None) -> None:
    if roll not in (None, NEXT_WORKING_DAY):
        raise ValueError(f"{roll!r} is no way to roll: {NEXT_WORKING_DAY}, or none")


def _merged(pauses: Sequence[Pause], start: datetime) -> Sequence[Pause]:
    if not pauses:
        return ()
    found: list[Pause] = []
    for pause in sorted(pauses):
        if pause.ended_at <= start:
            continue
        if pause.began_at < start:
            pause = Pause(start, pause.ended_at)
        if found and pause.began_at <= found[-1].ended_at:
            found[-1] = Pause(found[-1].began_at, max(found[-1].ended_at, pause.ended_at))
        else:
            found.append(pause)
    return found


def _elapsed(start: datetime, allowance: Allowance, pauses: Sequence[Pause]) -> tuple[datetime, list[Pause]]:
    due = start.astimezone(UTC) + timedelta(seconds=allowance.amount * _SECONDS[allowance.unit])
    counted = []
    for pause in _merged(pauses, start):
        if pause.began_at >= due:
            break
        due += pause.ended_at - pause.began_at
        counted.append(pause)
    return due, counted


def _days(
    start: datetime, allowance: Allowance, calendar: Calendar, pauses: Sequence[Pause], roll: str | None
) -> _Path:
    day_zero = calendar.local_date(start)
    in_working_days = allowance.unit == "working days"
    last = _last_day(day_zero, allowance, calendar)
    paused: list[tuple[date, date, Pause]] = []
    runs_until = _rolled(last, calendar, roll, in_working_days)
    for pause in _merged(pauses, start):
        if pause.began_at >= calendar.end_of_day(runs_until):
            break
        ended = calendar.local_date(pause.ended_at)
        # A period that is running on has no days left, and stands still on its last one.
        began = min(calendar.local_date(pause.began_at), last)
        if in_working_days:
            last = calendar.add_working_days(last, calendar.working_days_between(began, ended))
        else:
            last += ended - began
        paused.append((began, ended, pause))
        runs_until = _rolled(last, calendar, roll, in_working_days)
    return _Path(day_zero, last, runs_until, paused)


def _last_day(day_zero: date, allowance: Allowance, calendar: Calendar) -> date:
    if allowance.unit == "days":
        return day_zero + allowance.amount * _DAY
    if allowance.unit == "working days":
        return calendar.add_working_days(day_zero, allowance.amount)
    months = day_zero.month - 1 + allowance.amount * _MONTHS[allowance.unit]
    year, month = day_zero.year + months // 12, months % 12 + 1
    if year > date.max.year:
        raise OverflowError(f"the year {year} lies beyond the calendar")
    return date(year, month, min(day_zero.day, monthrange(year, month)[1]))


def _rolled(last: date, calendar: Calendar, roll: str | None, in_working_days: bool) -> date:
    if roll is None or in_working_days or calendar.is_working_day(last):
        return last
    return calendar.add_working_days(last, 1)


def _rule(allowance: Allowance, calendar: Calendar, roll: str | None) -> str:
    if allowance.is_elapsed:
        return sentence(f"{allowance}, elapsed; pauses stop it to the second")
    parts = [
        sentence(f"{allowance} in {calendar.name} ({calendar.zone.key})"),
        sentence("the day of the start is day zero"),
        sentence("ends at 23:59:59 local time of the last day"),
    ]
    if allowance.unit in _MONTHS:
        parts.append(sentence("a month without that day ends on its last one"))
    if roll and allowance.unit != "working days":
        parts.append(sentence("runs on from a day off to the next working day"))
    return "; ".join(parts)


def _elapsed_steps(start: datetime, due: datetime, pauses: Sequence[Pause]) -> Iterator[Step]:
    at = start.astimezone(UTC)
    for pause in pauses:
        began, ended = pause.began_at.astimezone(UTC), pause.ended_at.astimezone(UTC)
        if began > at:
            yield Step(at, began, int((began - at).total_seconds()), sentence("elapsed, in seconds"))
        yield Step(began, ended, 0, sentence("paused"))
        at = ended
    if due > at or not pauses:
        yield Step(at, due, int((due - at).total_seconds()), sentence("elapsed, in seconds"))


def _day_steps(path: _Path, allowance: Allowance, calendar: Calendar) -> Iterator[Step]:
    in_working_days = allowance.unit == "working days"

    def label(day: date) -> tuple[str, str]:
        if in_working_days and (off := calendar.why_off(day)):
            return "day off", off
        for _, ended, pause in path.paused:
            if calendar.local_date(pause.began_at) < day <= ended:
                return "paused", _paused(pause)
        if day > path.last or any(began < day <= ended for began, ended, _ in path.paused):
            return "runs on", _runs_on(day, calendar)
        return _COUNTED, allowance.unit

    return _joined(path.day_zero, path.runs_until, label)


def _month_steps(path: _Path, allowance: Allowance, calendar: Calendar) -> Iterator[Step]:
    last = _last_day(path.day_zero, allowance, calendar)
    yield Step(path.day_zero, last, allowance.amount, allowance.unit)
    for began, ended, pause in path.paused:
        if ended > began:
            yield Step(last, last + (ended - began), 0, _paused(pause))
            last += ended - began
    if path.runs_until > last:
        yield from _joined(last, path.runs_until, lambda day: ("runs on", _runs_on(day, calendar)))


def _runs_on(day: date, calendar: Calendar) -> str:
    off = calendar.why_off(day)
    return sentence(f"runs on past {off}") if off else sentence("to the next working day")


def _joined(after: date, until: date, label: Callable[[date], tuple[str, str]]) -> Iterator[Step]:
    """Yield the days of (after, until] as steps, neighbours of one kind together.

    label  the kind of a day and why it is that; days of the kind _COUNTED use the allowance up
    """
    days = [date.fromordinal(one) for one in range(after.toordinal() + 1, until.toordinal() + 1)]
    at = after
    for kind, group in groupby(((*label(day), day) for day in days), key=itemgetter(0)):
        stretch = list(group)
        reasons = dict.fromkeys(why for _, why, _ in stretch)
        to = stretch[-1][2]
        yield Step(at, to, len(stretch) if kind == _COUNTED else 0, ", ".join(reasons))
        at = to
    if after == until:
        yield Step(after, until, 0, sentence("ends on the day of the start"))


def _paused(pause: Pause) -> str:
    return sentence(f"paused from {_short(pause.began_at)} to {_short(pause.ended_at)}")


def _short(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
