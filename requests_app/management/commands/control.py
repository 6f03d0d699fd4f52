"""Control's hand on a live exercise, from the shell."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from cooperation.document import BadInput, Fault
from cooperation.moments import moment
from requests_app.exercises import control
from requests_app.exercises.find import exercise_named
from requests_app.management.base import ComityCommand
from requests_app.world.models import Exercise
from requests_app.world.present import wall_now

WHEN = "an instant of exercise time: +3d from the start, or ISO with an offset"


class Command(ComityCommand):
    help = "Run a live exercise: its clock, its injects, its expectations, its seats. EXERCISE."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("handle", metavar="HANDLE")
        acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
        acts.add_parser("start", help="set the clock going").add_argument("--rate", type=int, default=3600)
        acts.add_parser("pause", help="let exercise time stand still")
        acts.add_parser("resume", help="let it run again").add_argument("--rate", type=int)
        acts.add_parser("speed", help="let it run faster or slower").add_argument("rate", type=int)
        acts.add_parser("jump", help="move to an instant, or to `next`").add_argument("to", help=WHEN)
        acts.add_parser("end", help="end the exercise now")
        for act, what in (
            ("fire", "bring an inject in now"),
            ("skip", "leave an inject out"),
            ("hold", "hold an inject back"),
            ("release", "let a held inject go"),
        ):
            acts.add_parser(act, help=what).add_argument("inject")
        for act, what in (("edit", "change what an inject will say"), ("add", "add an inject")):
            one = acts.add_parser(act, help=what)
            one.add_argument("inject")
            one.add_argument("--title", required=True)
            one.add_argument("--body", default="")
            one.add_argument("--to", required=True, help="States, like XA,XB")
            if act == "add":
                one.add_argument("--at", help=f"{WHEN}; without it, now")
        override = acts.add_parser("override", help="score an expectation by judgement")
        override.add_argument("expectation")
        override.add_argument("--points", type=int, required=True)
        override.add_argument("--reason", required=True)
        for act, what in (
            ("take", "let people act for an authority"),
            ("give", "let it act by itself again"),
        ):
            acts.add_parser(act, help=what).add_argument("desk", help="like XB/central_authority")

    def perform(self, **options: Any) -> None:
        exercise = exercise_named(options["handle"])
        told = self._do(exercise, options["act"], options, wall_now())
        self.say(f"EXERCISE {exercise.handle}: {told}")

    def _do(self, exercise: Exercise, act: str, options: dict[str, Any], wall: datetime) -> str:
        key = exercise.pk
        if act in ("start", "resume", "speed"):
            {"start": control.start, "resume": control.resume, "speed": control.speed}[act](
                key, wall, options["rate"]
            )
            return "the clock runs"
        if act == "pause":
            control.pause(key, wall)
            return "the clock stands still"
        if act == "jump":
            return self._jump(exercise, options["to"], wall)
        if act == "end":
            control.end(key, wall)
            return "ended"
        if act in ("take", "give"):
            state, _, authority = options["desk"].partition("/")
            {"take": control.take_seat, "give": control.give_back_seat}[act](key, wall, state, authority)
            return f"{options['desk']} is {'taken by people' if act == 'take' else 'simulated'}"
        if act == "override":
            name = options["expectation"]
            control.override_expectation(key, wall, name, points=options["points"], reason=options["reason"])
            return f"{name} gives {options['points']} points"
        return self._inject(exercise, act, options, wall)

    def _jump(self, exercise: Exercise, to: str, wall: datetime) -> str:
        at = None if to == "next" else self._moment(exercise, to)
        if at is None:
            at = control.jump_to_next(exercise.pk, wall)
        else:
            control.jump(exercise.pk, wall, at)
        return f"the clock shows {at.isoformat()}"

    def _inject(self, exercise: Exercise, act: str, options: dict[str, Any], wall: datetime) -> str:
        key, name = exercise.pk, options["inject"]
        if act in ("edit", "add"):
            to = [code.strip() for code in options["to"].split(",") if code.strip()]
            words = {"title": options["title"], "body": options["body"], "to": to}
            if act == "edit":
                control.edit_inject(key, wall, name, **words)
            else:
                at = self._moment(exercise, options["at"]) if options["at"] else None
                control.add_inject(key, wall, name, **words, at=at)
            return f"the inject {name} is {act}ed"
        {
            "fire": control.fire_inject,
            "skip": control.skip_inject,
            "hold": control.hold_inject,
            "release": control.release_inject,
        }[act](key, wall, name)
        return f"the inject {name}: {act}"

    def _moment(self, exercise: Exercise, text: str) -> datetime:
        try:
            return moment(text, exercise.starts_at)
        except ValueError:
            raise BadInput([Fault("", 0, "WHEN", f"{text!r} is not an instant", f"write {WHEN}")]) from None
