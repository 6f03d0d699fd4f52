"""How a simulated State works: what it does next, how long that takes, and what it says.

A behaviour is data; what it draws comes from streams named by seed, State, request and step.
"""

from __future__ import annotations

from cooperation.behaviour import requested, requesting
from cooperation.behaviour.drafting import answer_for, drafted
from cooperation.behaviour.files import FOLDER, behaviours, read_behaviour
from cooperation.behaviour.tasks import open_task, reaction, step
from cooperation.behaviour.values import (
    CHANCES,
    EMERGENCY,
    PRESERVATION,
    QUICK,
    REST,
    ROUTINE,
    TASKS,
    Behaviour,
    Deed,
    Effort,
    Hand,
    Matter,
    pace,
    priority,
    urgency,
)
from cooperation.chance import Stream
from cooperation.rulebook import RuleBook

__all__ = [
    "CHANCES",
    "EMERGENCY",
    "FOLDER",
    "PRESERVATION",
    "QUICK",
    "REST",
    "ROUTINE",
    "TASKS",
    "Behaviour",
    "Deed",
    "Effort",
    "Matter",
    "answer_for",
    "behaviours",
    "carry_out",
    "drafted",
    "open_task",
    "pace",
    "priority",
    "reaction",
    "read_behaviour",
    "step",
    "urgency",
]

_WORK = {**requested.WORK, **requesting.WORK}


def carry_out(book: RuleBook, behaviour: Behaviour, task: str, matter: Matter, stream: Stream) -> Deed:
    """Return what comes of a task that an officer has finished."""
    return _WORK[task](Hand(book, behaviour, matter, stream))
