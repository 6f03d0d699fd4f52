"""Whose turn it is in each status."""

from cooperation.rulebook import rulebook
from cooperation.turn import REQUESTED, REQUESTING, statuses_with_turn, turn_of


def test_each_status_that_is_no_end_is_the_turn_of_one_side():
    found = rulebook().lifecycle

    assert sorted((*REQUESTING, *REQUESTED)) == sorted(set(found.statuses) - found.ends)
    assert [turn_of(end) for end in sorted(found.ends)] == [None] * len(found.ends)


def test_a_question_is_the_turn_of_the_state_that_asked():
    assert turn_of("more_information_requested") == "requesting"
    assert turn_of("sent") == "requested"
    assert statuses_with_turn("requested", is_own=True) == REQUESTED
    assert statuses_with_turn("requested", is_own=False) == REQUESTING
