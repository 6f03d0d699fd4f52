"""Forms of acts, built from the rule book: one for each act, with what must be said with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from cooperation.rulebook import rulebook
from requests_app.web import names
from requests_app.web.content_fields import contents_of, fields_of, initial_of, names_of
from requests_app.web.forms import PageForm
from requests_app.web.typed_times import end_of_day, stored
from requests_app.workflow.models import AssistanceRequest
from requests_app.world.languages import said

NOTE_AT_MOST = 5_000
NO_MORE = "no_more"
ANSWERING, OF_AN_ANSWER = "provide_information", "answers."
# What else may be said with an act, beside what must.
ALSO = {
    "transmit": ("part",),
    "confirm_preservation": ("reference", "until"),
    "disclose_path": ("path",),
    "report_no_data": ("searched",),
    "ask_other_use": ("use",),
    "answer_other_use": ("consent",),
}


class ActForm(PageForm):
    """What is said with one act on one request."""

    def __init__(
        self,
        request: AssistanceRequest,
        side: str,
        act: str,
        zone: tzinfo,
        now: datetime,
        data: Any = None,
    ) -> None:
        """Make it for the side, `requesting` or `requested`, that would do the act.

        Times are typed in `zone`, the desk's own, whose offset is told as it is at `now`.
        """
        super().__init__(data, prefix=act, initial=_said_already(request, zone) if act == ANSWERING else None)
        self.act, self.zone = act, zone
        self.questions = _questions(request) if act == ANSWERING else []
        word = rulebook().lifecycle.acts[act]
        for name in (*(name for name, _source in word.contents), *ALSO.get(act, ())):
            fields = _answers(request, zone, now) if name == "answers" else _fields(name, request, side)
            self.fields.update(fields)
        self.fields["note"] = forms.CharField(
            label=_("Message to the other side"),
            required=False,
            max_length=NOTE_AT_MOST,
            widget=forms.Textarea({"rows": 3, "class": "govuk-textarea"}),
        )
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "govuk-input")

    def clean(self) -> dict[str, Any]:
        """Check that no question is passed over in silence, and that consent is given or withheld."""
        told: dict[str, Any] = super().clean() or {}
        answers = self._answered(told)
        if answers and not told.get(NO_MORE):
            for question in self.questions:
                if question not in answers:
                    self.add_error(
                        _first_field(question),
                        _("Answer it too, or tick that the rest cannot be answered: you answer only once."),
                    )
        if "consent" in self.fields and not told.get("consent"):
            self.add_error("consent", _("Choose whether you consent."))
        return told

    def contents(self) -> dict[str, Any]:
        """Return what is said, without what was left empty."""
        answers = self._answered(self.cleaned_data)
        found: dict[str, Any] = {"answers": answers} if answers else {}
        for name, value in self.cleaned_data.items():
            if name == NO_MORE or name.startswith(OF_AN_ANSWER):
                continue
            if name == "consent":
                found[name] = value == "yes"
                continue
            value = _until(value, self.zone) if name == "until" else _value(name, value)
            if value in (None, "", [], False):
                continue
            if name == "other_question":
                found.setdefault("questions", []).append(value)
            else:
                found[name] = value
        return found

    def _answered(self, typed: Mapping[str, Any]) -> dict[str, Any]:
        """Return the answers, in the shape of the fields that were asked about; a free question's as a text."""
        asked = {
            name.removeprefix(OF_AN_ANSWER): value
            for name, value in typed.items()
            if name.startswith(OF_AN_ANSWER)
        }
        known = rulebook().fields
        of_fields = {name: value for name, value in asked.items() if name.partition(".")[0] in known}
        free = {name: _value("", value) for name, value in asked.items() if name not in of_fields}
        return {**contents_of(of_fields, self.zone), **{name: value for name, value in free.items() if value}}


def _fields(name: str, request: AssistanceRequest, side: str) -> Mapping[str, forms.Field]:
    """Return the form fields for one content of an act that this side would do."""
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
        steps = book.lifecycle.steps_of(side, request.request_type)
        return {name: _choice(_("Step"), [(one.id, said(one.label)) for one in steps])}
    if name == "consent":
        answers = [("yes", _("We consent")), ("no", _("We do not consent"))]
        radios = forms.RadioSelect({"class": "govuk-radios__input"})
        return {
            name: forms.ChoiceField(
                label=_("Do you consent to this use?"), choices=answers, required=False, widget=radios
            )
        }
    if name == "questions":
        asked = [(rule.field, names.field_name(rule.field)) for rule in kind.contents]
        return {
            name: forms.MultipleChoiceField(
                label=names.field_name("questions"),
                help_text=_("What do you need to know?"),
                choices=asked,
                required=False,
                widget=forms.CheckboxSelectMultiple({"class": "govuk-checkboxes__input"}),
            ),
            "other_question": forms.CharField(label=_("Another question"), required=False),
        }
    if name == "part":
        return {name: _box(_("This is a part; more will follow"))}
    if name == "until":
        hint = _(
            "Empty: as long as the deadline profile says. Else a day like 30/06/2027, or 30/06/2027 09:00."
        )
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


def _questions(request: AssistanceRequest) -> list[str]:
    """Return what was asked: ids of fields, and questions in words of somebody's own."""
    return [str(one) for one in request.questions] if isinstance(request.questions, list) else []


def _answers(request: AssistanceRequest, zone: tzinfo, now: datetime) -> dict[str, forms.Field]:
    """Return what asks for each answer: for a field of the rule book the same as a draft asks."""
    book, kind = rulebook(), rulebook().types[request.request_type]
    rules = {rule.field: rule for rule in kind.contents}
    found: dict[str, forms.Field] = {}
    for question in _questions(request):
        if question in book.fields:
            made = fields_of(book.fields[question], rules.get(question), zone, now)
        else:
            area = forms.Textarea({"rows": 3, "class": "govuk-textarea"})
            made = {question: forms.CharField(label=question, required=False, widget=area)}
        found.update({f"{OF_AN_ANSWER}{name}": field for name, field in made.items()})
    if len(_questions(request)) > 1:
        found[NO_MORE] = _box(_("The rest cannot be answered"))
    return found


def _said_already(request: AssistanceRequest, zone: tzinfo) -> dict[str, Any]:
    """Return what the request says of what is asked, to be corrected or said again."""
    return {
        f"{OF_AN_ANSWER}{name}": value
        for question in _questions(request)
        if question in request.contents
        for name, value in initial_of(question, request.contents[question], zone).items()
    }


def _first_field(question: str) -> str:
    known = rulebook().fields
    return f"{OF_AN_ANSWER}{names_of(known[question])[0] if question in known else question}"


def _until(text: str, zone: tzinfo) -> str:
    """Return the instant until which something holds, typed in this zone; a day holds until it ends there."""
    held = stored(text.strip(), zone)
    if len(held) != len("2027-06-30"):
        return held
    try:
        return end_of_day(date.fromisoformat(held), zone).isoformat()
    except ValueError:
        return held


def _box(label: str) -> forms.Field:
    widget = forms.CheckboxInput({"class": "govuk-checkboxes__input"})
    return forms.BooleanField(label=label, required=False, widget=widget)


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
