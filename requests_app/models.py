"""The shelf on which Django finds the models of the rooms; imported by no one."""

from requests_app.agenda.models import AgendaItem
from requests_app.exercises.models import Expectation, Inject, Milestone, Work
from requests_app.workflow.models import (
    Answer,
    AssistanceRequest,
    Case,
    Deadline,
    Event,
    Interval,
    Notice,
    Suspension,
)
from requests_app.world.models import Authority, ClockSegment, Exercise, Seat, State

__all__ = [
    "AgendaItem",
    "Answer",
    "AssistanceRequest",
    "Authority",
    "Case",
    "ClockSegment",
    "Deadline",
    "Event",
    "Exercise",
    "Expectation",
    "Inject",
    "Interval",
    "Milestone",
    "Notice",
    "Seat",
    "State",
    "Suspension",
    "Work",
]
