"""Deadlines as an exercise stores them: when they fall due, what stops them, how they end.

Day zero is Monday, 1 March 2027. Borland keeps German time: UTC+1, and UTC+2 from day 27 on; its holidays in
reach are Good Friday (day 25) and Easter Monday (day 28). Arvania keeps Vietnamese time, UTC+7.
"""

from __future__ import annotations

from typing import Any

import pytest

from requests_app.exercises.account import account
from tests.builders import Filed, Table, day, seated

ARVANIA, BORLAND, CLOCK = "Arvania", "Borland", "the clock"


def preserved(exercise: Table) -> Filed:
    """Return a preservation that Arvania asked for on day 0 and Borland confirmed on day 1."""
    request = exercise.desk(ARVANIA).files("preservation_expedited", to=BORLAND, on=day(0))
    borland = exercise.desk(BORLAND)
    borland.acknowledges(request, on=day(0, "10:00"))
    borland.accepts(request, on=day(0, "11:00"))
    borland.starts_execution(request, on=day(0, "12:00"))
    borland.confirms_preservation(request, on=day(1, "08:00"))
    return request


def in_execution(exercise: Table, request_type: str = "mla_stored_data") -> Filed:
    """Return a request that Arvania filed on day 0 and Borland took into execution on day 3."""
    request = exercise.desk(ARVANIA).files(request_type, to=BORLAND, on=day(0))
    borland = exercise.desk(BORLAND)
    borland.acknowledges(request, on=day(1))
    borland.accepts(request, on=day(2))
    borland.starts_execution(request, on=day(3))
    return request


# -- questions -------------------------------------------------------------------------------------------


def test_a_question_stops_the_clock_until_it_is_answered(exercise):
    request = exercise.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(0))

    exercise.desk(BORLAND).acknowledges(request, on=day(1))
    exercise.desk(BORLAND).asks_for_information(request, on=day(2))
    exercise.desk(ARVANIA).provides_information(request, on=day(5))
    exercise.runs_to(day(40))

    assert request.story() == [
        (day(0), "submitted", ARVANIA),
        (day(1), "acknowledged", BORLAND),
        (day(2), "information asked for", BORLAND),
        (day(5), "information provided", ARVANIA),
        (day(33), "decision overdue", CLOCK),
    ]
    assert request.deadline("td_decision").due_at == day(33, "21:59:59")


def test_while_a_question_is_open_nothing_is_due_and_nothing_expires(exercise):
    request = exercise.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(0))
    exercise.desk(BORLAND).acknowledges(request, on=day(1))

    exercise.desk(BORLAND).asks_for_information(request, on=day(2))
    exercise.runs_to(day(300))

    assert request.deadline("td_decision").due_at is None
    assert request.deadlines() == {
        "td_mla_ack": "met",
        "td_decision": "running",
        "td_admissibility": "running",
        "td_more_info": "missed",
    }


def test_a_question_is_left_out_of_what_a_stage_counts(exercise):
    request = exercise.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(0))
    exercise.desk(BORLAND).acknowledges(request, on=day(1))
    exercise.desk(BORLAND).asks_for_information(request, on=day(2))
    exercise.desk(ARVANIA).provides_information(request, on=day(5))

    exercise.desk(BORLAND).accepts(request, on=day(6))

    days_s = 24 * 3600
    assert request.stages() == [
        ("acknowledge", day(0), day(1), day(7, "22:59:59"), 0, ""),
        ("decide", day(0), day(6), day(33, "21:59:59"), 3 * days_s, ""),
        ("whole", day(0), None, None, 3 * days_s, ""),
        ("inform", day(2), day(5), day(23, "16:59:59"), 0, ""),
        ("execute", day(6), None, day(96, "21:59:59"), 0, ""),
    ]


# -- the due second --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "status"),
    [
        (day(22), "met"),
        (day(30, "21:59:59"), "met"),
        (day(30, "22:00:00"), "missed"),
    ],
    ids=["the next day", "the last second of the fifth working day", "a second later"],
)
def test_an_acknowledgement_is_due_at_the_end_of_the_fifth_day_that_borland_works(exercise, at, status):
    request = exercise.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(21))

    exercise.desk(BORLAND).acknowledges(request, on=at)

    # Tuesday to Thursday, then Good Friday, the weekend and Easter Monday off, Tuesday and Wednesday.
    assert request.deadline("td_mla_ack").due_at == day(30, "21:59:59")
    assert request.deadline("td_mla_ack").status == status


def test_a_request_withdrawn_at_the_due_second_owes_nothing_any_more(exercise):
    request = exercise.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(0))
    exercise.desk(BORLAND).acknowledges(request, on=day(1))

    exercise.desk(ARVANIA).withdraws(request, on=day(15, "22:59:59"))

    assert request.deadline("td_admissibility").due_at == day(15, "22:59:59")
    assert request.deadline("td_admissibility").status == "dropped"


