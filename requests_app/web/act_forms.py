"""Forms of acts, built from the rule book: one for each act, with what must be said with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from cooperation.rulebook import rulebook
from requests_app.web import names
from requests_app.web.forms import PageForm
from requests_app.workflow.models import AssistanceRequest
from requests_app.world.languages import said

NOTE_AT_MOST = 5_000
# What else may be said with an act, beside what must.
ALSO = {"transmit": ("part",), "confirm_preservation": ("until",)}


class ActForm(PageForm):
    """What is said with one act on one request."""

    def __init__(self, request: AssistanceRequest, act: str, data: Any = None) -> None:
        super().__init__(data, prefix=act)
        self.act = act
        word = rulebook().lifecycle.acts[act]
        for name in (*(name for name, _source in word.contents), *ALSO.get(act, ())):
            self.fields.update(_fields(name, request))
        self.fields["note"] = forms.CharField(
            label=_("Message to the other side"),
            required=False,
            max_length=NOTE_AT_MOST,
            widget=forms.Textarea({"rows": 3, "class": "govuk-textarea"}),
        )
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "govuk-input")

    def contents(self) -> dict[str, Any]:
        """Return what is said, without what was left empty."""
        found: dict[str, Any] = {}
        for name, value in self.cleaned_data.items():
            group, _dot, part = name.partition(".")
            value = _value(group, value)
            if value in (None, "", [], False):
                continue
            if part:
                found.setdefault(group, {})[part] = value
            elif group == "other_question":
                found.setdefault("questions", []).append(value)
            else:
                found[group] = value
        return found


def _fields(name: str, request: AssistanceRequest) -> Mapping[str, forms.Field]:
    """Return the form fields for one content of an act."""
    book, kind = rulebook(), rulebook().types[request.request_type]
    if name == "ground":
        grounds = [(one, said(book.grounds[one].label)) for one in kind.grounds if one in book.grounds]
        return {name: _choice(_("Ground of refusal"), grounds)}
    if name == "to_authority":
        kinds = [
            (one, names.authority_name(one)) for one in book.authorities if one != request.requested_kind
        ]
        return {name: _choice(_("Authority of your State"), kinds)}
    if name == "step":
        side = ("requesting", "requested", "either")
        steps = [
            (one.id, said(one.label)) for one in book.lifecycle.events.values() if one.recorded_by in side
        ]
        return {name: _choice(_("Step"), steps)}
    if name == "questions":
        asked = [(rule.field, names.field_name(rule.field)) for rule in kind.contents]
        return {
            name: forms.MultipleChoiceField(
                label=_("What do you need to know?"),
                choices=asked,
                required=False,
                widget=forms.CheckboxSelectMultiple({"class": "govuk-checkboxes__input"}),
            ),
            "other_question": forms.CharField(label=_("Another question"), required=False),
        }
    if name == "answers":
        return {
            f"answers.{one}": forms.CharField(
                label=names.field_name(str(one)),
                required=False,
                help_text=said(book.fields[one].help) if one in book.fields else "",
                widget=forms.Textarea({"rows": 3, "class": "govuk-textarea"}),
            )
            for one in (request.questions if isinstance(request.questions, list) else [])
        }
    if name == "part":
        return {
            name: forms.BooleanField(
                label=_("This is a part; more will follow"),
                required=False,
                widget=forms.CheckboxInput({"class": "govuk-checkboxes__input"}),
            )
        }
    if name == "until":
        hint = _("Empty: as long as the deadline profile says. Else like 2027-06-30T23:59:59Z.")
        return {name: forms.CharField(label=_("Preserved until"), required=False, help_text=hint)}
    if name == "conditions":
        return {
            name: forms.CharField(
                label=_("Conditions"),
                required=False,
                help_text=_("One on each line."),
                widget=forms.Textarea({"rows": 4, "class": "govuk-textarea"}),
            )
        }
    label = {"reasons": _("Reasons")}.get(name, names.field_name(name))
    area = forms.Textarea({"rows": 4, "class": "govuk-textarea"})
    return {name: forms.CharField(label=label, required=False, widget=area)}


def _choice(label: str, choices: list[tuple[str, str]]) -> forms.Field:
    widget = forms.Select({"class": "govuk-select"})
    return forms.ChoiceField(
        label=label, choices=[("", _("Choose")), *choices], required=False, widget=widget
    )


def _value(name: str, value: Any) -> Any:
    if isinstance(value, str):
        value = value.replace("\r\n", "\n").replace("\0", "").strip()
        return [line.strip() for line in value.split("\n") if line.strip()] if name == "conditions" else value
    return value
