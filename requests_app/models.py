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
    NoticeMail,
    Seen,
    Suspension,
)
from requests_app.world.models import (
    Authority,
    ClockSegment,
    Exercise,
    Guest,
    Heartbeat,
    JoinCode,
    Mail,
    Seat,
    SeatHolder,
    Session,
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
    "Guest",
    "Heartbeat",
    "Inject",
    "Interval",
    "JoinCode",
    "KeptAnswer",
    "Lateness",
    "Mail",
    "Milestone",
    "Notice",
    "NoticeMail",
    "OutboxItem",
    "RollUp",
    "Seat",
    "SeatHolder",
    "Seen",
    "Session",
    "State",
    "Suspension",
    "Work",
]
