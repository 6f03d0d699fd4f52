"""Where a person is: which seat in which exercise, how its clock stands, and where one can go from there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from cooperation.rulebook import rulebook
from requests_app.exercises.clock_face import RUNNING, ClockFace, clock_face
from requests_app.exercises.paces import pace_in_words
from requests_app.exercises.script import script_of
from requests_app.world.languages import said
from requests_app.world.models import TRAINEE, TRAINER, Exercise, SeatHolder


@dataclass(frozen=True)
class Link:
    """A way to another page. `name` is the address's name in `urls.py`."""

    name: str
    text: str
    address: str


@dataclass(frozen=True)
class Place:
    """What every page of a seat shows around its contents."""

    seat: SeatHolder
    title: str
    face: ClockFace
    zone: ZoneInfo
    links: tuple[Link, ...]

    @property
    def now(self) -> datetime:
        """The exercise's present."""
        return self.face.now

    @property
    def is_running(self) -> bool:
        """Whether its clock goes."""
        return self.face.standing == RUNNING

    @property
    def pace(self) -> str:
        """How fast its clock goes, in words."""
        return pace_in_words(self.face.rate)

    @property
    def standing_in_words(self) -> str:
        """How the exercise stands, in words."""
        return standing_in_words(self.face.standing)

    @property
    def role(self) -> str:
        """What the person is there, in words."""
        return role_in_words(self.seat)


def place_of(seat: SeatHolder, wall: datetime) -> Place:
    """Return where a seat is at a wall instant."""
    exercise = seat.exercise
    zone = ZoneInfo(seat.seat.authority.state.zone) if seat.seat else ZoneInfo("UTC")
    return Place(seat, title_of(exercise), clock_face(exercise, wall), zone, _links(seat))


def title_of(exercise: Exercise) -> str:
    """Return the title of an exercise's scenario."""
    return said(script_of(exercise.pk).scenario.title)


def run_of(exercise: Exercise) -> str:
    """Return the number of the run; where the same is played again, like 7-2, as in its handle."""
    return exercise.handle.removeprefix(f"{exercise.scenario}-") or str(exercise.seed)


def standing_in_words(word: str) -> str:
    """Return how an exercise stands, in words of the reader's language."""
    return {
        "played without a clock": _("played without a clock"),
        "not started": _("not started"),
        "running": _("running"),
        "paused": _("paused"),
        "ended": _("ended"),
    }[word]


def role_in_words(seat: SeatHolder) -> str:
    """Return what a person is in an exercise: the desk of a trainee, else the role."""
    if seat.seat is not None:
        desk = seat.seat.authority
        return f"{said(desk.state.name)}, {said(rulebook().authorities[desk.kind].name)}"
    return {"trainer": _("Trainer"), "evaluator": _("Evaluator"), "observer": _("Observer")}[seat.role]


def _links(seat: SeatHolder) -> tuple[Link, ...]:
    """Return the navigation of a role: name of an address, and its text.

    To add a page to it, add a row; an address that is not there yet is left out.
    """
    rows = {
        TRAINEE: (
            ("desk", _("Desk")),
            ("brief", _("Brief")),
            *(() if seat.exercise.ended else (("new_request", _("New request")),)),
            ("directory", _("Directory")),
            ("rulebook", _("Rule book")),
            ("notices", _("Notices")),
            ("messages", _("Messages")),
            ("response_times", _("Response times")),
            *((("feedback", _("Feedback")),) if seat.exercise.ended else ()),
        ),
    }.get(
        seat.role,
        (
            ("control_room", _("Control room")),
            *((("seats", _("Seats")),) if seat.role == TRAINER else ()),
            ("injects", _("Injects")),
            ("messages", _("Messages")),
            ("requests", _("Requests")),
            ("response_times", _("Response times")),
            ("after_action", _("After the exercise")),
            ("directory", _("Directory")),
            ("rulebook", _("Rule book")),
        ),
    )
    found = []
    for name, text in rows:
        try:
            found.append(Link(name, text, reverse(name, args=(seat.exercise.handle,))))
        except NoReverseMatch:
            continue
    return tuple(found)
