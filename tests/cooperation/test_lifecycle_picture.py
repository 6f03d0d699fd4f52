"""The lifecycle as a picture: computed from the table, nothing left out that it does not say."""

from __future__ import annotations

from itertools import combinations

from cooperation.pages.lifecycle import arrows
from cooperation.pages.lifecycle_picture import BOX_HEIGHT, DETOUR, END, STRAIGHT, lifecycle_picture
from cooperation.rulebook import rulebook

LIFE = rulebook().lifecycle
PICTURE = lifecycle_picture(LIFE)


def of_kind(kind: str) -> list[str]:
    return [one.status for one in PICTURE.boxes if one.kind == kind]


def test_the_way_to_the_answer_stands_in_the_middle_the_detours_beside_it_and_the_ends():
    assert of_kind(STRAIGHT) == [
        "draft",
        "sent",
        "acknowledged",
        "admissibility_check",
        "accepted_with_conditions",
        "accepted",
        "in_execution",
        "evidence_transmitted",
        "receipt_verified",
        "feedback_given",
    ]
    assert set(of_kind(DETOUR)) == {
        "forwarded",
        "consultation",
        "more_information_requested",
        "postponed",
        "partly_executed",
    }
    assert set(of_kind(END)) == LIFE.ends


def test_each_status_stands_once_and_covers_no_other():
    assert sorted(one.status for one in PICTURE.boxes) == sorted(LIFE.statuses)
    for one, other in combinations(PICTURE.boxes, 2):
        assert one.x != other.x or abs(one.y - other.y) > BOX_HEIGHT


def test_each_way_of_the_table_has_an_arrow_or_is_counted_at_its_end():
    drawn = {(one.start, one.end) for one in PICTURE.lines} | {
        (one.end, one.start) for one in PICTURE.lines if one.back
    }
    undrawn = {one.status: one.undrawn for one in PICTURE.boxes if one.undrawn}
    ways = {pair for pair in arrows(LIFE, len(LIFE.statuses)) if pair[0] != pair[1]}

    assert drawn <= ways
    for status in LIFE.statuses:
        assert sum(end == status for _, end in ways - drawn) == undrawn.get(status, 0)
    assert undrawn.keys() <= LIFE.ends


def test_what_leads_there_and_back_is_one_arrow_with_two_heads():
    (line,) = [one for one in PICTURE.lines if {one.start, one.end} == {"in_execution", "postponed"}]

    assert (line.acts, line.back) == (("postpone",), ("resume",))
