"""Coming to the present of a live exercise: first in small committed batches, then in the caller's own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from requests_app.agenda.advance import advance, are_more_due, due_rows, perform_rows, run
from requests_app.agenda.batch import Batch
from requests_app.agenda.models import AgendaItem
from requests_app.agenda.outage import enter
from requests_app.agenda.turn import CATCHING_UP, turn
from requests_app.world.models import Exercise, Heartbeat
from requests_app.world.timekeeping import BEAT, OUTAGE_AFTER, exercise_now

ROWS_AT_ONCE = 50
REST_S = 0.02
# A person begins with a few rows, to learn how fast it goes today, and goes on with as many as take so long.
FEW_ROWS = 10
BATCH_S = 0.25
# A person waits two seconds at most: what is left is for the batch that is under way by then, and for the act.
BACKLOG_AT_MOST_S = 1.0


@contextmanager
def at_present(
    exercise_id: UUID, wall: datetime, *, backlog_at_most_s: float = BACKLOG_AT_MOST_S
) -> Iterator[Batch]:
    """Give a batch at the exercise's present, under its lock; write it and what follows from it at the end.

    The few rows that became due meanwhile are performed in it, so that nothing happens out of order.

    wall  wall instant

    Raises Exercise.DoesNotExist, and Refused `catching_up` where the backlog takes longer than asked for: at
    once where that can be foreseen.
    """
    # Waiting for the lock counts: while others clear a backlog, it is most of the wait.
    asked_s = time.monotonic()
    until_s = asked_s + backlog_at_most_s
    for is_caught_up in (False, True):
        with turn(exercise_id, until_s) as exercise:
            waited_s = time.monotonic() - asked_s
            if exercise.rests_from is not None:
                enter(exercise, exercise.rests_from, wall)
            to = exercise_now(exercise, wall)
            rows = due_rows(exercise, to, ROWS_AT_ONCE + 1)
            # Where nothing is due there is nothing to catch up with, and the lock is taken once.
            if is_caught_up or not rows:
                if len(rows) > FEW_ROWS and time.monotonic() > until_s:
                    raise CATCHING_UP
                batch = _come_to(exercise, to, rows)
                yield batch
                run(batch, batch.performed + ROWS_AT_ONCE)
                exercise.advanced_to = max(exercise.advanced_to, batch.at)
                batch.write()
                return
            if len(rows) > ROWS_AT_ONCE:
                if _are_workers_behind(exercise, wall, backlog_at_most_s):
                    raise CATCHING_UP
                # Whoever had the exercise was at a batch like the one that would come.
                _foresee(exercise, to, ROWS_AT_ONCE, waited_s, until_s)
        catch_up(exercise_id, wall, until_s)


def _are_workers_behind(exercise: Exercise, wall: datetime, seconds: float) -> bool:
    """Return whether workers live that have not been through for longer than this: nobody else would be either."""
    if exercise.wake_at is None or wall - exercise.wake_at <= timedelta(seconds=seconds):
        return False
    # It is a worker that notes the beat.
    return Heartbeat.objects.filter(name=BEAT, at__gte=wall - OUTAGE_AFTER).exists()


def _come_to(exercise: Exercise, to: datetime, rows: list[AgendaItem]) -> Batch:
    """Return a batch at an instant, the rows that are due by then performed in it."""
    if len(rows) > ROWS_AT_ONCE:
        raise CATCHING_UP
    batch = Batch(exercise, exercise.advanced_to, to)
    perform_rows(batch, rows, False, ROWS_AT_ONCE)
    if batch.rows_left:
        raise CATCHING_UP
    batch.at = to
    return batch


def catch_up(exercise_id: UUID, wall: datetime, until_s: float) -> None:
    """Perform what is due in small batches, with a rest between them in which others may act.

    until_s  instant of the monotonic clock; raises Refused `catching_up` where more will be due then
    """
    rows_at_once = min(FEW_ROWS, ROWS_AT_ONCE)
    while True:
        asked_s = time.monotonic()
        with turn(exercise_id, until_s) as exercise:
            began_s = time.monotonic()
            if 2 * began_s - asked_s > until_s:
                # To perform a batch takes about as long as to wait for somebody else's.
                raise CATCHING_UP
            to = exercise_now(exercise, wall)
            more = advance(exercise_id, to, rows_at_once)
        if not more:
            return
        batch_s = time.monotonic() - began_s
        _foresee(exercise, to, rows_at_once, batch_s, until_s)
        rows_at_once = min(max(int(rows_at_once * BATCH_S / (batch_s + 0.001)), FEW_ROWS), ROWS_AT_ONCE)
        time.sleep(REST_S)


def _foresee(exercise: Exercise, to: datetime, rows: int, batch_s: float, until_s: float) -> None:
    """Raise Refused `catching_up` where more is due than batches of so many rows and seconds perform in time."""
    # Whoever else is at it makes it no faster: an exercise is advanced by one at a time.
    batches_left = max(int((until_s - time.monotonic()) / (batch_s + REST_S + 0.001)), 0)
    if are_more_due(exercise, to, batches_left * rows):
        raise CATCHING_UP
