"""What a scenario waits for is told by names: nobody has to know the ids of its author."""

from __future__ import annotations

import pytest

from requests_app.exercises.library import shipped_scenario
from requests_app.web.story import expectations_in_words, milestones_in_words, planned_in_words

PRESERVATION = "Expedited preservation of stored electronic data"


@pytest.mark.parametrize(
    ("milestone", "told"),
    [
        ("host-preserved", f"Confirm preservation: {PRESERVATION}, Arvania asks Borland"),
        ("path-known", "Disclose provider and path from Borland to Arvania"),
        ("relay-preserved", f"Confirm preservation: {PRESERVATION}, Arvania asks Cascadia"),
        ("image-arrived", "Transmit: MLA - access to stored electronic data, Arvania asks Borland"),
    ],
)
def test_a_milestone_is_told_by_act_request_and_states(milestone, told):
    assert milestones_in_words(shipped_scenario("hospital-ransomware"))[milestone] == told


def test_an_expectation_names_who_is_to_do_it_and_to_whom():
    found = expectations_in_words(shipped_scenario("hospital-ransomware"))

    assert f"Arvania: Submit: {PRESERVATION}, to Borland" in found.values()
    assert not [told for told in found.values() if "(" in told or "XB" in told]


def test_a_planned_request_is_told_by_its_type_and_its_two_states():
    told = planned_in_words(shipped_scenario("hospital-ransomware"), "preserve-host")

    assert told == f"{PRESERVATION}, Arvania asks Borland"


def test_who_tells_something_unasked_is_not_said_to_ask():
    found = planned_in_words(shipped_scenario("child-abuse-platform"), "tell-cascadia")

    assert found == "Spontaneous information, from Arvania to Cascadia"
