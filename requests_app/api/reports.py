"""The response-time report of what a seat sees, the requests behind each number, and the report as a file."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from cooperation.reports.groups import BY, STAGES
from cooperation.reports.workload import OUTCOMES
from requests_app.api.seated import PAGED, SeatedView
from requests_app.reports.asked import STANDINGS, Wanted, only, report_of, workload_of
from requests_app.reports.write import FORMATS
from requests_app.workflow.visible import visible_to
from requests_app.world.present import wall_now
from requests_app.world.timekeeping import exercise_now

MEDIA_TYPES = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class ByAsItIs(BaseContentNegotiation):
    """For addresses that have one form only: it is given whatever the client would like better."""

    def select_parser(self, _: Any, parsers: Any) -> Any:
        """Return the only parser."""
        return parsers[0]

    def select_renderer(self, _: Any, renderers: Any, *__: Any) -> Any:
        """Return the first renderer; it writes the problems."""
        return renderers[0], renderers[0].media_type


class OfRequestsIn(serializers.Serializer[Any]):
    """Whose requests are counted, and which of them."""

    pillar = serializers.CharField(required=False, max_length=60)
    request_type = serializers.CharField(required=False, max_length=60)
    to = serializers.RegexField(r"^[A-Z]{2}$", required=False, help_text="The State that was asked.")
    month = serializers.RegexField(
        r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$",
        required=False,
        help_text="Of opening, UTC, like 2027-03.",
    )

    def get_fields(self) -> dict[str, Any]:
        """Return the fields, one of them named by a word that Python keeps for itself."""
        fields = super().get_fields()
        asks = serializers.RegexField(r"^[A-Z]{2}$", required=False, help_text="The State that asked.")
        return {**fields, "from": asks}


class ChosenIn(OfRequestsIn):
    """Which intervals are wanted."""

    stage = serializers.ChoiceField(STAGES, required=False)


class BehindIn(ChosenIn):
    """Which intervals are listed."""

    outcome = serializers.ChoiceField(
        [one for one in OUTCOMES if one], required=False, help_text="Of what has ended."
    )
    standing = serializers.ChoiceField(
        STANDINGS, required=False, help_text="How it stands now; counted: for whether it was on time."
    )


class ReportIn(ChosenIn):
    """Which intervals are wanted, and what is compared."""

    by = serializers.CharField(
        required=False, max_length=100, help_text=f"Any of {', '.join(BY)}, separated by commas."
    )
    public = serializers.BooleanField(default=False, help_text="Withhold small groups.")

    def validate_by(self, text: str) -> tuple[str, ...]:
        """Return what is compared, each once."""
        names = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
        unknown = [name for name in names if name not in BY]
        if unknown:
            raise serializers.ValidationError(f"there is no {unknown[0]}; use any of {', '.join(BY)}")
        return names


class GroupOut(serializers.Serializer[Any]):
    """One group of a report; with `public`, one that is withheld has only its key and `suppressed`."""

    key = serializers.DictField(child=serializers.CharField())
    suppressed = serializers.BooleanField(required=False)
    n = serializers.IntegerField(required=False)
    closed = serializers.IntegerField(required=False)
    open = serializers.IntegerField(required=False)
    overdue_open = serializers.IntegerField(required=False)
    median_hours = serializers.FloatField(required=False, allow_null=True)
    median_net_hours = serializers.FloatField(required=False, allow_null=True)
    p90_hours = serializers.FloatField(required=False, allow_null=True)
    median_ci95_hours = serializers.ListField(
        required=False, child=serializers.FloatField(allow_null=True), help_text="Low, high."
    )
    mean_closed_hours = serializers.FloatField(required=False, allow_null=True)
    on_time_rate = serializers.FloatField(required=False, allow_null=True)
    on_time_n = serializers.IntegerField(required=False)
    survival = serializers.DictField(required=False, child=serializers.ListField())


class ReportOut(serializers.Serializer[Any]):
    """A report of comity.report/1."""

    schema = serializers.CharField()
    generated_at = serializers.DateTimeField(help_text="Wall time.")
    observed_until = serializers.DateTimeField(help_text="Exercise time.")
    left_out = serializers.IntegerField()
    filters = serializers.DictField()
    groups = GroupOut(many=True)


class WorkloadIn(OfRequestsIn):
    """Which requests are counted."""

    public = serializers.BooleanField(default=False, help_text="Withhold small groups, and the backlog.")


class InHandOut(serializers.Serializer[Any]):
    """What was open at one instant."""

    at = serializers.DateTimeField(help_text="Exercise time.")
    open = serializers.IntegerField()
    overdue = serializers.IntegerField()


class WorkGroupOut(serializers.Serializer[Any]):
    """The requests to one State, or of one type; with `public`, one that is withheld has only its key."""

    to = serializers.CharField(required=False)
    request_type = serializers.CharField(required=False)
    suppressed = serializers.BooleanField(required=False)
    n = serializers.IntegerField(required=False)
    open = serializers.IntegerField(required=False)
    overdue_open = serializers.IntegerField(required=False)
    median_hours = serializers.FloatField(required=False, allow_null=True)
    on_time_rate = serializers.FloatField(required=False, allow_null=True)
    on_time_n = serializers.IntegerField(required=False)


class OutcomeOut(serializers.Serializer[Any]):
    """How many requests ended so."""

    outcome = serializers.CharField(allow_null=True, help_text="Null: still open.")
    n = serializers.IntegerField(allow_null=True, help_text="Null: withheld.")


class WorkloadOut(serializers.Serializer[Any]):
    """The work in hand, of comity.workload/1."""

    schema = serializers.CharField()
    observed_until = serializers.DateTimeField(help_text="Exercise time.")
    filters = serializers.DictField()
    backlog = InHandOut(many=True)
    states = WorkGroupOut(many=True)
    types = WorkGroupOut(many=True)
    outcomes = OutcomeOut(many=True)


class BehindOut(serializers.Serializer[Any]):
    """One interval behind a number, with the request whose stage it is."""

    id = serializers.UUIDField()
    request_id = serializers.UUIDField()
    reference = serializers.CharField()
    request_type = serializers.CharField()
    from_state = serializers.CharField()
    to_state = serializers.CharField()
    stage = serializers.CharField()
    opened_at = serializers.DateTimeField(help_text="Exercise time.")
    closed_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    suspended_seconds = serializers.IntegerField()
    outcome = serializers.CharField(allow_blank=True)


class BehindPageOut(serializers.Serializer[Any]):
    """A page of what is behind a number."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = BehindOut(many=True)


