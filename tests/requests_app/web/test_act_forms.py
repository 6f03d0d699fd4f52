"""What is asked of whoever does an act, and what is made of what was typed."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from cooperation.rulebook import rulebook
from requests_app.web.act_forms import ActForm
from requests_app.workflow.models import AssistanceRequest

HANOI, NOW = ZoneInfo("Asia/Ho_Chi_Minh"), datetime(2027, 3, 10, 9, tzinfo=UTC)


def form(
    act: str, side: str = "requested", typed: dict[str, object] | None = None, **request: object
) -> ActForm:
    asked = AssistanceRequest(**{"request_type": "mla_stored_data", **request})
    data = None if typed is None else {f"{act}-{name}": value for name, value in typed.items()}
    return ActForm(asked, side, act, HANOI, NOW, data)


@pytest.mark.parametrize(
    ("request_type", "side", "steps"),
    [
        ("preservation_expedited", "requested", "execution_completed preservation_effected served_on_provider provider_responded provider_located"),
        ("preservation_expedited", "requesting", "extension_requested emergency_declared"),
        ("provisional_arrest", "requested", "execution_completed arrest_effected"),
        ("joint_investigation", "requesting", "joint_agreement_signed"),
        ("mla_statement", "requested", "execution_completed"),
        ("mla_statement", "requesting", ""),
        ("mla_voluntary_appearance", "requesting", "presence_no_longer_required"),
    ],
)  # fmt: skip
def test_only_steps_of_this_side_that_make_sense_for_the_type_are_offered(request_type, side, steps):
    choices = form("record_step", side, request_type=request_type).fields["step"].choices
    assert [name for name, _label in choices if name] == steps.split()


def test_a_step_is_called_by_a_word_in_the_readers_language():
    with translation.override("vi"):
        choices = dict(form("record_step").fields["step"].choices)
    assert choices["served_on_provider"] == "Đã tống đạt lệnh cho nhà cung cấp"


def test_each_step_by_hand_that_a_deadline_waits_for_can_be_recorded_on_its_type():
    book = rulebook()
    by_hand = {
        name for name, one in book.lifecycle.events.items() if one.recorded_by not in ("", "follow_up")
    }
    awaited = {
        (kind, event)
        for profile in book.profiles.values()
        for kind in book.types
        for rule in profile.for_type(kind)
        for event in (rule.starts_on, *rule.ends_on)
        if event in by_hand
    }
    offered = {
        (kind, step.id)
        for kind in book.types
        for side in ("requesting", "requested")
        for step in book.lifecycle.steps_of(side, kind)
    }
    assert len(awaited) > 20
    assert awaited - offered == set()


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"answers.nexus": "The log"}, ["answers.facts_summary"]),
        ({"answers.nexus": "The log", "no_more": "on"}, []),
        ({"answers.nexus": "The log", "answers.facts_summary": "Routers"}, []),
    ],
    ids=["one left out", "one left out on purpose", "both"],
)
def test_no_question_is_passed_over_in_silence(typed, wrong):
    answering = form("provide_information", "requesting", typed, questions=["nexus", "facts_summary"])
    assert answering.is_valid() is not bool(wrong)
    assert list(answering.errors) == wrong


def test_a_question_about_a_field_is_answered_as_a_draft_says_it_and_a_free_one_in_words():
    free = "Which machine do you mean?"
    typed = {
        "answers.data_category": ["traffic_data"],
        "answers.period_covered.from": "01/03/2027 08:00",
        f"answers.{free}": "The one in the laboratory",
        "answers.maximum_penalty_years": "12 years",
    }
    questions = ["data_category", "period_covered", free, "maximum_penalty_years"]
    answering = form("provide_information", "requesting", typed, questions=questions)
    assert answering.is_valid()
    assert answering.contents() == {
        "answers": {
            "data_category": ["traffic_data"],
            "period_covered": {"from": "2027-03-01T08:00:00+07:00"},
            "maximum_penalty_years": 12,
            free: "The one in the laboratory",
        }
    }


def test_what_the_request_says_of_a_question_stands_there_to_be_corrected():
    said = {"period_covered": {"from": "2027-03-01T08:00:00+07:00"}, "purpose": "Evidence"}
    answering = form("provide_information", "requesting", questions=["period_covered"], contents=said)
    assert answering["answers.period_covered.from"].value() == "01/03/2027 08:00"
    assert "answers.purpose" not in answering.fields


def test_answers_are_said_and_the_tick_is_not():
    typed = {"answers.nexus": "The log", "no_more": "on"}
    answering = form("provide_information", "requesting", typed, questions=["nexus", "facts_summary"])
    assert answering.is_valid()
    assert answering.contents() == {"answers": {"nexus": "The log"}}


@pytest.mark.parametrize(
    ("typed", "said"),
    [({}, None), ({"consent": "yes"}, {"consent": True}), ({"consent": "no"}, {"consent": False})],
    ids=["nothing", "yes", "no"],
)
def test_consent_to_another_use_is_given_or_withheld_and_never_left_open(typed, said):
    answering = form("answer_other_use", typed=typed)
    assert answering.is_valid() is (said is not None)
    if said is None:
        assert list(answering.errors) == ["consent"]
    else:
        assert answering.contents() == said


@pytest.mark.parametrize(
    ("act", "side", "fields"),
    [
        ("confirm_preservation", "requested", "reference until note"),
        ("disclose_path", "requested", "path note"),
        ("report_no_data", "requested", "searched note"),
        ("ask_other_use", "requesting", "use note"),
        ("acknowledge", "requested", "note"),
    ],
)
def test_an_act_asks_for_what_a_reader_of_it_will_look_for(act, side, fields):
    assert list(form(act, side).fields) == fields.split()


@pytest.mark.parametrize(
    ("typed", "held"),
    [
        ("30/06/2027", "2027-06-30T23:59:59+07:00"),
        ("30/06/2027 09:00", "2027-06-30T09:00:00+07:00"),
        ("2027-06-30T23:59:59Z", "2027-06-30T23:59:59Z"),
        ("soon", "soon"),
    ],
)
def test_what_is_preserved_is_preserved_until_the_day_that_was_typed_has_ended_at_the_desk(typed, held):
    confirming = form("confirm_preservation", typed={"until": typed})
    assert confirming.is_valid()
    assert confirming.contents() == {"until": held}
