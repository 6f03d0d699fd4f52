"""Performing the agenda: the same function live and headless, in the same order, with the same log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet

from requests_app.agenda.batch import Batch
from requests_app.agenda.models import OPEN, SET_ASIDE, AgendaItem
from requests_app.agenda.wake import set_wake
from requests_app.world.models import Exercise

ROWS_AT_MOST = 200


@dataclass(frozen=True)
class Kind:
    """What a kind of row does when it is due, and what must be loaded for it."""

    perform: Callable[[Batch, AgendaItem], None]
    load: Callable[[Batch, list[AgendaItem]], None]


# Filled by the wiring (requests_app.apps): the agenda knows when, never what.
KINDS: dict[str, Kind] = {}


def locked(exercise_id: UUID, *, skip_locked: bool = False) -> Exercise:
    """Return the exercise, locked until the transaction ends. It is the first thing locked, always.

    Raises Exercise.DoesNotExist; with `skip_locked` also when somebody else holds it.
    """
    found = Exercise.objects.select_for_update(no_key=True, skip_locked=skip_locked).defer("scenario_text")
    return found.get(pk=exercise_id)


def due_rows(exercise: Exercise, to: datetime, rows_at_most: int) -> list[AgendaItem]:
    """Return the open rows due by `to` (exercise time), earliest first."""
    return list(_due(exercise, to)[:rows_at_most])


def are_more_due(exercise: Exercise, to: datetime, than: int) -> bool:
    """Return whether more than so many open rows are due by `to` (exercise time)."""
    return _due(exercise, to)[than : than + 1].exists()


def _due(exercise: Exercise, to: datetime) -> QuerySet[AgendaItem]:
    rows = AgendaItem.objects.filter(exercise=exercise, status=OPEN, due_at__lte=to)
    return rows.order_by("due_at", "rank", "seq")


def advance(
    exercise_id: UUID, to: datetime, rows_at_most: int = ROWS_AT_MOST, *, skip_locked: bool = False
) -> bool:
    """Perform the open agenda rows due by `to` (exercise time), each as of its own instant.

    Return True when more is due; with `skip_locked`, False also where somebody else is at it. One
    transaction, the exercise locked: claim, effects and events commit together, so a crash leaves the rows
    open. When a batch fails, in a row or in the write, it is rolled back and redone one by one, so that only
    the bad row is set aside, with its error.

    Raises OperationalError or InterfaceError where the database itself fails: that is no row's fault, and
    none is set aside.
    """
    try:
        return _perform(exercise_id, to, rows_at_most, skip_locked)
    except Exercise.DoesNotExist:
        if skip_locked:
            return False
        raise
    except Exception:
        more = True
        for _ in range(rows_at_most):
            more = _perform_one(exercise_id, to)
            if not more:
                break
        return more


def _perform(exercise_id: UUID, to: datetime, rows_at_most: int, skip_locked: bool = False) -> bool:
    with transaction.atomic():
        exercise = locked(exercise_id, skip_locked=skip_locked)
        to = max(to, exercise.advanced_to)
        rows = due_rows(exercise, to, rows_at_most + 1)
        more = len(rows) > rows_at_most
        batch = Batch(exercise, exercise.advanced_to, to)
        perform_rows(batch, rows[:rows_at_most], more, rows_at_most)
        more = more or batch.rows_left
        exercise.advanced_to = batch.at if more else to
        batch.write()
    return more


def perform_rows(batch: Batch, rows: list[AgendaItem], more: bool, rows_at_most: int) -> None:
    """Perform these rows and those that they put inside the window, at most so many."""
    by_kind: dict[str, list[AgendaItem]] = {}
    for row in rows:
        by_kind.setdefault(row.kind, []).append(row)
    for loader, found in _by_loader(by_kind):
        loader(batch, found)
    batch.take(rows, more)
    run(batch, rows_at_most)


def run(batch: Batch, rows_at_most: int) -> None:
    """Perform what the batch has taken and what is put meanwhile, until so many rows are performed."""
    while batch.performed < rows_at_most and (row := batch.next_row()) is not None:
        KINDS[row.kind].perform(batch, row)
        batch.done(row)


def _by_loader(
    by_kind: dict[str, list[AgendaItem]],
) -> list[tuple[Callable[[Batch, list[AgendaItem]], None], list[AgendaItem]]]:
    """Kinds that need the same things are loaded together."""
    loaders: dict[Callable[[Batch, list[AgendaItem]], None], list[AgendaItem]] = {}
    for kind, rows in by_kind.items():
        loaders.setdefault(KINDS[kind].load, []).extend(rows)
    return list(loaders.items())


def _perform_one(exercise_id: UUID, to: datetime) -> bool:
    exercise = Exercise.objects.defer("scenario_text").get(pk=exercise_id)
    first = due_rows(exercise, max(to, exercise.advanced_to), 1)
    try:
        return _perform(exercise_id, to, 1)
    except (Exercise.DoesNotExist, OperationalError, InterfaceError):
        raise
    except Exception as error:
        if not first:
            raise
        return _set_aside(exercise_id, to, first, error)


def _set_aside(exercise_id: UUID, to: datetime, first: list[AgendaItem], error: Exception) -> bool:
    """Set the row that failed aside with its error; it has changed nothing, because it was rolled back.

    first  the earliest due row before it failed; where another is first by now, somebody else was at it
    """
    with transaction.atomic():
        exercise = locked(exercise_id)
        rows = due_rows(exercise, max(to, exercise.advanced_to), 2)
        if rows[:1] != first:
            return bool(rows)
        rows[0].status = SET_ASIDE
        rows[0].error = f"{type(error).__name__}: {error}"
        rows[0].save(update_fields=["status", "error"])
        exercise.advanced_to = max(exercise.advanced_to, rows[0].due_at)
        set_wake(exercise)
        exercise.save(update_fields=["advanced_to", "wake_at"])
    return len(rows) > 1