@pytest.mark.parametrize(
    ("transit", "received_at", "due_at"),
    [("0m", day(0), day(0, "11:00")), ("5h", day(0, "14:00"), day(0, "16:00"))],
    ids=["at once", "after five hours on the way"],
)
def test_a_deadline_counts_from_receipt(every_exercise_holds, transit, received_at, due_at):
    exercise = seated(transit=transit)

    request = exercise.desk(ARVANIA).files("preservation_expedited", to=BORLAND, on=day(0))

    assert request.row.received_at == received_at
    assert request.deadline("td_preserve_ack").due_at == due_at
    assert request.stages()[0] == ("acknowledge", day(0), None, due_at, 0, "")


# -- preservation ----------------------------------------------------------------------------------------


def test_a_preservation_that_nobody_follows_up_lapses_after_sixty_days(exercise):
    request = preserved(exercise)

    exercise.runs_to(day(100))

    assert request.story() == [
        (day(0), "submitted", ARVANIA),
        (day(0), "acknowledged", BORLAND),
        (day(0), "accepted", BORLAND),
        (day(0), "execution started", BORLAND),
        (day(1), "preservation confirmed", BORLAND),
        (day(46), "preserved data kept overdue", CLOCK),
        (day(61), "lapsed", CLOCK),
    ]
    assert request.status == "lapsed"
    assert request.stages()[-1] == (
        "keep",
        day(1, "08:00"),
        day(61, "21:59:59"),
        day(46, "16:59:59"),
        0,
        "lapsed",
    )
    assert request.deadlines() == {
        "td_preserve_ack": "met",
        "td_preserve": "met",
        "td_follow_up": "missed",
        "hanoi_preservation_minimum": "ended",
        "hanoi_domestic_preservation_maximum": "ended",
    }


def test_arvania_is_warned_step_by_step_before_the_data_is_lost(exercise):
    request = preserved(exercise)

    exercise.runs_to(day(100))

    desk = "XA/contact_point_24_7"
    warned = [(at, at_desk, facts["days"]) for at, at_desk, facts in request.notices("deadline_warning")]
    assert warned == [
        (day(31, "16:59:59"), desk, 30),
        (day(54, "16:59:59"), desk, 53),
        (day(58, "16:59:59"), desk, 57),
        (day(60, "16:59:59"), desk, 59),
    ]
    assert [(at, at_desk) for at, at_desk, _ in request.notices("deadline_missed")] == [
        (day(46, "16:59:59"), desk)
    ]


def test_nobody_is_warned_of_what_has_been_done(exercise):
    request = preserved(exercise)

    exercise.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(20), parent=request)
    exercise.runs_to(day(100))

    assert request.notices("deadline_warning") == []
    assert request.deadline("td_follow_up").status == "met"


def test_a_follow_up_suspends_the_validity_until_it_is_decided(exercise):
    request = preserved(exercise)

    exercise.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(40), parent=request)
    exercise.runs_to(day(200))

    assert request.status == "evidence_transmitted"
    assert request.deadline("hanoi_preservation_minimum").due_at is None


@pytest.mark.parametrize(
    ("decides", "how"), [("accepts", {}), ("postpones", {})], ids=["accepted", "postponed"]
)
def test_a_follow_up_that_is_accepted_or_postponed_ends_the_validity(exercise, decides, how):
    request = preserved(exercise)
    follow_up = exercise.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(40), parent=request)
    exercise.desk(BORLAND).acknowledges(follow_up, on=day(41))

    getattr(exercise.desk(BORLAND), decides)(follow_up, on=day(50), **how)
    exercise.runs_to(day(300))

    assert request.status == "evidence_transmitted"
    assert request.deadline("hanoi_preservation_minimum").status == "ended"
    exercise.desk(ARVANIA).closes(request, on=day(301))
    assert request.status == "closed"


@pytest.mark.parametrize(
    ("who", "deed"),
    [(BORLAND, "refuses"), (BORLAND, "returns"), (ARVANIA, "withdraws")],
    ids=["refused", "returned", "withdrawn"],
)
def test_after_a_follow_up_that_came_to_nothing_the_rest_of_the_validity_runs_on(exercise, who, deed):
    request = preserved(exercise)
    follow_up = exercise.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(40), parent=request)
    exercise.desk(BORLAND).acknowledges(follow_up, on=day(41))

    getattr(exercise.desk(who), deed)(follow_up, on=day(50))
    exercise.runs_to(day(200))

    assert request.story()[5:] == [
        (day(40), "mla request received", ARVANIA),
        (day(50), "follow up ended", who),
        (day(71), "lapsed", CLOCK),  # 60 days from day 1, and the 10 in which the follow-up was pending
    ]
    keeps = [stage for stage in request.stages() if stage[0] == "keep"]
    assert keeps == [("keep", day(1, "08:00"), day(40), day(46, "16:59:59"), 0, "answered")]


