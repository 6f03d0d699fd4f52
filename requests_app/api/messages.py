"""Messages between a desk and control."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from cooperation.words import Refused
from requests_app.api.parsing import Strict
from requests_app.api.preconditions import KEY_IF_WANTED, key_of
from requests_app.api.seated import PAGED, HandleIn, SeatedView, desk_of, exercise_judged_by
from requests_app.exercises.messages import TEXT_AT_MOST, write_to_control, write_to_desk
from requests_app.exercises.models import Message
from requests_app.workflow.visible import visible_to
from requests_app.world.present import wall_now
from requests_app.world.roles import SEE_ALL, may


class MessageIn(Strict):
    """What is written; control says to which desk."""

    text = serializers.CharField(max_length=TEXT_AT_MOST, trim_whitespace=False)
    to = serializers.RegexField(
        r"^[A-Z]{2}/[a-z0-9_]{1,40}$",
        required=False,
        help_text="For control: the desk, like XB/central_authority. A desk always writes to control.",
    )


class MessageOut(serializers.Serializer[Any]):
    """A message between a desk and control."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField(help_text="Exercise time.")
    desk = serializers.CharField()
    from_control = serializers.BooleanField()
    seat = serializers.CharField(allow_null=True, help_text="Of a desk that writes; null for control.")
    text = serializers.CharField()


class MessagePageOut(serializers.Serializer[Any]):
    """A page of messages."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = MessageOut(many=True)


class MessagesView(SeatedView):
    """Messages."""

    pages_in_order_of = ("-at", "-number", "id")

    @extend_schema(operation_id="list_messages", parameters=[HandleIn, *PAGED], responses=MessagePageOut)
    def get(self, _: Request) -> Response:
        """List what one's desk and control wrote to each other, the latest first; to control, of all desks."""
        rows = visible_to(self.asked_seat()).messages().select_related("authority__state")
        return self.page(rows, shown)

    @extend_schema(
        operation_id="write_message",
        parameters=[HandleIn, KEY_IF_WANTED],
        request=MessageIn,
        responses={201: MessageOut},
    )
    def post(self, request: Request) -> Response:
        """Write to control from one's desk, or from control to a desk."""
        seat = self.asked_seat()
        key = key_of(request, is_needed=False)
        said = MessageIn(data=request.data)
        said.is_valid(raise_exception=True)
        text, to = said.validated_data["text"], said.validated_data.get("to")
        if may(seat, SEE_ALL):
            exercise = exercise_judged_by(seat)
            if to is None:
                raise serializers.ValidationError({"to": ["control names the desk to which it writes"]})
            state, _, authority = to.partition("/")
            made = write_to_desk(exercise, state, authority, text, key=key, now=wall_now())
        else:
            if to is not None:
                raise Refused("bad_input", "a desk writes to control only", mend="leave `to` out")
            made = write_to_control(desk_of(seat), text, key=key, now=wall_now())
        return Response(shown(made), status=status.HTTP_201_CREATED)


def shown(row: Message) -> dict[str, Any]:
    """Return a message as both of its sides see it."""
    return {
        "id": row.pk,
        "at": row.at,
        "desk": row.authority.desk,
        "from_control": row.from_control,
        "seat": row.seat or None,
        "text": row.text,
    }
