"""Injects: what control brings into the exercise, fired, held, left out, changed and added."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperation.eventlog import instant_text
from cooperation.words import Refused
from requests_app.exercises import control
from requests_app.exercises.board import injects_in_time
from requests_app.exercises.models import Inject
from requests_app.exercises.script import script_of
from requests_app.web import story
from requests_app.web.control_room import CONTROL, moment_of
from requests_app.web.forms import PageForm
from requests_app.web.seated import SeatedPage
from requests_app.world.languages import said
from requests_app.world.models import TRAINER, Exercise
from requests_app.world.roles import RUN, exercise_run_by, may

ACTS = {
    "fire": control.fire_inject,
    "hold": control.hold_inject,
    "release": control.release_inject,
    "skip": control.skip_inject,
}
# What may be done from which standing, in the order in which the buttons stand.
POSSIBLE = {
    Inject.PLANNED: ("fire", "hold", "skip"),
    Inject.HELD: ("fire", "release", "skip"),
    Inject.SKIPPED: ("fire",),
    Inject.FIRED: (),
}
TO_COME = (Inject.PLANNED, Inject.HELD)
# How one stands that had not come when the exercise ended.
NEVER = "never"


class InjectForm(PageForm):
    """What an inject says, and to whom."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=300)
    body = forms.CharField(
        label=gettext_lazy("Text"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 6})
    )
    to = forms.MultipleChoiceField(label=gettext_lazy("To which States"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, exercise: Exercise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to = self.fields["to"]
        assert isinstance(to, forms.MultipleChoiceField)
        to.choices = [(one.code, said(one.name)) for one in exercise.states.order_by("-is_team", "code")]


class AddForm(InjectForm):
    """A new inject: also its name, and when it comes."""

    name = forms.SlugField(
        label=gettext_lazy("Short name"),
        help_text=gettext_lazy("Letters, figures and hyphens; the log names it so."),
        error_messages={
            "invalid": gettext_lazy("Use letters without accents, figures and hyphens, like press-call.")
        },
        max_length=120,
    )
    at = forms.CharField(
        label=gettext_lazy("When"),
        help_text=gettext_lazy("Like +3d or +36h from the start, or 05/03/2027 09:00 (UTC); empty: at once."),
        required=False,
        max_length=40,
    )
    field_order = ("name", "title", "body", "to", "at")


class Injects(SeatedPage):
    """All injects of the exercise, and a form for more."""

    template = "web/injects.html"
    link = "injects"
    roles = CONTROL

    def facts(self, form: AddForm | None = None, **_: Any) -> dict[str, Any]:
        """Return the injects in the order in which they come, as far as that is known."""
        exercise = self.seat.exercise
        scenario = script_of(exercise.pk).scenario
        return {
            "injects": [
                {
                    "row": one,
                    "title": said(one.title) or one.name,
                    "at": at,
                    "status": NEVER if one.status in TO_COME and exercise.ended else one.status,
                    "trigger": story.trigger_in_words(scenario, one.name) if one.status in TO_COME else "",
                    "possible": POSSIBLE[one.status],
                    "may_edit": one.status in TO_COME,
                }
                for at, one in injects_in_time(exercise)
            ],
            "form": form or AddForm(exercise=exercise),
            "may_run": may(self.seat, RUN) and not exercise.ended,
        }

    def post(self, request: HttpRequest) -> HttpResponse:
        """Do one act on an inject, or add one."""
        exercise = exercise_run_by(self.seat)
        do = request.POST.get("do", "")
        if do == "add":
            return self._add(request)
        if do not in ACTS:
            raise Refused("unknown_act", "the form does not say what to do", mend="load the page anew")
        ACTS[do](exercise.pk, self.wall, request.POST.get("inject", ""))
        messages.success(request, _done(do))
        return redirect("injects", self.seat.exercise.handle)

    def _add(self, request: HttpRequest) -> HttpResponse:
        exercise = self.seat.exercise
        form = AddForm(request.POST, exercise=exercise)
        if not form.is_valid():
            return self.shown(self.facts(form=form), status=422)
        asked = dict(form.cleaned_data)
        text = asked.pop("at")
        try:
            at = self._yet_to_come(moment_of(exercise.starts_at, text)) if text else None
            control.add_inject(exercise.pk, self.wall, asked.pop("name"), **asked, at=at)
        except Refused as refused:
            return self.shown({**self.facts(form=form), "refused": refused}, status=422)
        messages.success(request, _("The inject is added."))
        return redirect("injects", self.seat.exercise.handle)

    def _yet_to_come(self, at: datetime) -> datetime:
        """Return an exercise instant; raise Refused where it is past: nothing goes out at once unasked."""
        if at <= self.place.now:
            raise Refused(
                "bad_moment",
                f"this instant is past: it is {instant_text(self.place.now)} in the exercise",
                mend="choose a later one, or leave it empty to send it at once",
            )
        return at


class OneInject(SeatedPage):
    """An inject that has not come yet, to be changed."""

    template = "web/inject.html"
    link = "injects"
    roles = (TRAINER,)

    def facts(self, name: str, form: InjectForm | None = None, **_: Any) -> dict[str, Any]:
        """Return the form, filled with what the inject says now."""
        found = self.seat.exercise.injects.filter(name=name).first()
        if found is None:
            raise Http404
        now = {"title": said(found.title), "body": said(found.body), "to": found.to}
        return {
            "inject": found,
            "form": form or InjectForm(initial=now, exercise=self.seat.exercise),
            "may_edit": found.status in TO_COME,
            "comes_at": {one.name: at for at, one in injects_in_time(self.seat.exercise)}.get(name),
        }

    def post(self, request: HttpRequest, name: str) -> HttpResponse:
        """Change it."""
        exercise = exercise_run_by(self.seat)
        form = InjectForm(request.POST, exercise=exercise)
        if not form.is_valid():
            return self.shown(self.facts(name, form), status=422)
        try:
            control.edit_inject(exercise.pk, self.wall, name, **form.cleaned_data)
        except Refused as refused:
            return self.shown({**self.facts(name, form), "refused": refused}, status=422)
        messages.success(request, _("The inject is changed."))
        return redirect("injects", self.seat.exercise.handle)


def _done(do: str) -> str:
    return {
        "fire": _("The inject has come."),
        "hold": _("The inject is held back."),
        "release": _("The inject goes its way again."),
        "skip": _("The inject is left out."),
    }[do]
