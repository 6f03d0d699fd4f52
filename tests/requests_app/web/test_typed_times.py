"""Times as people type them at a desk, and what a request holds of them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_app.web.typed_times import stored, typed

HANOI, NEW_YORK = ZoneInfo("Asia/Ho_Chi_Minh"), ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("text", "zone", "held"),
    [
        ("30/06/2027 09:00", HANOI, "2027-06-30T09:00:00+07:00"),
        ("30/06/2027, 09:00", HANOI, "2027-06-30T09:00:00+07:00"),
        ("  9:05  1/6/2027 ", HANOI, "2027-06-01T09:05:00+07:00"),
        ("09:00, ngày 30/6/2027", HANOI, "2027-06-30T09:00:00+07:00"),
        ("30 June 2027, 09:00", HANOI, "2027-06-30T09:00:00+07:00"),
        ("30-06-2027 09:00:30", HANOI, "2027-06-30T09:00:30+07:00"),
        ("30.06.2027", HANOI, "2027-06-30"),
        ("30/06/2027", HANOI, "2027-06-30"),
        ("2027-06-30 09:00", HANOI, "2027-06-30T09:00:00+07:00"),
        ("2027-01-15 09:00", NEW_YORK, "2027-01-15T09:00:00-05:00"),
        ("2027-06-30T09:00", NEW_YORK, "2027-06-30T09:00:00-04:00"),
        ("2027-06-30T09:00:00Z", HANOI, "2027-06-30T09:00:00Z"),
        ("2027-06-30", HANOI, "2027-06-30"),
        ("31/02/2027 09:00", HANOI, "31/02/2027 09:00"),
        ("2027-02-31 09:00", HANOI, "2027-02-31 09:00"),
        ("next week", HANOI, "next week"),
        ("", HANOI, ""),
    ],
)
def test_a_time_typed_at_a_desk_is_held_with_the_offset_of_the_desk(text, zone, held):
    assert stored(text, zone) == held


@pytest.mark.parametrize(
    ("held", "shown"),
    [
        ("2027-06-30T09:00:00+07:00", "30/06/2027 09:00"),
        ("2027-06-30T09:00:30+07:00", "30/06/2027 09:00:30"),
        ("2027-06-30", "30/06/2027"),
        ("2027-06-30T09:00:00Z", "2027-06-30T09:00:00Z"),
        ("2027-06-30T09:00:00+09:00", "2027-06-30T09:00:00+09:00"),
        ("next week", "next week"),
        ("0001-02-03", "0001-02-03"),
        ("", ""),
    ],
)
def test_what_is_held_is_shown_as_one_would_type_it_unless_that_would_lose_something(held, shown):
    assert typed(held, HANOI) == shown


@given(st.datetimes(), st.sampled_from((HANOI, NEW_YORK)))
def test_what_is_shown_means_again_what_is_held(at, zone):
    held = at.replace(microsecond=0, tzinfo=zone).isoformat()
    assert stored(typed(held, zone), zone) == held


@given(st.text(max_size=40))
def test_whatever_is_typed_nothing_of_it_is_lost_by_being_shown_and_sent_again(text):
    held = stored(text, HANOI)
    assert stored(typed(held, HANOI), HANOI) == held
