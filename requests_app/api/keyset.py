"""Pages by key: a page far down a list costs what the first one does."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from requests_app.api.query import bad_cursor, page_size


def keyset_page(
    rows: QuerySet[Any, dict[str, Any]],
    request: Request,
    column: str,
    shown: Callable[[dict[str, Any]], dict[str, Any]],
    *,
    newest_first: bool,
) -> Response:
    """Answer with one page of rows in the order of an instant and then the id, in one query.

    rows    as dictionaries that hold `column` and `id`
    column  an instant that is never null, indexed together with the id

    Raises Refused `bad_cursor` for one that no page gave.
    """
    cursor = _read(request.query_params.get("cursor"))
    size = page_size(request)
    backwards = cursor is not None and cursor[0]
    descending = newest_first != backwards
    if cursor is not None:
        _, at, key = cursor
        beyond = "lt" if descending else "gt"
        # One bound on the index first; the second only sorts out those of the very same instant.
        rows = rows.filter(**{f"{column}__{beyond}e": at}).exclude(
            Q(**{column: at}) & ~Q(**{f"id__{beyond}": key})
        )
    sign = "-" if descending else ""
    found = list(rows.order_by(f"{sign}{column}", f"{sign}id")[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_next, has_previous = (bool(found), more) if backwards else (more, cursor is not None and bool(found))
    return Response(
        {
            "next": _link(request, False, found[-1], column) if has_next else None,
            "previous": _link(request, True, found[0], column) if has_previous else None,
            "results": [shown(row) for row in found],
        }
    )


def _link(request: Request, backwards: bool, row: dict[str, Any], column: str) -> str:
    said = [int(backwards), row[column].isoformat(), row["id"].hex]
    cursor = base64.urlsafe_b64encode(json.dumps(said, separators=(",", ":")).encode()).decode().rstrip("=")
    return str(replace_query_param(request.build_absolute_uri(), "cursor", cursor))


def _read(cursor: str | None) -> tuple[bool, datetime, UUID] | None:
    if not cursor:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        backwards, at, key = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        instant = datetime.fromisoformat(at)
        if instant.tzinfo is None:
            raise ValueError("an instant without an offset")
        return bool(backwards), instant, UUID(hex=key)
    except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error):
        raise bad_cursor() from None
