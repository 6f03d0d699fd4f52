"""The control room: the clock, what came and comes, who holds what, who is stuck."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperation.moments import moment
from cooperation.words import Refused
from requests_app.exercises import control
from requests_app.exercises.after_action import expectations_told
from requests_app.exercises.board import DEADLINE, FILE, REQUEST, Board, Mark, board
from requests_app.exercises.clock_face import RUNNING
from requests_app.exercises.paces import PACES, pace_in_words
from requests_app.exercises.script import script_of
from requests_app.web import names, story
from requests_app.web.forms import PageForm
from requests_app.web.library import kinds
from requests_app.web.seated import SeatedPage
from requests_app.web.timeline import picture
from requests_app.web.typed_times import stored
from requests_app.world.languages import said
from requests_app.world.models import EVALUATOR, OBSERVER, TRAINER, Exercise
from requests_app.world.present import wall_now
from requests_app.world.roles import JUDGE, RUN, exercise_run_by, may

CONTROL = (TRAINER, EVALUATOR, OBSERVER)
MARKS_SHOWN_TO_COME = 12


class ClockForm(PageForm):
    """A pace and an instant, for the acts on the clock that need them."""

    rate = forms.TypedChoiceField(label=gettext_lazy("Pace"), coerce=int, required=False, empty_value=None)
    to = forms.CharField(
        label=gettext_lazy("Jump to"),
        help_text=gettext_lazy("Like +3d or +36h from the start, or 05/03/2027 09:00 (UTC)."),
        required=False,
        max_length=40,
    )

    def __init__(self, *args: Any, rate: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["rate"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [(one, pace_in_words(one)) for one in sorted({*PACES, *([rate] if rate else [])})]
        field.initial = rate or None


class ControlRoom(SeatedPage):
    """The board, and the trainer's hand on clock and desks."""

    template = "web/control_room.html"
    link = "control_room"
    roles = CONTROL
    parts = ("board",)

    def facts(self, clock_form: ClockForm | None = None, **_: Any) -> dict[str, Any]:
        """Return the board with its picture."""
        exercise = self.seat.exercise
        exercise.refresh_from_db()
        found = board(exercise, wall_now())
        told = expectations_told(exercise)
        words = _story(exercise, found.timeline)
        marks = [(one, _text(one, words)) for one in found.timeline if one.at is not None]
        to_come = [(one, text) for one, text in marks if one.is_to_come]
        in_picture = [(one.at, one.kind, one.status, text) for one, text in marks]
        return {
            "board": found,
            "next": _next(found, words),
            "stuck": [(one, len(one.waiting)) for one in found.stuck if not one.simulated],
            "picture": picture(in_picture, kinds(), exercise.starts_at, exercise.ends_at, found.clock.now),
            "to_come": to_come[:MARKS_SHOWN_TO_COME],
            "later": to_come[MARKS_SHOWN_TO_COME:],
            "came": [(one, text) for one, text in reversed(marks) if not one.is_to_come],
            "idle": [said(one.name) for one in found.lanes if not one.desks],
            "expected": told,
            "clock_form": clock_form or self._clock_form(),
            "may_run": may(self.seat, RUN),
            "may_judge": may(self.seat, JUDGE),
            "is_running": found.clock.standing == RUNNING,
            "stream": f"/api/v1/exercises/{exercise.handle}/stream/",
        }

    def post(self, request: HttpRequest) -> HttpResponse:
        """Do one act on the clock, or on who acts at a desk."""
        exercise = exercise_run_by(self.seat)
        form = self._clock_form(request.POST)
        if not form.is_valid():
            return self.shown(self.facts(clock_form=form), status=422)
        do = request.POST.get("do", "")
        if do in ("take", "give_back"):
            state, _sign, authority = request.POST.get("desk", "").partition("/")
            move = {"take": control.take_seat, "give_back": control.give_back_seat}[do]
            move(exercise.pk, self.wall, state, authority)
        else:
            self._move_clock(do, form)
        messages.success(request, _done(do))
        return redirect("control_room", self.seat.exercise.handle)

    def _clock_form(self, *posted: Any) -> ClockForm:
        """Return the form with the pace that the clock has or last had; before the start, the scenario's own."""
        exercise = self.seat.exercise
        clock = exercise.clock if exercise.is_live else None
        last = clock.last_rate() if clock is not None else None
        return ClockForm(*posted, rate=int(last or script_of(exercise.pk).scenario.rate))

    def _move_clock(self, do: str, form: ClockForm) -> None:
        exercise, rate = self.seat.exercise, form.cleaned_data["rate"]
        if do in ("speed", "start") and rate is None:
            raise Refused("bad_rate", "no pace was chosen", mend="choose one of the list")
        if do == "pause":
            control.pause(exercise.pk, self.wall)
        elif do == "resume":
            control.resume(exercise.pk, self.wall, rate)
        elif do == "start":
            control.start(exercise.pk, self.wall, rate)
        elif do == "speed":
            control.speed(exercise.pk, self.wall, rate)
        elif do == "jump_to_next":
            control.jump_to_next(exercise.pk, self.wall)
        elif do == "jump":
            control.jump(exercise.pk, self.wall, moment_of(exercise.starts_at, form.cleaned_data["to"]))
        elif do == "end":
            if self.request.POST.get("sure") != "yes":
                raise Refused("not_sure", "ending cannot be undone", mend="tick that you are sure")
            control.end(exercise.pk, self.wall)
        else:
            raise Refused("unknown_act", "the form does not say what to do", mend="load the page anew")


