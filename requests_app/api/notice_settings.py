"""Notices and their person: seen, and whether, when and in which language by mail."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.parsing import Strict
from requests_app.api.seated import HandleIn, SeatedView
from requests_app.exercises import noticing
from requests_app.world.models import SeatHolder
from requests_app.world.present import wall_now

SEEN_AT_ONCE = 500
CLOCK = ["%H:%M", "%H:%M:%S"]


class SeenIn(Strict):
    """Which notices one has seen."""

    notices = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=SEEN_AT_ONCE, help_text="All, unless told."
    )


class UnseenOut(serializers.Serializer[Any]):
    """How many notices one has not seen."""

    unseen = serializers.IntegerField()


class NoticeSettingsIn(Strict):
    """Whether, when and in which language one has mail; what is left out stays."""

    wants_mail = serializers.BooleanField(required=False)
    language = serializers.ChoiceField([code for code, _ in settings.LANGUAGES], required=False)
    quiet_from = serializers.TimeField(
        required=False, allow_null=True, input_formats=CLOCK, help_text="In the zone of the seat's State."
    )
    quiet_until = serializers.TimeField(required=False, allow_null=True, input_formats=CLOCK)


class NoticeSettingsOut(serializers.Serializer[Any]):
    """Whether, when and in which language one has mail."""

    wants_mail = serializers.BooleanField()
    language = serializers.CharField()
    quiet_from = serializers.TimeField(allow_null=True)
    quiet_until = serializers.TimeField(allow_null=True)
    zone = serializers.CharField(allow_null=True, help_text="In which quiet hours are meant.")


class SeenView(SeatedView):
    """What one has seen."""

    @extend_schema(
        operation_id="mark_notices_seen", parameters=[HandleIn], request=SeenIn, responses={200: UnseenOut}
    )
    def post(self, request: Request) -> Response:
        """Mark notices as seen by oneself; colleagues at the desk still find them unseen."""
        seat = self.asked_seat()
        said = SeenIn(data=request.data)
        said.is_valid(raise_exception=True)
        return Response({"unseen": noticing.mark_seen(seat, said.validated_data.get("notices"), wall_now())})


class NoticeSettingsView(SeatedView):
    """The mail of one's seat."""

    @extend_schema(operation_id="show_notice_settings", parameters=[HandleIn], responses=NoticeSettingsOut)
    def get(self, _: Request) -> Response:
        """Show whether, when and in which language one has mail."""
        return Response(shown(self.asked_seat()))

    @extend_schema(
        operation_id="change_notice_settings",
        parameters=[HandleIn],
        request=NoticeSettingsIn,
        responses={200: NoticeSettingsOut},
    )
    def patch(self, request: Request) -> Response:
        """Change them; for those at a desk."""
        seat = self.asked_seat()
        said = NoticeSettingsIn(data=request.data)
        said.is_valid(raise_exception=True)
        kept = {name: told for name, told in shown(seat).items() if name != "zone"}
        noticing.change_settings(seat, **{**kept, **said.validated_data})
        return Response(shown(seat))


def shown(seat: SeatHolder) -> dict[str, Any]:
    """Return the settings of a seat."""
    return {
        "wants_mail": seat.wants_mail,
        "language": seat.language,
        "quiet_from": seat.quiet_from,
        "quiet_until": seat.quiet_until,
        "zone": seat.seat.authority.state.zone if seat.seat else None,
    }
