"""The library: scenarios that ship, one of them closely, and a rehearsal of it; for trainers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from cooperation.behaviour import behaviours
from cooperation.moments import instant
from cooperation.rulebook import rulebook
from cooperation.words import Refused
from requests_app.exercises.library import library, on_shelf, open_from_shelf, shipped_scenario
from requests_app.exercises.models import Rehearsal
from requests_app.exercises.rehearsal import ask_for
from requests_app.exercises.seating import may_open
from requests_app.web import names, story
from requests_app.web.forms import PageForm
from requests_app.web.parts import rendered_part
from requests_app.web.timeline import Picture, picture
from requests_app.world.languages import said
from requests_app.world.present import wall_now

SEED_AT_MOST = 2**31 - 1
WAITS = (Rehearsal.WAITING, Rehearsal.RUNNING)


class TrainersPage(LoginRequiredMixin, View):
    """A page for those who may open exercises; for everybody else it is 404."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let trainers through."""
        if request.user.is_authenticated and not may_open(request.user):
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class UseForm(PageForm):
    """How a scenario is to be played."""

    seed = forms.IntegerField(
        label=gettext_lazy("Number of the run"),
        help_text=gettext_lazy("The same number gives the same questions, delays and mistakes again."),
        min_value=0,
        max_value=SEED_AT_MOST,
        initial=1,
        widget=forms.TextInput(attrs={"class": "govuk-input govuk-input--width-5", "inputmode": "numeric"}),
    )
    teams = forms.ChoiceField(
        label=gettext_lazy("How empty team seats behave"),
        help_text=gettext_lazy("A team's desk acts by itself until somebody sits there."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = self.fields["teams"]
        assert isinstance(teams, forms.ChoiceField)
        teams.choices = [(name, names.behaviour_name(name)) for name in behaviours()]
        teams.initial = "typical"


class Library(TrainersPage):
    """All scenarios that ship."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """List them."""
        return render(request, "web/library.html", {"shelf": [(one, round(one.days)) for one in library()]})


class OneScenario(TrainersPage):
    """A scenario, to be used or rehearsed."""

    def get(self, request: HttpRequest, scenario: str) -> HttpResponse:
        """Show it."""
        return self._shown(request, scenario, UseForm())

    def post(self, request: HttpRequest, scenario: str) -> HttpResponse:
        """Open an exercise of it, or rehearse it."""
        form = UseForm(request.POST)
        if not form.is_valid():
            return self._shown(request, scenario, form, status=422)
        asked = form.cleaned_data
        try:
            if request.POST.get("do") == "rehearse":
                made = ask_for(scenario, **asked, wall=wall_now())
                return redirect("rehearsal", made.pk)
            seat = open_from_shelf(request.user, scenario, **asked, wall=wall_now())
        except Refused as refused:
            return self._shown(request, scenario, form, refused=refused, status=422)
        return redirect("seats", seat.exercise.handle)

    def _shown(
        self, request: HttpRequest, scenario: str, form: UseForm, *, status: int = 200, **facts: Any
    ) -> HttpResponse:
        try:
            one = on_shelf(scenario)
        except Refused:
            raise Http404 from None
        told = {
            "one": one,
            "form": form,
            "behaviours": [(names.behaviour_name(name), kind.about) for name, kind in behaviours().items()],
        }
        return render(request, "web/scenario.html", {**told, **facts}, status=status)


class OneRehearsal(TrainersPage):
    """What came of a rehearsal; while it is played, the page asks again by itself."""

    def get(self, request: HttpRequest, rehearsal_id: UUID) -> HttpResponse:
        """Show it, or that it is on the way."""
        found = Rehearsal.objects.filter(pk=rehearsal_id).first()
        if found is None:
            raise Http404
        facts = {
            "rehearsal": found,
            "one": on_shelf(found.scenario),
            "waits": found.status in WAITS,
            **(_landed(found) if found.status == Rehearsal.DONE else {}),
        }
        template = "web/rehearsal.html"
        if getattr(request, "htmx", False):
            return HttpResponse(rendered_part(request, template, "landed", facts))
        return render(request, template, facts)


def _landed(rehearsal: Rehearsal) -> dict[str, Any]:
    """Return where everything landed: a list in order, and the same as a picture."""
    shelf = on_shelf(rehearsal.scenario)
    marks = sorted(_marks(rehearsal), key=lambda mark: mark[0])
    return {
        "marks": [(at, (at - shelf.starts_at).days, kind, status, text) for at, kind, status, text in marks],
        "picture": _picture(marks, shelf.starts_at, shelf.ends_at),
        "never": [one["title"] or one["name"] for one in rehearsal.found["injects"] if not one["at"]],
    }


def _picture(marks: list[tuple[datetime, str, str, str]], starts_at: datetime, ends_at: datetime) -> Picture:
    return picture(marks, kinds(), starts_at, ends_at)


def kinds() -> tuple[tuple[str, str], ...]:
    """Return the rows of a timeline, from top to bottom."""
    return (
        ("inject", _("Injects")),
        ("request", _("Requests")),
        ("milestone", _("Milestones")),
        ("expectation", _("Expected")),
        ("deadline", _("Deadlines")),
    )


def _marks(rehearsal: Rehearsal) -> list[tuple[datetime, str, str, str]]:
    scenario, found = shipped_scenario(rehearsal.scenario), rehearsal.found
    injects = [
        (one["at"], "inject", one["status"], said(one["title"]) or one["name"]) for one in found["injects"]
    ]
    filed = [
        (one["at"], "request", "filed", f"{one['reference']}: {names.type_name(one['request_type'])}")
        for one in found.get("filed", ())
    ]
    words = story.milestones_in_words(scenario)
    milestones = [
        (one["reached_at"], "milestone", "reached", words[one["name"]]) for one in found["milestones"]
    ]
    awaited = story.expectations_in_words(scenario)
    expected = [
        (one["happened_at"] or one["due_at"], "expectation", one["status"], awaited[one["name"]])
        for one in found["expected"]
    ]
    labels = rulebook().profiles[scenario.deadline_profile].labels
    due = [
        (
            one["at"],
            "deadline",
            one["status"],
            f"{one['reference']}: {said(labels[one['request_type'], one['rule']])}",
        )
        for one in found["due"]
    ]
    return [
        (instant(at), kind, status, text)
        for at, kind, status, text in (*injects, *filed, *milestones, *expected, *due)
        if at
    ]