def test_while_another_follow_up_is_alive_one_that_fails_changes_nothing(exercise):
    request = preserved(exercise)
    first = exercise.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(10), parent=request)
    exercise.desk(ARVANIA).files("mla_documents", to=BORLAND, on=day(11), parent=request)

    exercise.desk(ARVANIA).withdraws(first, on=day(20))
    exercise.runs_to(day(200))

    assert request.status == "evidence_transmitted"
    assert [what for _, what, _ in request.story()][5:] == ["mla request received", "mla request received"]


def test_a_follow_up_filed_before_the_data_is_confirmed_leaves_nothing_to_lapse(exercise):
    request = exercise.desk(ARVANIA).files("preservation_expedited", to=BORLAND, on=day(0))
    borland = exercise.desk(BORLAND)
    borland.acknowledges(request, on=day(0, "10:00"))
    borland.accepts(request, on=day(0, "11:00"))
    borland.starts_execution(request, on=day(0, "12:00"))
    follow_up = exercise.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(1), parent=request)
    borland.acknowledges(follow_up, on=day(2))
    borland.accepts(follow_up, on=day(3))

    borland.confirms_preservation(request, on=day(4))
    exercise.runs_to(day(200))

    assert request.status == "evidence_transmitted"
    assert request.stages()[-1] == ("keep", day(4), day(4), None, 0, "answered")


# -- extensions ------------------------------------------------------------------------------------------


def extended(exercise: Table, request: Filed, *, on: int, **said: Any) -> Filed:
    """Return an extension of a preservation, filed the day before it is confirmed."""
    extension = exercise.desk(ARVANIA).files(
        "preservation_extension", to=BORLAND, on=day(on - 1), parent=request
    )
    borland = exercise.desk(BORLAND)
    borland.acknowledges(extension, on=day(on, "06:00"))
    borland.accepts(extension, on=day(on, "07:00"))
    borland.starts_execution(extension, on=day(on, "08:00"))
    borland.confirms_preservation(extension, on=day(on), **said)
    return extension


@pytest.mark.parametrize(
    ("said", "lapses_at"),
    [
        ({}, day(121, "21:59:59")),
        ({"until": "2027-06-09T23:59:59+02:00"}, day(100, "21:59:59")),
    ],
    ids=["as long again where nothing is said", "until the day that is named"],
)
def test_an_extension_sets_a_new_end(exercise, said, lapses_at):
    request = preserved(exercise)

    extension = extended(exercise, request, on=30, **said)
    exercise.runs_to(day(300))

    assert request.acts()[-1] == ("lapse", CLOCK)
    assert request.row.events.get(act="lapse").at == lapses_at
    assert [stage for stage, *_ in request.stages()].count("keep") == 1
    assert [stage for stage, *_ in extension.stages()] == ["acknowledge", "decide", "whole", "execute"]


def test_a_preservation_may_be_extended_again_and_again(exercise):
    request = preserved(exercise)

    extended(exercise, request, on=30)
    extended(exercise, request, on=100)
    extended(exercise, request, on=150)
    exercise.runs_to(day(300))

    assert request.row.events.get(act="lapse").at == day(241, "21:59:59")  # three times 60 days more


def test_an_extension_takes_no_time_away(exercise):
    request = preserved(exercise)

    extended(exercise, request, on=30, until="2027-04-10T00:00:00Z")
    exercise.runs_to(day(300))

    assert request.row.events.get(act="lapse").at == day(61, "21:59:59")


def test_the_rest_of_an_extended_validity_runs_on_after_a_follow_up_that_failed(exercise):
    request = preserved(exercise)
    extended(exercise, request, on=30)
    follow_up = exercise.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(40), parent=request)

    exercise.desk(ARVANIA).withdraws(follow_up, on=day(140))
    exercise.runs_to(day(300))

    assert request.row.events.get(act="lapse").at == day(221, "21:59:59")  # day 121, and 100 days more


# -- deadlines that run by themselves --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("deed", "at", "status"),
    [
        ("forwards", day(8, "22:59:59"), "met"),
        ("returns", day(4), "met"),
        ("forwards", day(8, "23:00:00"), "missed"),
        (None, day(20), "missed"),
    ],
    ids=["forwarded in time", "returned in time", "forwarded too late", "left lying"],
)
def test_a_misdirected_request_is_to_be_passed_on_within_three_working_days(exercise, deed, at, status):
    request = exercise.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(3), whom="law_enforcement")

    if deed:
        getattr(exercise.desk(BORLAND), deed)(request, on=at)
    exercise.runs_to(day(20))

    # From Thursday: Friday, Monday and Tuesday.
    assert request.deadline("td_wrong_authority").due_at == day(8, "22:59:59")
    assert request.deadline("td_wrong_authority").status == status


