"""A desk's deadlines as an iCalendar feed behind a secret address; every entry says EXERCISE."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet
from icalendar import Calendar, Event

from cooperation.rulebook import DeadlineRule, rulebook
from requests_app.exercises.models import CalendarFeed
from requests_app.workflow.models import Deadline
from requests_app.workflow.visible import visible_to
from requests_app.world.models import SeatHolder

ENTRIES_AT_MOST = 1_000
REFRESH = timedelta(minutes=15)
NOTE = "EXERCISE: nothing here is real. The date is of the exercise's own clock, not of the wall's."


def make_feed(holder: SeatHolder, wall: datetime) -> str:
    """Return the secret of a new feed of a seat, told once; an earlier address of the seat ends.

    wall  wall instant
    """
    secret = secrets.token_urlsafe(32)
    made = {"digest": _digest(secret), "made_at": wall}
    CalendarFeed.objects.update_or_create(holder=holder, defaults=made)
    return secret


def revoke_feed(holder: SeatHolder) -> bool:
    """Let the feed of a seat be read no more; return whether there was one."""
    return bool(CalendarFeed.objects.filter(holder=holder).delete()[0])


def feed_made_at(holder: SeatHolder) -> datetime | None:
    """Return when the feed of a seat was made, wall time; None without one."""
    return CalendarFeed.objects.filter(holder=holder).values_list("made_at", flat=True).first()


def holder_of_feed(secret: str) -> SeatHolder | None:
    """Return the seat whose feed a secret opens; None for one that opens nothing, or no more."""
    found = SeatHolder.objects.select_related("exercise", "seat__authority__state").filter(
        calendar_feed__digest=_digest(secret), user__is_active=True, exercise__archived_at=None
    )
    return found.defer("exercise__scenario_text").first()


def feed_of(holder: SeatHolder) -> bytes:
    """Return the deadlines of a seat's desk that are not ended, as iCalendar; of all desks for control.

    The same deadlines give the same bytes, so that a reader may ask whether anything has changed.
    """
    profile = rulebook().profiles[holder.exercise.deadline_profile]
    rules = {(kind, rule.id): rule for kind in rulebook().types for rule in profile.for_type(kind)}
    name = holder.seat.authority.desk if holder.seat else "control"
    feed = Calendar()
    feed.add("prodid", "-//Comity//EXERCISE//EN")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("name", f"EXERCISE {holder.exercise.handle}: {name}")
    feed.add("x-wr-calname", f"EXERCISE {holder.exercise.handle}: {name}")
    feed.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for row in _rows(holder):
        feed.add_component(_entry(row, rules[row.request.request_type, row.rule]))
    return bytes(feed.to_ical())


def _rows(holder: SeatHolder) -> QuerySet[Deadline]:
    rows = visible_to(holder).deadlines().filter(ended_at=None, due_at__isnull=False)
    if holder.seat is not None:
        desk = holder.seat.authority
        asks = Q(request__requesting_code=desk.state.code, request__requesting_kind=desk.kind)
        is_asked = Q(request__requested_code=desk.state.code, request__requested_kind=desk.kind)
        rows = rows.filter(asks | is_asked)
    rows = rows.select_related("request").defer("request__contents", "request__questions")
    return rows.order_by("due_at", "request__reference", "rule", "number")[:ENTRIES_AT_MOST]


def _entry(row: Deadline, rule: DeadlineRule) -> Event:
    assert row.due_at is not None
    request = row.request
    desk = f"{request.code_of(rule.owed_by)}/{request.kind_of(rule.owed_by)}"
    due_at = row.due_at.astimezone(UTC)
    late = "overdue, " if row.status == Deadline.MISSED else ""
    entry = Event()
    entry.add("uid", f"{row.pk}@exercise.comity")
    # Of the deadline and not of the reading, so that what has not changed has the same bytes.
    entry.add("dtstamp", row.starts_at.astimezone(UTC))
    entry.add("dtstart", due_at)
    entry.add("summary", f"EXERCISE: {late}{rule.label}, {request.reference}")
    entry.add(
        "description",
        "\n".join(
            (
                NOTE,
                f"Due in exercise time: {due_at:%Y-%m-%d %H:%M:%S} UTC",
                f"Owed by: {desk}",
                f"Request: {request.reference} ({rulebook().types[request.request_type].name})",
                f"Source: {rule.source}",
            )
        ),
    )
    entry.add("categories", ["EXERCISE"])
    entry.add("transp", "TRANSPARENT")
    return entry


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
