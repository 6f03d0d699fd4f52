"""Requests as one seat sees them: listed, shown, drafted. What changes one that is sent is an act."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from cooperation.rulebook import rulebook
from cooperation.turn import turn_of
from requests_app.api.keyset import keyset_page
from requests_app.api.ordered import ordered
from requests_app.api.parsing import ContentsField, Strict
from requests_app.api.preconditions import IF_MATCH, KEY_IF_WANTED, etag, key_of, version_seen
from requests_app.api.seated import PAGED, HandleIn, SeatedView, desk_of
from requests_app.workflow.drafting import edit_draft, write_draft
from requests_app.workflow.lists import (
    RECEIVED,
    SENT,
    STANDINGS,
    TURNS,
    Wanted,
    counts,
    earliest_due,
    only,
    with_due,
)
from requests_app.workflow.models import AssistanceRequest
from requests_app.workflow.visible import visible_to
from requests_app.world.models import SeatHolder
from requests_app.world.present import wall_now

COLUMNS = (
    "id",
    "reference",
    "request_type",
    "status",
    "requesting_code",
    "requested_code",
    "requesting_kind",
    "requested_kind",
    "case__name",
    "parent_id",
    "submitted_at",
    "received_at",
    "version",
    "edition",
    "filed_at",
)
TEXT_AT_MOST = 200


class FilterIn(HandleIn):
    """Which requests are wanted, and in which order."""

    q = serializers.CharField(
        required=False,
        max_length=TEXT_AT_MOST,
        help_text="Text in the reference, the case or the facts that a request states.",
    )
    standing = serializers.ChoiceField(STANDINGS, required=False)
    turn = serializers.ChoiceField(
        TURNS,
        required=False,
        help_text="Whose turn it is: one's own desk's, another authority's of the own State, or the other State's; "
        "to control own is the State that asks.",
    )
    due_before = serializers.DateTimeField(
        required=False, help_text="Exercise time: owed by then, or overdue and still owed."
    )
    status = serializers.ChoiceField([], required=False)
    request_type = serializers.ChoiceField([], required=False)
    direction = serializers.ChoiceField([SENT, RECEIVED], required=False)
    order = serializers.ChoiceField(
        ["newest", "oldest"], default="newest", help_text="By submission; drafts are the newest."
    )

    def get_fields(self) -> dict[str, Any]:
        """Return the fields, their words from the rule book."""
        fields = super().get_fields()
        fields["status"] = serializers.ChoiceField(list(rulebook().lifecycle.statuses), required=False)
        fields["request_type"] = serializers.ChoiceField(list(rulebook().types), required=False)
        return fields


class DraftIn(Strict):
    """A draft to be put on one's desk."""

    request_type = serializers.CharField(max_length=60)
    to = serializers.RegexField(r"^[A-Z]{2}/[a-z0-9_]{1,40}$", help_text="Like XB/central_authority.")
    contents = ContentsField(default=dict)
    case = serializers.CharField(required=False, allow_null=True, max_length=120)
    parent = serializers.UUIDField(required=False, allow_null=True)  # type: ignore[assignment]


class ContentsIn(Strict):
    """What a draft shall say in place of what it says."""

    contents = ContentsField()


class RequestRowOut(serializers.Serializer[Any]):
    """A request in a list."""

    id = serializers.UUIDField()
    exercise = serializers.CharField()
    reference = serializers.CharField(help_text="Empty for a draft.")
    request_type = serializers.CharField()
    status = serializers.CharField()
    direction = serializers.ChoiceField([SENT, RECEIVED], allow_null=True, help_text="Null for control.")
    sender = serializers.CharField(help_text="Like XA/central_authority.")
    receiver = serializers.CharField()
    case = serializers.CharField(allow_null=True)
    parent = serializers.UUIDField(allow_null=True)  # type: ignore[assignment]
    submitted_at = serializers.DateTimeField(allow_null=True, help_text="Exercise time.")
    received_at = serializers.DateTimeField(allow_null=True, help_text="Exercise time.")
    due_at = serializers.DateTimeField(
        allow_null=True, help_text="Exercise time: the earliest deadline that is still owed, by either side."
    )
    turn = serializers.CharField(allow_null=True, help_text="The desk that must act; null after the end.")
    version = serializers.IntegerField()
    etag = serializers.CharField(help_text="For If-Match.")


class RequestOut(RequestRowOut):
    """A request with what it says."""

    contents = serializers.DictField()
    questions = serializers.JSONField(help_text="What the requesting State is asked, while it is.")


class CountsOut(serializers.Serializer[Any]):
    """How many requests a seat sees."""

    all = serializers.IntegerField()
    by_status = serializers.DictField(child=serializers.IntegerField())
    sent = serializers.IntegerField(help_text="By one's own State, drafts among them; to control all.")
    own_turn = serializers.IntegerField(
        help_text="That wait for one's own desk; to control, for the State that asks."
    )
    overdue = serializers.IntegerField()


