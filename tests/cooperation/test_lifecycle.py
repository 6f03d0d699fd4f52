"""The life of a request: every row as the interfaces name it, and everything else refused."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any, NamedTuple

import pytest

from cooperation.lifecycle import Lifecycle, Standing, Transition, decide, permitted_acts
from cooperation.rulebook import rulebook
from cooperation.words import Refused


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ACTS = words(
    "submit submit_orally confirm_in_writing acknowledge forward return_misdirected find_admissible "
    "ask_for_information provide_information warn_of_prejudice consult answer_consultation accept "
    "accept_with_conditions agree_to_conditions decline_conditions refuse postpone resume start_execution "
    "confirm_preservation disclose_path transmit report_no_data confirm_receipt report_mismatch ask_status "
    "report_status ask_other_use answer_other_use withdraw give_feedback close record_step lapse"
)
STATUSES = words(
    "draft sent acknowledged admissibility_check more_information_requested consultation accepted "
    "accepted_with_conditions postponed in_execution partly_executed evidence_transmitted receipt_verified "
    "feedback_given closed refused withdrawn lapsed returned_wrong_authority forwarded"
)
OUTCOMES = words("answered partly_answered no_data refused withdrawn returned lapsed")
STAGES = words("acknowledge decide execute inform confirm keep whole")
ENDS = {"closed", "refused", "withdrawn", "lapsed", "returned_wrong_authority"}
SIDES = ("requesting", "requested", "clock")

A, B, EITHER, CLOCK = ("requesting",), ("requested",), ("requesting", "requested"), ("clock",)
OPEN = tuple(s for s in STATUSES if s != "draft" and s not in ENDS)
WORKED_ON = ("acknowledged", "admissibility_check", "accepted", "in_execution", "partly_executed")
UNDECIDED = ("acknowledged", "admissibility_check", "consultation")
PRESERVATION = ("preservation_expedited", "preservation_extension")
SPONTANEOUS = ("spontaneous_information", "special_cooperation_proceeds")


class Row(NamedTuple):
    act: str
    sides: tuple[str, ...]
    from_: tuple[str, ...]
    to: str
    types: tuple[str, ...] = ()
    needs: str = ""


ROWS = (
    Row("submit", A, ("draft",), "sent"),
    Row("submit_orally", A, ("draft",), "sent"),
    Row("confirm_in_writing", A, OPEN, "unchanged", needs="oral"),
    Row("acknowledge", B, ("sent", "forwarded"), "acknowledged"),
    Row("forward", B, ("sent", "acknowledged"), "forwarded"),
    Row("return_misdirected", B, ("sent", "forwarded", "acknowledged"), "returned_wrong_authority"),
    Row("find_admissible", B, ("acknowledged",), "admissibility_check"),
    Row("ask_for_information", B, WORKED_ON, "more_information_requested"),
    Row("provide_information", A, ("more_information_requested",), "back"),
    Row("consult", B, WORKED_ON, "consultation"),
    Row("answer_consultation", A, ("consultation",), "back"),
    Row("accept", B, UNDECIDED, "accepted"),
    Row("accept_with_conditions", B, UNDECIDED, "accepted_with_conditions"),
    Row("agree_to_conditions", A, ("accepted_with_conditions",), "accepted"),
    Row("decline_conditions", A, ("accepted_with_conditions",), "consultation"),
    Row(
        "refuse",
        B,
        (
            "acknowledged",
            "admissibility_check",
            "more_information_requested",
            "consultation",
            "accepted",
            "accepted_with_conditions",
            "postponed",
            "in_execution",
            "partly_executed",
        ),
        "refused",
    ),
    Row("postpone", B, (*UNDECIDED, "accepted", "in_execution"), "postponed"),
    Row("resume", B, ("postponed",), "in_execution"),
    Row("start_execution", B, ("accepted",), "in_execution"),
    Row("transmit", B, ("in_execution", "partly_executed"), "evidence_transmitted"),
    Row("report_no_data", B, ("in_execution", "partly_executed"), "closed"),
    Row("confirm_preservation", B, ("in_execution",), "evidence_transmitted", types=PRESERVATION),
    Row(
        "disclose_path",
        B,
        ("in_execution", "partly_executed", "evidence_transmitted", "receipt_verified", "feedback_given"),
        "unchanged",
    ),
    Row("confirm_receipt", A, ("evidence_transmitted",), "receipt_verified"),
    Row("report_mismatch", A, ("evidence_transmitted",), "partly_executed"),
    Row("give_feedback", A, ("receipt_verified",), "feedback_given"),
    Row("give_feedback", EITHER, ("acknowledged",), "feedback_given", types=SPONTANEOUS),
    Row("close", EITHER, ("receipt_verified", "feedback_given"), "closed"),
    Row("close", EITHER, ("evidence_transmitted",), "closed", types=PRESERVATION, needs="keep not open"),
    Row("close", EITHER, ("acknowledged",), "closed", types=SPONTANEOUS),
    Row(
        "withdraw",
        A,
        (
            "sent",
            "forwarded",
            "acknowledged",
            "admissibility_check",
            "more_information_requested",
            "consultation",
            "accepted",
            "accepted_with_conditions",
            "postponed",
            "in_execution",
            "partly_executed",
        ),
        "withdrawn",
    ),
    Row(
        "lapse",
        CLOCK,
        ("evidence_transmitted", "receipt_verified", "feedback_given"),
        "lapsed",
        types=("preservation_expedited",),
    ),
    Row("ask_status", A, OPEN, "unchanged"),
    Row("report_status", B, OPEN, "unchanged"),
    Row("warn_of_prejudice", B, OPEN, "unchanged"),
    Row("record_step", EITHER, OPEN, "unchanged"),
    Row("ask_other_use", A, (*OPEN, "closed"), "unchanged"),
    Row("answer_other_use", B, (*OPEN, "closed"), "unchanged"),
)
# What a request type does not use, its data leaves out.
UNUSED = {
    "mla_stored_data": {"confirm_preservation", "disclose_path", "lapse"},
    "preservation_expedited": {
        *("accept_with_conditions", "agree_to_conditions", "decline_conditions", "postpone", "resume"),
        *("report_mismatch", "transmit"),
    },
    "preservation_extension": {
        *("accept_with_conditions", "agree_to_conditions", "decline_conditions", "postpone", "resume"),
        *("report_mismatch", "transmit", "submit_orally", "confirm_in_writing", "disclose_path", "lapse"),
    },
    "spontaneous_information": set(ACTS)
    - {
        *("submit", "acknowledge", "forward", "return_misdirected", "warn_of_prejudice", "refuse", "close"),
        *("ask_status", "report_status", "ask_other_use", "answer_other_use", "withdraw", "give_feedback"),
        "record_step",
    },
}
SAID: dict[str, dict[str, Any]] = {
    "forward": {"to_authority": "central_authority"},
    "ask_for_information": {"questions": ["offence"]},
    "provide_information": {"answers": {"offence": "illegal_access"}},
    "accept_with_conditions": {"conditions": "For the case stated only."},
    "refuse": {"ground": "essential_interests", "reasons": "It would harm public order."},
    "postpone": {"reasons": "An investigation here would be disturbed."},
    "record_step": {"step": "served_on_provider"},
}


@pytest.fixture(scope="module")
def lifecycle() -> Lifecycle:
    return rulebook().lifecycle


def told(request_type: str, status: str, **facts: bool) -> Standing:
    return Standing(request_type, status, acts=rulebook().types[request_type].acts, **facts)


def to_by_the_table(standing: Standing, side: str, act: str) -> str | None:
    """Return where the table above leads; None where it permits nothing."""
    if act in UNUSED[standing.request_type]:
        return None
    for row in ROWS:
        if (
            row.act == act
            and side in row.sides
            and standing.status in row.from_
            and (not row.types or standing.request_type in row.types)
            and not (row.needs == "oral" and not standing.oral_unconfirmed)
            and not (row.needs == "keep not open" and standing.keep_open)
        ):
            return row.to
    return None


# ---- the words


def test_the_acts_statuses_outcomes_and_stages_are_those_of_the_interfaces(lifecycle):
    assert tuple(lifecycle.acts) == ACTS
    assert tuple(lifecycle.statuses) == STATUSES
    assert tuple(lifecycle.outcomes) == OUTCOMES
    assert tuple(lifecycle.stages) == STAGES
    assert lifecycle.ends == ENDS
    assert lifecycle.open_statuses == set(OPEN)


def test_every_row_names_its_source_and_confidence(lifecycle):
    assert [row for row in lifecycle.transitions if not (row.source and row.confidence)] == []


# ---- every row, and nothing else


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.act} from {row.from_[0]}")
def test_a_row_of_the_interfaces_is_permitted_from_each_of_its_statuses(lifecycle, row):
    request_type = row.types[0] if row.types else "mla_stored_data"
    for side, status in product(row.sides, row.from_):
        standing = Standing(request_type, status, oral_unconfirmed=row.needs == "oral")
        found = decide(lifecycle, standing, side=side, act=row.act, contents=SAID.get(row.act, {}))
        assert found.to == row.to


@pytest.mark.parametrize("request_type", UNUSED)
def test_what_is_no_row_of_the_interfaces_is_refused_with_reason_and_mend(lifecycle, request_type):
    odd = []
    for act, status, side, oral, keep in product(ACTS, STATUSES, SIDES, (False, True), (False, True)):
        standing = told(request_type, status, oral_unconfirmed=oral, keep_open=keep)
        expected = to_by_the_table(standing, side, act)
        try:
            found = decide(lifecycle, standing, side=side, act=act, contents=SAID.get(act, {})).to
        except Refused as refused:
            found = None if refused.reason and refused.message and refused.mend else str(refused)
        if found != expected:
            odd.append((act, status, side, oral, keep, expected, found))
    assert odd == []


@pytest.mark.parametrize("request_type", UNUSED)
def test_the_permitted_acts_are_those_that_decide_permits(lifecycle, request_type):
    odd = []
    for status, side, oral, keep in product(STATUSES, SIDES, (False, True), (False, True)):
        standing = told(request_type, status, oral_unconfirmed=oral, keep_open=keep)
        expected = tuple(act for act in ACTS if to_by_the_table(standing, side, act))
        if permitted_acts(lifecycle, standing, side, ACTS) != expected:
            odd.append((status, side, oral, keep))
    assert odd == []


@pytest.mark.parametrize(
    ("contents", "to"),
    [
        ({"part": True}, "partly_executed"),
        ({"part": False}, "evidence_transmitted"),
        ({}, "evidence_transmitted"),
        ({"items": ["traffic_data"]}, "evidence_transmitted"),
    ],
    ids=["a part", "not a part", "nothing said", "items only"],
)
@pytest.mark.parametrize("status", ["in_execution", "partly_executed"])
def test_a_sending_is_the_last_unless_it_says_that_it_is_a_part(lifecycle, contents, to, status):
    standing = told("mla_stored_data", status)
    assert decide(lifecycle, standing, side="requested", act="transmit", contents=contents).to == to


@pytest.mark.parametrize(
    ("request_type", "opened"),
    [
        ("mla_stored_data", ("acknowledge", "decide", "whole")),
        ("preservation_expedited", ("acknowledge", "decide", "whole")),
        ("spontaneous_information", ("acknowledge",)),
        ("special_cooperation_proceeds", ("acknowledge",)),
    ],
)
def test_the_two_spontaneous_types_open_acknowledge_only(lifecycle, request_type, opened):
    row = decide(lifecycle, told(request_type, "draft"), side="requesting", act="submit", contents={})
    assert lifecycle.opened_stages(row, request_type) == opened


# ---- what a refusal says


@pytest.mark.parametrize(
    ("request_type", "status", "facts", "side", "act", "contents", "reason", "text"),
    [
        (
            *("mla_stored_data", "sent", {}, "requested", "applaud", {}, "unknown_act"),
            "there is no act applaud use one of: submit, submit_orally, ",
        ),
        (
            *("mla_stored_data", "in_execution", {}, "requested", "confirm_preservation", {}, "wrong_type"),
            "confirm_preservation has no place in a request of the type mla_stored_data "
            "choose an act that the type uses",
        ),
        (
            *("spontaneous_information", "acknowledged", {}, "requested", "accept", {}, "wrong_type"),
            "accept has no place in a request of the type spontaneous_information",
        ),
        (
            *("mla_stored_data", "closed", {}, "requested", "acknowledge", {}, "wrong_status"),
            "a request that is closed cannot be answered with acknowledge (practice) "
            "it may be done when the request is sent or forwarded",
        ),
        (
            *("mla_stored_data", "evidence_transmitted", {}, "requesting", "close", {}, "wrong_status"),
            "a request that is evidence_transmitted cannot be answered with close (practice) "
            "it may be done when the request is receipt_verified or feedback_given",
        ),
        (
            *("mla_stored_data", "sent", {}, "requesting", "acknowledge", {}, "wrong_side"),
            "only the requested State may acknowledge (practice) leave it to the requested State",
        ),
        (
            *("preservation_expedited", "evidence_transmitted", {}, "requested", "lapse", {}, "wrong_side"),
            "only the clock may lapse (Art. 42(8)) leave it to the clock",
        ),
        (
            *("mla_stored_data", "receipt_verified", {}, "clock", "close", {}, "wrong_side"),
            "only one of the two States may close (practice) leave it to one of the two States",
        ),
        (
            *("mla_stored_data", "sent", {}, "requesting", "confirm_in_writing", {}, "not_oral"),
            "confirm_in_writing follows only once, and only after an oral request (Art. 40(13)) "
            "nothing is left to confirm",
        ),
        (
            *("preservation_expedited", "evidence_transmitted", {"keep_open": True}, "requesting", "close"),
            *({}, "keep_open"),
            "the preserved data still waits for its follow-up (Art. 42(8)) "
            "file the follow-up request, or let the preservation lapse",
        ),
        (
            *("mla_stored_data", "acknowledged", {}, "requested", "refuse", {}, "missing_contents"),
            "to refuse must say: ground (Art. 40(21)) add ground",
        ),
        (
            *("mla_stored_data", "acknowledged", {}, "requested", "refuse", {"ground": "form"}),
            *("missing_contents", "to refuse must say: reasons (Art. 40(25)) add reasons"),
        ),
        (
            *("mla_stored_data", "acknowledged", {}, "requested", "postpone", {"reasons": ""}),
            *("missing_contents", "to postpone must say: reasons (Art. 40(27)) add reasons"),
        ),
        (
            *("mla_stored_data", "acknowledged", {}, "requested", "ask_for_information", {"questions": []}),
            *("missing_contents", "to ask_for_information must say: questions (Art. 40(16)) add questions"),
        ),
        (
            *("mla_stored_data", "sent", {}, "requesting", "record_step", {}),
            *("missing_contents", "to record_step must say: step (exercise rule) add step"),
        ),
    ],
    ids=[
        *("no such act", "act of another type", "act that the type leaves out", "an end", "close too early"),
        *("the other State's act", "the clock's act by a State", "a State's act by the clock"),
        *("nothing oral to confirm", "data still kept", "no ground", "no reasons", "empty reasons"),
        *("no question", "no step"),
    ],
)
def test_a_refusal_says_what_is_wrong_which_rule_asks_and_what_mends_it(
    lifecycle, request_type, status, facts, side, act, contents, reason, text
):
    with pytest.raises(Refused) as caught:
        decide(lifecycle, told(request_type, status, **facts), side=side, act=act, contents=contents)
    assert caught.value.reason == reason
    assert str(caught.value).startswith(text)


def test_contents_that_no_row_is_meant_for_are_refused_with_those_that_fit(lifecycle):
    part = next(row for row in lifecycle.transitions if row.act == "transmit" and row.when)
    only_parts: tuple[Transition, ...] = (part,)
    table = replace(
        lifecycle, transitions=only_parts, rows={("transmit", status): only_parts for status in part.from_}
    )
    with pytest.raises(Refused) as caught:
        decide(table, told("mla_stored_data", "in_execution"), side="requested", act="transmit", contents={})
    assert (caught.value.reason, caught.value.mend) == ("wrong_contents", "say part: True")
