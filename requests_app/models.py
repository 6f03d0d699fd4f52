"""The shelf on which Django finds the models of the rooms; imported by no one."""

from requests_app.agenda.models import AgendaItem, Lateness, OutboxItem
from requests_app.exercises.models import Expectation, Inject, Milestone, Work
from requests_app.reports.models import RollUp
from requests_app.workflow.models import (
    AssistanceRequest,
    Case,
    Deadline,
    Event,
    Interval,
    KeptAnswer,
    Notice,
    Suspension,
)
from requests_app.world.models import (
    Authority,
    ClockSegment,
    Exercise,
    Heartbeat,
    JoinCode,
    Seat,
    SeatHolder,
    State,
)

__all__ = [
    "AgendaItem",
    "AssistanceRequest",
    "Authority",
    "Case",
    "ClockSegment",
    "Deadline",
    "Event",
    "Exercise",
    "Expectation",
    "Heartbeat",
    "Inject",
    "Interval",
    "JoinCode",
    "KeptAnswer",
    "Lateness",
    "Milestone",
    "Notice",
    "OutboxItem",
    "RollUp",
    "Seat",
    "SeatHolder",
    "State",
    "Suspension",
    "Work",
]
