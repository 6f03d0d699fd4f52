"""A desk's deadlines for a calendar: made, revoked, and read by whoever has the secret address."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from requests_app.api.reports import ByAsItIs
from requests_app.api.seated import SeatedView
from requests_app.exercises.calendar_feed import feed_made_at, feed_of, holder_of_feed, make_feed, revoke_feed
from requests_app.world.present import wall_now

CALENDAR = "text/calendar"


class FeedOut(serializers.Serializer[Any]):
    """Whether one's seat has a feed; its address is told once, when it is made."""

    made_at = serializers.DateTimeField(allow_null=True, help_text="Wall time.")
    address = serializers.URLField(required=False, help_text="Secret: whoever has it reads the deadlines.")


class FeedView(SeatedView):
    """The calendar feed of one's seat."""

    @extend_schema(operation_id="show_feed", responses=FeedOut)
    def get(self, _: Request, handle: str) -> Response:
        """Show whether one's seat has a feed."""
        return Response({"made_at": feed_made_at(self.seat(handle))})

    @extend_schema(operation_id="make_feed", request=None, responses={201: FeedOut})
    def post(self, request: Request, handle: str) -> Response:
        """Make a secret address of one's deadlines; an earlier one ends."""
        wall = wall_now()
        secret = make_feed(self.seat(handle), wall)
        address = request.build_absolute_uri(reverse("api_feed_file", kwargs={"secret": secret}))
        return Response({"made_at": wall, "address": address}, status=status.HTTP_201_CREATED)

    @extend_schema(operation_id="revoke_feed", responses={204: None})
    def delete(self, _: Request, handle: str) -> Response:
        """Let the address be read no more."""
        revoke_feed(self.seat(handle))
        return Response(status=status.HTTP_204_NO_CONTENT)


class FeedFileView(APIView):
    """The feed itself; the secret in the address is all that is asked for."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    content_negotiation_class = ByAsItIs

    @extend_schema(
        operation_id="read_feed", responses={(200, CALENDAR): OpenApiTypes.STR, 304: None}, auth=[]
    )
    def get(self, request: Request, secret: str) -> HttpResponse:
        """Read the deadlines of a seat as iCalendar; 304 where nothing has changed."""
        holder = holder_of_feed(secret)
        if holder is None:
            raise Http404
        content = feed_of(holder)
        tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
        response: HttpResponse
        if tag in (one.strip() for one in request.headers.get("If-None-Match", "").split(",")):
            response = HttpResponse(status=status.HTTP_304_NOT_MODIFIED)
        else:
            response = HttpResponse(content, content_type=f"{CALENDAR}; charset=utf-8")
            response["Content-Disposition"] = 'inline; filename="EXERCISE-deadlines.ics"'
        response["ETag"] = tag
        response["Cache-Control"] = "private, no-cache"
        # The address is the key: it goes to nobody with a link.
        response["Referrer-Policy"] = "no-referrer"
        return response
