"""Seats: codes that open them, who sits where, and the start; for the trainer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperation.rulebook import rulebook
from cooperation.words import Refused
from requests_app.exercises import control, seating
from requests_app.exercises.clock_face import NOT_STARTED
from requests_app.exercises.paces import PACES, pace_in_words
from requests_app.exercises.script import script_of
from requests_app.web.forms import PageForm
from requests_app.web.seated import SeatedPage
from requests_app.web.words import word_in_words
from requests_app.world.languages import said
from requests_app.world.models import EVALUATOR, OBSERVER, TRAINEE, TRAINER, Authority, Exercise

HOURS = 24
CONTROL = (EVALUATOR, OBSERVER, TRAINER)


class CodeForm(PageForm):
    """Which seat a code opens, and for how long: a desk like XA/central_authority, or a role at control."""

    seat = forms.ChoiceField(label=gettext_lazy("Seat"))
    hours = forms.TypedChoiceField(
        label=gettext_lazy("The code holds for"),
        coerce=int,
        choices=[
            (4, gettext_lazy("4 hours")),
            (24, gettext_lazy("a day")),
            (72, gettext_lazy("3 days")),
            (336, gettext_lazy("2 weeks")),
        ],
        initial=HOURS,
    )

    def __init__(self, *args: Any, exercise: Exercise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seat = self.fields["seat"]
        assert isinstance(seat, forms.ChoiceField)
        seat.choices = [*_desks(exercise), (_("Control"), [(role, word_in_words(role)) for role in CONTROL])]

    def asked(self) -> dict[str, Any]:
        """Return what `make_code` takes."""
        seat = self.cleaned_data["seat"]
        state, _, authority = seat.partition("/")
        role = seat if seat in CONTROL else TRAINEE
        desk = {"state": state, "authority": authority} if role == TRAINEE else {"state": "", "authority": ""}
        return {"role": role, **desk, "holds_for": timedelta(hours=self.cleaned_data["hours"])}


class StartForm(PageForm):
    """How fast the clock goes."""

    rate = forms.TypedChoiceField(label=gettext_lazy("Pace"), coerce=int)

    def __init__(self, *args: Any, usual: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rate = self.fields["rate"]
        assert isinstance(rate, forms.TypedChoiceField)
        rate.choices = [(one, pace_in_words(one)) for one in sorted({*PACES, usual})]
        rate.initial = usual


class Seats(SeatedPage):
    """Who sits where, and the way in for others."""

    template = "web/seats.html"
    link = "seats"
    roles = (TRAINER,)

    def facts(self, code_form: CodeForm | None = None, **_: Any) -> dict[str, Any]:
        """Return seats, codes and forms."""
        exercise = self.seat.exercise
        codes = exercise.join_codes.select_related("seat__authority__state").order_by("-expires_at")
        return {
            "people": exercise.seat_holders.select_related("user", "seat__authority__state"),
            "codes": [one for one in codes if one.expires_at > self.wall and one.revoked_at is None],
            "form": code_form or CodeForm(exercise=exercise),
            "start_form": StartForm(usual=script_of(exercise.pk).scenario.rate),
            "may_start": self.place.face.standing == NOT_STARTED,
        }

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make or revoke a code, or start the clock."""
        do = {"code": self._make, "revoke": self._revoke, "start": self._start}.get(
            request.POST.get("do", "")
        )
        if do is None:
            raise Refused("unknown_act", "the form does not say what to do", mend="load the page anew")
        return do(request)

    def _make(self, request: HttpRequest) -> HttpResponse:
        exercise = self.seat.exercise
        form = CodeForm(request.POST, exercise=exercise)
        if not form.is_valid():
            return self.shown(self.facts(code_form=form), status=422)
        code, made = seating.make_code(exercise, **form.asked(), wall=self.wall)
        # Told once, in the answer itself: only its digest is kept.
        response = self.shown({**self.facts(), "code": code, "made": made})
        response.holds_secret = True  # type: ignore[attr-defined]
        return response

    def _revoke(self, request: HttpRequest) -> HttpResponse:
        try:
            key = UUID(request.POST.get("code", ""))
        except ValueError:
            raise Refused(
                "no_such_code", "this exercise has no such code", mend="choose one of its list"
            ) from None
        seating.revoke_code(self.seat.exercise, key, self.wall)
        messages.success(request, _("The code opens nothing any more. Who sits there stays."))
        return redirect("seats", self.seat.exercise.handle)

    def _start(self, request: HttpRequest) -> HttpResponse:
        exercise = self.seat.exercise
        form = StartForm(request.POST, usual=script_of(exercise.pk).scenario.rate)
        if not form.is_valid():
            raise Refused("bad_rate", "this pace is not offered", mend="choose one of the list")
        control.start(exercise.pk, self.wall, form.cleaned_data["rate"])
        messages.success(request, _("The exercise has begun."))
        return redirect("control_room", self.seat.exercise.handle)


def _desks(exercise: Exercise) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the desks by State, those of teams first, as a grouped list of choices."""
    found: dict[str, list[tuple[str, str]]] = {}
    rows = Authority.objects.filter(state__exercise=exercise).select_related("state")
    for row in rows.order_by("-state__is_team", "state__code", "kind"):
        name = said(rulebook().authorities[row.kind].name)
        state = said(row.state.name)
        found.setdefault(state, []).append((row.desk, f"{state}: {name}"))
    return list(found.items())
