"""After the exercise: what was expected and what happened, both sides' timelines, a team's own feedback."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cooperation.rulebook import rulebook
from cooperation.words import Refused
from requests_app.api.ordered import ordered
from requests_app.api.seated import PAGED, SeatedView, desk_of, exercise_seen_by
from requests_app.exercises.after_action import expectations_told, milestones_told, own_feedback, scores
from requests_app.exercises.decisions import DecisionTold, decisions_told
from requests_app.exercises.model_request import beside_model
from requests_app.workflow.visible import involving, visible_to


class StateIn(serializers.Serializer[Any]):
    """Which State is meant."""

    state = serializers.RegexField(
        r"^[A-Z]{2}$", required=False, help_text="Only what this State did, and what was done to it."
    )


class HappenedOut(serializers.Serializer[Any]):
    """The act that met an expectation, or that came too late."""

    request_id = serializers.UUIDField()
    reference = serializers.CharField()
    seq = serializers.IntegerField(help_text="The event on the request's chain.")
    act = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    desk = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField(help_text="Exercise time.")
    by_people = serializers.BooleanField(help_text="False: the simulation did it at an empty desk.")


class ExpectationOut(serializers.Serializer[Any]):
    """An expectation: what was expected, what happened, when, and what it is worth."""

    name = serializers.CharField()
    state = serializers.CharField()
    expected = serializers.CharField()
    act = serializers.CharField()
    request_type = serializers.CharField(allow_blank=True, help_text="Empty where any will do.")
    to_state = serializers.CharField(allow_blank=True)
    of = serializers.CharField(allow_blank=True, help_text="The scenario's id of a planned request.")
    within_hours = serializers.FloatField(help_text="Exercise time.")
    why = serializers.CharField(allow_blank=True)
    debrief = serializers.CharField(allow_blank=True)
    status = serializers.CharField()
    began_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    happened = HappenedOut(allow_null=True)
    late_hours = serializers.FloatField(allow_null=True)
    points = serializers.IntegerField()
    points_given = serializers.IntegerField()
    points_possible = serializers.IntegerField(help_text="0 where nobody could meet it: uncounted.")
    is_overridden = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True, help_text="Why an evaluator decided otherwise.")


class ScoreOut(serializers.Serializer[Any]):
    """What the expectations of one State come to."""

    state = serializers.CharField()
    name = serializers.CharField()
    points = serializers.IntegerField()
    of = serializers.IntegerField()
    simulated = serializers.IntegerField(help_text="Points that empty desks earned by themselves.")
    met = serializers.IntegerField()
    missed = serializers.IntegerField()


class MilestoneOut(serializers.Serializer[Any]):
    """A point of the story."""

    name = serializers.CharField()
    reached_at = serializers.DateTimeField(allow_null=True, help_text="Exercise time.")


class DecisionOut(serializers.Serializer[Any]):
    """A decision that the scenario puts to a team, what the team did, and what practice says."""

    id = serializers.CharField()
    state = serializers.CharField()
    question = serializers.CharField()
    options = serializers.ListField(child=serializers.CharField())
    practice = serializers.CharField()
    came_at = serializers.DateTimeField(
        allow_null=True, help_text="When the news came that puts it; exercise time. Null where none puts it."
    )
    did = HappenedOut(
        many=True, help_text="The earliest acts on it; after news, those of the next seven days."
    )


class AfterActionOut(serializers.Serializer[Any]):
    """The whole, for control."""

    exercise = serializers.CharField()
    ended = serializers.BooleanField()
    scores = ScoreOut(many=True)
    expectations = ExpectationOut(many=True)
    milestones = MilestoneOut(many=True)
    decisions = DecisionOut(many=True)


class FeedbackOut(serializers.Serializer[Any]):
    """A team's own."""

    score = ScoreOut()
    expectations = ExpectationOut(many=True)
    decisions = DecisionOut(many=True)


class MomentOut(serializers.Serializer[Any]):
    """One thing on the timeline of a State."""

    at = serializers.DateTimeField(help_text="Exercise time.")
    state = serializers.CharField(allow_null=True, help_text="Who acted; null for the clock and for control.")
    authority = serializers.CharField(allow_null=True)
    request_id = serializers.UUIDField(allow_null=True)
    reference = serializers.CharField(allow_null=True)
    request_type = serializers.CharField(allow_null=True)
    from_state = serializers.CharField(allow_null=True)
    to_state = serializers.CharField(allow_null=True)
    act = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    status = serializers.CharField(allow_blank=True)
    contents = serializers.DictField()


