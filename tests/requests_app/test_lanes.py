"""Lanes of the board: what a desk holds, the most urgent first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from requests_app.exercises.lanes import Held, _urgency

NOW = datetime(2027, 3, 1, tzinfo=UTC)


def held(reference: str, *, days: int, due_in_days: int | None = None, is_overdue: bool = False) -> Held:
    return Held(
        request_id=UUID(int=days),
        reference=reference,
        request_type="mla_documents",
        status="sent",
        since=NOW - timedelta(days=days),
        is_under_way=False,
        due_at=NOW + timedelta(days=due_in_days) if due_in_days is not None else None,
        is_overdue=is_overdue,
    )


def test_what_is_overdue_stands_first_then_what_is_due_soonest_then_what_waits_longest():
    rows = [
        held("waits a week", days=7),
        held("due in a month", days=90, due_in_days=30),
        held("overdue", days=1, is_overdue=True),
        held("waits a month", days=30),
        held("due tomorrow", days=1, due_in_days=1),
        held("overdue, and due again", days=2, due_in_days=2, is_overdue=True),
    ]

    assert [one.reference for one in sorted(rows, key=_urgency)] == [
        "overdue, and due again",
        "overdue",
        "due tomorrow",
        "due in a month",
        "waits a month",
        "waits a week",
    ]


def test_only_what_is_due_or_overdue_waits():
    rows = {
        "due": held("due", days=1, due_in_days=2),
        "overdue": held("overdue", days=9, is_overdue=True),
        "no date runs": held("no date runs", days=11),
        "on its way": replace(held("on its way", days=1, due_in_days=2), is_under_way=True),
    }

    assert [name for name, one in rows.items() if one.waits] == ["due", "overdue"]
