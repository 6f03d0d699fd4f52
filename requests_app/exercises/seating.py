"""Seating: codes that let people take a seat, and the taking of it."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError, transaction

from cooperation.words import Refused
from requests_app.exercises.control import take_seat
from requests_app.world.models import TRAINEE, TRAINER, Exercise, JoinCode, Seat, SeatHolder

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
    code = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(LETTERS_OF_A_CODE // 4))
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

    Whoever sits there already stays. Several people may share a desk.

    Raises Refused: no_such_code (expired ones too), seated_elsewhere, ended, catching_up.
    """
    found = JoinCode.objects.filter(digest=_digest(code.strip().lower()), expires_at__gt=wall)
    asked = found.select_related("seat__authority__state", "exercise").first()
    if asked is None:
        raise Refused("no_such_code", "this code opens no seat, or no more", mend="ask control for a new one")
    if asked.exercise.ended:
        raise Refused("ended", "the exercise has ended", mend="look at its report")
    holder = _take(user, asked.exercise, asked.seat, asked.role)
    if asked.seat is not None and asked.seat.authority.simulated:
        _stop_simulating(asked.exercise, asked.seat, wall)
    return holder


def may_open(user: User | AnonymousUser) -> bool:
    """Return whether a person may open exercises: the trainers of the installation."""
    return bool(user.is_superuser or user.groups.filter(name=OPENS).exists())


def seat_trainer(user: Any, exercise: Exercise) -> SeatHolder:
    """Let a person run an exercise."""
    return _take(user, exercise, None, TRAINER)


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


def _take(user: Any, exercise: Exercise, seat: Seat | None, role: str) -> SeatHolder:
    try:
        with transaction.atomic():
            holder, _ = SeatHolder.objects.get_or_create(
                user=user, exercise=exercise, defaults={"seat": seat, "role": role}
            )
    except IntegrityError:
        holder = SeatHolder.objects.get(user=user, exercise=exercise)
    if (holder.seat_id, holder.role) != (seat.pk if seat else None, role):
        raise Refused(
            "seated_elsewhere",
            "you have another seat in this exercise, and nobody plays against himself",
            article="exercise rule",
            mend="use another account",
        )
    return holder


def _stop_simulating(exercise: Exercise, seat: Seat, wall: datetime) -> None:
    try:
        take_seat(exercise.pk, wall, seat.authority.state.code, seat.authority.kind)
    except Refused as refused:
        # Somebody else joined the same desk at the same moment.
        if refused.reason != "seat_is_so":
            raise


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