class MomentPageOut(serializers.Serializer[Any]):
    """A page of a timeline."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = MomentOut(many=True)


class FieldBesideOut(serializers.Serializer[Any]):
    """One field of a request, and of the model."""

    field = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    required = serializers.BooleanField()  # type: ignore[assignment]
    yours = serializers.JSONField(allow_null=True)
    model = serializers.JSONField(allow_null=True)
    verdict = serializers.ChoiceField(["same", "differs", "only yours", "only the model", "neither"])


class ComparisonOut(serializers.Serializer[Any]):
    """A request beside the author's model."""

    model = serializers.CharField(allow_null=True, help_text="Null where the author wrote none.")
    fields = FieldBesideOut(many=True)  # type: ignore[assignment]


class AfterActionView(SeatedView):
    """The after-action report."""

    @extend_schema(operation_id="show_after_action", responses=AfterActionOut)
    def get(self, _: Request, handle: str) -> Response:
        """Show what was expected and what happened; for control, also on the way."""
        exercise = exercise_seen_by(self.seat(handle))
        told = expectations_told(exercise)
        return Response(
            {
                "exercise": exercise.handle,
                "ended": exercise.ended,
                "scores": [asdict(one) for one in scores(exercise, told)],
                "expectations": [asdict(one) for one in told],
                "milestones": [
                    {"name": name, "reached_at": reached_at} for name, reached_at in milestones_told(exercise)
                ],
                "decisions": [_decision(one) for one in decisions_told(exercise)],
            }
        )


class FeedbackView(SeatedView):
    """A team's own feedback."""

    @extend_schema(operation_id="show_feedback", responses=FeedbackOut)
    def get(self, _: Request, handle: str) -> Response:
        """Show a desk what its own State is told after the end: the score, with reasons."""
        seat = self.seat(handle)
        code = desk_of(seat).authority.state.code
        own = own_feedback(seat.exercise, code)
        decisions = [_decision(one) for one in decisions_told(seat.exercise, (code,))]
        return Response({**asdict(own), "decisions": decisions})


class TimelineView(SeatedView):
    """The timelines of both sides."""

    pages_in_order_of = ("at", "id")

    @extend_schema(
        operation_id="list_timeline",
        parameters=[
            StateIn,
            *PAGED,
        ],
        responses=MomentPageOut,
    )
    def get(self, request: Request, handle: str) -> Response:
        """List everything that happened, on every chain, the first thing first; for control after the end."""
        seat = self.seat(handle)
        exercise = exercise_seen_by(seat)
        if not exercise.ended:
            raise Refused(
                "not_ended", "the timelines are laid side by side after the end", mend="look at the board"
            )
        rows = visible_to(seat).events()
        said = StateIn(data=request.query_params)
        said.is_valid(raise_exception=True)
        if "state" in said.validated_data:
            rows = rows.filter(involving(said.validated_data["state"]))
        columns = (
            *("id", "at", "actor_state", "actor_authority", "request_id", "act", "status", "contents"),
            *("request__reference", "request__request_type"),
            *("request__requesting_code", "request__requested_code"),
        )
        return self.page(rows.values(*columns), _moment)


class ComparisonView(SeatedView):
    """One's own request beside the model."""

    @extend_schema(operation_id="compare_request", responses=ComparisonOut)
    def get(self, _: Request, request_id: UUID) -> Response:
        """Show a request that one's desk has sent beside the model that the scenario's author wrote."""
        seat, _visible, found = self.seen(request_id)
        return Response(ordered(asdict(beside_model(found, seat))))


def _decision(told: DecisionTold) -> dict[str, Any]:
    one = told.decision
    return {
        "id": one.id,
        "state": one.state,
        "question": one.question,
        "options": list(one.options),
        "practice": one.practice,
        "came_at": told.came_at,
        "did": [asdict(act) for act in told.did],
    }


def _moment(row: dict[str, Any]) -> dict[str, Any]:
    acts = rulebook().lifecycle.acts
    return {
        "at": row["at"],
        "state": row["actor_state"] or None,
        "authority": row["actor_authority"] or None,
        "request_id": row["request_id"],
        "reference": row["request__reference"],
        "request_type": row["request__request_type"],
        "from_state": row["request__requesting_code"],
        "to_state": row["request__requested_code"],
        "act": row["act"],
        "label": acts[row["act"]].label if row["act"] in acts else row["act"].replace("_", " "),
        "status": row["status"],
        "contents": ordered(row["contents"]),
    }
