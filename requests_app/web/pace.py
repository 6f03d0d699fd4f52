"""How often a page may be asked for from one address; counted with the API."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from rest_framework.throttling import SimpleRateThrottle

from cooperation.words import Refused


class _Pace(SimpleRateThrottle):
    """The rate of one scope, by address."""

    def __init__(self, scope: str) -> None:
        self.scope = scope
        super().__init__()

    def get_cache_key(self, request: Any, _: Any) -> str:
        """Return under which key the address is counted."""
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


def check_pace(request: HttpRequest, scope: str) -> None:
    """Raise Refused `too_many` where an address asks too often."""
    if not _Pace(scope).allow_request(request, None):  # type: ignore[arg-type]
        raise Refused("too_many", "too many have asked from here", mend="wait a minute")
