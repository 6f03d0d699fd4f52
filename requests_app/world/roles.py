"""Who may do what in an exercise: one table, read by the API, the pages and what a seat sees."""

from __future__ import annotations

from collections.abc import Mapping

from cooperation.words import Refused, sentence
from requests_app.world.models import EVALUATOR, OBSERVER, TRAINEE, TRAINER, Exercise, Seat, SeatHolder

ACT = sentence("act at a desk")
SEE_ALL = sentence("see the whole exercise")
JUDGE = sentence("score by judgement")
RUN = sentence("run the exercise")
# Codes, archiving and deleting are the trainer's too, with the clock and the injects.
MAY: Mapping[str, frozenset[str]] = {
    TRAINEE: frozenset({ACT}),
    OBSERVER: frozenset({SEE_ALL}),
    EVALUATOR: frozenset({SEE_ALL, JUDGE}),
    TRAINER: frozenset({SEE_ALL, JUDGE, RUN}),
}


def may(holder: SeatHolder, what: str) -> bool:
    """Return whether the role of a seat allows something."""
    return what in MAY[holder.role]


def check_may(holder: SeatHolder, what: str) -> None:
    """Raise Refused `not_your_role` where the role of a seat does not allow something."""
    if not may(holder, what):
        allowed = [role for role in MAY if what in MAY[role]]
        raise Refused(
            "not_your_role",
            f"the role {holder.role} may not {what}",
            article="exercise rule",
            mend=f"leave it to: {', '.join(allowed)}",
        )


def desk_of(holder: SeatHolder) -> Seat:
    """Return the desk at which a trainee acts; raise Refused for those who only look on."""
    check_may(holder, ACT)
    assert holder.seat is not None
    return holder.seat


def exercise_run_by(holder: SeatHolder) -> Exercise:
    """Return the exercise that a trainer runs; raise Refused for all others who sit in it."""
    check_may(holder, RUN)
    return holder.exercise


def exercise_judged_by(holder: SeatHolder) -> Exercise:
    """Return the exercise in which an evaluator or trainer scores; raise Refused for all others."""
    check_may(holder, JUDGE)
    return holder.exercise


def exercise_seen_by(holder: SeatHolder) -> Exercise:
    """Return the exercise that control sees whole; raise Refused for a desk."""
    check_may(holder, SEE_ALL)
    return holder.exercise