class RequestPageOut(serializers.Serializer[Any]):
    """A page of requests."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = RequestRowOut(many=True)


class RequestsView(SeatedView):
    """The requests that a seat sees."""

    @extend_schema(operation_id="list_requests", parameters=[FilterIn, *PAGED], responses=RequestPageOut)
    def get(self, request: Request) -> Response:
        """List what one's State sent and received, and the drafts of one's desk."""
        said = FilterIn(data=request.query_params)
        said.is_valid(raise_exception=True)
        asked = said.validated_data
        seat = self.seat(asked.get("exercise"))
        wanted = wanted_of(asked)
        rows = with_due(only(visible_to(seat).requests(), wanted, seat))
        return keyset_page(
            rows.values(*COLUMNS, "due_at"),
            request,
            "filed_at",
            lambda row: row_shown(row, seat),
            newest_first=asked["order"] == "newest",
        )

    @extend_schema(
        operation_id="draft_request",
        parameters=[HandleIn, KEY_IF_WANTED],
        request=DraftIn,
        responses={201: RequestOut},
    )
    def post(self, request: Request) -> Response:
        """Put a draft on one's desk."""
        seat = self.asked_seat()
        desk = desk_of(seat)
        key = key_of(request, is_needed=False)
        said = DraftIn(data=request.data)
        said.is_valid(raise_exception=True)
        asked = said.validated_data
        state, _, authority = asked["to"].partition("/")
        made = write_draft(
            by=desk,
            request_type=asked["request_type"],
            to=(state, authority),
            contents=asked["contents"],
            case=asked.get("case"),
            parent=asked.get("parent"),
            key=key,
            now=wall_now(),
        )
        return answer(made, seat, status.HTTP_201_CREATED)


class CountsView(SeatedView):
    """How many requests there are."""

    @extend_schema(operation_id="count_requests", parameters=[FilterIn], responses=CountsOut)
    def get(self, request: Request) -> Response:
        """Count what a list with the same filters would hold."""
        said = FilterIn(data=request.query_params)
        said.is_valid(raise_exception=True)
        seat = self.seat(said.validated_data.get("exercise"))
        rows = only(visible_to(seat).requests(), wanted_of(said.validated_data), seat)
        return Response(counts(rows, seat, seat.exercise.present))


class RequestView(SeatedView):
    """One request."""

    @extend_schema(operation_id="show_request", responses=RequestOut)
    def get(self, _: Request, request_id: UUID) -> Response:
        """Show a request."""
        seat, _visible, found = self.seen(request_id)
        return answer(found, seat)

    @extend_schema(
        operation_id="change_draft", parameters=[IF_MATCH], request=ContentsIn, responses={200: RequestOut}
    )
    def patch(self, request: Request, request_id: UUID) -> Response:
        """Let a draft say these contents in place of what it said."""
        seat, _visible, _found = self.seen(request_id)
        desk = desk_of(seat)
        seen = version_seen(request)
        said = ContentsIn(data=request.data)
        said.is_valid(raise_exception=True)
        contents = said.validated_data["contents"]
        # A version alone does not tell one draft from the next.
        edition = seen.edition if seen.edition is not None or seen.version else -1
        changed = edit_draft(
            request_id, by=desk, contents=contents, version=seen.version, edition=edition, now=wall_now()
        )
        return answer(changed, seat)


def wanted_of(asked: dict[str, Any]) -> Wanted:
    """Return what a list is asked for."""
    names = ("status", "standing", "request_type", "direction", "due_before", "turn")
    return Wanted(text=asked.get("q"), **{name: asked.get(name) for name in names})


def answer(found: AssistanceRequest, seat: SeatHolder, code: int = status.HTTP_200_OK) -> Response:
    """Answer with a request, and with its version as the ETag."""
    row = {name: getattr(found, name) for name in COLUMNS if name != "case__name"}
    due_at = earliest_due(found)
    told = row_shown({**row, "case__name": found.case.name if found.case else None, "due_at": due_at}, seat)
    told |= {"contents": ordered(found.contents), "questions": ordered(found.questions)}
    return Response(told, status=code, headers={"ETag": told["etag"]})


def row_shown(row: dict[str, Any], seat: SeatHolder) -> dict[str, Any]:
    """Return a stored row as a seat sees it."""
    own = seat.seat.authority.state.code if seat.seat else None
    sender = f"{row['requesting_code']}/{row['requesting_kind']}"
    receiver = f"{row['requested_code']}/{row['requested_kind']}"
    directions = {row["requesting_code"]: SENT, row["requested_code"]: RECEIVED}
    return {
        "id": row["id"],
        "exercise": seat.exercise.handle,
        "reference": row["reference"],
        "request_type": row["request_type"],
        "status": row["status"],
        "direction": directions.get(own),
        "sender": sender,
        "receiver": receiver,
        "case": row["case__name"],
        "parent": row["parent_id"],
        "submitted_at": row["submitted_at"],
        "received_at": row["received_at"],
        "due_at": row["due_at"],
        "turn": {"requesting": sender, "requested": receiver}.get(turn_of(row["status"]) or ""),
        "version": row["version"],
        "etag": etag(row["status"], row["version"], row["edition"]),
    }
