"""Figures and times in words of the reader's language."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone
from django.utils.dateformat import format as dated
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from requests_app.world.languages import said

MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400
_ZONE = re.compile(r"\(([A-Za-z_]+(?:/[A-Za-z_-]+)+)\)")
_BESIDE = re.compile(r"\(([a-z][a-z -]{3,})\)")

# What the program itself calls how something stands, or of what kind it is.
WORDS = {
    "inject": gettext_lazy("Inject"),
    "request": gettext_lazy("Request"),
    "milestone": gettext_lazy("Milestone"),
    "expectation": gettext_lazy("Expected"),
    "deadline": gettext_lazy("Deadline"),
    "planned": gettext_lazy("to come"),
    "held": gettext_lazy("held back"),
    "skipped": gettext_lazy("left out"),
    "fired": gettext_lazy("has come"),
    "never": gettext_lazy("did not come"),
    "filed": gettext_lazy("filed"),
    "reached": gettext_lazy("reached"),
    "open": gettext_lazy("not reached"),
    "pending": gettext_lazy("not begun"),
    "running": gettext_lazy("running"),
    "paused": gettext_lazy("suspended"),
    "met": gettext_lazy("met"),
    "missed": gettext_lazy("missed"),
    "ended": gettext_lazy("ended"),
    "dropped": gettext_lazy("dropped"),
    "uncounted": gettext_lazy("not counted"),
    "trainer": gettext_lazy("Trainer"),
    "evaluator": gettext_lazy("Evaluator"),
    "observer": gettext_lazy("Observer"),
    "trainee": gettext_lazy("Trainee"),
}
UNITS = ("minutes", "hours", "days", "working days", "months", "years")


def moment_in_words(at: datetime, zone: tzinfo | None = None) -> str:
    """Return an instant like "3 March 2027, 09:00", in a zone, else in the one that is current."""
    # Translators: a date and a time, in the letters of Django's date filter.
    return str(dated(timezone.localtime(at, zone), _("j F Y, H:i")))


def moment_with_offset(at: datetime) -> str:
    """Return an instant in the zone that is current, with its distance from UTC: "3 March 2027, 09:00 (UTC+7)"."""
    return _with_offset(timezone.localtime(at))


def written_moment(text: str) -> str:
    """Return an ISO instant in words as it was written, in its own offset and with its seconds; raise ValueError."""
    return _with_offset(datetime.fromisoformat(text))


def _with_offset(at: datetime) -> str:
    # Translators: a date and a time with seconds, in the letters of Django's date filter.
    form = _("j F Y, H:i:s") if at.second else _("j F Y, H:i")
    return f"{dated(at, form)} ({_offset(at.utcoffset() or timedelta())})"


def offset_in_words(at: datetime, zone: str) -> str:
    """Return how far a zone is from UTC at an instant: "UTC+7", "UTC-3:30", "UTC"."""
    return offset_of(at, ZoneInfo(zone))


def zones_as_offsets(text: str, year: int) -> str:
    """Return a text with the zones in brackets told by their offsets: "(UTC+7)", "(UTC+1/UTC+2)".

    year  in which the clocks of some zones change
    """
    return _ZONE.sub(lambda found: f"({_offsets(found[1], year)})", text)


def _offsets(zone: str, year: int) -> str:
    try:
        known = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        return zone
    told = (offset_of(datetime(year, month, 1, tzinfo=UTC), known) for month in (1, 7))
    return "/".join(dict.fromkeys(told))


def offset_of(at: datetime, zone: tzinfo) -> str:
    """Return how far a zone is from UTC at an instant, as `offset_in_words` does."""
    return _offset(at.astimezone(zone).utcoffset() or timedelta())


def _offset(ahead: timedelta) -> str:
    hours, minutes = divmod(round(abs(ahead.total_seconds()) / MINUTE_S), 60)
    if not (hours or minutes):
        return "UTC"
    sign = "+" if ahead > timedelta() else "-"
    return f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "")


def day_in_words(at: datetime, zone: tzinfo | None = None) -> str:
    """Return an instant's day like "3 March 2027"."""
    # Translators: a date, in the letters of Django's date filter.
    return str(dated(timezone.localtime(at, zone), _("j F Y")))


