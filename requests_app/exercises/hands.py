"""Whose hand acted at a desk: people's, or the simulation's. The log names seats; who sat there is told apart."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import datetime

from requests_app.workflow.models import Event
from requests_app.world.models import Exercise

TAKEN, GIVEN_BACK = "take_seat", "give_back_seat"


class Hands:
    """Who acted at each desk of an exercise, by what control's own chain tells of seats."""

    def __init__(self, exercise: Exercise) -> None:
        rows = Event.objects.filter(exercise=exercise, request=None, desk="", act__in=(TAKEN, GIVEN_BACK))
        self._moves: dict[str, list[tuple[datetime, bool]]] = defaultdict(list)
        for act, contents, at in rows.order_by("seq").values_list("act", "contents", "at"):
            self._moves[contents["desk"]].append((at, act == TAKEN))

    def are_peoples(self, desk: str, at: datetime) -> bool:
        """Return whether people acted at a desk at an exercise instant; every desk begins simulated."""
        moves = self._moves.get(desk, [])
        place = bisect_right(moves, at, key=lambda move: move[0])
        return place > 0 and moves[place - 1][1]
