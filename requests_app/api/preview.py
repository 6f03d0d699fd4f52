"""What the other side's reader would find in a draft. Nothing is saved."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cooperation.examination import Examination, examine
from cooperation.examination.draft import Draft, Parent, Parties, Party, party_under
from cooperation.rulebook import rulebook
from cooperation.words import Refused
from cooperation.world import world
from requests_app.api.requests import DraftIn
from requests_app.api.seated import HandleIn, SeatedView, desk_of
from requests_app.exercises.script import script_of
from requests_app.workflow.drafting import check_fields
from requests_app.workflow.visible import Visible, visible_to
from requests_app.world.models import Exercise, Seat, State


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
        if asked["request_type"] not in rulebook().types:
            raise Refused("unknown_type", "there is no such request type", mend="choose one of the rule book")
        check_fields(asked["contents"])
        parties = _parties(seat.exercise, desk, asked["to"].partition("/")[0])
        return Response(shown(examine(rulebook(), _draft(asked, desk, visible_to(seat)), parties)))


def shown(found: Examination) -> dict[str, Any]:
    """Return the findings."""
    return {**asdict(found), "likely": found.likely}


def _draft(asked: dict[str, Any], desk: Seat, visible: Visible) -> Draft:
    case = visible.cases().filter(name=asked["case"]).first() if asked.get("case") else None
    if asked.get("case") and case is None:
        raise Refused("no_case", "your State has no such case", mend="choose one of its own cases")
    parent = visible.requests().filter(pk=asked["parent"]).first() if asked.get("parent") else None
    if asked.get("parent") and parent is None:
        raise Refused("no_parent", "your State has sent no such request", mend="name one that it has sent")
    return Draft(
        type=asked["request_type"],
        contents=asked["contents"],
        offences=tuple(case.offences) if case else (),
        maximum_penalty=(case.maximum_penalty or None) if case else None,
        sender_kind=desk.authority.kind,
        receiver_kind=asked["to"].partition("/")[2],
        parent=Parent(parent.request_type, parent.status) if parent else None,
    )


def _parties(exercise: Exercise, desk: Seat, code: str) -> Parties:
    other = State.objects.filter(exercise=exercise, code=code).first()
    if other is None or other.code == desk.authority.state.code:
        raise Refused(
            "unknown_authority",
            f"{code} is no other State of this exercise",
            mend="choose one of the directory",
        )
    own = desk.authority.state
    bound = [one for one in script_of(exercise.pk).scenario.treaties if {own.code, code} <= one.states]
    return Parties(_party(own), _party(other), treaties=tuple(treaty.name for treaty in bound))


def _party(state: State) -> Party:
    law = world().laws.get(state.law)
    return party_under(state.code, law) if law else Party(state.code)
