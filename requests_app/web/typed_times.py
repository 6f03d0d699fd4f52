"""Dates and times as people type them at a desk, and the texts that requests hold: to and from, in a zone."""

from __future__ import annotations

import re
from datetime import date, datetime, time, tzinfo

_ISO = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(:[0-9]{2})?")
# As pages write them in English and in Vietnamese, and as people everywhere type them.
_DAYS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %B %Y")
_TIMES = ("{day} %H:%M", "{day} %H:%M:%S", "{day}, %H:%M", "%H:%M {day}", "%H:%M, {day}", "%H:%M, ngày {day}")


def stored(text: str, zone: tzinfo) -> str:
    """Return what a request holds for a time typed in this zone: a day, or an instant with its offset.

    "30/06/2027 09:00" in a zone of UTC+7 gives "2027-06-30T09:00:00+07:00", "30/06/2027" gives "2027-06-30".
    What is no time, or says its own offset, stays as it was typed.
    """
    words = " ".join(text.split())
    for day in _DAYS:
        found = _read(words, day)
        if found is not None:
            return found.date().isoformat()
        for form in _TIMES:
            found = _read(words, form.format(day=day))
            if found is not None:
                return found.replace(tzinfo=zone).isoformat()
    if _ISO.fullmatch(words):
        try:
            return datetime.fromisoformat(words).replace(tzinfo=zone).isoformat()
        except ValueError:
            return text
    return text


def end_of_day(on: date, zone: tzinfo) -> datetime:
    """Return the last second of a day in a zone: so long holds what holds until that day."""
    return datetime.combine(on, time(23, 59, 59), zone)


def typed(text: str, zone: tzinfo) -> str:
    """Return how a person in this zone would type what a request holds; as it is where that would lose something."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    time_of_day = "" if len(text) == len("2027-06-30") else " %H:%M:%S" if at.second else " %H:%M"
    shown = at.strftime(f"%d/%m/%Y{time_of_day}")
    return shown if stored(shown, zone) == text else text


def _read(words: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(words, form)  # noqa: DTZ007 - the zone is the desk's, put on by the caller
    except ValueError:
        return None
