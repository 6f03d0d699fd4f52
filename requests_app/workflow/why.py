"""Why a deadline falls on its date: the steps from its start."""

from __future__ import annotations

from cooperation.calendars import calendar
from cooperation.deadlines import Allowance, Pause, Working, working
from cooperation.rulebook import DeadlineRule
from requests_app.workflow.models import Deadline


def why(row: Deadline, rule: DeadlineRule) -> Working | None:
    """Return the working of a deadline; None while suspended, without a figure, or once extended."""
    if row.amount is None or row.until is not None or row.suspended_since is not None:
        return None
    pauses = [Pause(one.began_at, one.ended_at) for one in row.suspensions.all()]
    allowance = Allowance(row.amount, row.unit)
    owner = calendar(row.calendar)
    return working(row.starts_at, allowance, owner, pauses, roll=rule.roll, source=rule.source)
