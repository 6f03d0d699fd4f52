"""What a request may say, field by field of the rule book, as a form asks it; and the way to contents and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cooperation.rulebook import ContentsRule, Field, rulebook
from requests_app.web import names
from requests_app.web.typed_times import stored, typed
from requests_app.web.words import offset_of, source_in_words
from requests_app.world.languages import said

LINES = ("_list",)
TEXT_AT_MOST = 20_000
# The parts of what is said in more than one.
PARTS: Mapping[str, tuple[str, ...]] = {
    "urgency": ("level", "reasons"),
    "date_range": ("from", "to"),
    "date_range_with_reason": ("from", "to", "reasons"),
    "date_with_reason": ("date", "reasons"),
}
MOMENTS = ("from", "to", "date")
LEVELS = ("routine", "urgent", "emergency")
SERIOUS = "serious_crime_other"
_YEARS = re.compile(r"([0-9]{1,4})(?:[.,]([0-9]))?(?: *(?:years?|năm))?", re.IGNORECASE)


def fields_of(field: Field, rule: ContentsRule | None, zone: tzinfo, now: datetime) -> dict[str, forms.Field]:
    """Return the form fields that ask for one field of the rule book, one for each of its parts.

    Times are typed in `zone`, the desk's own, whose offset is told as it is at `now`.
    """
    made = _fields(field, rule)
    for part in MOMENTS:
        if f"{field.id}.{part}" in made:
            asked = made[f"{field.id}.{part}"]
            asked.help_text = format_html("{} {}", asked.help_text, _how_to_type(part, zone, now))
    return made


def contents_of(typed_in: Mapping[str, Any], zone: tzinfo) -> dict[str, Any]:
    """Return what was typed into such fields as a request holds it, without what is empty."""
    found: dict[str, Any] = {}
    for one, value in typed_in.items():
        name, _dot, part = one.partition(".")
        value = _value(rulebook().fields[name], part, value, zone)
        if value in (None, "", [], False):
            continue
        if part:
            found.setdefault(name, {})[part] = value
        else:
            found[name] = value
    return found


def names_of(field: Field) -> list[str]:
    """Return what the form fields of a field are called, as `fields_of` names them."""
    parts = PARTS.get(field.type, ())
    return [f"{field.id}.{part}" for part in parts] or [field.id]


def _fields(field: Field, rule: ContentsRule | None) -> dict[str, forms.Field]:
    label, hint = names.field_name(field.id), _hint(field, rule)
    parts = PARTS.get(field.type, ())
    if not parts:
        return {field.id: _field(field, label, hint)}
    made: dict[str, forms.Field] = {}
    for part in parts:
        own_label = f"{label}: {names.part_name(part)}"
        own_hint = hint if part == parts[0] else SafeString()
        if part == "level":
            choices = [("", _("Choose")), *((one, names.level_name(one)) for one in LEVELS)]
            widget: forms.Widget = forms.Select({"class": "govuk-select"})
            made[f"{field.id}.{part}"] = forms.ChoiceField(
                label=own_label, help_text=own_hint, choices=choices, required=False, widget=widget
            )
            continue
        widget = _area(3) if part == "reasons" else forms.TextInput({"class": "govuk-input"})
        made[f"{field.id}.{part}"] = forms.CharField(
            label=own_label, help_text=own_hint, required=False, max_length=TEXT_AT_MOST, widget=widget
        )
    return made


def _field(field: Field, label: str, hint: SafeString) -> forms.Field:
    if field.type == "boolean":
        box = forms.CheckboxInput({"class": "govuk-checkboxes__input"})
        return forms.BooleanField(label=label, help_text=hint, required=False, widget=box)
    choices = _choices(field)
    if choices and field.type == "choice":
        widget: forms.Widget = forms.Select({"class": "govuk-select"})
        all_choices = [("", _("Choose")), *choices]
        return forms.ChoiceField(
            label=label, help_text=hint, required=False, choices=all_choices, widget=widget
        )
    if choices:
        boxes = forms.CheckboxSelectMultiple({"class": "govuk-checkboxes__input"})
        return forms.MultipleChoiceField(
            label=label, help_text=hint, required=False, choices=choices, widget=boxes
        )
    is_long = field.type == "long_text"
    widget = _area(5 if is_long else 3) if is_long or field.type.endswith(LINES) else forms.TextInput()
    return forms.CharField(
        label=label, help_text=hint, required=False, max_length=TEXT_AT_MOST, widget=widget
    )


def _choices(field: Field) -> list[tuple[str, str]]:
    book = rulebook()
    if field.type == "offence_list":
        other = [(SERIOUS, said(book.serious_crime.name))]
        offences = book.offences.values()
        named = [(one.id, f"{said(one.name)} ({source_in_words(str(one.article))})") for one in offences]
        return named + other
    if field.type == "data_category":
        return [(one.id, said(one.name)) for one in book.data_categories.values()]
    return [(one, names.choice_name(one)) for one in field.choices]


def _hint(field: Field, rule: ContentsRule | None) -> SafeString:
    lines = _(" One on each line.") if field.type.endswith(LINES) and not _choices(field) else ""
    source = source_in_words(rule.source if rule else field.source)
    return format_html('{}{} <span class="source">{}</span>', said(field.help), lines, source)


def _how_to_type(part: str, zone: tzinfo, now: datetime) -> str:
    if part == "date":
        return _("A day like 30/06/2027.")
    told = {"offset": offset_of(now, zone)}
    return _("Like 30/06/2027 09:00, in the time of your desk (%(offset)s); or 2027-06-30T09:00:00Z.") % told


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea({"rows": rows, "class": "govuk-textarea"})


def initial_of(name: str, value: Any, zone: tzinfo) -> dict[str, Any]:
    """Return what the form shows of one content, whatever its shape came to be."""
    field = rulebook().fields.get(name)
    if field is None:
        return {}
    parts = PARTS.get(field.type, ())
    if parts:
        if isinstance(value, Mapping):
            told = {part: _text(value.get(part, "")) for part in parts}
            return {
                f"{name}.{part}": typed(text, zone) if part in MOMENTS else text
                for part, text in told.items()
            }
        return {f"{name}.{parts[-1]}": _text(value)}
    if field.type == "boolean":
        return {name: bool(value)}
    if _choices(field) and field.type != "choice":
        return {name: value if isinstance(value, list) else [value]}
    return {name: _text(value)}


def _penalty(text: str) -> Any:
    """Return years as a number where they are one, with or without the word; life and death by their names."""
    years = _YEARS.fullmatch(text)
    if years:
        return float(f"{years[1]}.{years[2]}") if years[2] else int(years[1])
    for word, name in ((_("life"), "life"), (_("death"), "death")):
        if text.lower() == word.lower():
            return name
    return text


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(_text(one) for one in value)
    if isinstance(value, Mapping):
        return "\n".join(f"{key}: {_text(one)}" for key, one in value.items())
    return "" if value is None else str(value)


def _value(field: Field, part: str, value: Any, zone: tzinfo) -> Any:
    if not isinstance(value, str):
        return value
    value = value.replace("\r\n", "\n").replace("\0", "").strip()
    if part in MOMENTS:
        return stored(value, zone)
    if field.type == "penalty":
        return _penalty(value)
    if field.type.endswith(LINES) and not part and not _choices(field):
        return [line.strip() for line in value.split("\n") if line.strip()]
    return value
