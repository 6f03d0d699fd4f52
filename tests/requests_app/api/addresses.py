"""Every address of the installation, found by asking the URL resolver: what is added is found by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, get_resolver, reverse

API, PAGES, ADMINISTRATION = "api/v1/", "", "admin/"


@dataclass(frozen=True)
class Endpoint:
    """One address, with gaps for words."""

    name: str
    room: str
    gaps: tuple[str, ...]
    view: Any

    def path(self, words: Mapping[str, Any]) -> str:
        """Return the path; a gap for which there is no word fails, so that somebody says what belongs there."""
        return reverse(self.name, kwargs={gap: words[gap] for gap in self.gaps})

    @property
    def methods(self) -> set[str]:
        """Return the methods that a view of the API has, OPTIONS left aside."""
        return {one for one in METHODS if one != "options" and hasattr(self.view.cls, one)}


METHODS = ("get", "head", "post", "patch", "put", "delete", "options")


def endpoints(*rooms: str) -> list[Endpoint]:
    """Return the addresses in these rooms of the installation, each once."""
    found = {one.name: one for one in _below(get_resolver().url_patterns, "", "")}
    return [one for one in found.values() if one.room in rooms]


def _below(patterns: Any, room: str, space: str) -> Iterator[Endpoint]:
    for one in patterns:
        if isinstance(one, URLPattern):
            # What has no name is Django's own way of adding a missing slash.
            if one.name:
                yield Endpoint(f"{space}{one.name}", room, tuple(one.pattern.regex.groupindex), one.callback)
        else:
            inner = room or str(one.pattern)
            named = f"{one.namespace}:" if one.namespace else ""
            yield from _below(one.url_patterns, inner, f"{space}{named}")
