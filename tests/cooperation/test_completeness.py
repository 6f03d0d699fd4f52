"""What a draft lacks, and whether the Convention is a basis for it."""

from __future__ import annotations

from typing import Any

import pytest

from cooperation.completeness import is_covered, missing, penalty_of
from cooperation.rulebook import rulebook

BOOK = rulebook()
PRESERVATION: dict[str, Any] = {
    "requesting_authority": "24/7 contact point, Arvania",
    "offence": ["illegal_access"],
    "facts_summary": "The systems of a hospital were encrypted.",
    "data_description": "The image of one virtual server.",
    "data_relation_to_offence": "It held the key.",
    "necessity": "The provider keeps it for a week.",
    "intent_to_follow_up": True,
    "requested_authority": "24/7 contact point, Borland",
}


def lacks(request_type: str, contents: dict[str, Any], *, parent: bool = False) -> tuple[str, ...]:
    return missing(
        BOOK.types[request_type],
        contents,
        offences=contents.get("offence") or (),
        known_offences=BOOK.offences.keys(),
        has_parent=parent,
    )


@pytest.mark.parametrize(
    ("change", "gaps"),
    [
        ({}, ()),
        ({"offence": None}, ("offence",)),
        ({"necessity": ""}, ("necessity",)),
        ({"necessity": [], "facts_summary": {}}, ("facts_summary", "necessity")),
        ({"intent_to_follow_up": False}, ()),
        ({"identifiers": None, "language": "", "custodian_or_location": None}, ()),
        ({"offence": ["bribery"]}, ("maximum_penalty_years",)),
        ({"offence": ["bribery"], "maximum_penalty_years": 5}, ()),
        ({"offence": ["bribery"], "maximum_penalty_years": 0}, ()),
        ({"offence": ["bribery", "illegal_access"]}, ()),
    ],
    ids=[
        *("whole", "null", "empty text", "empty list and object, in order", "no is an answer"),
        *("recommended and if known", "other offence without penalty", "with penalty", "no penalty at all"),
        "one of two offences is the Convention's",
    ],
)
def test_a_preservation_lacks_what_article_42_asks_for_and_is_not_there(change, gaps):
    assert lacks("preservation_expedited", {**PRESERVATION, **change}) == gaps


def test_an_empty_draft_lacks_each_required_field_in_the_order_of_the_rule_book():
    assert lacks("preservation_extension", {}) == (
        *("related_request", "preserved_data_reference", "necessity", "requesting_authority"),
    )


@pytest.mark.parametrize(("parent", "is_gap"), [(True, True), (False, False)], ids=["parent", "no parent"])
def test_a_follow_up_must_name_the_request_that_it_follows(parent, is_gap):
    assert ("related_request" in lacks("mla_stored_data", {}, parent=parent)) is is_gap


def test_a_condition_that_the_draft_does_not_decide_is_a_question_and_never_a_gap():
    gaps = lacks("mla_stored_data", {})
    assert "data_category" in gaps
    assert not {"preserved_data_reference", "urgency", "custodian_or_location"} & set(gaps)


@pytest.mark.parametrize(
    ("request_type", "offences", "penalty", "covered"),
    [
        ("preservation_expedited", ["illegal_access"], None, True),
        ("preservation_expedited", ["illegal_access"], 1, True),
        ("preservation_expedited", [], None, True),
        ("preservation_expedited", ["breach_of_trust"], 3, False),
        ("preservation_expedited", ["breach_of_trust"], 3.9, False),
        ("preservation_expedited", ["breach_of_trust"], 4, True),
        ("preservation_expedited", ["breach_of_trust"], "life", True),
        ("preservation_expedited", ["breach_of_trust"], "death", True),
        ("preservation_expedited", ["breach_of_trust"], "fine", False),
        ("preservation_expedited", ["breach_of_trust"], 0, False),
        ("preservation_expedited", ["breach_of_trust"], None, True),
        ("preservation_expedited", ["breach_of_trust", "laundering"], 3, True),
        ("mla_stored_data", ["breach_of_trust"], 4, True),
        ("mla_stored_data", ["breach_of_trust"], 3, False),
        ("mla_statement", ["breach_of_trust"], 10, True),
        ("mla_statement", ["breach_of_trust"], 3, False),
        ("extradition", ["breach_of_trust"], 20, False),
        ("extradition", ["breach_of_trust"], "life", False),
        ("extradition", ["breach_of_trust"], None, False),
        ("extradition", ["laundering"], 4, True),
        ("freezing_or_seizure", ["breach_of_trust"], 20, False),
        ("joint_investigation", ["breach_of_trust"], 20, False),
        ("law_enforcement_inquiry", ["breach_of_trust"], 20, False),
        ("spontaneous_information", ["breach_of_trust"], 4, True),
        ("spontaneous_information", ["breach_of_trust"], 3, False),
        ("information_exchange", ["breach_of_trust"], 1, True),
    ],
    ids=lambda value: str(value),
)
def test_the_convention_is_a_basis_or_is_not(request_type, offences, penalty, covered):
    assert is_covered(BOOK, BOOK.types[request_type], offences, penalty) is covered


@pytest.mark.parametrize(
    ("written", "penalty"),
    [
        (4, 4),
        (3.5, 3.5),
        ("4", 4.0),
        (" Life ", "life"),
        ("death", "death"),
        ("a fine", "a fine"),
        ("", None),
        (None, None),
        (True, None),
        ([], None),
    ],
    ids=str,
)
def test_a_penalty_is_years_life_or_death(written, penalty):
    assert penalty_of(written) == penalty


@pytest.mark.parametrize("written", ["nan", "inf", "-inf", "infinity"])
def test_a_penalty_that_is_no_number_of_years_does_not_reach_the_threshold(written):
    preservation = BOOK.types["preservation_expedited"]
    assert not is_covered(BOOK, preservation, ["breach_of_trust"], penalty_of(written))
