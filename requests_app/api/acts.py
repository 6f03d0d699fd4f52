"""Acts on a request, what happened to it, and what may be done with it next."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.ordered import ordered
from requests_app.api.parsing import ContentsField, Strict
from requests_app.api.preconditions import IF_MATCH, KEY, etag, key_of, version_seen
from requests_app.api.seated import PAGED, SeatedView, desk_of
from requests_app.workflow import door
from requests_app.workflow.models import AssistanceRequest, Event
from requests_app.workflow.possible import acts_of
from requests_app.world.models import Seat
from requests_app.world.present import wall_now


class ActIn(Strict):
    """An act, and what is said with it."""

    act = serializers.CharField(max_length=40)
    contents = ContentsField(default=dict)


class ActorOut(serializers.Serializer[Any]):
    """Who acted: a seat, never a person; nulls for the clock."""

    state = serializers.CharField(allow_null=True)
    authority = serializers.CharField(allow_null=True)
    seat = serializers.CharField(allow_null=True)


class EventOut(serializers.Serializer[Any]):
    """One thing that happened, as it stands on the request's chain."""

    seq = serializers.IntegerField()
    act = serializers.CharField()
    actor = ActorOut()
    at = serializers.DateTimeField(help_text="Exercise time.")
    contents = serializers.DictField()
    status = serializers.CharField()
    prev = serializers.CharField()
    hash = serializers.CharField()


class EventPageOut(serializers.Serializer[Any]):
    """A page of events."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = EventOut(many=True)


class PermittedOut(serializers.Serializer[Any]):
    """An act that this desk may do now, and what must be said with it."""

    act = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    contents = serializers.ListField(child=serializers.CharField(), help_text="What must be said.")
    article = serializers.CharField()


class ActsView(SeatedView):
    """The one door."""

    @extend_schema(operation_id="act", parameters=[IF_MATCH, KEY], request=ActIn, responses={201: EventOut})
    def post(self, request: Request, request_id: UUID) -> Response:
        """Do one act on a request; the ETag of the answer is the version that it then has."""
        seat, _, _ = self.seen(request_id)
        desk = desk_of(seat)
        seen, key = version_seen(request), key_of(request)
        said = ActIn(data=request.data)
        said.is_valid(raise_exception=True)
        event = door.act(
            request_id,
            by=desk,
            **said.validated_data,
            version=seen.version,
            edition=seen.edition,
            key=key,
            now=wall_now(),
        )
        headers = {"ETag": etag(event.status, event.seq, 0)}
        return Response(shown(event), status=status.HTTP_201_CREATED, headers=headers)


class EventsView(SeatedView):
    """What happened to a request."""

    pages_in_order_of = ("seq",)

    @extend_schema(operation_id="list_events", parameters=PAGED, responses=EventPageOut)
    def get(self, _: Request, request_id: UUID) -> Response:
        """List the events on the chain of a request, the first one first."""
        _seat, visible, found = self.seen(request_id)
        return self.page(visible.events().filter(request=found).defer("content"), shown)


class PermittedView(SeatedView):
    """What may be done next."""

    @extend_schema(operation_id="list_permitted_acts", responses=PermittedOut(many=True))
    def get(self, _: Request, request_id: UUID) -> Response:
        """List the acts that this desk may do now; none for those who only look on."""
        seat, visible, found = self.seen(request_id)
        if seat.seat is None or seat.exercise.ended:
            return Response([])
        stages = visible.intervals().filter(request=found, closed_at=None).values_list("stage", flat=True)
        return Response(_permitted(found, seat.seat, list(stages)))


def shown(event: Event) -> dict[str, Any]:
    """Return an event of a request's chain."""
    return {
        "seq": event.seq,
        "act": event.act,
        "actor": {
            "state": event.actor_state or None,
            "authority": event.actor_authority or None,
            "seat": event.actor_seat or None,
        },
        "at": event.at,
        "contents": ordered(event.contents),
        "status": event.status,
        "prev": event.prev,
        "hash": event.hash,
    }


def _permitted(found: AssistanceRequest, seat: Seat, open_stages: list[str]) -> list[dict[str, Any]]:
    return [
        {"act": one.act, "label": one.label, "contents": list(one.contents), "article": one.article}
        for one in acts_of(found, seat, open_stages)
        if one.why_not is None
    ]