def test_a_request_to_the_right_authority_need_not_be_passed_on(exercise):
    request = exercise.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(3))

    assert "td_wrong_authority" not in request.deadlines()


@pytest.mark.parametrize(
    ("at", "status"),
    [(day(1), "met"), (day(1, "09:00:01"), "missed"), (None, "missed")],
    ids=["in the last second", "a second later", "never"],
)
def test_an_oral_request_is_to_be_confirmed_in_writing_within_24_hours(exercise, at, status):
    request = exercise.desk(ARVANIA).files("emergency_data", to=BORLAND, on=day(0), orally=True)

    if at:
        exercise.desk(ARVANIA).confirms_in_writing(request, on=at)
    exercise.runs_to(day(3))

    assert request.deadline("td_emergency_confirm").due_at == day(1)
    assert request.deadline("td_emergency_confirm").status == status
    assert request.row.oral_unconfirmed == (at is None)


def test_a_written_request_needs_no_confirmation(exercise):
    request = exercise.desk(ARVANIA).files("emergency_data", to=BORLAND, on=day(0))

    assert "td_emergency_confirm" not in request.deadlines()


def test_after_a_mismatch_it_is_sent_again_and_confirmed_anew(exercise):
    request = in_execution(exercise)
    exercise.desk(BORLAND).transmits(request, on=day(10))
    exercise.desk(ARVANIA).reports_mismatch(request, on=day(11))

    exercise.desk(BORLAND).transmits(request, on=day(15))
    exercise.desk(ARVANIA).confirms_receipt(request, on=day(17))

    assert request.deadline("td_mismatch").due_at == day(18, "22:59:59")
    assert request.deadline("td_mismatch").status == "met"
    assert request.stages() == [
        ("acknowledge", day(0), day(1), day(7, "22:59:59"), 0, ""),
        ("decide", day(0), day(2), day(30, "21:59:59"), 0, ""),
        ("whole", day(0), day(10), None, 0, "answered"),
        ("execute", day(2), day(10), day(92, "21:59:59"), 0, ""),
        ("confirm", day(10), day(11), day(15, "16:59:59"), 0, ""),
        ("confirm", day(15), day(17), day(18, "16:59:59"), 0, ""),
    ]


# -- how deadlines count ---------------------------------------------------------------------------------


def test_withdrawing_drops_uncounted_what_is_still_owed(exercise):
    request = exercise.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(0))
    exercise.desk(BORLAND).acknowledges(request, on=day(1))

    exercise.desk(ARVANIA).withdraws(request, on=day(2))
    exercise.runs_to(day(300))

    # The decision's stage closed in time, with the request; the check runs by itself.
    assert request.deadlines() == {"td_mla_ack": "met", "td_decision": "met", "td_admissibility": "dropped"}
    assert account(exercise.row)["deadlines"] == {"met": 2, "missed": 0, "running": 0}


def test_deadlines_are_met_missed_or_running(exercise):
    done = in_execution(exercise)
    exercise.desk(BORLAND).transmits(done, on=day(10))  # acknowledged, checked, decided, executed: 4 met
    exercise.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(11))

    exercise.runs_to(day(20))

    # Missed: receipt to be confirmed by day 15, the acknowledgement by day 18.
    # Running: the second request's decision.
    assert account(exercise.row)["deadlines"] == {"met": 4, "missed": 2, "running": 1}


@pytest.mark.parametrize("decides", ["accepts", "accepts_with_conditions"])
def test_who_accepts_has_found_it_admissible_and_owes_no_check_any_more(exercise, decides):
    request = exercise.desk(ARVANIA).files("mla_stored_data", to=BORLAND, on=day(0))
    exercise.desk(BORLAND).acknowledges(request, on=day(1))
    getattr(exercise.desk(BORLAND), decides)(request, on=day(2))

    exercise.runs_to(day(60))

    assert request.deadlines()["td_admissibility"] == "met"


def test_a_standard_without_a_figure_is_neither_met_nor_missed(every_exercise_holds):
    exercise = seated(profile="hanoi")

    request = in_execution(exercise)
    exercise.desk(BORLAND).transmits(request, on=day(350))

    assert account(exercise.row)["deadlines"] == {"met": 0, "missed": 0, "running": 0}
    assert [due_at for _, _, _, due_at, _, _ in request.stages()] == [None] * 5
