"""The picture of a timeline."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from requests_app.web.timeline import picture

BEGINS = datetime(2027, 3, 1, tzinfo=UTC)
ENDS = BEGINS + timedelta(days=100)


@pytest.mark.parametrize(
    ("day", "cursor", "anchor"),
    [(0, 150.0, "middle"), (50, 565.0, "middle"), (100, 980.0, "end"), (101, None, "middle")],
    ids=["at the start", "half-way", "at the end", "after the end"],
)
def test_the_word_at_the_cursor_stays_inside_of_the_picture(day, cursor, anchor):
    found = picture([], [("inject", "Injects")], BEGINS, ENDS, BEGINS + timedelta(days=day))

    assert (found.cursor, found.cursor_anchor) == (cursor, anchor)


def test_what_has_no_instant_or_no_row_is_left_out_and_all_else_lies_within():
    marks = [
        (BEGINS + timedelta(days=50), "inject", "planned", "A call"),
        (None, "inject", "held", "Nobody knows when"),
        (BEGINS, "deadline", "met", "Of another row"),
        (BEGINS + timedelta(days=200), "inject", "planned", "After the end"),
    ]

    dots = picture(marks, [("inject", "Injects")], BEGINS, ENDS).dots

    assert [(dot.x, dot.text) for dot in dots] == [(565.0, "A call"), (980.0, "After the end")]
