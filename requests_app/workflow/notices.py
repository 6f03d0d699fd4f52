"""Telling: what reaches a desk, and what goes out of the exercise once its events are committed."""

from __future__ import annotations

from typing import Any

from requests_app.agenda.batch import Batch
from requests_app.agenda.models import OutboxItem
from requests_app.workflow.models import AssistanceRequest, Notice
from requests_app.world.models import Authority


def notify(
    batch: Batch, desk: Authority, kind: str, facts: dict[str, Any], request: AssistanceRequest | None = None
) -> None:
    """Let a desk know."""
    told = Notice(
        authority=desk, request=request, at=batch.at, number=batch.next_number(), kind=kind, facts=facts
    )
    tell(batch, "notice", {"notice": str(batch.add(told).pk)})


def tell(batch: Batch, kind: str, payload: dict[str, Any]) -> None:
    """Put something into the outbox, committed with the batch. Played without a clock, nobody is waiting."""
    if batch.exercise.is_live:
        batch.add(OutboxItem(exercise=batch.exercise, kind=kind, payload=payload, put_at=batch.recorded_at))
