"""What may stand after the question mark of an address: what the schema names, and nothing else."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from cooperation.words import Refused
from requests_app.api.parsing import unknown_fields

PAGE_SIZE, PAGE_SIZE_AT_MOST = 50, 200
PAGED = [
    OpenApiParameter("cursor", str, description="From `next` or `previous` of another page."),
    OpenApiParameter("page_size", int, description=f"1 to {PAGE_SIZE_AT_MOST}; {PAGE_SIZE} unless told."),
]


def check_query(view: Any, request: Request) -> None:
    """Raise ValidationError for what the view's operation does not name: a filter misspelt would filter nothing."""
    method = str(request.method)
    # HEAD is answered by what answers GET.
    handler = getattr(view, "get" if method == "HEAD" else method.lower(), None)
    if handler is None or not request.query_params:
        return
    allowed = _names(view, handler, method)
    unknown = [name for name in request.query_params if name not in allowed]
    if unknown:
        raise unknown_fields(unknown, allowed)


def page_size(request: Request) -> int:
    """Return how many rows a page has; raise ValidationError for what is no such number."""
    said = request.query_params.get("page_size", "")
    if not said:
        return PAGE_SIZE
    if not (said.isascii() and said.isdigit() and len(said) < 9 and 1 <= int(said) <= PAGE_SIZE_AT_MOST):
        raise serializers.ValidationError({"page_size": [f"a page has 1 to {PAGE_SIZE_AT_MOST} rows"]})
    return int(said)


def bad_cursor() -> Refused:
    """Return what is raised for a cursor that no page gave."""
    return Refused("bad_cursor", "no page gave this cursor", mend="begin with the first page, without one")


def _names(view: Any, handler: Any, method: str) -> list[str]:
    schema = getattr(handler, "kwargs", {}).get("schema")
    if schema is None:
        return []
    told = schema()
    told.view, told.method = view, method
    names: list[str] = []
    for one in told.get_override_parameters():
        names += [one.name] if isinstance(one, OpenApiParameter) else list(one().fields)
    return names
