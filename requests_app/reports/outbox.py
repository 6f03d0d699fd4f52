"""Taking out of the outbox what was committed with the events: notices, roll-ups, reports to publish."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from cooperation.reports.response_times import response_times
from requests_app.agenda.models import OutboxItem
from requests_app.exercises.noticing import put_into_mail
from requests_app.reports.rollup import add_closed
from requests_app.reports.source import columns_of_exercise
from requests_app.reports.write import FORMATS, write_report
from requests_app.workflow.models import Notice
from requests_app.world.models import Exercise

ITEMS_AT_ONCE = 200
log = logging.getLogger(__name__)


def process(kind: str, wall: datetime) -> int:
    """Process what waits in the outbox under one kind; return how many items were taken.

    Claimed, done and flagged in one transaction, so that a crash leaves the item for the next. An item
    that fails is flagged with its error, and the rest go on.
    """
    with transaction.atomic():
        waiting = OutboxItem.objects.select_for_update(skip_locked=True).filter(kind=kind, processed_at=None)
        items = list(waiting.order_by("id")[:ITEMS_AT_ONCE])
        for item in items:
            item.processed_at = wall
            try:
                with transaction.atomic():
                    HANDLERS[kind](item, wall)
            except Exception as error:
                item.error = f"{type(error).__name__}: {error}"
                log.exception("an item of the outbox failed")
        OutboxItem.objects.bulk_update(items, ["processed_at", "error"])
    return len(items)


def _notice(item: OutboxItem, wall: datetime) -> None:
    """What reached a desk is shown on its page and put into the mail of its people; the flag says so."""
    found = Notice.objects.filter(pk=item.payload["notice"])
    if found.update(delivered=True):
        put_into_mail(found.get(), wall)


def _roll_up(item: OutboxItem, _: datetime) -> None:
    add_closed([UUID(key) for key in item.payload["intervals"]])


def _publish(item: OutboxItem, wall: datetime) -> None:
    """An exercise has ended: its report is written where the installation keeps reports."""
    exercise = Exercise.objects.get(pk=item.exercise_id)
    report = response_times(
        columns_of_exercise(exercise),
        exercise.present,
        generated_at=wall,
        filters={"exercise": exercise.handle},
    )
    write_report(report, list(FORMATS), folder_of(exercise))


def folder_of(exercise: Exercise) -> Path:
    """Return where the report of an exercise lies once it has ended."""
    return Path(settings.VAR_DIR) / "reports" / exercise.handle


HANDLERS: dict[str, Callable[[OutboxItem, datetime], None]] = {
    "notice": _notice,
    "roll_up": _roll_up,
    "publish": _publish,
}
