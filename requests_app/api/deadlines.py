"""The deadlines of a request, each with its working: why this date."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cooperation.rulebook import DeadlineRule, rulebook
from requests_app.api.seated import SeatedView
from requests_app.workflow.models import Deadline, Suspension
from requests_app.workflow.why import why


class StepOut(serializers.Serializer[Any]):
    """One stretch of the way to a due date: local days, or instants for hours and minutes."""

    since = serializers.CharField(help_text="Exclusive.")
    until = serializers.CharField(help_text="Inclusive.")
    counted = serializers.IntegerField()
    why = serializers.CharField()


class WhyOut(serializers.Serializer[Any]):
    """Why this date."""

    due_at = serializers.DateTimeField()
    rule = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    steps = StepOut(many=True)


class DeadlineOut(serializers.Serializer[Any]):
    """A deadline as it stands."""

    id = serializers.UUIDField()
    rule = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.CharField()
    stage = serializers.CharField(allow_blank=True, help_text="Empty where it runs by itself.")
    owed_by = serializers.CharField()
    status = serializers.CharField()
    starts_at = serializers.DateTimeField(help_text="Exercise time.")
    due_at = serializers.DateTimeField(
        allow_null=True, help_text="Null while suspended, or without a figure."
    )
    suspended_since = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]
    confidence = serializers.CharField()
    why = WhyOut(allow_null=True, help_text="Null while suspended, without a figure, or once extended.")


class DeadlinesView(SeatedView):
    """The deadlines of a request."""

    @extend_schema(operation_id="list_deadlines", responses=DeadlineOut(many=True))
    def get(self, _: Request, request_id: UUID) -> Response:
        """List the deadlines of a request, each with its working."""
        seat, visible, found = self.seen(request_id)
        profile = rulebook().profiles[seat.exercise.deadline_profile]
        rules = {rule.id: rule for rule in profile.for_type(found.request_type)}
        ledger = Prefetch("suspensions", Suspension.objects.order_by("began_at"))
        rows = visible.deadlines().filter(request=found).prefetch_related(ledger)
        return Response([shown(row, rules[row.rule]) for row in rows.order_by("starts_at", "rule", "number")])


def shown(row: Deadline, rule: DeadlineRule) -> dict[str, Any]:
    """Return a deadline with its rule and its working."""
    return {
        "id": row.pk,
        "rule": row.rule,
        "label": rule.label,
        "kind": row.kind,
        "stage": row.stage,
        "owed_by": rule.owed_by,
        "status": row.status,
        "starts_at": row.starts_at,
        "due_at": row.due_at,
        "suspended_since": row.suspended_since,
        "ended_at": row.ended_at,
        "source": rule.source,
        "confidence": rule.confidence,
        "why": _why(row, rule),
    }


def _why(row: Deadline, rule: DeadlineRule) -> dict[str, Any] | None:
    found = why(row, rule)
    if found is None:
        return None
    steps = [
        {"since": one.from_.isoformat(), "until": one.to.isoformat(), "counted": one.counted, "why": one.why}
        for one in found.steps
    ]
    return {"due_at": found.due_at, "rule": found.rule, "source": found.source, "steps": steps}
