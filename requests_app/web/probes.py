"""What watches over the installation asks these: alive, ready, and the figures."""

from __future__ import annotations

import ipaddress
import secrets
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from requests_app.exercises.health import Pulse, oldest_due_s, pulse
from requests_app.web.broker import queue_lengths
from requests_app.web.metrics import exposition
from requests_app.world.present import wall_now

# The canary runs every five seconds: a worker that executed none for so long does not work.
CANARY_AGE_AT_MOST_S = 30.0
PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_VIA")


@require_safe
def healthz(_: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("alive\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(_: HttpRequest) -> HttpResponse:
    """Tell whether database, Redis and a worker do their work: 200, or 503 with what does not."""
    found = readiness()
    return JsonResponse(found, status=200 if found["ready"] else 503)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Return the figures, to whoever may read them; to anybody else there is no such page."""
    if not may_read_metrics(request):
        raise Http404
    return HttpResponse(exposition(wall_now(), queue_lengths()), content_type=PROMETHEUS)


def readiness() -> dict[str, Any]:
    """Return the facts of `/readyz`; ages in seconds, null where nothing was ever seen."""
    wall = wall_now()
    try:
        seen, oldest_s, answers = pulse(wall), oldest_due_s(wall), True
    except DatabaseError:
        seen, oldest_s, answers = Pulse(None, None), 0.0, False
    redis = queue_lengths() is not None
    works = seen.canary_age_s is not None and seen.canary_age_s <= CANARY_AGE_AT_MOST_S
    return {
        "ready": answers and redis and works,
        "database": answers,
        "redis": redis,
        "canary_age_s": _tenths(seen.canary_age_s),
        "oldest_due_s": _tenths(oldest_s) if answers else None,
    }


def may_read_metrics(request: HttpRequest) -> bool:
    """Return whether a visitor carries the token, or sits at this machine with no proxy between.

    Where a token is set only the token counts: a proxy on this machine may hide who asks.
    """
    if settings.METRICS_TOKEN:
        said = request.headers.get("Authorization", "").encode()
        return secrets.compare_digest(said, f"Bearer {settings.METRICS_TOKEN}".encode())
    if any(name in request.META for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _tenths(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
