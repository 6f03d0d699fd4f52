"""Reading what was sent: JSON that the log and both databases can keep, of a bounded size."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from cooperation.eventlog import canonical
from cooperation.words import Refused

BYTES_AT_MOST = 1 << 20


class StrictJSONParser(BaseParser):
    """JSON without fractions, null characters and repeated keys."""

    media_type = "application/json"

    def parse(self, stream: Any, *_: Any, **__: Any) -> Any:
        """Return what was sent; raise Refused `too_large`, ParseError for what is no such JSON."""
        content = stream.read(BYTES_AT_MOST + 1)
        if len(content) > BYTES_AT_MOST:
            raise Refused(
                "too_large", f"at most {BYTES_AT_MOST:,} bytes are read", mend="send less, or in parts"
            )
        try:
            found = json.loads(content.decode("utf-8"), object_pairs_hook=_once)
            canonical(found)
            _check_null(found)
        except (ValueError, TypeError, RecursionError) as error:
            raise ParseError(f"what was sent cannot be read: {error}") from None
        return found


class Strict(serializers.Serializer[Any]):
    """Input that refuses what it does not know."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the values, every unknown field told of."""
        if isinstance(data, Mapping):
            unknown = [name for name in data if name not in self.fields]
            if unknown:
                raise unknown_fields(unknown, self.fields)
        return super().to_internal_value(data)


def unknown_fields(unknown: Iterable[str], allowed: Iterable[str]) -> serializers.ValidationError:
    """Return what is raised for fields that are not known, each told of with those that are."""
    told = f"there is no such field; allowed: {', '.join(allowed) or 'none'}"
    return serializers.ValidationError({name: [told] for name in unknown})


class ContentsField(serializers.DictField):
    """What a request or an act says, field by field."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _check_null(value: Any) -> None:
    if isinstance(value, str) and "\0" in value:
        raise ValueError("a text holds a null character")
    if isinstance(value, dict):
        for key, item in value.items():
            _check_null(key)
            _check_null(item)
    elif isinstance(value, list):
        for item in value:
            _check_null(item)
