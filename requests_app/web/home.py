"""The first page: one's exercises, and the way into another by a code."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Min, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from requests_app.exercises.own_seats import seats_of
from requests_app.exercises.seating import may_open
from requests_app.web.place import place_of, run_of
from requests_app.world.models import TRAINEE, SeatHolder
from requests_app.world.present import wall_now

SEATS_SHOWN = 50


@never_cache
@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the seats that one has, those of running exercises first."""
    wall = wall_now()
    listed = seats_of(request.user).filter(exercise__archived_at=None)
    begun = Min("exercise__segments__wall_at", filter=Q(exercise__segments__rate__gt=0))
    seats = listed.annotate(begun_at=begun).order_by("exercise__ended", "-exercise__starts_at", "pk")[
        :SEATS_SHOWN
    ]
    shown = [
        {
            "place": place_of(seat, wall),
            "run": run_of(seat.exercise),
            "begun_at": seat.begun_at,
            "address": _way_in(seat),
        }
        for seat in seats
    ]
    facts: dict[str, Any] = {
        "seats": shown,
        "may_open": may_open(request.user),
        "addresses": {name: _address(name) for name in ("join", "library", "status")},
    }
    return render(request, "web/home.html", facts)


def _way_in(seat: SeatHolder) -> str:
    """Return where a role begins."""
    name = "desk" if seat.role == TRAINEE else "control_room"
    return _address(name, seat.exercise.handle)


def _address(name: str, *arguments: str) -> str:
    """Return an address; empty while there is no such page."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""
