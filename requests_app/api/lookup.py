"""The rule book, to look up: grounds, safeguards, deadline profiles, the lifecycle, and a search over all."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cooperation.rulebook import rulebook
from cooperation.rulebook.search import search

QUERY_AT_MOST = 200


class SearchIn(serializers.Serializer[Any]):
    """What is looked for."""

    q = serializers.CharField(max_length=QUERY_AT_MOST, help_text="Words that all stand in an entry.")


class EntryOut(serializers.Serializer[Any]):
    """An entry of the rule book."""

    kind = serializers.CharField()
    id = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField(allow_blank=True)
    source = serializers.CharField()  # type: ignore[assignment]


class GroundOut(serializers.Serializer[Any]):
    """A ground of refusal."""

    id = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    source = serializers.CharField()  # type: ignore[assignment]
    confidence = serializers.CharField()
    curable = serializers.BooleanField()
    consult_first = serializers.BooleanField()
    advice = serializers.CharField(allow_blank=True)
    never_sufficient = serializers.BooleanField(help_text="Alone it is never enough to refuse.")


class SafeguardOut(serializers.Serializer[Any]):
    """A safeguard, and what it asks."""

    id = serializers.CharField()
    article = serializers.IntegerField()
    of = serializers.CharField()
    asks = serializers.CharField()
    question = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    confidence = serializers.CharField()


class ProfileOut(serializers.Serializer[Any]):
    """A deadline profile in the list."""

    id = serializers.CharField()
    name = serializers.CharField()
    instrument = serializers.CharField()
    status = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    source = serializers.CharField()  # type: ignore[assignment]
    confidence = serializers.CharField()


class RuleOut(serializers.Serializer[Any]):
    """One period of a profile."""

    id = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    applies_to = serializers.ListField(child=serializers.CharField())
    starts_on = serializers.CharField()
    ends_on = serializers.ListField(child=serializers.CharField())
    kind = serializers.CharField()
    amount = serializers.IntegerField(allow_null=True)
    unit = serializers.CharField(allow_null=True)
    standard = serializers.CharField(allow_blank=True)
    stage = serializers.CharField(allow_null=True)
    owed_by = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    source = serializers.CharField()  # type: ignore[assignment]
    confidence = serializers.CharField()
    verify = serializers.BooleanField()


class ProfileWithRulesOut(ProfileOut):
    """A deadline profile with its periods."""

    deadlines = RuleOut(many=True)


class WordOut(serializers.Serializer[Any]):
    """A word of the lifecycle."""

    id = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    meaning = serializers.CharField(allow_blank=True)
    source = serializers.CharField()  # type: ignore[assignment]
    confidence = serializers.CharField()


class ActWordOut(WordOut):
    """An act, and what must be said with it."""

    contents = serializers.ListField(child=serializers.CharField())


class TransitionOut(serializers.Serializer[Any]):
    """One way in which an act may be done."""

    act = serializers.CharField()
    side = serializers.CharField()
    from_statuses = serializers.ListField(child=serializers.CharField())
    to = serializers.CharField()
    opens = serializers.ListField(child=serializers.CharField())
    closes = serializers.ListField(child=serializers.CharField())
    suspends = serializers.ListField(child=serializers.CharField())
    source = serializers.CharField()  # type: ignore[assignment]
    confidence = serializers.CharField()


class LifecycleOut(serializers.Serializer[Any]):
    """The life of a request."""

    statuses = WordOut(many=True)
    ends = serializers.ListField(child=serializers.CharField())
    outcomes = WordOut(many=True)
    stages = WordOut(many=True)
    acts = ActWordOut(many=True)
    transitions = TransitionOut(many=True)


class SearchView(APIView):
    """A search over the whole rule book."""

    @extend_schema(operation_id="search_rulebook", parameters=[SearchIn], responses=EntryOut(many=True))
    def get(self, request: Request) -> Response:
        """Find types, articles, grounds, safeguards, acts, fields, errors and deadlines by their words."""
        said = SearchIn(data=request.query_params)
        said.is_valid(raise_exception=True)
        return Response([asdict(one) for one in search(rulebook(), said.validated_data["q"])])


class GroundsView(APIView):
    """The grounds of refusal."""

    @extend_schema(operation_id="list_grounds", responses=GroundOut(many=True))
    def get(self, _: Request) -> Response:
        """List the grounds of refusal, and what is never enough to refuse."""
        book = rulebook()
        enough = [{**asdict(one), "never_sufficient": False} for one in book.grounds.values()]
        never = [{**asdict(one), "never_sufficient": True} for one in book.never_sufficient.values()]
        return Response(enough + never)


class SafeguardsView(APIView):
    """The safeguards."""

    @extend_schema(operation_id="list_safeguards", responses=SafeguardOut(many=True))
    def get(self, _: Request) -> Response:
        """List the safeguards."""
        return Response([asdict(one) for one in rulebook().safeguards.values()])


class ProfilesView(APIView):
    """The deadline profiles."""

    @extend_schema(operation_id="list_profiles", responses=ProfileOut(many=True))
    def get(self, _: Request) -> Response:
        """List the deadline profiles."""
        return Response([_row(one, ProfileOut) for one in rulebook().profiles.values()])


class ProfileView(APIView):
    """One deadline profile."""

    @extend_schema(operation_id="show_profile", responses=ProfileWithRulesOut)
    def get(self, _: Request, profile_id: str) -> Response:
        """Show a deadline profile with its periods."""
        found = rulebook().profiles.get(profile_id)
        if found is None:
            raise Http404
        rules = [_row(rule, RuleOut) for rule in found.deadlines]
        return Response({**_row(found, ProfileOut), "deadlines": rules})


class LifecycleView(APIView):
    """The lifecycle."""

    @extend_schema(operation_id="show_lifecycle", responses=LifecycleOut)
    def get(self, _: Request) -> Response:
        """Show the life of a request: statuses, acts, stages, and who may do what from where."""
        found = rulebook().lifecycle
        acts = [
            {**_row(act, WordOut), "contents": [name for name, _ in act.contents]}
            for act in found.acts.values()
        ]
        return Response(
            {
                "statuses": [_row(one, WordOut) for one in found.statuses.values()],
                "ends": sorted(found.ends),
                "outcomes": [_row(one, WordOut) for one in found.outcomes.values()],
                "stages": [_row(one, WordOut) for one in found.stages.values()],
                "acts": acts,
                "transitions": [
                    {
                        "from_statuses": sorted(one.from_),
                        **{
                            name: getattr(one, name) for name in ("act", "side", "to", "source", "confidence")
                        },
                        **{name: list(getattr(one, name)) for name in ("opens", "closes", "suspends")},
                    }
                    for one in found.transitions
                ],
            }
        )


def _row(rule: Any, form: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """Return the columns of a rule that its form names."""
    told = {}
    for name in form().get_fields():
        value = getattr(rule, name)
        told[name] = sorted(value) if isinstance(value, frozenset) else value
    return told
