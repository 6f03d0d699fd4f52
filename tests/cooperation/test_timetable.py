"""Which deadlines an act starts: the one that governs a stage, and those that run by themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cooperation.rulebook import DeadlineRule, rulebook
from cooperation.timetable import Circumstances, circumstances, holds, of_events, of_stage

START = datetime(2027, 3, 1, tzinfo=UTC)
ROUTINE, URGENT = Circumstances(), Circumstances(urgency="urgent")
IF_URGENT = {"urgency": ("urgent", "emergency")}
TEMPLATE = next(r for r in rulebook().profiles["training_default"].deadlines if r.id == "td_decision")


def rule(id_: str, days: int | None, **facts: Any) -> DeadlineRule:
    """Return a target on the decision; `all` types unless it says otherwise."""
    return replace(TEMPLATE, **{"id": id_, "amount": days, "specificity": 0, "condition": None, **facts})


def due(one: DeadlineRule) -> datetime | None:
    return None if one.amount is None else START + timedelta(days=one.amount)


def winner(*rules: DeadlineRule, facts: Circumstances = ROUTINE) -> str | None:
    found = {getattr(of_stage(order, "decide", facts, due), "id", None) for order in (rules, rules[::-1])}
    assert len(found) == 1, "the order of the rules must not decide"
    return found.pop()


NAMED, MLA = {"specificity": 2}, {"specificity": 1}


@pytest.mark.parametrize(
    ("rules", "facts", "found"),
    [
        ([], ROUTINE, None),
        ([rule("all", 30)], ROUTINE, "all"),
        ([rule("all", 5), rule("mla", 30, **MLA)], ROUTINE, "mla"),
        ([rule("mla", 5, **MLA), rule("named", 30, **NAMED)], ROUTINE, "named"),
        ([rule("late", 30, **NAMED), rule("early", 20, **NAMED)], ROUTINE, "early"),
        ([rule("named", 5, **NAMED), rule("if urgent", 30, condition=IF_URGENT)], URGENT, "if urgent"),
        ([rule("named", 5, **NAMED), rule("if urgent", 30, condition=IF_URGENT)], ROUTINE, "named"),
        ([rule("if urgent", 30, condition=IF_URGENT)], ROUTINE, None),
        (
            [rule("all", 5, condition=IF_URGENT), rule("mla", 30, condition=IF_URGENT, **MLA)],
            *(URGENT, "mla"),
        ),
        ([rule("target", 30), rule("maximum", 20, kind="maximum")], ROUTINE, "maximum"),
        ([rule("target", 10), rule("maximum", 20, kind="maximum")], ROUTINE, "target"),
        ([rule("validity", 5, kind="minimum_validity"), rule("target", 20)], ROUTINE, "target"),
        ([rule("validity", 5, kind="maximum_validity")], ROUTINE, None),
        ([rule("standard", None, kind="qualitative", **NAMED), rule("target", 20)], ROUTINE, "target"),
        ([rule("standard", None, kind="qualitative")], ROUTINE, "standard"),
        ([rule("other stage", 5, stage="execute"), rule("target", 20)], ROUTINE, "target"),
        ([rule("by itself", 5, stage=None)], ROUTINE, None),
    ],
    ids=[
        *("no rule", "only one", "mla beats all", "a named type beats mla", "then the earliest"),
        *("a true condition beats a named type", "a false condition does not", "only a false condition"),
        *("among true conditions the narrower type", "the earlier maximum", "the earlier target"),
        *("a validity times no stage", "a validity alone", "a figure beats a standard", "a standard alone"),
        *("another stage", "no stage"),
    ],
)
def test_one_deadline_governs_a_stage(rules, facts, found):
    assert winner(*rules, facts=facts) == found


@pytest.mark.parametrize(
    ("contents", "stage", "found"),
    [
        ({}, "execute", "td_execute"),
        ({"urgency": {"level": "urgent"}}, "execute", "td_execute_expedited"),
        ({"urgency": "emergency"}, "execute", "td_execute_expedited"),
        ({"urgency": {"level": "routine"}}, "execute", "td_execute"),
        ({}, "acknowledge", "td_mla_ack"),
        ({}, "inform", "td_more_info"),
        ({}, "confirm", "td_verify"),
        ({}, "keep", None),
    ],
    ids=[
        *("routine execution", "urgent execution", "emergency said in one word", "routine said outright"),
        *("acknowledgement", "a question", "receipt", "nothing is kept"),
    ],
)
def test_the_training_profile_governs_a_request_for_stored_data_so(contents, stage, found):
    rules = rulebook().profiles["training_default"].for_type("mla_stored_data")
    facts = circumstances(contents, receiver_not_designated=False, oral_unconfirmed=False)
    assert getattr(of_stage(rules, stage, facts, due), "id", None) == found


# ---- conditions


@pytest.mark.parametrize(
    ("condition", "facts", "is_true"),
    [
        (None, ROUTINE, True),
        ({}, ROUTINE, True),
        (IF_URGENT, ROUTINE, False),
        (IF_URGENT, URGENT, True),
        (IF_URGENT, Circumstances(urgency="emergency"), True),
        ({"receiver_not_designated": True}, ROUTINE, False),
        ({"receiver_not_designated": True}, Circumstances(receiver_not_designated=True), True),
        ({"receiver_not_designated": False}, ROUTINE, True),
        ({"oral_unconfirmed": True}, Circumstances(oral_unconfirmed=True), True),
        ({"data_category": ("traffic_data",)}, ROUTINE, False),
        (
            {"data_category": ("traffic_data",)},
            *(Circumstances(data_category=frozenset({"traffic_data", "content_data"})), True),
        ),
        (
            {"data_category": ("traffic_data",)},
            Circumstances(data_category=frozenset({"content_data"})),
            False,
        ),
        ({**IF_URGENT, "oral_unconfirmed": True}, URGENT, False),
    ],
    ids=[
        *("none", "empty", "not urgent", "urgent", "an emergency is urgent too", "designated", "misdirected"),
        *("designated as wanted", "oral", "no data named", "one of the data named", "other data named"),
        "only one of two true",
    ],
)
def test_a_condition_holds_when_all_of_it_is_true(condition, facts, is_true):
    assert holds(condition, facts) is is_true


@pytest.mark.parametrize(
    ("contents", "urgency", "data"),
    [
        ({}, "routine", set()),
        ({"urgency": None, "data_category": None}, "routine", set()),
        ({"urgency": {"level": "urgent", "reasons": "x"}}, "urgent", set()),
        ({"urgency": {"reasons": "x"}}, "routine", set()),
        ({"urgency": "emergency", "data_category": "traffic_data"}, "emergency", {"traffic_data"}),
        ({"data_category": ["traffic_data", "content_data"]}, "routine", {"traffic_data", "content_data"}),
        ({"urgency": 3, "data_category": 7}, "3", set()),
    ],
    ids=["nothing", "nulls", "with reasons", "reasons only", "single words", "several data", "nonsense"],
)
def test_the_circumstances_are_read_from_the_contents(contents, urgency, data):
    facts = circumstances(contents, receiver_not_designated=True, oral_unconfirmed=False)
    assert facts == Circumstances(urgency, frozenset(data), True, False)


# ---- from event to event


def standalone(id_: str, starts_on: str, *ends_on: str, **facts: Any) -> DeadlineRule:
    return rule(id_, 5, stage=None, starts_on=starts_on, ends_on=ends_on, **facts)


@pytest.mark.parametrize(
    ("one", "raised", "facts", "is_started"),
    [
        (standalone("r", "mismatch_reported", "evidence_transmitted"), ["mismatch_reported"], ROUTINE, True),
        (standalone("r", "mismatch_reported", "evidence_transmitted"), ["received"], ROUTINE, False),
        (
            standalone("r", "execution_completed", "evidence_transmitted"),
            *(["execution_completed", "evidence_transmitted"], ROUTINE, False),
        ),
        (standalone("r", "received", "forwarded", "returned"), ["received", "returned"], ROUTINE, False),
        (standalone("r", "received", "forwarded", condition=IF_URGENT), ["received"], ROUTINE, False),
        (standalone("r", "received", "forwarded", condition=IF_URGENT), ["received"], URGENT, True),
        (rule("r", 5, starts_on="received"), ["received"], ROUTINE, False),
        (
            rule("r", 5, kind="minimum_validity", stage="keep", starts_on="preservation_confirmed"),
            *(["preservation_confirmed"], ROUTINE, True),
        ),
    ],
    ids=[
        *("its start is raised", "another event", "its end is raised by the same act", "one of two ends is"),
        *("its condition is false", "its condition is true", "one on a stage", "a validity on a stage"),
    ],
)
def test_a_deadline_without_a_stage_is_started_by_its_event(one, raised, facts, is_started):
    assert of_events([one], raised, facts) == ((one,) if is_started else ())


def test_a_last_sending_of_the_training_profile_times_nothing_of_its_own():
    rules = rulebook().profiles["training_default"].for_type("mla_stored_data")
    raised = ("execution_completed", "evidence_transmitted")
    assert of_events(rules, raised, ROUTINE) == ()


@pytest.mark.parametrize(
    ("raised", "misdirected", "started"),
    [
        (
            ("execution_completed", "preservation_effected", "preservation_confirmed"),
            False,
            ["hanoi_preservation_minimum", "hanoi_domestic_preservation_maximum"],
        ),
        (("sent", "received"), False, []),
        (("sent", "received"), True, ["td_wrong_authority"]),
        (("status_enquiry_sent",), False, ["td_status"]),
    ],
    ids=["confirmed", "received", "received by the wrong body", "asked how it stands"],
)
def test_a_preservation_in_the_training_profile_starts_these_by_themselves(raised, misdirected, started):
    rules = rulebook().profiles["training_default"].for_type("preservation_expedited")
    facts = Circumstances(receiver_not_designated=misdirected)
    assert [r.id for r in of_events(rules, raised, facts)] == started
