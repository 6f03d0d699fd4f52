"""Quiet hours: when somebody is not to be written to."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


def end_of_quiet(at: datetime, zone: ZoneInfo, since: time | None, until: time | None) -> datetime:
    """Return the instant at which one may be written to: `at` itself, or the end of the quiet hours it lies in.

    since, until  local times; until <= since goes over midnight; None for no quiet hours

    The end of quiet hours that daylight saving skips is the instant that the zone gives it.
    """
    if since is None or until is None or since == until:
        return at
    local = at.astimezone(zone)
    now = local.time()
    over_midnight = until < since
    is_quiet = (now >= since or now < until) if over_midnight else since <= now < until
    if not is_quiet:
        return at
    day = local.date() + timedelta(days=1) if over_midnight and now >= since else local.date()
    return datetime.combine(day, until, tzinfo=zone).astimezone(at.tzinfo)
