"""Quiet hours: in the zone of the seat, over midnight too."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from cooperation.quiet import end_of_quiet

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("at", "zone", "since", "until", "expected"),
    [
        ("2026-11-23T09:00+00:00", HANOI, "20:00", "07:00", "2026-11-23T09:00+00:00"),
        ("2026-11-23T13:00+00:00", HANOI, "20:00", "07:00", "2026-11-24T00:00+00:00"),
        ("2026-11-23T23:30+00:00", HANOI, "20:00", "07:00", "2026-11-24T00:00+00:00"),
        ("2026-11-24T00:00+00:00", HANOI, "20:00", "07:00", "2026-11-24T00:00+00:00"),
        ("2026-11-23T05:30+00:00", HANOI, "12:00", "13:30", "2026-11-23T06:30+00:00"),
        ("2026-11-23T06:30+00:00", HANOI, "12:00", "13:30", "2026-11-23T06:30+00:00"),
        ("2027-03-27T22:00+00:00", BERLIN, "22:00", "06:00", "2027-03-28T04:00+00:00"),
        ("2026-11-23T13:00+00:00", HANOI, None, None, "2026-11-23T13:00+00:00"),
        ("2026-11-23T13:00+00:00", HANOI, "08:00", "08:00", "2026-11-23T13:00+00:00"),
    ],
    ids=[
        "by day",
        "at their beginning",
        "after midnight",
        "at their end",
        "a rest at noon",
        "its end",
        "the night in which an hour is skipped",
        "none",
        "no length",
    ],
)
def test_quiet_hours_end_in_the_zone_of_the_seat(at, zone, since, until, expected):
    hours = [time.fromisoformat(word) if word else None for word in (since, until)]

    assert end_of_quiet(datetime.fromisoformat(at), zone, *hours) == datetime.fromisoformat(expected)