class ReportView(SeatedView):
    """The report."""

    @extend_schema(operation_id="show_report", parameters=[ReportIn], responses=ReportOut)
    def get(self, request: Request, handle: str) -> Response:
        """Show how long each stage took, of the requests that one's seat sees."""
        return Response(asked_report(self, request, handle).as_json())


class WorkloadView(SeatedView):
    """The work in hand."""

    @extend_schema(operation_id="show_workload", parameters=[WorkloadIn], responses=WorkloadOut)
    def get(self, request: Request, handle: str) -> Response:
        """Show how much was open when, State by State and type by type, and what came of it."""
        seat = self.seat(handle)
        said = WorkloadIn(data=request.query_params)
        said.is_valid(raise_exception=True)
        asked = said.validated_data
        rows = visible_to(seat).intervals()
        wanted = wanted_of(asked)
        return Response(
            workload_of(rows, seat.exercise, wanted, public=asked["public"], wall=wall_now()).as_json()
        )


class ReportFileView(SeatedView):
    """The report as a file."""

    content_negotiation_class = ByAsItIs

    @extend_schema(
        operation_id="download_report",
        parameters=[ReportIn],
        responses={(200, media.partition(";")[0]): OpenApiTypes.BINARY for media in MEDIA_TYPES.values()},
    )
    def get(self, request: Request, handle: str, form: str) -> HttpResponse:
        """Download the same report as html, json, csv, pdf or xlsx."""
        if form not in FORMATS:
            raise Http404
        content = FORMATS[form](asked_report(self, request, handle))
        response = HttpResponse(content, content_type=MEDIA_TYPES[form])
        response["Content-Disposition"] = f'attachment; filename="{handle}-EXERCISE.{form}"'
        return response


class BehindView(SeatedView):
    """What is behind a number."""

    pages_in_order_of = ("opened_at", "request__reference", "stage", "id")

    @extend_schema(operation_id="list_reported", parameters=[BehindIn, *PAGED], responses=BehindPageOut)
    def get(self, request: Request, handle: str) -> Response:
        """List the intervals behind a group, each with its request: filter by the keys of the group."""
        seat = self.seat(handle)
        said = BehindIn(data=request.query_params)
        said.is_valid(raise_exception=True)
        now = exercise_now(seat.exercise, wall_now())
        rows = only(visible_to(seat).intervals(), wanted_of(said.validated_data), now)
        columns = (
            *(
                "id",
                "request_id",
                "stage",
                "opened_at",
                "closed_at",
                "due_at",
                "suspended_seconds",
                "outcome",
            ),
            *("request__reference", "request__request_type"),
            *("request__requesting_code", "request__requested_code"),
        )
        return self.page(rows.values(*columns), _behind)


def asked_report(view: SeatedView, request: Request, handle: str) -> Any:
    """Return the report that the address asks for."""
    seat = view.seat(handle)
    said = ReportIn(data=request.query_params)
    said.is_valid(raise_exception=True)
    asked = said.validated_data
    return report_of(
        visible_to(seat).intervals(),
        seat.exercise,
        wanted_of(asked),
        by=asked.get("by", ()),
        public=asked["public"],
        wall=wall_now(),
    )


def wanted_of(asked: dict[str, Any]) -> Wanted:
    """Return which intervals are wanted."""
    names = ("stage", "pillar", "request_type", "to", "month", "outcome", "standing")
    return Wanted(from_=asked.get("from", ""), **{name: asked.get(name, "") for name in names})


def _behind(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "request_id": row["request_id"],
        "reference": row["request__reference"],
        "request_type": row["request__request_type"],
        "from_state": row["request__requesting_code"],
        "to_state": row["request__requested_code"],
        **{name: row[name] for name in ("stage", "opened_at", "closed_at", "due_at")},
        "suspended_seconds": row["suspended_seconds"],
        "outcome": row["outcome"],
    }
