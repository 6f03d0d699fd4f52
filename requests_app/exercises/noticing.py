"""Notices and the people they reach: seen or not, and whether, when and in which language by mail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, QuerySet

from cooperation.quiet import end_of_quiet
from cooperation.words import Refused
from requests_app.workflow.models import Notice, NoticeMail, Seen
from requests_app.workflow.visible import visible_to
from requests_app.world.models import SeatHolder

OF_DESKS_ONLY = Refused(
    "not_your_role", "notices reach desks", article="exercise rule", mend="take a seat at a desk"
)


def notices_of(holder: SeatHolder) -> QuerySet[Any]:
    """Return the notices that a seat sees, each with `seen`: whether this person has."""
    seen = Seen.objects.filter(holder=holder, notice=OuterRef("pk"))
    return visible_to(holder).notices().annotate(seen=Exists(seen))


def unseen(holder: SeatHolder) -> int:
    """Return how many notices a person has not seen."""
    return notices_of(holder).filter(seen=False).count()


def mark_seen(holder: SeatHolder, keys: Collection[UUID] | None, wall: datetime) -> int:
    """Mark notices as seen by a person, all of them for None; return how many are still unseen.

    What the seat does not see is passed over, as if it were not there.
    """
    left = notices_of(holder).filter(seen=False)
    meant = left if keys is None else left.filter(pk__in=keys)
    rows = (Seen(holder=holder, notice_id=key, at=wall) for key in meant.values_list("pk", flat=True))
    Seen.objects.bulk_create(rows, ignore_conflicts=True)
    return left.count()


def change_settings(
    holder: SeatHolder,
    *,
    wants_mail: bool,
    language: str,
    quiet_from: time | None,
    quiet_until: time | None,
) -> None:
    """Say whether, when and in which language a person has mail of what reaches their desk.

    quiet_from, quiet_until  in the zone of the seat's State; both or none

    Raises Refused: not_your_role, half_quiet, no_address.
    """
    if holder.seat is None:
        raise OF_DESKS_ONLY
    if (quiet_from is None) != (quiet_until is None):
        raise Refused("half_quiet", "quiet hours have a beginning and an end", mend="give both or none")
    if wants_mail and not holder.user.email:
        raise Refused("no_address", "your account has no mail address", mend="give it one first")
    holder.wants_mail, holder.language = wants_mail, language
    holder.quiet_from, holder.quiet_until = quiet_from, quiet_until
    holder.save(update_fields=["wants_mail", "language", "quiet_from", "quiet_until"])


def put_into_mail(notices: Collection[Notice], wall: datetime) -> None:
    """Note for each person at their desks who wants mail that these go to them, once, after their quiet hours."""
    by_desk: dict[UUID, list[Notice]] = defaultdict(list)
    for notice in notices:
        by_desk[notice.authority_id].append(notice)
    holders = SeatHolder.objects.filter(seat__authority__in=list(by_desk), wants_mail=True).exclude(
        user__email=""
    )
    rows = []
    for holder in holders.select_related("seat__authority__state"):
        assert holder.seat is not None
        zone = ZoneInfo(holder.seat.authority.state.zone)
        ready_at = end_of_quiet(wall, zone, holder.quiet_from, holder.quiet_until)
        rows += [
            NoticeMail(holder=holder, notice=notice, told_at=wall, ready_at=ready_at)
            for notice in by_desk[holder.seat.authority_id]
        ]
    NoticeMail.objects.bulk_create(rows, ignore_conflicts=True)
