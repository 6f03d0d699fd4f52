"""What the views of seats share: which seat a person has, and what that seat sees."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cooperation.words import Refused
from requests_app.api.query import PAGED, bad_cursor, check_query, page_size
from requests_app.exercises.own_seats import seats_of
from requests_app.workflow.models import AssistanceRequest
from requests_app.workflow.visible import Visible, visible_to
from requests_app.world.models import SeatHolder
from requests_app.world.roles import desk_of, exercise_judged_by, exercise_run_by, exercise_seen_by

__all__ = [
    "PAGED",
    "HandleIn",
    "SeatedView",
    "desk_of",
    "exercise_judged_by",
    "exercise_run_by",
    "exercise_seen_by",
]

HANDLE_AT_MOST = 200


class HandleIn(serializers.Serializer[Any]):
    """Which exercise is meant."""

    exercise = serializers.CharField(
        required=False,
        max_length=HANDLE_AT_MOST,
        help_text="Handle; needed by those who sit in more than one exercise.",
    )


class Pages(CursorPagination):
    """Pages by cursor, in the order that the view names."""

    page_size_query_param = "page_size"

    def get_page_size(self, request: Request) -> int:
        """Return how many rows a page has."""
        return page_size(request)

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        """Return a page; raise Refused `bad_cursor` for one that no page gave."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValidationError, ValueError, TypeError, OverflowError, NotFound):
            raise bad_cursor() from None

    def decode_cursor(self, request: Request) -> Any:
        """Return where the cursor points; raise ValueError for what no page gave."""
        cursor = super().decode_cursor(request)
        if cursor is not None and "\0" in str(cursor.position):
            raise ValueError("no cursor of ours")
        return cursor


class SeatedView(APIView):
    """A view of what one seat sees. What it does not see is not there: 404."""

    pages_in_order_of: tuple[str, ...] = ("id",)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check what every operation is asked alike: who asks, how often, and what stands in the address."""
        super().initial(request, *args, **kwargs)
        check_query(self, request)

    def seat(self, handle: str | None = None) -> SeatHolder:
        """Return the seat of the person in an exercise, or the only one they have."""
        if handle is not None:
            return _only(self.own_seats().filter(exercise__handle=handle))
        found = list(self.listed_seats()[:2])
        if len(found) > 1:
            raise Refused(
                "exercise_needed", "you sit in more than one exercise", mend="name it: ?exercise=HANDLE"
            )
        if not found:
            raise Http404
        return found[0]

    def own_seats(self) -> QuerySet[SeatHolder]:
        """Return the seats of the person, each with its exercise and desk."""
        return seats_of(self.request.user)

    def listed_seats(self) -> QuerySet[SeatHolder]:
        """Return the seats of the person in exercises that are not archived."""
        return self.own_seats().filter(exercise__archived_at=None)

    def asked_seat(self) -> SeatHolder:
        """Return the seat in the exercise that the address names after the question mark."""
        said = HandleIn(data=self.request.query_params)
        said.is_valid(raise_exception=True)
        return self.seat(said.validated_data.get("exercise"))

    def seen(self, request_id: UUID) -> tuple[SeatHolder, Visible, AssistanceRequest]:
        """Return a request that the person sees, from which seat, and what else that seat sees."""
        seat = _only(self.own_seats().filter(exercise__requests=request_id))
        visible = visible_to(seat)
        found = visible.requests().select_related("case").filter(pk=request_id).first()
        if found is None:
            raise Http404
        return seat, visible, found

    def holder_of(self, what: str, key: UUID) -> SeatHolder:
        """Return the seat from which the person sees a row of evidence: `evidence` or `received_copies`."""
        for seat in self.own_seats():
            if getattr(visible_to(seat), what)().filter(pk=key).exists():
                return seat
        raise Http404

    def page(self, rows: QuerySet[Any], shown: Any = None) -> Response:
        """Answer with a page of rows."""
        pages = Pages()
        pages.ordering = self.pages_in_order_of
        found = pages.paginate_queryset(rows, self.request, self) or []
        return pages.get_paginated_response([shown(row) for row in found] if shown else found)


def _only(found: QuerySet[SeatHolder]) -> SeatHolder:
    seat = found.first()
    if seat is None:
        raise Http404
    return seat
