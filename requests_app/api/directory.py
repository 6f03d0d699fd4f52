"""The directory: the States of an exercise and their authorities, open now or not."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.seated import SeatedView
from requests_app.exercises.directory import directory
from requests_app.world.models import Exercise
from requests_app.world.present import wall_now
from requests_app.world.timekeeping import exercise_now


class AuthorityOut(serializers.Serializer[Any]):
    """An authority to which requests are sent."""

    kind = serializers.CharField()
    name = serializers.CharField()
    desk = serializers.CharField(help_text="How it is named as a receiver.")
    open_now = serializers.BooleanField()
    hours = serializers.CharField(help_text="Local time, on working days.")
    opens_at = serializers.DateTimeField(
        allow_null=True, help_text="Exercise time of the next opening; null while it is open."
    )
    receives = serializers.ListField(child=serializers.CharField(), help_text="Request types.")


class StateOut(serializers.Serializer[Any]):
    """A State of the exercise."""

    code = serializers.CharField()
    name = serializers.CharField()
    calendar = serializers.CharField(help_text="Whose holidays it keeps.")
    zone = serializers.CharField()
    local_time = serializers.DateTimeField(help_text="Exercise time there, with its offset.")
    today_off = serializers.CharField(
        allow_null=True, help_text="Why no office works today; null if they do."
    )
    authorities = AuthorityOut(many=True)


class StatesView(SeatedView):
    """The directory of an exercise."""

    @extend_schema(operation_id="list_states", responses=StateOut(many=True))
    def get(self, _: Request, handle: str) -> Response:
        """List the States and their authorities."""
        return Response(_directory(self.seat(handle).exercise))


def _directory(exercise: Exercise) -> list[dict[str, Any]]:
    """Return the States as they stand at the exercise's present."""
    return [
        {
            "code": one.state.code,
            "name": one.state.name,
            "calendar": one.state.calendar,
            "zone": one.state.zone,
            "local_time": one.local.isoformat(),
            "today_off": one.today_off,
            "authorities": [
                {
                    "kind": authority.kind,
                    "name": authority.name,
                    "desk": authority.desk,
                    "open_now": authority.is_open,
                    "hours": authority.hours,
                    "opens_at": authority.opens_at,
                    "receives": list(authority.receives),
                }
                for authority in one.authorities
            ],
        }
        for one in directory(exercise, exercise_now(exercise, wall_now()))
    ]
