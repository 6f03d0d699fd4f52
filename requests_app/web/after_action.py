"""After the exercise: what was expected, what happened, both sides beside each other; a desk's own feedback."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperation.rulebook import rulebook
from cooperation.words import Refused
from requests_app.evidence import store
from requests_app.evidence.serving import served
from requests_app.exercises import control
from requests_app.exercises.after_action import expectations_told, milestones_told, own_feedback, scores
from requests_app.exercises.archive import export
from requests_app.exercises.archiving import archive, bring_back
from requests_app.exercises.decisions import decisions_told
from requests_app.exercises.typical_errors import typical_errors_for
from requests_app.web.control_room import CONTROL
from requests_app.web.forms import PageForm
from requests_app.web.report_files import published
from requests_app.web.seated import SeatedPage
from requests_app.workflow.visible import involving
from requests_app.world.languages import said
from requests_app.world.models import EVALUATOR, TRAINEE, TRAINER
from requests_app.world.roles import JUDGE, RUN, exercise_judged_by, exercise_run_by, may

EVENTS_A_PAGE = 100


class AfterAction(SeatedPage):
    """What was expected and what happened; before the end, as far as it has come."""

    template = "web/after_action.html"
    link = "after_action"
    roles: ClassVar[tuple[str, ...]] = CONTROL

    def facts(self, **_: Any) -> dict[str, Any]:
        """Return scores, expectations, milestones and typical errors."""
        exercise = self.seat.exercise
        told = expectations_told(exercise)
        return {
            "scores": scores(exercise, told),
            "expected": told,
            "milestones": milestones_told(exercise),
            "decisions": decisions_told(exercise),
            "errors": list(typical_errors_for(self.seat)),
            "may_judge": may(self.seat, JUDGE),
            "may_run": may(self.seat, RUN),
            "may_download": may(self.seat, RUN) and not self.place.is_running,
            "report": published(exercise.handle),
        }

    def post(self, request: HttpRequest) -> HttpResponse:
        """Archive the exercise, or bring it back into the lists."""
        exercise = exercise_run_by(self.seat)
        do = request.POST.get("do", "")
        if do == "archive":
            archive(exercise.pk, self.wall)
            messages.success(request, _("The exercise is archived: it is only read, and in no list."))
        elif do == "bring_back":
            bring_back(exercise.pk)
            messages.success(request, _("The exercise is in the lists again."))
        else:
            raise Refused("unknown_act", "the form does not say what to do", mend="load the page anew")
        return redirect("after_action", exercise.handle)


class ExerciseDownload(AfterAction):
    """The whole exercise as one file, for its trainer: for the archive, or for another installation."""

    roles = (TRAINER,)
    http_method_names = ("get", "head", "options")

    def get(self, _: HttpRequest, **__: Any) -> HttpResponseBase:
        """Hand it out; while the clock runs the page says that it is to be paused first."""
        exercise = exercise_run_by(self.seat)
        folder = tempfile.TemporaryDirectory()
        try:
            path = Path(folder.name) / "exercise.zip"
            export(exercise, path)
        except BaseException:
            folder.cleanup()
            raise
        return served(f"{exercise.handle}-EXERCISE.zip", path.stat().st_size, _read_once(path, folder))


def _read_once(path: Path, folder: tempfile.TemporaryDirectory[str]) -> Iterator[bytes]:
    """Yield a file in blocks, and leave nothing of its folder behind."""
    with folder, path.open("rb") as stream:
        yield from store.blocks_of(stream)


class Timelines(SeatedPage):
    """What two States did, beside each other; after the end."""

    template = "web/timelines.html"
    link = "after_action"
    roles = CONTROL

    def facts(self, **_: Any) -> dict[str, Any]:
        """Return a page of what happened between two States, each act on its side."""
        exercise = self.seat.exercise
        if not exercise.ended:
            return {"is_open": False}
        states = exercise.states.order_by("-is_team", "code").values_list("code", "name")
        names = {code: said(name) for code, name in states}
        left, right = self._pair(list(names))
        rows = self.visible.events().filter(involving(left)).filter(involving(right))
        rows = rows.exclude(request=None).select_related("request").order_by("at", "id")
        page = Paginator(rows, EVENTS_A_PAGE).get_page(self.request.GET.get("page"))
        return {
            "is_open": True,
            "names": names,
            "left": left,
            "right": right,
            "page": page,
            "query": f"left={left}&right={right}&",
            "acts": [(one, _label(one.act), one.actor_state) for one in page],
        }

    def _pair(self, codes: list[str]) -> tuple[str, str]:
        left, right = self.request.GET.get("left", codes[0]), self.request.GET.get("right", "")
        others = [code for code in codes if code != left]
        if left not in codes:
            raise Http404
        return left, right if right in others else others[0]


class JudgementForm(PageForm):
    """What an evaluator gives instead of the count, and why."""

    points = forms.IntegerField(
        label=gettext_lazy("Points"),
        min_value=0,
        widget=forms.TextInput(attrs={"class": "govuk-input govuk-input--width-4", "inputmode": "numeric"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("The team reads it after the end."),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class Judgement(SeatedPage):
    """One expectation, and a judgement in place of its count."""

    template = "web/judgement.html"
    link = "after_action"
    roles = (TRAINER, EVALUATOR)

    def facts(self, name: str, form: JudgementForm | None = None, **_: Any) -> dict[str, Any]:
        """Return the expectation and the form."""
        told = next((one for one in expectations_told(self.seat.exercise) if one.name == name), None)
        if told is None:
            raise Http404
        now = {"points": told.points_given, "reason": told.reason}
        return {"one": told, "form": form or JudgementForm(initial=now)}

    def post(self, request: HttpRequest, name: str) -> HttpResponse:
        """Let the judgement stand."""
        exercise = exercise_judged_by(self.seat)
        form = JudgementForm(request.POST)
        if not form.is_valid():
            return self.shown(self.facts(name, form), status=422)
        try:
            control.override_expectation(exercise.pk, self.wall, name, **form.cleaned_data)
        except Refused as refused:
            return self.shown({**self.facts(name, form), "refused": refused}, status=422)
        messages.success(request, _("The judgement stands in place of the count."))
        return redirect("after_action", self.seat.exercise.handle)


class OwnFeedback(SeatedPage):
    """What a desk is told of its State's work after the end."""

    template = "web/feedback.html"
    link = "feedback"
    roles = (TRAINEE,)

    def facts(self, **_: Any) -> dict[str, Any]:
        """Return the score with its reasons; before the end, that it is still to come."""
        exercise = self.seat.exercise
        if not exercise.ended or self.seat.seat is None:
            return {"feedback": None}
        code = self.seat.seat.authority.state.code
        return {
            "feedback": own_feedback(exercise, code),
            "decisions": decisions_told(exercise, (code,)),
            "errors": list(typical_errors_for(self.seat)),
        }


def _label(act: str) -> str:
    acts = rulebook().lifecycle.acts
    return acts[act].label if act in acts else act.replace("_", " ")
