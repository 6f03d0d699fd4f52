"""The decisions that a scenario puts to a team: what was asked, what the team did, what practice says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from cooperation.rulebook import rulebook
from cooperation.scenario import Decision
from requests_app.exercises.after_action import Happened
from requests_app.exercises.hands import Hands
from requests_app.exercises.models import Inject
from requests_app.exercises.script import Script, script_of
from requests_app.workflow.models import Event
from requests_app.world.models import Exercise

# News is answered within days or not at all; what comes later has other reasons.
ANSWERED_WITHIN = timedelta(days=7)
ACTS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class DecisionTold:
    """A decision with what its team did, the earliest first, as far as the log tells it.

    came_at  when the news came that puts it; None for another decision, and before it has come
    """

    decision: Decision
    came_at: datetime | None
    did: tuple[Happened, ...]


def decisions_told(exercise: Exercise, states: Sequence[str] = ()) -> list[DecisionTold]:
    """Return the decisions of an exercise in the order of the scenario; for control, and for a seat after the end.

    states  only those of these States, where any are named
    """
    script = script_of(exercise.pk)
    wanted = [one for one in script.scenario.decisions if not states or one.state in states]
    fired = dict(Inject.objects.filter(exercise=exercise).values_list("name", "fired_at"))
    told, hands = [], Hands(exercise)
    for one in wanted:
        came_at = fired.get(one.of_inject or "")
        told.append(DecisionTold(one, came_at, tuple(_did(exercise, script, one, came_at, hands))))
    return told


def _did(
    exercise: Exercise, script: Script, one: Decision, came_at: datetime | None, hands: Hands
) -> list[Happened]:
    """Return what the team did: on the request itself or on its own of that kind; after news, what it did next."""
    rows = Event.objects.filter(exercise=exercise, request__isnull=False, actor_state=one.state)
    if one.of_request is not None:
        planned = script.requests[one.of_request]
        pair = {
            "request__requesting_code": planned.from_state,
            "request__requested_code": planned.to_state,
            "request__request_type": planned.type,
        }
        # People at the desk file a request of their own where the simulation would have filed the planned one.
        rows = rows.filter(Q(request__planned=planned.id) | Q(**pair, request__planned=""))
    elif came_at is not None:
        rows = rows.filter(at__gte=came_at, at__lt=came_at + ANSWERED_WITHIN)
    else:
        return []
    columns = ("request", "request__reference", "seq", "act", "actor_state", "actor_authority", "at")
    acts = rulebook().lifecycle.acts
    found = []
    for request, reference, seq, act, state, authority, at in (
        rows.filter(act__in=acts).order_by("at", "id").values_list(*columns)[:ACTS_SHOWN]
    ):
        desk = f"{state}/{authority}" if authority else state
        by_people = hands.are_peoples(desk, at)
        found.append(Happened(request, reference, seq, act, acts[act].label, desk, at, by_people))
    return found
