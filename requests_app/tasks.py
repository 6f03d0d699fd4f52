"""What Celery runs: one to five lines each. The database is the truth; a task that is lost loses nothing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from celery import current_app, shared_task
from kombu.exceptions import ChannelError

from requests_app.evidence import store
from requests_app.exercises import heartbeat, rehearsal
from requests_app.reports import mail, outbox
from requests_app.world.present import wall_now

TICKS_WAITING_AT_MOST = 10


@shared_task(ignore_result=True)
def sweep() -> None:
    """Find the exercises that have something due, and have each brought up to its clock."""
    due = heartbeat.sweep(wall_now())
    # Workers that are behind get no second task for what they have been told of: what is due is found again.
    if due and _waiting("exercises") < TICKS_WAITING_AT_MOST:
        for exercise_id in due:
            tick.delay(str(exercise_id))


@shared_task(ignore_result=True)
def tick(exercise_id: str) -> None:
    """Bring one exercise up to its clock."""
    heartbeat.tick(UUID(exercise_id), wall_now)


@shared_task(ignore_result=True)
def take_out(kind: str) -> None:
    """Process what waits in the outbox under one kind."""
    outbox.process_all(kind, wall_now)


@shared_task(ignore_result=True)
def rehearse() -> None:
    """Play the rehearsal that has waited longest."""
    rehearsal.play_next(wall_now())


@shared_task(ignore_result=True)
def send_mail() -> None:
    """Gather what is ready for each person, and send it."""
    mail.gather(wall_now())
    mail.send(wall_now())


@shared_task(ignore_result=True)
def sweep_store() -> None:
    """Take away files of evidence that have no row, left by a crash or by an exercise that is gone."""
    store.sweep(wall_now())


@shared_task(ignore_result=True)
def canary() -> None:
    """Prove that a worker really executes tasks."""
    heartbeat.beat(heartbeat.CANARY, wall_now())


def _waiting(queue: str) -> int:
    """Return how many tasks wait in a queue."""
    with current_app.connection_for_write() as connection:
        channel: Any = connection.default_channel
        try:
            return int(channel.queue_declare(queue, passive=True).message_count)
        except ChannelError:
            # Redis knows no empty queue.
            return 0
