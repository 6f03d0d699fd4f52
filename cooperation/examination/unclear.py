"""What in a draft nobody could act on: times that are none, periods that end before they begin, odd penalties.

Nothing here is a rule of a treaty: what is typed is kept and may be sent as it is, and the drafter is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Any

from cooperation.examination.draft import is_blank, penalty_known
from cooperation.moments import instant
from cooperation.rulebook.values import RuleBook
from cooperation.words import sentence

NO_TIME = sentence("This is no date, and no date with a time and a distance from UTC.")
BACKWARDS = sentence("The period ends before it begins.")
PAST = sentence("This day is over.")
NO_PENALTY = sentence("Say years as a number, or life, or death.")
NOT_YET = sentence("The period begins only in the future: there is nothing of it yet.")
ALREADY = sentence("What is to be collected as it flows cannot be collected in the past.")


@dataclass(frozen=True, slots=True)
class Unclear:
    """A field, which of its parts ("" for the whole of it), what is wrong with what stands there, and by what rule."""

    field: str
    part: str
    why: str
    source: str = "exercise rule"


def unclear(book: RuleBook, contents: Mapping[str, Any], now: datetime, zone: tzinfo) -> tuple[Unclear, ...]:
    """Return what is unclear in contents, field by field; blank fields are not.

    now   exercise instant
    zone  of the desk that writes, in which its days begin and end
    """
    today = now.astimezone(zone)
    found: list[Unclear] = []
    for name, value in contents.items():
        field = book.fields.get(name)
        look = _LOOKS.get(field.type) if field else None
        if look is None or is_blank(value):
            continue
        found.extend(Unclear(name, part, why) for part, why in look(value, today, book))
    return tuple(found)


Found = Iterator[tuple[str, str]]


def _period(value: Any, today: datetime, _book: RuleBook) -> Found:
    yield from _ends(value, today)
    begins = _moment(_part(value, "from"), today)
    if begins is not None and begins > today:
        yield "from", NOT_YET


def _collection(value: Any, today: datetime, _book: RuleBook) -> Found:
    yield from _ends(value, today)
    ends = _moment(_part(value, "to"), today, is_end=True)
    if ends is not None and ends <= today:
        yield "to", ALREADY


def _ends(value: Any, today: datetime) -> Found:
    for part in ("from", "to"):
        text = _part(value, part)
        if not is_blank(text) and _moment(text, today) is None:
            yield part, NO_TIME
    begins, ends = _moment(_part(value, "from"), today), _moment(_part(value, "to"), today, is_end=True)
    if begins is not None and ends is not None and ends <= begins:
        yield "to", BACKWARDS


def _day(value: Any, today: datetime, _book: RuleBook) -> Found:
    text = _part(value, "date")
    if is_blank(text):
        return
    at = _moment(text, today, is_end=True)
    if at is None:
        yield "date", NO_TIME
    elif at <= today:
        yield "date", PAST


def _penalty(value: Any, _today: datetime, book: RuleBook) -> Found:
    if penalty_known(value, book) is None:
        yield "", NO_PENALTY


_LOOKS: Mapping[str, Callable[[Any, datetime, RuleBook], Found]] = {
    "date_range": _period,
    "date_range_with_reason": _collection,
    "date_with_reason": _day,
    "penalty": _penalty,
}


def _part(value: Any, part: str) -> Any:
    return value.get(part) if isinstance(value, Mapping) else None


def _moment(value: Any, today: datetime, *, is_end: bool = False) -> datetime | None:
    """Return the instant that a text means; a day its beginning or its end, in the zone of `today`. None for none."""
    text = str(value or "")
    try:
        if len(text) == len("2027-06-30"):
            return datetime.combine(date.fromisoformat(text), time.max if is_end else time.min, today.tzinfo)
        return instant(text)
    except ValueError:
        return None