def date_in_words(on: date) -> str:
    """Return a calendar day like "3 March 2027"."""
    return str(dated(on, _("j F Y")))


def length_in_words(length: timedelta) -> str:
    """Return how long something is, in its two greatest units: "3 days 4 hours"; never negative."""
    minutes = max(int(length.total_seconds()), 0) // MINUTE_S
    days, hours, minutes = minutes // 1_440, minutes // 60 % 24, minutes % 60
    told = []
    if days:
        told.append(
            ngettext("%(n)s day", "%(n)s days", days) % {"n": number_format(days, force_grouping=True)}
        )
    if hours and days < 10:
        told.append(ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours})
    if minutes and not days:
        told.append(ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes})
    return " ".join(told) if told else pgettext("length of time", "less than a minute")


def hours_in_words(hours: float) -> str:
    """Return how long so many hours are: "48 minutes"."""
    return length_in_words(timedelta(hours=hours))


def distance_in_words(at: datetime, now: datetime) -> str:
    """Return how far an instant lies from the present: "in 3 days", "4 hours ago"."""
    length = length_in_words(abs(at - now))
    return (_("in %(length)s") if at > now else _("%(length)s ago")) % {"length": length}


def source_in_words(source: str) -> str:
    """Return the source of a rule as people read it: "Art. 42(1)", "practice; Art. 48", "exercise rule"."""
    words = {
        "practice": _("practice"),
        "exercise rule": _("exercise rule"),
        "exercise data": _("exercise data"),
        "agreement": _("agreement"),
        "domestic law": _("domestic law"),
        "domestic minimum penalty": _("least penalty under domestic law"),
        "mutually agreed terms": _("mutually agreed terms"),
        "supports 40(8) and Art. 2 threshold": _("supports Art. 40(8) and the threshold of Art. 2"),
        "treaty or domestic law": _("treaty or domestic law"),
    }
    parts = [part.removeprefix("Art. ") for part in source.split("; ")]
    return "; ".join(
        _articles(part) if part[:1].isdigit() else words.get(part) or beside_article(said(part))
        for part in parts
    )


def beside_article(text: str) -> str:
    """Return articles with what stands in brackets beside a number in words in the reader's language."""
    beside = {
        "emergency": _("emergency"),
        "designated authority": _("designated authority"),
        "refusal clause": _("refusal clause"),
        "third-party clause": _("third-party clause"),
        "designation paragraph": _("designation paragraph"),
        "lifting clause": _("lifting clause"),
        "acquisition": _("acquisition"),
        "auditable handling": _("auditable handling"),
        "collection": _("collection"),
        "identification": _("identification"),
        "preservation": _("preservation"),
        "repeatable": _("repeatable"),
    }
    return _BESIDE.sub(lambda found: f"({beside.get(found[1], found[1])})", text)


def _articles(numbers: str) -> str:
    told = {"number": beside_article(numbers)}
    return _("Arts. %(number)s") % told if ", " in numbers else _("Art. %(number)s") % told


def word_in_words(word: str) -> str:
    """Return a word that the program uses for how something stands, or of what kind it is, for people."""
    return str(WORDS.get(word, word))


def unit_in_words(unit: str, amount: int) -> str:
    """Return the unit of a period in the reader's language: "days" for 10, "day" for 1."""
    return {
        "minutes": ngettext("minute", "minutes", amount),
        "hours": ngettext("hour", "hours", amount),
        "days": ngettext("day", "days", amount),
        "working days": ngettext("working day", "working days", amount),
        "months": ngettext("month", "months", amount),
        "years": ngettext("year", "years", amount),
    }.get(unit, unit)
