"""Seating: codes that let people take a seat, and the taking of it."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.db.models import F, Max

from cooperation.words import Refused
from requests_app.agenda.advance import locked
from requests_app.exercises.control import take_seat
from requests_app.world.models import (
    OBSERVER,
    TRAINEE,
    TRAINER,
    Authority,
    Exercise,
    Guest,
    JoinCode,
    Seat,
    SeatHolder,
)

# Nothing that a person mistakes for something else; 16 of them cannot be guessed.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
LETTERS_OF_A_CODE = 16
# The group of those who open exercises.
OPENS = "trainer"


def make_code(
    exercise: Exercise,
    *,
    role: str,
    state: str,
    authority: str,
    wall: datetime,
    holds_for: timedelta,
) -> tuple[str, JoinCode]:
    """Return a new code for a seat, and what is stored of it: the code itself is told once.

    state, authority  the desk of a trainee; empty for the other roles
    wall              wall instant

    Raises Refused: desk_needed, no_desk_for_role, no_authority, ended.
    """
    if exercise.ended:
        raise Refused("ended", "the exercise has ended", mend="make a new one of the same scenario")
    code = _in_fours("".join(secrets.choice(LETTERS) for _ in range(LETTERS_OF_A_CODE)))
    made = JoinCode.objects.create(
        exercise=exercise,
        seat=_seat(exercise, role, state, authority),
        role=role,
        digest=_digest(code),
        expires_at=wall + holds_for,
    )
    return code, made


def join(user: Any, code: str, wall: datetime) -> SeatHolder:
    """Seat a person by a code; an authority that was simulated from now on does nothing by itself.

    Whoever sits there already stays. Several people may share a desk, each at a seat with a number of its own.

    Raises Refused: no_such_code (expired and revoked ones too), seated_elsewhere, other_exercise, ended,
    catching_up.
    """
    asked = opened_by(code, wall)
    guest = Guest.objects.filter(user=user).first()
    if guest is not None and guest.exercise_id != asked.exercise_id:
        raise Refused(
            "other_exercise",
            "this account was made for another exercise and goes with it",
            article="exercise rule",
            mend="make a new one with this code",
        )
    desk = asked.seat.authority if asked.seat else None
    holder, is_new = _take(user, asked.exercise, desk, asked.role)
    if is_new:
        JoinCode.objects.filter(pk=asked.pk).update(joined=F("joined") + 1)
    if desk is not None and desk.simulated:
        _stop_simulating(asked.exercise, desk, wall)
    return holder


def opened_by(code: str, wall: datetime) -> JoinCode:
    """Return what a code opens at a wall instant; raise Refused `no_such_code` or `ended`.

    Told over a table or copied from a board it comes in capitals, with spaces or in one piece: all of that opens.
    """
    found = JoinCode.objects.filter(
        digest=_digest(_in_fours(code.lower())), expires_at__gt=wall, revoked_at=None
    )
    asked = found.select_related("seat__authority__state", "exercise").first()
    if asked is None:
        raise Refused("no_such_code", "this code opens no seat, or no more", mend="ask control for a new one")
    if asked.exercise.ended:
        raise Refused("ended", "the exercise has ended", mend="look at its report")
    return asked


def revoke_code(exercise: Exercise, key: UUID, wall: datetime) -> None:
    """Let a code open nothing from now on; raise Refused `no_such_code`. Who joined by it stays."""
    found = JoinCode.objects.filter(exercise=exercise, pk=key)
    if not found.exists():
        raise Refused("no_such_code", "this exercise has no such code", mend="choose one of its list")
    found.filter(revoked_at=None).update(revoked_at=wall)


def may_open(user: User | AnonymousUser) -> bool:
    """Return whether a person may open exercises: the trainers of the installation."""
    return bool(user.is_superuser or user.groups.filter(name=OPENS).exists())


def seat_trainer(user: Any, exercise: Exercise) -> SeatHolder:
    """Let a person run an exercise."""
    return _take(user, exercise, None, TRAINER)[0]


def seat_at_desk(user: Any, exercise: Exercise, state: str, authority: str, wall: datetime) -> SeatHolder:
    """Seat a person at a desk without a code, as `join` would; for whoever sets an installation up.

    Raises Refused: no_authority, seated_elsewhere, catching_up.
    """
    seat = _seat(exercise, TRAINEE, state, authority)
    assert seat is not None
    holder, _ = _take(user, exercise, seat.authority, TRAINEE)
    if seat.authority.simulated and exercise.is_live and not exercise.ended:
        _stop_simulating(exercise, seat.authority, wall)
    return holder


def seat_observer(user: Any, exercise: Exercise) -> SeatHolder:
    """Let a person look on."""
    return _take(user, exercise, None, OBSERVER)[0]


def _seat(exercise: Exercise, role: str, state: str, authority: str) -> Seat | None:
    if role != TRAINEE:
        if state or authority:
            raise Refused(
                "no_desk_for_role", f"the {role} looks on and sits at no desk", mend="leave the desk out"
            )
        return None
    if not state or not authority:
        raise Refused("desk_needed", "a trainee sits at a desk", mend="name its State and authority")
    seats = Seat.objects.filter(authority__state__exercise=exercise, authority__state__code=state)
    found = seats.filter(authority__kind=authority).order_by("number").first()
    if found is None:
        raise Refused(
            "no_authority",
            f"there is no authority {state}/{authority} in this exercise",
            mend="choose one of the directory",
        )
    return found


def _take(user: Any, exercise: Exercise, desk: Authority | None, role: str) -> tuple[SeatHolder, bool]:
    """Return a person's seat in an exercise, and whether it was taken just now."""
    is_new = False
    with transaction.atomic():
        locked(exercise.pk)
        found = SeatHolder.objects.select_related("exercise", "seat__authority__state")
        holder = found.filter(user=user, exercise=exercise).first()
        if holder is None:
            seat = _free_seat(desk) if desk else None
            holder = SeatHolder.objects.create(user=user, exercise=exercise, seat=seat, role=role)
            is_new = True
    own = holder.seat.authority_id if holder.seat else None
    if (own, holder.role) != (desk.pk if desk else None, role):
        raise Refused(
            "seated_elsewhere",
            "you have another seat in this exercise, and nobody plays against himself",
            article="exercise rule",
            mend="use another account",
        )
    return holder, is_new


def _free_seat(desk: Authority) -> Seat:
    """Return a seat of a desk that no person has ever had: the log tells two people by their numbers."""
    seat = desk.seats.filter(simulated=True, holders=None).order_by("number").first()
    if seat is None:
        last = desk.seats.aggregate(Max("number"))["number__max"] or 0
        seat = Seat(authority=desk, number=last + 1)
    seat.authority = desk
    seat.simulated = False
    seat.save()
    return seat


def _stop_simulating(exercise: Exercise, desk: Authority, wall: datetime) -> None:
    try:
        take_seat(exercise.pk, wall, desk.state.code, desk.kind)
    except Refused as refused:
        # Somebody else joined the same desk at the same moment.
        if refused.reason != "seat_is_so":
            raise


def _in_fours(code: str) -> str:
    """Return the letters and figures of a code as it is told: in groups of four."""
    signs = "".join(filter(str.isalnum, code))
    return "-".join(signs[start : start + 4] for start in range(0, len(signs), 4))


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
