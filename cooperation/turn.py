"""Whose turn it is: the side that must do something before a request goes on (exercise rule)."""

from __future__ import annotations

from cooperation.words import OTHER_SIDE, Side

# Who asks writes the draft, answers questions and consultations, takes or leaves conditions, verifies what
# came and says that it is done. In every other open status the State asked must act.
REQUESTING = (
    "draft",
    "more_information_requested",
    "consultation",
    "accepted_with_conditions",
    "evidence_transmitted",
    "receipt_verified",
    "feedback_given",
)
REQUESTED = (
    "sent",
    "acknowledged",
    "admissibility_check",
    "accepted",
    "postponed",
    "in_execution",
    "partly_executed",
    "forwarded",
)


def turn_of(status: str) -> Side | None:
    """Return the side that must act next in a status; None where the request has ended."""
    if status in REQUESTING:
        return "requesting"
    return "requested" if status in REQUESTED else None


def statuses_with_turn(side: str, *, is_own: bool) -> tuple[str, ...]:
    """Return the statuses in which this side, or else the other one, must act."""
    acting = side if is_own else OTHER_SIDE[side]
    return REQUESTING if acting == "requesting" else REQUESTED