def moment_of(starts_at: Any, text: str) -> Any:
    """Return the instant that a person at control wrote, where times are UTC; raise Refused `bad_moment`."""
    try:
        return moment(stored(text.strip(), UTC), starts_at)
    except (ValueError, OverflowError) as error:
        raise Refused(
            "bad_moment", f"“{text}” {error}", mend="write +3d from the start, or 05/03/2027 09:00 (UTC)"
        ) from None


def _story(exercise: Exercise, timeline: Sequence[Mark]) -> dict[tuple[str, str], str]:
    """Return what the scenario's things on a timeline are called, by kind and name."""
    scenario = script_of(exercise.pk).scenario
    planned = [one.name for one in timeline if one.kind == REQUEST and not one.reference]
    milestones = story.milestones_in_words(scenario)
    expected = story.expectations_in_words(scenario)
    return {
        **{(REQUEST, name): story.planned_in_words(scenario, name) for name in planned},
        **{("milestone", name): text for name, text in milestones.items()},
        **{("expectation", name): text for name, text in expected.items()},
    }


def _next(found: Board, words: dict[tuple[str, str], str]) -> str:
    """Return what the next thing is about, by its title; the reference of a request; empty for nothing."""
    if found.next is None:
        return ""
    kind, name = {"expire": DEADLINE, FILE: REQUEST}.get(found.next.kind, found.next.kind), found.next.name
    for one in found.timeline:
        if one.kind == kind and (one.name == name or (one.reference == name and one.at == found.next.at)):
            return _text(one, words)
    return name


def _text(mark: Mark, words: dict[tuple[str, str], str]) -> str:
    if (mark.kind, mark.name) in words:
        return words[mark.kind, mark.name]
    title = names.type_name(mark.name) if mark.kind == REQUEST else said(mark.title)
    title = title or mark.name.replace("_", " ").replace("-", " ")
    return f"{mark.reference}: {title}" if mark.reference else title


def _done(do: str) -> str:
    return {
        "pause": _("The clock stands still."),
        "resume": _("The clock goes on."),
        "start": _("The exercise has begun."),
        "speed": _("The clock goes at another pace."),
        "jump": _("The clock has jumped; what lies between happens now."),
        "jump_to_next": _("The clock has jumped to the next thing that happens."),
        "end": _("The exercise has ended."),
        "take": _("People act at this desk now; the simulation leaves it alone."),
        "give_back": _("The desk acts by itself again."),
    }[do]
