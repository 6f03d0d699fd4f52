"""Instants and lengths of time as authors write them: `+4h`, `20d`, `2027-03-01T08:00:00+07:00`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from cooperation.words import sentence

_SPAN = re.compile(r"\+?(?P<count>[0-9]{1,6})(?P<unit>[mhdw])")
_UNIT = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
LENGTH_AT_MOST = timedelta(days=3660)
_YEARS = range(2000, 2101)


def span(text: str) -> timedelta:
    """Return the length of time that `20d` or `+20d` means; raise ValueError with the reason."""
    match = _SPAN.fullmatch(text)
    if match is None:
        raise ValueError(sentence("is not a length of time such as 30m, 6h, 20d or 2w"))
    found = timedelta(**{_UNIT[match["unit"]]: int(match["count"])})
    if found > LENGTH_AT_MOST:
        raise ValueError(sentence(f"is longer than {LENGTH_AT_MOST.days:,} days"))
    return found


def instant(text: str) -> datetime:
    """Return the instant, UTC, that an ISO text with an offset means; raise ValueError with the reason."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(sentence("is not a date and time that exists")) from None
    if found.tzinfo is None:
        raise ValueError(sentence("has no offset from UTC"))
    if found.year not in _YEARS:
        raise ValueError(sentence(f"lies outside the years {_YEARS[0]} to {_YEARS[-1]}"))
    return found.astimezone(UTC)


def moment(text: str, start: datetime) -> datetime:
    """Return the instant, UTC, that `+4h` counted from `start`, or an ISO text, means; raise ValueError."""
    return start + span(text) if text.startswith("+") else instant(text)
