"""The seats that a person has: the same for the pages and the API."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from requests_app.world.models import SeatHolder


def seats_of(user: Any) -> QuerySet[SeatHolder]:
    """Return the seats of a person, each with its exercise and desk."""
    found = SeatHolder.objects.select_related("exercise", "seat__authority__state")
    return found.filter(user=user.pk).defer("exercise__scenario_text").order_by("pk")
