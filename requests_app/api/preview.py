"""What the other side's reader would find in a draft. Nothing is saved."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cooperation.examination import Examination
from cooperation.examination.unclear import unclear
from cooperation.rulebook import rulebook
from requests_app.api.requests import DraftIn
from requests_app.api.seated import HandleIn, SeatedView, desk_of
from requests_app.exercises.preview import previewed
from requests_app.workflow.visible import visible_to
from requests_app.world.present import wall_now
from requests_app.world.timekeeping import exercise_now


class FindingsOut(serializers.Serializer[Any]):
    """What is found in a draft."""

    admissible = serializers.ChoiceField(["yes", "questionable", "no"])
    likely = serializers.CharField(help_text="What the other side will likely do.")
    basis = serializers.DictField()
    channel = serializers.DictField()
    criminality = serializers.DictField()
    gaps = serializers.ListField(child=serializers.DictField())
    errors = serializers.ListField(child=serializers.DictField())  # type: ignore[assignment]
    questions = serializers.ListField(child=serializers.DictField())
    grounds = serializers.ListField(child=serializers.DictField())
    other_grounds = serializers.ListField(child=serializers.CharField())
    advised = serializers.ListField(child=serializers.DictField())
    unclear = serializers.ListField(
        child=serializers.DictField(),
        help_text="Times that are none, periods that end before they begin, days that are over, odd penalties.",
    )


class PreviewView(SeatedView):
    """The completeness of a draft."""

    @extend_schema(
        operation_id="preview_request", parameters=[HandleIn], request=DraftIn, responses={200: FindingsOut}
    )
    def post(self, request: Request) -> Response:
        """Show what the other side would find in a draft; nothing is saved."""
        seat = self.asked_seat()
        desk = desk_of(seat)
        said = DraftIn(data=request.data)
        said.is_valid(raise_exception=True)
        asked = said.validated_data
        found = previewed(visible_to(seat), desk, seat.exercise, **asked)
        now, zone = exercise_now(seat.exercise, wall_now()), ZoneInfo(desk.authority.state.zone)
        obscure = unclear(rulebook(), asked["contents"], now, zone)
        return Response({**shown(found), "unclear": [asdict(one) for one in obscure]})


def shown(found: Examination) -> dict[str, Any]:
    """Return the findings."""
    return {**asdict(found), "likely": found.likely}
