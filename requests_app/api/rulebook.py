"""The rule book, to look up: request types and articles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cooperation.rulebook import rulebook


class TypeRowOut(serializers.Serializer[Any]):
    """A request type in the list."""

    id = serializers.CharField()
    name = serializers.CharField()
    pillar = serializers.CharField()
    plain = serializers.CharField()
    articles = serializers.ListField(child=serializers.CharField())
    confidence = serializers.CharField()


class TypeOut(TypeRowOut):
    """A request type with its rules."""

    verify = serializers.CharField(allow_blank=True)
    send = serializers.ListField(child=serializers.CharField())
    receive = serializers.ListField(child=serializers.CharField())
    where_designated = serializers.ListField(child=serializers.CharField())
    contents = serializers.ListField(child=serializers.DictField())
    required = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]
    acts = serializers.ListField(child=serializers.CharField())
    grounds = serializers.ListField(child=serializers.CharField())
    dual_criminality = serializers.DictField()
    evidence_returned = serializers.ListField(child=serializers.CharField())


class ArticleOut(serializers.Serializer[Any]):
    """An article, in our own words."""

    number = serializers.IntegerField()
    chapter = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    relevance = serializers.CharField()
    confidence = serializers.CharField()
    verify = serializers.ListField(child=serializers.CharField())
    note = serializers.CharField(allow_blank=True)
    paragraphs = serializers.DictField(child=serializers.CharField())


class TypesView(APIView):
    """The request types."""

    @extend_schema(operation_id="list_types", responses=TypeRowOut(many=True))
    def get(self, _: Request) -> Response:
        """List the request types."""
        return Response([_shown(kind, TypeRowOut) for kind in rulebook().types.values()])


class TypeView(APIView):
    """One request type."""

    @extend_schema(operation_id="show_type", responses=TypeOut)
    def get(self, _: Request, type_id: str) -> Response:
        """Show a request type with its rules."""
        if type_id not in rulebook().types:
            raise Http404
        return Response(_shown(rulebook().types[type_id], TypeOut))


class ArticlesView(APIView):
    """The articles."""

    @extend_schema(operation_id="list_articles", responses=ArticleOut(many=True))
    def get(self, _: Request) -> Response:
        """List the articles, in our own words."""
        return Response([_shown(article, ArticleOut) for article in rulebook().articles.values()])


def _shown(row: Any, form: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """Return the columns of a rule that its form names."""
    return {name: _plain(getattr(row, name)) for name in form().get_fields()}


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
