"""One write path: what is due is loaded in a few queries, performed in memory in order, written once."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from django.db import models

from requests_app.agenda.lateness import note_lateness
from requests_app.agenda.models import DONE, DROPPED, OPEN, AgendaItem
from requests_app.agenda.wake import set_wake
from requests_app.agenda.writing import insert, upsert
from requests_app.world.models import Exercise
from requests_app.world.present import wall_now

M = TypeVar("M", bound=models.Model)

# A row may lead to others at the same instant, but not without end: a behaviour with no delay must stop.
DEPTH_AT_MOST = 100


# What a batch changes of its exercise; the rest, with the long text of its scenario, stays as it is.
CHANGING = ("advanced_to", "wake_at", "ended", "agenda_seq", "numbers", "chain_seq", "chain_head")


class NeverEnding(Exception):
    """Rows of one instant led to one another more often than can be meant."""


class Batch:
    """Rows of any model, known by their key, that are added or changed and then written together.

    exercise   locked by the caller, in the transaction in which the batch is written
    at         exercise instant of the row being performed
    """

    def __init__(self, exercise: Exercise, at: datetime, to: datetime | None = None) -> None:
        self.exercise = exercise
        self.at = at
        self.to = to or at
        self.recorded_at = wall_now()
        self.memory: dict[str, Any] = {}
        self.events = 0
        self._known: dict[type[models.Model], dict[Any, Any]] = defaultdict(dict)
        self._new: dict[type[models.Model], list[Any]] = defaultdict(list)
        self._new_ids: set[int] = set()
        self._changed: dict[type[models.Model], dict[Any, Any]] = defaultdict(dict)
        self._groups: dict[tuple[type[models.Model], str], dict[Any, list[Any]]] = {}
        self._heap: list[tuple[Any, AgendaItem]] = []
        self._by_key: dict[str, AgendaItem] = {}
        self._dropped: list[str] = []
        self._drop_all = False
        self._horizon: tuple[Any, ...] | None = None
        self._depth = 0
        self.performed = 0
        self._performed_due: list[datetime] = []

    # -- rows of any model ---------------------------------------------------------------------------

    def load(self, found: Iterable[M]) -> list[M]:
        """Make rows known; a row known already is kept as it is here, not as it is stored."""
        kept = []
        for row in found:
            known = self._known[type(row)]
            if row.pk not in known:
                known[row.pk] = row
                for (model, name), groups in self._groups.items():
                    if model is type(row):
                        groups[getattr(row, name)].append(row)
            kept.append(known[row.pk])
        return kept

    def find(self, model: type[M], key: Any) -> M | None:
        """Return a known row by its key."""
        return self._known[model].get(key)

    def known(self, model: type[M]) -> Iterable[M]:
        """Return all known rows of a model, in the order in which they became known."""
        return self._known[model].values()

    def group(self, model: type[M], name: str) -> dict[Any, list[M]]:
        """Return the known rows of a model by one of their fields; kept up to date as rows are added."""
        key = (model, name)
        if key not in self._groups:
            groups: dict[Any, list[Any]] = defaultdict(list)
            for row in self._known[model].values():
                groups[getattr(row, name)].append(row)
            self._groups[key] = groups
        return self._groups[key]

    def add(self, row: M) -> M:
        """Insert this row when the batch is written."""
        self._new[type(row)].append(row)
        self._new_ids.add(id(row))
        if row.pk is not None:
            self.load([row])
        return row

    def change(self, row: models.Model) -> None:
        """Write this row's fields when the batch is written."""
        if id(row) not in self._new_ids:
            self._changed[type(row)][row.pk] = row

    # -- the agenda ----------------------------------------------------------------------------------

    def put(
        self,
        kind: str,
        key: str,
        due_at: datetime,
        *,
        rank: int,
        request_id: Any = None,
        payload: dict[str, Any] | None = None,
    ) -> AgendaItem:
        """Put a row on the agenda; one that is due inside this batch joins it in its place."""
        exercise = self.exercise
        # Nothing may be put before what has been performed.
        due_at = max(due_at, self.at)
        depth = self._depth + 1 if due_at == self.at else 0
        if depth > DEPTH_AT_MOST:
            raise NeverEnding(f"{key}: more than {DEPTH_AT_MOST} rows of one instant led to one another")
        row = AgendaItem(
            exercise=exercise,
            kind=kind,
            key=key,
            due_at=due_at,
            rank=rank,
            seq=self.next_number(),
            depth=depth,
            request_id=request_id,
            payload=payload or {},
        )
        self.add(row)
        self._by_key[key] = row
        if self._horizon is not None and due_at <= self.to and row.place <= self._horizon:
            heapq.heappush(self._heap, (row.place, row))
        return row

    def next_number(self) -> int:
        """Return a number greater than any that the exercise gave before: first come, first in order."""
        self.exercise.agenda_seq += 1
        return self.exercise.agenda_seq

    def is_put(self, key: str) -> bool:
        """Return whether a row of this key was ever put, whatever became of it."""
        return key in self._by_key or AgendaItem.objects.filter(exercise=self.exercise, key=key).exists()

    def is_performed(self, key: str) -> bool:
        """Return whether the row of this key has been performed; one that was dropped has not."""
        row = self._by_key.get(key)
        if row is not None:
            return row.status == DONE
        return AgendaItem.objects.filter(exercise=self.exercise, key=key, status=DONE).exists()

    def drop_all(self) -> None:
        """Take every open row off the agenda."""
        self._drop_all = True
        for row in self._by_key.values():
            if row.status == OPEN:
                row.status = DROPPED
                self.change(row)

    def drop(self, key: str) -> None:
        """Take an open row off the agenda, if it is there."""
        row = self._by_key.get(key)
        if row is None:
            self._dropped.append(key)
        elif row.status == OPEN:
            row.status = DROPPED
            self.change(row)

    def take(self, rows: list[AgendaItem], more: bool) -> None:
        """Take the due rows that were found; `more` when others, later in order, are due too."""
        for row in rows:
            self._by_key[row.key] = row
        self.load(rows)
        self._heap = [(row.place, row) for row in rows]
        heapq.heapify(self._heap)
        self._horizon = rows[-1].place if more and rows else (self.to, 2**31, 2**62)

    def next_row(self) -> AgendaItem | None:
        """Return the earliest due row that is still open, made the present; None when there is none."""
        while self._heap:
            _, row = heapq.heappop(self._heap)
            if row.status == OPEN:
                self.at = row.due_at
                self._depth = row.depth
                return row
        return None

    def done(self, row: AgendaItem) -> None:
        """Note that the row has been performed."""
        row.status = DONE
        self.change(row)
        self.performed += 1
        # What comes about at the present itself, like the consequences of a person's act, cannot be late.
        comes_about = row.due_at == self.to and id(row) in self._new_ids
        if self.exercise.is_live and not comes_about:
            self._performed_due.append(row.due_at)

    @property
    def rows_left(self) -> bool:
        """Whether due rows were taken or put but not performed."""
        return any(row.status == OPEN for _, row in self._heap)

    # -- writing -------------------------------------------------------------------------------------

    def write(self) -> None:
        """Write everything: one statement for each model where it can be, as many rows as there are."""
        for model, rows in self._new.items():
            if model in self._changed and model is not AgendaItem and not _is_numbered(model):
                upsert(model, [*rows, *self._changed.pop(model).values()])
            else:
                insert(model, rows)
        for model, changed in self._changed.items():
            _write_changes(model, list(changed.values()))
        if self._dropped:
            AgendaItem.objects.filter(exercise=self.exercise, status=OPEN, key__in=self._dropped).update(
                status=DROPPED
            )
        if self._drop_all:
            AgendaItem.objects.filter(exercise=self.exercise, status=OPEN).update(status=DROPPED)
        if self._performed_due:
            note_lateness(self.exercise, self._performed_due, self.recorded_at)
        set_wake(self.exercise)
        self.exercise.save(update_fields=CHANGING)


def _is_numbered(model: type[models.Model]) -> bool:
    """Return whether the database gives a new row its key."""
    return isinstance(model._meta.pk, models.AutoField | models.BigAutoField)


def _write_changes(model: type[models.Model], rows: list[Any]) -> None:
    if model is AgendaItem:
        # A row changes in one field only, so one update a status is less to write than whole rows.
        for status in {row.status for row in rows}:
            ids = [row.pk for row in rows if row.status == status]
            model._default_manager.filter(pk__in=ids).update(status=status)
        return
    upsert(model, rows)
