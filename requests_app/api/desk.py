"""What lies on a desk besides requests: its State's cases, notices, and the news that came."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.seated import PAGED, HandleIn, SeatedView
from requests_app.exercises.noticing import notices_of
from requests_app.workflow.visible import visible_to


class CaseOut(serializers.Serializer[Any]):
    """A case of one's State."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    state_code = serializers.CharField()
    title = serializers.CharField()
    offences = serializers.ListField(child=serializers.CharField())
    maximum_penalty = serializers.CharField(allow_blank=True, help_text="Years, life or death.")
    facts = serializers.CharField(allow_blank=True)


class CasePageOut(serializers.Serializer[Any]):
    """A page of cases."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = CaseOut(many=True)


class NoticeOut(serializers.Serializer[Any]):
    """What reached a desk."""

    id = serializers.UUIDField()
    at = serializers.DateTimeField(help_text="Exercise time.")
    kind = serializers.CharField()
    facts = serializers.DictField()
    request_id = serializers.UUIDField(allow_null=True)
    seen = serializers.BooleanField(help_text="By oneself.")


class NoticePageOut(serializers.Serializer[Any]):
    """A page of notices."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = NoticeOut(many=True)


class InjectOut(serializers.Serializer[Any]):
    """News that came."""

    name = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    body = serializers.CharField(allow_blank=True)
    status = serializers.CharField()
    fired_at = serializers.DateTimeField(allow_null=True, help_text="Exercise time.")


class InjectPageOut(serializers.Serializer[Any]):
    """A page of news."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = InjectOut(many=True)


class CasesView(SeatedView):
    """The cases of one's State."""

    pages_in_order_of = ("name",)

    @extend_schema(operation_id="list_cases", parameters=[HandleIn, *PAGED], responses=CasePageOut)
    def get(self, _: Request) -> Response:
        """List the cases of one's State."""
        columns = ("id", "name", "state_code", "title", "offences", "maximum_penalty", "facts")
        return self.page(visible_to(self.asked_seat()).cases().values(*columns))


class NoticesView(SeatedView):
    """The notices of one's desk."""

    pages_in_order_of = ("-at", "-number", "id")

    @extend_schema(operation_id="list_notices", parameters=[HandleIn, *PAGED], responses=NoticePageOut)
    def get(self, _: Request) -> Response:
        """List what reached one's desk, the latest first."""
        columns = ("id", "at", "kind", "facts", "request_id", "seen")
        return self.page(notices_of(self.asked_seat()).values(*columns))


class InjectsView(SeatedView):
    """The news."""

    pages_in_order_of = ("name",)

    @extend_schema(operation_id="list_injects", parameters=[HandleIn, *PAGED], responses=InjectPageOut)
    def get(self, _: Request) -> Response:
        """List the news that came to one's desk; to control, all that is prepared."""
        columns = ("name", "title", "body", "status", "fired_at")
        return self.page(visible_to(self.asked_seat()).injects().values(*columns))
