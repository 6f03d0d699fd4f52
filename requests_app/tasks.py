"""What Celery runs: one to five lines each. The database is the truth; a task that is lost loses nothing."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task

from requests_app.exercises import heartbeat, rehearsal
from requests_app.reports import mail, outbox
from requests_app.world.present import wall_now


@shared_task(ignore_result=True)
def sweep() -> None:
    """Find the exercises that have something due, and have each brought up to its clock."""
    for exercise_id in heartbeat.sweep(wall_now()):
        tick.delay(str(exercise_id))


@shared_task(ignore_result=True)
def tick(exercise_id: str) -> None:
    """Bring one exercise up to its clock."""
    heartbeat.tick(UUID(exercise_id), wall_now)


@shared_task(ignore_result=True)
def take_out(kind: str) -> None:
    """Process what waits in the outbox under one kind."""
    while outbox.process(kind, wall_now()) == outbox.ITEMS_AT_ONCE:
        pass


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
def canary() -> None:
    """Prove that a worker really executes tasks."""
    heartbeat.beat(heartbeat.CANARY, wall_now())
