"""Conditions of use: what binds whoever receives it, and the next after."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cooperation.evidence.conditions import check_passing_on, strictest
from cooperation.words import Refused

MAY, JUNE = "2027-05-31T16:59:59Z", "2027-06-30T16:59:59Z"


@pytest.mark.parametrize(
    ("bound", "said", "found"),
    [
        ({}, {}, {}),
        ({}, {"purpose": "Case 7"}, {"purpose": "Case 7"}),
        ({"purpose": "Case 7"}, {"purpose": "Anything"}, {"purpose": "Case 7"}),
        ({"onward_transfer": "never"}, {"onward_transfer": "with_consent"}, {"onward_transfer": "never"}),
        ({"onward_transfer": "with_consent"}, {"onward_transfer": "never"}, {"onward_transfer": "never"}),
        ({"onward_transfer": "with_consent"}, {}, {"onward_transfer": "with_consent"}),
        ({"confidential": True}, {"confidential": False}, {"confidential": True}),
        ({"confidential": False}, {"confidential": True}, {"confidential": True}),
        ({"delete_by": MAY}, {"delete_by": JUNE}, {"delete_by": MAY}),
        ({"delete_by": JUNE}, {"delete_by": MAY}, {"delete_by": MAY}),
        ({"delete_by": JUNE}, {}, {"delete_by": JUNE}),
    ],
)
def test_what_is_sent_on_is_never_freer_than_it_came(bound, said, found):
    assert strictest(bound, said) == found


CONDITIONS = st.fixed_dictionaries(
    {},
    optional={
        "purpose": st.sampled_from(["Case 7", "Case 8"]),
        "onward_transfer": st.sampled_from(["never", "with_consent"]),
        "confidential": st.booleans(),
        "delete_by": st.sampled_from([MAY, JUNE]),
    },
)


@given(CONDITIONS, CONDITIONS, CONDITIONS)
def test_conditions_gather_along_a_chain_of_states_and_none_is_lost(first, second, third):
    once = strictest(first, second)
    assert strictest(first, once) == once
    last = strictest(once, third)
    if "purpose" in first:
        assert last["purpose"] == first["purpose"]
    if "never" in (first.get("onward_transfer"), second.get("onward_transfer")):
        assert last["onward_transfer"] == "never"
    assert bool(last.get("confidential")) == any(one.get("confidential") for one in (first, second, third))
    days = [one["delete_by"] for one in (first, second, third) if "delete_by" in one]
    assert last.get("delete_by") == (min(days) if days else None)


@pytest.mark.parametrize(
    ("conditions", "consent", "told"),
    [
        ({}, False, "XB has not agreed to another use of what it sent (Art. 36, 40(19))"),
        ({"purpose": "Case 7"}, False, "XB sent it for this purpose only: Case 7 (Art. 40(19))"),
        ({"confidential": True}, False, "XB sent it to be kept confidential (Art. 40(20))"),
        ({"onward_transfer": "never"}, True, "the State that sent it forbids passing it on (Art. 36)"),
        ({"purpose": "Case 7", "confidential": True}, True, ""),
        ({"onward_transfer": "with_consent"}, True, ""),
    ],
)
def test_passing_on_is_refused_with_the_condition_that_stands_against_it(conditions, consent, told):
    if not told:
        check_passing_on(conditions, consent=consent, sender="XB")
        return
    with pytest.raises(Refused) as refused:
        check_passing_on(conditions, consent=consent, sender="XB")
    assert str(refused.value).startswith(told)
