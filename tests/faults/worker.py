"""A Celery application like the product's own, whose workers kill themselves at a named point.

    celery -A tests.faults.worker worker

COMITY_FAULT_POINT names the point, COMITY_FAULT_AFTER how often it is passed before (default 0), and
COMITY_FAULT_REACH what dies: `worker` (it and its pool, the default) or `child` (the process of the pool
that is at it). COMITY_CLOCK_AHEAD_S is how many seconds this host's clock is ahead. Without any of these it
is a worker like another.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from celery.signals import worker_process_init

from config.celery import app as app

POINTS = ("before_claim", "after_claim", "after_event", "before_commit", "before_ack")


class Death:
    """Kills this process, or the worker with all of its pool, when its point was passed so often."""

    def __init__(self, point: str, after: int, reach: str) -> None:
        self._point = point
        self._left = after
        self._reach = reach

    def passes(self, point: str) -> None:
        """Say that a point has been reached."""
        if point != self._point:
            return
        if self._left:
            self._left -= 1
            return
        if self._reach == "worker":
            # The worker is the leader of its group.
            os.killpg(os.getpgrp(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)


def arm(death: Death) -> None:
    """Put a death at each point of the one path on which rows are performed."""
    from requests_app.agenda import advance, batch
    from requests_app.exercises import heartbeat
    from requests_app.workflow.models import Event

    claim, insert, write, tick = advance.locked, batch.insert, batch.Batch.write, heartbeat.tick

    def locked(*args: Any, **named: Any) -> Any:
        death.passes("before_claim")
        exercise = claim(*args, **named)
        death.passes("after_claim")
        return exercise

    def inserted(model: Any, rows: Any) -> None:
        insert(model, rows)
        if model is Event and rows:
            death.passes("after_event")

    def written(self: Any) -> None:
        write(self)
        death.passes("before_commit")

    def ticked(*args: Any, **named: Any) -> int:
        batches = tick(*args, **named)
        death.passes("before_ack")
        return batches

    advance.locked = locked
    batch.insert = inserted
    batch.Batch.write = written  # type: ignore[method-assign]
    heartbeat.tick = ticked


def shift(ahead: timedelta) -> None:
    """Let this process believe that it is so much later."""
    from requests_app import tasks
    from requests_app.agenda import batch
    from requests_app.world import present

    true_now: Callable[[], datetime] = present.wall_now

    def shifted() -> datetime:
        return true_now() + ahead

    for module in (present, batch, tasks):
        module.wall_now = shifted  # type: ignore[attr-defined]


@worker_process_init.connect
def prepare(**_: Any) -> None:
    """Do to a process of the pool what the environment asks for."""
    point = os.environ.get("COMITY_FAULT_POINT")
    if point:
        reach = os.environ.get("COMITY_FAULT_REACH", "worker")
        arm(Death(point, int(os.environ.get("COMITY_FAULT_AFTER", "0")), reach))
    ahead_s = float(os.environ.get("COMITY_CLOCK_AHEAD_S", "0"))
    if ahead_s:
        shift(timedelta(seconds=ahead_s))
