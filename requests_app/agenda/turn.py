"""Waiting for one's turn at an exercise: no longer than a person can be asked to."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from uuid import UUID

from django.db import OperationalError, connection, transaction

from cooperation.words import Refused
from requests_app.agenda.advance import locked
from requests_app.world.models import Exercise

CATCHING_UP = Refused("catching_up", "the exercise is catching up", mend="try again in a moment")
# Whoever has caught up in time is not sent away for the last lock.
SHORTEST_WAIT_S = 0.25
# SQLite itself looks every tenth of a second: a worker's rest between two batches is shorter.
LOOK_EVERY_S = 0.004


@contextmanager
def turn(exercise_id: UUID, until_s: float) -> Iterator[Exercise]:
    """Open a transaction with the exercise locked; wait for it until an instant of the monotonic clock.

    Raises Exercise.DoesNotExist, and Refused `catching_up` where somebody else holds it for longer.
    """
    until_s = max(until_s, time.monotonic() + SHORTEST_WAIT_S)
    try:
        with ExitStack() as stack:
            if connection.vendor == "sqlite":
                _begin_on_sqlite(stack, until_s)
            else:
                stack.enter_context(transaction.atomic())
            yield _locked(exercise_id, until_s)
    except OperationalError as error:
        if _is_about_a_lock(error):
            raise CATCHING_UP from error
        raise


def _locked(exercise_id: UUID, until_s: float) -> Exercise:
    """Lock the exercise; only where it is not free, say how long to wait, which takes a statement more."""
    try:
        return locked(exercise_id, skip_locked=True)
    except Exercise.DoesNotExist:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                at_most_ms = max(int((until_s - time.monotonic()) * 1000), 1)
                cursor.execute(f"SET LOCAL lock_timeout = {at_most_ms}")
        return locked(exercise_id)


def _begin_on_sqlite(stack: ExitStack, until_s: float) -> None:
    """Begin, which takes the one lock of the database: look for it often, and stop in time."""
    connection.ensure_connection()
    driver = connection.connection
    (usual_ms,) = driver.execute("PRAGMA busy_timeout").fetchone()
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while not _is_begun(stack, until_s):
            time.sleep(LOOK_EVERY_S)
    finally:
        driver.execute(f"PRAGMA busy_timeout = {usual_ms}")


def _is_begun(stack: ExitStack, until_s: float) -> bool:
    try:
        stack.enter_context(transaction.atomic())
    except OperationalError as error:
        if not _is_about_a_lock(error) or time.monotonic() > until_s:
            raise
        return False
    return True


def _is_about_a_lock(error: OperationalError) -> bool:
    cause = error.__cause__
    busy = getattr(cause, "sqlite_errorname", "").startswith("SQLITE_BUSY")
    return busy or getattr(cause, "sqlstate", None) == "55P03"  # lock_not_available
