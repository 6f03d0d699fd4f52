"""The heartbeat of live exercises: which have something due, and bringing one up to its clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from requests_app.agenda.advance import advance
from requests_app.agenda.outage import enter_if_marked, mark_outage
from requests_app.agenda.present import REST_S, ROWS_AT_ONCE
from requests_app.world.models import Exercise, Heartbeat
from requests_app.world.timekeeping import BEAT, OUTAGE_AFTER, exercise_now

CANARY = "canary"
EXERCISES_AT_ONCE = 500
# Written less often than it comes, so that an idle sweep is one read and no write.
NOTED_EVERY = timedelta(seconds=5)
# By hand and in one statement: it comes every second for ever, and by the ORM it takes ten times as long.
_GLANCE = (
    f"SELECT EXISTS (SELECT 1 FROM {Heartbeat._meta.db_table} WHERE name = '{BEAT}' AND at >= %s), "  # noqa: S608
    f"EXISTS (SELECT 1 FROM {Exercise._meta.db_table} WHERE wake_at <= %s)"
)
# A worker lets go of an exercise after this long, so that no exercise starves another.
TURN_S = 5.0


def sweep(wall: datetime) -> list[UUID]:
    """Note that the beat lives; return the exercises that have something due at a wall instant.

    After a silence each live exercise is marked and looked at: what would have become due in it has not.
    """
    is_noted, is_anything_due = _glance(wall)
    if not is_noted:
        _note_beat(wall)
    elif not is_anything_due:
        return []
    due = Exercise.objects.filter(wake_at__lte=wall).order_by("wake_at")
    return list(due.values_list("pk", flat=True)[:EXERCISES_AT_ONCE])


def _glance(wall: datetime) -> tuple[bool, bool]:
    """Return whether the beat was noted lately, and whether any exercise has something due."""
    # As text in UTC, which both databases compare: to adapt a datetime takes as long as to read a table.
    noted_at, due_at = (str(at.astimezone(UTC).replace(tzinfo=None)) for at in (wall - NOTED_EVERY, wall))
    with connection.cursor() as cursor:
        cursor.execute(_GLANCE, [noted_at, due_at])
        is_noted, is_anything_due = cursor.fetchone()
    return bool(is_noted), bool(is_anything_due)


def _note_beat(wall: datetime) -> None:
    with transaction.atomic():
        last = Heartbeat.objects.select_for_update(no_key=True).filter(name=BEAT).first()
        if last is not None and wall - last.at > OUTAGE_AFTER:
            mark_outage(last.at, wall)
        beat(BEAT, wall)


def beat(name: str, wall: datetime) -> None:
    """Note that something lives. The latest instant stays, whatever host's clock is behind."""
    stored, made = Heartbeat.objects.get_or_create(name=name, defaults={"at": wall})
    if not made and stored.at < wall:
        Heartbeat.objects.filter(name=name, at__lt=wall).update(at=wall)


def tick(exercise_id: UUID, now: Callable[[], datetime], *, turn_s: float = TURN_S) -> int:
    """Bring one exercise up to its clock, in small batches with a rest between; return how many batches.

    now  gives the wall instant

    An exercise that somebody else has in hand is left to them.
    """
    began = time.monotonic()
    batches = 0
    more = True
    while more and time.monotonic() - began < turn_s:
        exercise = Exercise.objects.defer("scenario_text").filter(pk=exercise_id).first()
        wall = now()
        # By the time its task is taken, another may have done it: then there is nothing to lock or write.
        if exercise is None or exercise.wake_at is None or exercise.wake_at > wall:
            return batches
        if exercise.rests_from is not None:
            enter_if_marked(exercise_id, wall)
            continue
        more = advance(exercise_id, exercise_now(exercise, wall), ROWS_AT_ONCE, skip_locked=True)
        batches += 1
        if more:
            time.sleep(REST_S)
    return batches
