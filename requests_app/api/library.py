"""The scenarios that ship, and rehearsals of them; for trainers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cooperation.words import Refused
from requests_app.api.exercises import SEED_AT_MOST
from requests_app.api.parsing import Strict
from requests_app.exercises.library import library, on_shelf
from requests_app.exercises.models import Rehearsal
from requests_app.exercises.rehearsal import ask_for
from requests_app.exercises.seating import may_open
from requests_app.world.present import wall_now


class RehearsalIn(Strict):
    """Which scenario is to be rehearsed."""

    scenario = serializers.CharField(max_length=150)
    seed = serializers.IntegerField(min_value=0, max_value=SEED_AT_MOST, default=1)
    teams = serializers.CharField(max_length=60, default="typical", help_text="How the teams behave.")


class StateOnShelfOut(serializers.Serializer[Any]):
    """A State of a scenario."""

    code = serializers.CharField()
    name = serializers.CharField()
    is_team = serializers.BooleanField(help_text="People are meant to sit there.")
    behaviour = serializers.CharField(allow_null=True)


class OnShelfOut(serializers.Serializer[Any]):
    """A scenario that ships."""

    scenario = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField(allow_blank=True)
    objectives = serializers.ListField(child=serializers.CharField())
    deadline_profile = serializers.CharField()
    starts_at = serializers.DateTimeField(help_text="Exercise time.")
    ends_at = serializers.DateTimeField(help_text="Exercise time.")
    days = serializers.FloatField(help_text="Length in exercise time.")
    rate = serializers.IntegerField(help_text="Exercise seconds for a second.")
    pace = serializers.CharField()
    wall_hours = serializers.FloatField(help_text="How long all of it takes at that rate.")
    seats = StateOnShelfOut(many=True)
    cases = serializers.IntegerField()
    requests = serializers.IntegerField()
    injects = serializers.IntegerField()
    expectations = serializers.IntegerField()


class RehearsalOut(serializers.Serializer[Any]):
    """A rehearsal, and once it is done what came of it."""

    id = serializers.UUIDField()
    scenario = serializers.CharField()
    seed = serializers.IntegerField()
    teams = serializers.CharField()
    asked_at = serializers.DateTimeField(help_text="Wall time.")
    status = serializers.ChoiceField(["waiting", "running", "done", "failed"])
    found = serializers.DictField(
        help_text="reached, is_whole, requests, open_requests, events, deadlines, expectations; lists of "
        "injects, filed, milestones, expected and due, each with its exercise time; or problem."
    )


class ScenariosView(APIView):
    """The library."""

    @extend_schema(operation_id="list_scenarios", responses=OnShelfOut(many=True))
    def get(self, request: Request) -> Response:
        """List the scenarios that ship; for trainers."""
        check_may_open(request)
        return Response([asdict(one) for one in library()])


class ScenarioView(APIView):
    """One scenario."""

    @extend_schema(operation_id="show_scenario", responses=OnShelfOut)
    def get(self, request: Request, scenario_id: str) -> Response:
        """Show a scenario that ships; for trainers."""
        check_may_open(request)
        try:
            return Response(asdict(on_shelf(scenario_id)))
        except Refused:
            raise Http404 from None


class RehearsalsView(APIView):
    """Rehearsals."""

    @extend_schema(operation_id="rehearse", request=RehearsalIn, responses={202: RehearsalOut})
    def post(self, request: Request) -> Response:
        """Have a scenario played headless in a place of its own; ask for the result by its id. For trainers."""
        check_may_open(request)
        said = RehearsalIn(data=request.data)
        said.is_valid(raise_exception=True)
        asked = said.validated_data
        made = ask_for(asked["scenario"], seed=asked["seed"], teams=asked["teams"], wall=wall_now())
        return Response(shown(made), status=status.HTTP_202_ACCEPTED)


class RehearsalView(APIView):
    """One rehearsal."""

    @extend_schema(operation_id="show_rehearsal", responses=RehearsalOut)
    def get(self, request: Request, rehearsal_id: UUID) -> Response:
        """Show a rehearsal; for trainers."""
        check_may_open(request)
        found = Rehearsal.objects.filter(pk=rehearsal_id).first()
        if found is None:
            raise Http404
        return Response(shown(found))


def check_may_open(request: Request) -> None:
    """Raise Refused for those who open no exercises: a scenario tells what is to come."""
    if not may_open(request.user):
        raise Refused("not_your_role", "only trainers read scenarios", mend="ask a trainer")


def shown(row: Rehearsal) -> dict[str, Any]:
    """Return a rehearsal."""
    names = ("scenario", "seed", "teams", "asked_at", "status", "found")
    return {"id": row.pk, **{name: getattr(row, name) for name in names}}
