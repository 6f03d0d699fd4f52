"""The directory: the States of an exercise and their authorities, open now or not."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cooperation.rulebook import rulebook
from cooperation.world import competence
from requests_app.api.seated import SeatedView
from requests_app.exercises.hours import hours_of
from requests_app.world.models import Authority, Exercise
from requests_app.world.present import wall_now
from requests_app.world.timekeeping import exercise_now


class AuthorityOut(serializers.Serializer[Any]):
    """An authority to which requests are sent."""

    kind = serializers.CharField()
    name = serializers.CharField()
    desk = serializers.CharField(help_text="How it is named as a receiver.")
    open_now = serializers.BooleanField()
    receives = serializers.ListField(child=serializers.CharField(), help_text="Request types.")


class StateOut(serializers.Serializer[Any]):
    """A State of the exercise."""

    code = serializers.CharField()
    name = serializers.CharField()
    calendar = serializers.CharField(help_text="Whose holidays it keeps.")
    zone = serializers.CharField()
    authorities = AuthorityOut(many=True)


class StatesView(SeatedView):
    """The directory of an exercise."""

    @extend_schema(operation_id="list_states", responses=StateOut(many=True))
    def get(self, _: Request, handle: str) -> Response:
        """List the States and their authorities."""
        return Response(_directory(self.seat(handle).exercise))


def _directory(exercise: Exercise) -> list[dict[str, Any]]:
    now = exercise_now(exercise, wall_now())
    states: dict[str, dict[str, Any]] = {}
    rows = Authority.objects.filter(state__exercise=exercise).select_related("state")
    for row in rows.order_by("state__code", "kind"):
        state = row.state
        entry = states.setdefault(
            state.code,
            {
                "code": state.code,
                "name": state.name,
                "calendar": state.calendar,
                "zone": state.zone,
                "authorities": [],
            },
        )
        entry["authorities"].append(
            {
                "kind": row.kind,
                "name": rulebook().authorities[row.kind].name,
                "desk": row.desk,
                "open_now": hours_of(exercise, row).is_open(now),
                "receives": competence(rulebook(), row.kind).receives,
            }
        )
    return list(states.values())
