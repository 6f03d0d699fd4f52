"""Taking out of the outbox what was committed with the events: notices, roll-ups, reports to publish."""

from __future__ import annotations

import logging
import time
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
from requests_app.reports.write import publish
from requests_app.workflow.models import Notice
from requests_app.world.models import Exercise

ITEMS_AT_ONCE = 200
# A worker has other things to do than to empty an outbox that others fill.
TURN_S = 3.0
log = logging.getLogger(__name__)


def process_all(kind: str, now: Callable[[], datetime], at_most_s: float = TURN_S) -> None:
    """Process what waits under one kind until nothing does, or for about so many seconds.

    now  gives the wall instant
    """
    until_s = time.monotonic() + at_most_s
    while process(kind, now()) == ITEMS_AT_ONCE and time.monotonic() < until_s:
        pass


def process(kind: str, wall: datetime) -> int:
    """Process what waits in the outbox under one kind; return how many items were taken.

    Claimed, done and flagged in one transaction, so that a crash leaves the items for the next. Where one
    fails they are done one by one, and that one is flagged with its error.
    """
    with transaction.atomic():
        waiting = OutboxItem.objects.select_for_update(skip_locked=True).filter(kind=kind, processed_at=None)
        items = list(waiting.order_by("id")[:ITEMS_AT_ONCE])
        if items and _fails(kind, items, wall):
            for item in items:
                item.error = _fails(kind, [item], wall)
                if item.error:
                    item.save(update_fields=["error"])
        OutboxItem.objects.filter(pk__in=[item.pk for item in items]).update(processed_at=wall)
    return len(items)


def _fails(kind: str, items: list[OutboxItem], wall: datetime) -> str:
    """Do what these items ask for; return with what it failed, and then nothing is done."""
    try:
        with transaction.atomic():
            HANDLERS[kind](items, wall)
    except Exception as error:
        log.exception("%d items of the outbox failed", len(items))
        return f"{type(error).__name__}: {error}"
    return ""


def _notices(items: list[OutboxItem], wall: datetime) -> None:
    """What reached a desk is shown on its page and put into the mail of its people; the flag says so."""
    found = Notice.objects.filter(pk__in=[item.payload["notice"] for item in items])
    found.update(delivered=True)
    put_into_mail(list(found), wall)


def _roll_ups(items: list[OutboxItem], _: datetime) -> None:
    add_closed([UUID(key) for item in items for key in item.payload["intervals"]])


def _reports(items: list[OutboxItem], wall: datetime) -> None:
    for item in items:
        _publish(item, wall)


def _publish(item: OutboxItem, wall: datetime) -> None:
    """An exercise has ended: its report is written where the installation keeps reports."""
    exercise = Exercise.objects.get(pk=item.exercise_id)
    report = response_times(
        columns_of_exercise(exercise),
        exercise.present,
        generated_at=wall,
        filters={"exercise": exercise.handle},
    )
    publish(report, folder_of(exercise))


def folder_of(exercise: Exercise) -> Path:
    """Return where the report of an exercise lies once it has ended."""
    return Path(settings.VAR_DIR) / "reports" / exercise.handle


HANDLERS: dict[str, Callable[[list[OutboxItem], datetime], None]] = {
    "notice": _notices,
    "roll_up": _roll_ups,
    "publish": _reports,
}
