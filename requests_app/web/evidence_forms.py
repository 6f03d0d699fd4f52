"""The forms of evidence: what is said when a file is taken in, redacted, sent, passed on or destroyed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, tzinfo
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperation.eventlog import instant_text
from cooperation.evidence.rules import CATEGORIES, SOURCES, custody
from cooperation.moments import instant
from requests_app.web import names
from requests_app.web.forms import PageForm
from requests_app.web.typed_times import end_of_day
from requests_app.web.words import source_in_words
from requests_app.world.languages import said


class AcquireForm(PageForm):
    """A file, and what is known of it."""

    file = forms.FileField(label=gettext_lazy("File"))
    source_type = forms.ChoiceField(
        label=gettext_lazy("It comes from"),
        choices=[(word, names.IN_FEW_WORDS["source_type"][word]) for word in SOURCES],
    )
    source = forms.CharField(label=gettext_lazy("Name of the source"), max_length=300)
    legal_authority = forms.CharField(label=gettext_lazy("Legal authority"), max_length=300)
    category = forms.ChoiceField(
        label=gettext_lazy("Category of the data"),
        choices=[(word, names.IN_FEW_WORDS["category"][word]) for word in CATEGORIES],
    )
    tool = forms.CharField(label=gettext_lazy("Tool of acquisition"), max_length=120)
    zone = forms.CharField(
        label=gettext_lazy("Zone of the times in it"),
        max_length=6,
        required=False,
        help_text=gettext_lazy("Like +07:00; empty where it has no times."),
    )


class SendForm(PageForm):
    """Which items are sent, and on which conditions."""

    items = forms.MultipleChoiceField(
        label=gettext_lazy("Items"), widget=forms.CheckboxSelectMultiple, choices=[]
    )
    part = forms.BooleanField(label=gettext_lazy("More will follow"), required=False)
    purpose = forms.CharField(label=gettext_lazy("Only for this purpose"), max_length=300, required=False)
    onward_transfer = forms.ChoiceField(
        label=gettext_lazy("Passing on"),
        choices=[
            ("with_consent", gettext_lazy("with our consent only")),
            ("never", gettext_lazy("never")),
        ],
    )

    confidential = forms.BooleanField(label=gettext_lazy("To be kept confidential"), required=False)
    delete_by = forms.DateField(
        label=gettext_lazy("To be destroyed by"),
        required=False,
        widget=forms.DateInput(
            format="%d/%m/%Y", attrs={"class": "govuk-input govuk-input--width-10", "type": "text"}
        ),
        input_formats=["%d/%m/%Y", "%Y-%m-%d"],
    )

    def __init__(
        self,
        choices: list[tuple[str, str]],
        zone: tzinfo,
        data: Any = None,
        conditions: Mapping[str, Any] | None = None,
    ) -> None:
        """Make it, with conditions of use to begin with. `zone` is the desk's own, in which the last day ends."""
        super().__init__(data, prefix="send", initial=_initial(conditions or {}, zone))
        self._zone = zone
        field = self.fields["items"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = choices
        self.fields["purpose"].help_text = source_in_words("40(19)")
        self.fields["onward_transfer"].help_text = source_in_words("36")
        self.fields["confidential"].help_text = source_in_words("40(20)")
        day = _("A day like 30/06/2027; empty for none.")
        self.fields["delete_by"].help_text = f"{day} {source_in_words('36')}"

    def contents(self) -> dict[str, Any]:
        """Return what is said with the sending."""
        told = self.cleaned_data
        conditions = {
            name: told[name] for name in ("purpose", "onward_transfer", "confidential") if told[name]
        }
        if told["delete_by"]:
            last = end_of_day(told["delete_by"], self._zone)
            conditions["delete_by"] = instant_text(last.astimezone(UTC))
        out: dict[str, Any] = {"evidence": told["items"], "conditions_of_use": conditions}
        return {**out, "part": True} if told["part"] else out


def _initial(conditions: Mapping[str, Any], zone: tzinfo) -> dict[str, Any]:
    last_day = conditions.get("delete_by")
    return {**conditions, "delete_by": instant(last_day).astimezone(zone).date() if last_day else None}


class RedactForm(PageForm):
    """A redacted file, and why it was redacted."""

    file = forms.FileField(label=gettext_lazy("The redacted file"))
    reason = forms.CharField(label=gettext_lazy("What was taken out, and why"), max_length=500)
    tool = forms.CharField(label=gettext_lazy("Tool of the redaction"), max_length=120)


class StepForm(PageForm):
    """A further step of custody."""

    STEPS = ("identified", "preserved", "collected", "examined", "returned")
    step = forms.ChoiceField(label=gettext_lazy("Step"), choices=[])
    what = forms.CharField(label=gettext_lazy("What was done"), max_length=300, required=False)
    tool = forms.CharField(label=gettext_lazy("Tool"), max_length=120, required=False)
    place = forms.CharField(label=gettext_lazy("Place"), max_length=300, required=False)
    to = forms.CharField(label=gettext_lazy("Returned to"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["step"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(step, said(custody().steps[step].label)) for step in self.STEPS]

    def clean(self) -> dict[str, Any]:
        """Check that the step says what it must."""
        told: dict[str, Any] = super().clean() or {}
        for name in custody().steps[told["step"]].says if "step" in told else ():
            if name in self.fields and not told.get(name):
                self.add_error(name, _("This step says it."))
        return told


class DestroyForm(PageForm):
    """Why something is destroyed, and that it is meant."""

    reason = forms.CharField(label=gettext_lazy("Why it is destroyed"), max_length=300)
    sure = forms.BooleanField(label=gettext_lazy("I am sure: it cannot be brought back"))


class PassOnForm(PageForm):
    """To which State's request something that came is passed on."""

    to = forms.ChoiceField(label=gettext_lazy("Their request"), choices=[])

    def __init__(self, choices: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
