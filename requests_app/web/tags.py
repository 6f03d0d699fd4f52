"""Template tags of the pages: `{% load comity %}`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

from requests_app.exercises.paces import pace_in_words
from requests_app.web import names, sentences, story, telling, words
from requests_app.world.languages import said

register = template.Library()

register.filter("said", said)
register.filter("told", sentences.told)
register.filter("expected_in_words", story.expected_in_words)
register.filter("milestone_name", story.milestone_name)
register.filter("state_name", story.state_name)
register.filter("desk_in_words", story.desk_in_words)
register.filter("pace", pace_in_words)
register.filter("in_words", words.word_in_words)
register.filter("offset", words.offset_in_words)
register.filter("zones_of", words.zones_as_offsets)
register.filter("long", words.length_in_words)
register.filter("long_hours", words.hours_in_words)
register.filter("distance", words.distance_in_words)
register.filter("unit", words.unit_in_words)
register.filter("article", words.source_in_words)
register.filter("behaviour_name", names.behaviour_name)


@register.filter
def moment(at: datetime | None, zone: str = "") -> SafeString:
    """Show an instant in the current zone, or in one that is named; nothing for none."""
    return _time(at, words.moment_in_words, zone)


@register.filter
def day(at: datetime | None, zone: str = "") -> SafeString:
    """Show the day of an instant."""
    return _time(at, words.day_in_words, zone)


@register.filter
def item(of: Mapping[Any, Any], key: Any) -> Any:
    """Return what a mapping holds under a key; nothing where it holds nothing."""
    return of.get(key, "") if of else ""


def _time(at: datetime | None, in_words: Any, zone: str) -> SafeString:
    if at is None:
        return SafeString("")
    told = in_words(at, ZoneInfo(zone) if zone else None)
    return format_html('<time datetime="{}">{}</time>', at.strftime("%Y-%m-%dT%H:%M:%SZ"), told)


register.filter("fact_of_custody", names.fact_of_custody)
register.filter("result_of_custody", names.result_of_custody)
register.filter("articles", names.articles_in_words)
register.filter("type_name", names.type_name)
register.filter("authority_name", names.authority_name)
register.filter("status_name", names.status_name)
register.filter("status_colour", names.status_colour)
register.filter("act_name", names.act_name)
register.filter("desk_name", names.desk_name)
register.filter("profile_name", names.profile_name)
register.filter("field_name", names.field_name)
register.filter("condition_name", names.condition_name)
register.filter("value_told", telling.value_told)


@register.filter
def stepped(at: Any) -> str:
    """Show an end of a step of "why this date": a local day, or an instant."""
    return words.moment_in_words(at) if isinstance(at, datetime) else words.date_in_words(at)


@register.simple_tag
def languages_offered() -> list[tuple[str, str]]:
    """Return codes and names of the languages, each name in its own language."""
    return list(settings.LANGUAGES)
