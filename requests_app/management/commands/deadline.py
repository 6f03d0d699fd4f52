"""`deadline`: when a deadline expires, and why on that date."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.management.base import CommandParser

from cooperation.calendars import Calendar, calendar, data_versions, state_calendars
from cooperation.deadlines import NEXT_WORKING_DAY, YEARS_AT_MOST, Allowance, Pause, Working, working
from cooperation.document import BadInput, Fault
from requests_app.management.base import ComityCommand

WARNINGS_AT_MOST = 10
YEARS = range(1900, 9991)
PAUSE_AT_MOST = timedelta(days=366 * YEARS_AT_MOST)


class Command(ComityCommand):
    """The deadline arithmetic by itself."""

    help = "Compute when a deadline expires, and show each step that leads to that date."
    needs_database = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--start", required=True, metavar="ISO", help="instant with an offset")
        parser.add_argument("--add", required=True, metavar="PERIOD", help='such as "10 working days"')
        parser.add_argument("--state", required=True, metavar="XX", help="whose calendar and zone count")
        parser.add_argument(
            "--pause", action="append", default=[], metavar="ISO/ISO", help="stands still; repeatable"
        )
        parser.add_argument("--roll", action="store_true", help="from a day off to the next working day")
        parser.add_argument("--json", action="store_true", help="print the working as JSON")

    def perform(self, **options: Any) -> None:
        """Read the options, all faults at once, and show the working."""
        faults: list[Fault] = []
        start = _read(faults, "--start", _instant, options["start"])
        allowance = _read(faults, "--add", Allowance.parse, options["add"])
        days = _read(faults, "--state", _calendar, options["state"])
        pauses = [_read(faults, "--pause", _pause, text) for text in options["pause"]]
        if faults:
            raise BadInput(faults)
        roll = NEXT_WORKING_DAY if options["roll"] else None
        source = f"exercise rule: deadline arithmetic ({data_versions()})"
        try:
            found = working(start, allowance, days, pauses, roll=roll, source=source)
            explained = "\n".join(_explained(found, days))
        except OverflowError:
            raise BadInput(
                [Fault("", 0, "--add", "ends beyond the year 9999", "give less, or an earlier start")]
            ) from None
        if allowance.unit == "working days" or (roll and not allowance.is_elapsed):
            self._warn(days, start, found.due_at)
        if options["json"]:
            self.data(_plain(found))
        else:
            self.say(explained)

    def _warn(self, days: Calendar, start: datetime, due_at: datetime) -> None:
        gaps = days.gaps(days.local_date(start).year, days.local_date(due_at).year)
        for gap in gaps[:WARNINGS_AT_MOST]:
            self.say(f"warning: {gap}")
        if len(gaps) > WARNINGS_AT_MOST:
            self.say(f"warning: {len(gaps) - WARNINGS_AT_MOST} more gaps in the calendar's data")


def _read(faults: list[Fault], option: str, parse: Any, text: str) -> Any:
    try:
        return parse(text)
    except BadInput as bad:
        faults += [Fault("", 0, option, fault.problem, fault.mend) for fault in bad.faults]
    except (ValueError, OverflowError) as error:
        faults.append(Fault("", 0, option, str(error)))
    return None


def _instant(text: str) -> datetime:
    example = "such as 2027-03-01T08:00:00+07:00"
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no ISO date and time that exists, {example}") from None
    if found.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC, {example}")
    if found.microsecond:
        raise ValueError(f"{text!r} has fractions of a second: instants are whole seconds")
    if found.year not in YEARS:
        raise ValueError(f"{text!r} lies outside the years {YEARS[0]} to {YEARS[-1]}")
    return found.astimezone(UTC)


def _pause(text: str) -> Pause:
    began, slash, ended = text.partition("/")
    if not slash:
        raise ValueError(f"{text!r} is not two instants with a / between them")
    pause = Pause(_instant(began), _instant(ended))
    if pause.ended_at - pause.began_at > PAUSE_AT_MOST:
        raise ValueError(f"{text!r} is longer than {YEARS_AT_MOST} years")
    return pause


def _calendar(code: str) -> Calendar:
    return calendar(code.upper() if code.upper() in state_calendars() else code)


def _plain(found: Working) -> dict[str, Any]:
    return {
        "due_at": _text(found.due_at),
        "rule": found.rule,
        "source": found.source,
        "steps": [
            {"from": _text(step.from_), "to": _text(step.to), "counted": step.counted, "why": step.why}
            for step in found.steps
        ],
    }


def _text(when: date) -> str:
    if isinstance(when, datetime):
        return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return when.isoformat()


def _explained(found: Working, days: Calendar) -> Iterable[str]:
    local = found.due_at.astimezone(days.zone)
    yield f"due     {_text(found.due_at)}"
    yield f"local   {local:%A} {local.isoformat()} ({days.zone.key})"
    yield f"rule    {found.rule}"
    yield f"source  {found.source}"
    yield "steps"
    for step in found.steps:
        yield f"  {_text(step.from_)} to {_text(step.to)}  {step.counted:>8}  {step.why}"
