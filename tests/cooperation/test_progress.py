"""What acts do to a request: its stages, the events they raise, and the same again from the log."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cooperation.lifecycle import decide, permitted_acts
from cooperation.progress import Folded, Stage, apply_to_stages, consequences, fold
from cooperation.rulebook import rulebook
from cooperation.words import Refused

START = datetime(2027, 3, 1, 8, tzinfo=UTC)
SIDES = {"A": "requesting", "B": "requested", "clock": "clock"}
SAID: dict[str, dict[str, Any]] = {
    "forward": {"to_authority": "central_authority"},
    "ask_for_information": {"questions": ["offence"]},
    "provide_information": {"answers": {"offence": "illegal_access"}},
    "accept_with_conditions": {"conditions": "For the case stated only."},
    "refuse": {"ground": "essential_interests", "reasons": "It would harm public order."},
    "postpone": {"reasons": "An investigation here would be disturbed."},
}
MLA, PRESERVATION, EXTENSION = "mla_stored_data", "preservation_expedited", "preservation_extension"
SPONTANEOUS = "spontaneous_information"
LIFE = rulebook().lifecycle


def told(*lines: str) -> Folded:
    """Fold a story: its type, then lines of day, side (A asks, B is asked), act and what is said."""
    events = []
    for line in lines[1:]:
        day, side, act, *words = line.split()
        said = SAID.get(act, {})
        if act == "record_step":
            said = {"step": words[0], "request": "XA-XB-0002"}
        if words == ["part"]:
            said = {"part": True}
        events.append((SIDES[side], act, said, START + timedelta(days=int(day))))
    return fold(LIFE, lines[0], events)


def shown(stage: Stage) -> str:
    """Return a stage as "decide 0-7 less 3": days of opening and closing, days suspended, outcome."""

    def day(at: datetime | None) -> str:
        return str((at - START).days) if at else ""

    less = f" less {stage.suspended_seconds // 86_400}" if stage.suspended_seconds else ""
    outcome = f" {stage.outcome}" if stage.outcome else ""
    return f"{stage.stage} {day(stage.opened_at)}-{day(stage.closed_at)}{less}{outcome}"


TO_ACCEPTED = ("0 A submit", "1 B acknowledge", "3 B accept")
TO_EXECUTION = (*TO_ACCEPTED, "4 B start_execution")
TO_PRESERVED = (
    "0 A submit",
    "0 B acknowledge",
    "1 B accept",
    "1 B start_execution",
    "3 B confirm_preservation",
)
PRESERVED = ["acknowledge 0-0", "decide 0-1", "whole 0-3 answered", "execute 1-3"]

STORIES: dict[str, tuple[tuple[str, ...], str, list[str]]] = {
    "answered without a hitch": (
        (
            *(MLA, *TO_EXECUTION, "9 B transmit", "11 A confirm_receipt", "12 A give_feedback"),
            "13 B close",
        ),
        "closed",
        ["acknowledge 0-1", "decide 0-3", "whole 0-9 answered", "execute 3-9", "confirm 9-11"],
    ),
    "a request just sent": (
        (MLA, "0 A submit"),
        "sent",
        ["acknowledge 0-", "decide 0-", "whole 0-"],
    ),
    "sent orally and confirmed in writing": (
        (MLA, "0 A submit_orally", "1 A confirm_in_writing", "2 B acknowledge"),
        "acknowledged",
        ["acknowledge 0-2", "decide 0-", "whole 0-"],
    ),
    "a question suspends decision and whole": (
        (
            *(MLA, "0 A submit", "1 B acknowledge", "2 B ask_for_information"),
            *("5 A provide_information", "7 B accept"),
        ),
        "accepted",
        ["acknowledge 0-1", "decide 0-7 less 3", "whole 0- less 3", "inform 2-5", "execute 7-"],
    ),
    "two questions add up": (
        (
            *(MLA, "0 A submit", "1 B acknowledge", "2 B ask_for_information", "5 A provide_information"),
            *("6 B ask_for_information", "8 A provide_information", "9 B accept"),
        ),
        "accepted",
        [
            *("acknowledge 0-1", "decide 0-9 less 5", "whole 0- less 5", "inform 2-5", "inform 6-8"),
            "execute 9-",
        ],
    ),
    "a question suspends execution": (
        (MLA, *TO_EXECUTION, "5 B ask_for_information", "9 A provide_information", "20 B transmit"),
        "evidence_transmitted",
        [
            *("acknowledge 0-1", "decide 0-3", "whole 0-20 less 4 answered", "execute 3-20 less 4"),
            *("inform 5-9", "confirm 20-"),
        ],
    ),
    "refused while a question is open": (
        (MLA, "0 A submit", "1 B acknowledge", "2 B ask_for_information", "6 B refuse"),
        "refused",
        ["acknowledge 0-1", "decide 0-6 less 4", "whole 0-6 less 4 refused", "inform 2-6"],
    ),
    "withdrawn while a question is open": (
        (MLA, *TO_EXECUTION, "5 B ask_for_information", "6 A withdraw"),
        "withdrawn",
        ["acknowledge 0-1", "decide 0-3", "whole 0-6 less 1 withdrawn", "execute 3-6 less 1", "inform 5-6"],
    ),
    "a consultation suspends nothing": (
        (MLA, "0 A submit", "1 B acknowledge", "2 B consult", "6 A answer_consultation", "7 B accept"),
        "accepted",
        ["acknowledge 0-1", "decide 0-7", "whole 0-", "execute 7-"],
    ),
    "decided in the middle of a consultation": (
        (MLA, "0 A submit", "1 B acknowledge", "2 B consult", "4 B refuse"),
        "refused",
        ["acknowledge 0-1", "decide 0-4", "whole 0-4 refused"],
    ),
    "returned at once": (
        (MLA, "0 A submit", "1 B return_misdirected"),
        "returned_wrong_authority",
        ["acknowledge 0-1", "decide 0-1", "whole 0-1 returned"],
    ),
    "returned after it was acknowledged": (
        (MLA, "0 A submit", "1 B acknowledge", "2 B return_misdirected"),
        "returned_wrong_authority",
        ["acknowledge 0-1", "decide 0-2", "whole 0-2 returned"],
    ),
    "forwarded, then acknowledged": (
        (MLA, "0 A submit", "1 B forward", "3 B acknowledge"),
        "acknowledged",
        ["acknowledge 0-3", "decide 0-", "whole 0-"],
    ),
    "acknowledged, forwarded, acknowledged again": (
        (MLA, "0 A submit", "1 B acknowledge", "2 B forward", "3 B acknowledge"),
        "acknowledged",
        ["acknowledge 0-1", "decide 0-", "whole 0-"],
    ),
    "withdrawn before anybody looked": (
        (MLA, "0 A submit", "2 A withdraw"),
        "withdrawn",
        ["acknowledge 0-2", "decide 0-2", "whole 0-2 withdrawn"],
    ),
    "conditions agreed to": (
        (MLA, "0 A submit", "1 B acknowledge", "3 B accept_with_conditions", "5 A agree_to_conditions"),
        "accepted",
        ["acknowledge 0-1", "decide 0-3", "whole 0-", "execute 5-"],
    ),
    "conditions declined, decided again": (
        (
            *(MLA, "0 A submit", "1 B acknowledge", "3 B accept_with_conditions", "5 A decline_conditions"),
            "7 B accept",
        ),
        "accepted",
        ["acknowledge 0-1", "decide 0-3", "whole 0-", "execute 7-"],
    ),
    "postponed and resumed": (
        (MLA, "0 A submit", "1 B acknowledge", "3 B postpone", "20 B resume", "30 B transmit"),
        "evidence_transmitted",
        ["acknowledge 0-1", "decide 0-3", "whole 0-30 answered", "execute 20-30", "confirm 30-"],
    ),
    "postponed in the middle of execution": (
        (MLA, *TO_EXECUTION, "5 B postpone", "20 B resume", "30 B transmit"),
        "evidence_transmitted",
        ["acknowledge 0-1", "decide 0-3", "whole 0-30 answered", "execute 3-30", "confirm 30-"],
    ),
    "refused after postponement": (
        (MLA, "0 A submit", "1 B acknowledge", "3 B postpone", "20 B refuse"),
        "refused",
        ["acknowledge 0-1", "decide 0-3", "whole 0-20 refused"],
    ),
    "refused after execution began": (
        (MLA, *TO_EXECUTION, "8 B refuse"),
        "refused",
        ["acknowledge 0-1", "decide 0-3", "whole 0-8 refused", "execute 3-8"],
    ),
    "sent in two parts": (
        (MLA, *TO_EXECUTION, "8 B transmit part", "12 B transmit"),
        "evidence_transmitted",
        ["acknowledge 0-1", "decide 0-3", "whole 0-12 answered", "execute 3-12", "confirm 12-"],
    ),
    "a mismatch reopens neither execution nor whole": (
        (
            *(MLA, *TO_EXECUTION, "9 B transmit", "11 A report_mismatch", "14 B transmit part"),
            *("15 B transmit", "16 A confirm_receipt"),
        ),
        "receipt_verified",
        [
            *("acknowledge 0-1", "decide 0-3", "whole 0-9 answered", "execute 3-9"),
            *("confirm 9-11", "confirm 15-16"),
        ],
    ),
    "a question after a mismatch suspends nothing": (
        (
            *(MLA, *TO_EXECUTION, "9 B transmit", "11 A report_mismatch", "12 B ask_for_information"),
            *("14 A provide_information", "15 B transmit"),
        ),
        "evidence_transmitted",
        [
            *("acknowledge 0-1", "decide 0-3", "whole 0-9 answered", "execute 3-9"),
            *("confirm 9-11", "inform 12-14", "confirm 15-"),
        ],
    ),
    "nothing found": (
        (MLA, *TO_EXECUTION, "9 B report_no_data"),
        "closed",
        ["acknowledge 0-1", "decide 0-3", "whole 0-9 no_data", "execute 3-9"],
    ),
    "a part sent, then nothing more found": (
        (MLA, *TO_EXECUTION, "8 B transmit part", "9 B report_no_data"),
        "closed",
        ["acknowledge 0-1", "decide 0-3", "whole 0-9 partly_answered", "execute 3-9"],
    ),
    "a confirmed preservation opens no confirm": (
        (PRESERVATION, *TO_PRESERVED),
        "evidence_transmitted",
        [*PRESERVED, "keep 3-"],
    ),
    "a preservation followed up": (
        (PRESERVATION, *TO_PRESERVED, "20 A record_step mla_request_received", "40 A close"),
        "closed",
        [*PRESERVED, "keep 3-20 answered"],
    ),
    "another step leaves what is kept open": (
        (PRESERVATION, *TO_PRESERVED, "20 B record_step preservation_extended"),
        "evidence_transmitted",
        [*PRESERVED, "keep 3-"],
    ),
    "a preservation that lapses": (
        (PRESERVATION, *TO_PRESERVED, "63 clock lapse"),
        "lapsed",
        [*PRESERVED, "keep 3-63 lapsed"],
    ),
    "a confirmed receipt does not keep it from lapsing": (
        (PRESERVATION, *TO_PRESERVED, "5 A confirm_receipt", "63 clock lapse"),
        "lapsed",
        [*PRESERVED, "keep 3-63 lapsed"],
    ),
    "a follow-up that came to nothing does not reopen what is kept": (
        (
            *(PRESERVATION, *TO_PRESERVED, "20 A record_step mla_request_received"),
            *("30 B record_step follow_up_ended", "73 clock lapse"),
        ),
        "lapsed",
        [*PRESERVED, "keep 3-20 answered"],
    ),
    "a follow-up before the preservation is confirmed": (
        (
            *(PRESERVATION, *TO_PRESERVED[:-1], "2 A record_step mla_request_received"),
            "3 B confirm_preservation",
        ),
        "evidence_transmitted",
        [*PRESERVED, "keep 3-3 answered"],
    ),
    "a follow-up that came and went before the preservation is confirmed": (
        (
            *(PRESERVATION, *TO_PRESERVED[:-1], "2 A record_step mla_request_received"),
            *("2 B record_step follow_up_ended", "3 B confirm_preservation"),
        ),
        "evidence_transmitted",
        [*PRESERVED, "keep 3-"],
    ),
    "a preservation of data that is not there": (
        (PRESERVATION, *TO_PRESERVED[:-1], "3 B report_no_data"),
        "closed",
        ["acknowledge 0-0", "decide 0-1", "whole 0-3 no_data", "execute 1-3"],
    ),
    "an extension keeps nothing of its own": (
        (EXTENSION, *TO_PRESERVED, "4 A close"),
        "closed",
        PRESERVED,
    ),
    "spontaneous information used": (
        (SPONTANEOUS, "0 A submit", "1 B acknowledge", "30 B give_feedback", "31 A close"),
        "closed",
        ["acknowledge 0-1"],
    ),
    "spontaneous information whose conditions are declined": (
        (SPONTANEOUS, "0 A submit", "1 B acknowledge", "2 B refuse"),
        "refused",
        ["acknowledge 0-1"],
    ),
    "spontaneous information sent to the wrong body": (
        (SPONTANEOUS, "0 A submit", "1 B return_misdirected"),
        "returned_wrong_authority",
        ["acknowledge 0-1"],
    ),
    "spontaneous information taken back": (
        ("special_cooperation_proceeds", "0 A submit", "2 A withdraw"),
        "withdrawn",
        ["acknowledge 0-2"],
    ),
}


@pytest.mark.parametrize(("lines", "status", "stages"), STORIES.values(), ids=STORIES)
def test_a_story_leaves_these_stages(lines, status, stages):
    folded = told(*lines)
    assert folded.progress.status == status
    assert list(map(shown, folded.stages)) == stages


def test_suspension_is_counted_to_the_second():
    at = [START + timedelta(seconds=s) for s in (0, 10, 100, 3_701, 4_000)]
    acts = ("submit", "acknowledge", "ask_for_information", "provide_information", "accept")
    sides = ("requesting", "requested", "requested", "requesting", "requested")
    folded = fold(LIFE, MLA, [(s, a, SAID.get(a, {}), t) for s, a, t in zip(sides, acts, at, strict=True)])
    assert {s.stage: s.suspended_seconds for s in folded.stages} == {
        "acknowledge": 0,
        "decide": 3_601,
        "whole": 3_601,
        "inform": 0,
        "execute": 0,
    }


def test_an_open_question_is_a_suspension_that_still_runs():
    folded = told(MLA, "0 A submit", "1 B acknowledge", "2 B ask_for_information")
    since = {s.stage: s.suspended_since for s in folded.stages}
    asked_at = START + timedelta(days=2)
    assert since == {"acknowledge": None, "decide": asked_at, "whole": asked_at, "inform": None}


# ---- where a question or a consultation leads back to


@pytest.mark.parametrize(
    ("before", "back"),
    [
        (("0 A submit", "1 B acknowledge"), "acknowledged"),
        (("0 A submit", "1 B acknowledge", "2 B find_admissible"), "admissibility_check"),
        (TO_ACCEPTED, "accepted"),
        (TO_EXECUTION, "in_execution"),
        ((*TO_EXECUTION, "5 B transmit part"), "partly_executed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "from",
)
@pytest.mark.parametrize(
    ("question", "answer"),
    [("ask_for_information", "provide_information"), ("consult", "answer_consultation")],
)
def test_an_answer_leads_back_to_where_it_was_asked(before, back, question, answer):
    folded = told(MLA, *before, f"6 B {question}", f"7 A {answer}")
    assert (folded.progress.status, folded.progress.back) == (back, "")


def test_what_is_unchanged_in_between_does_not_forget_the_way_back():
    folded = told(
        *(MLA, *TO_EXECUTION, "5 B ask_for_information", "6 A ask_status", "6 B report_status"),
        "7 A provide_information",
    )
    assert folded.progress.status == "in_execution"


# ---- events


@pytest.mark.parametrize(
    ("lines", "raised"),
    [
        (("0 A submit",), ["sent", "received", "complete_request_received"]),
        (
            ("0 A submit_orally",),
            ["sent", "received", "complete_request_received", "urgent_oral_request"],
        ),
        (TO_ACCEPTED, ["admissibility_decided", "decision_sent", "recognition_decided"]),
        (
            (*TO_ACCEPTED[:2], "3 B accept_with_conditions"),
            ["admissibility_decided", "decision_sent", "recognition_decided"],
        ),
        ((*TO_ACCEPTED[:2], "3 B refuse"), ["decision_sent", "recognition_decided"]),
        ((*TO_ACCEPTED[:2], "3 B postpone"), ["decision_sent"]),
        ((*TO_EXECUTION, "8 B transmit part"), []),
        ((*TO_EXECUTION, "8 B transmit"), ["execution_completed", "evidence_transmitted"]),
        ((*TO_EXECUTION, "8 B record_step served_on_provider"), ["served_on_provider"]),
        (
            (*TO_ACCEPTED[:2], "2 B consult", "3 B refuse"),
            ["consultation_closed", "decision_sent", "recognition_decided"],
        ),
    ],
    ids=[
        *("submission", "oral submission", "acceptance", "conditions", "refusal", "postponement"),
        *("a part", "the last sending", "a recorded step", "refusal in consultation"),
    ],
)
def test_an_act_raises_these_events(lines, raised):
    folded = told(MLA, *lines)
    last = START + timedelta(days=int(lines[-1].split()[0]))
    assert [event for event, at in folded.raised if at == last] == raised


def test_receipt_of_some_types_raises_an_event_of_its_own():
    before = Folded().progress
    standing = before.standing("extradition", ())
    row = decide(LIFE, standing, side="requesting", act="submit", contents={})
    found = consequences(
        LIFE,
        row,
        before,
        request_type="extradition",
        open_stages=(),
        contents={},
        also_raised="extradition_request_received",
    )
    assert found.raised == ("sent", "received", "complete_request_received", "extradition_request_received")


# ---- what is remembered


@pytest.mark.parametrize(
    ("lines", "awaited"),
    [
        (("0 A submit",), False),
        (("0 A submit_orally",), True),
        (("0 A submit_orally", "1 B acknowledge"), True),
        (("0 A submit_orally", "1 A confirm_in_writing"), False),
        (("0 A submit_orally", "1 B return_misdirected"), False),
    ],
    ids=["written", "oral", "oral and acknowledged", "confirmed", "returned"],
)
def test_an_oral_request_awaits_its_confirmation_until_it_is_confirmed_or_ends(lines, awaited):
    assert told(MLA, *lines).progress.oral_unconfirmed is awaited


@pytest.mark.parametrize(
    "lines",
    [
        (MLA, "0 A submit_orally", "1 A confirm_in_writing", "2 A confirm_in_writing"),
        (PRESERVATION, *TO_PRESERVED, "4 A close"),
        (MLA, "0 A submit", "1 A acknowledge"),
        (MLA, "0 A submit", "1 B return_misdirected", "2 B acknowledge"),
        (MLA, *TO_EXECUTION, "9 B transmit", "10 B transmit"),
        (PRESERVATION, *TO_PRESERVED, "5 clock lapse", "6 A record_step mla_request_received"),
    ],
    ids=[
        *("confirmed twice", "closed while data is kept", "by the wrong side", "after the end"),
        *("sent twice", "followed up after the lapse"),
    ],
)
def test_a_log_that_the_table_does_not_permit_cannot_be_folded(lines):
    told(*lines[:-1])
    with pytest.raises(Refused):
        told(*lines)


# ---- whatever happens


class Life(RuleBasedStateMachine):
    """A request to which permitted acts happen at random, applied one by one as the door applies them."""

    @initialize(
        kind=st.sampled_from(
            [MLA, PRESERVATION, EXTENSION, SPONTANEOUS, "extradition", "traffic_data_disclosure"]
        )
    )
    def begins(self, kind: str) -> None:
        self.kind = rulebook().types[kind]
        self.now = START
        self.folded = Folded()
        self.events: list[tuple[str, str, dict[str, Any], datetime]] = []
        self.snapshots: list[Folded] = []

    @rule(
        choice=st.integers(0, 10_000),
        minutes=st.integers(0, 100_000),
        part=st.booleans(),
        step=st.sampled_from(["mla_request_received", "follow_up_ended", "served_on_provider"]),
    )
    def an_act(self, choice: int, minutes: int, part: bool, step: str) -> None:
        open_stages = self.folded.open_stages()
        standing = self.folded.progress.standing(self.kind.id, open_stages, self.kind.acts)
        permitted = [
            (side, act)
            for side in SIDES.values()
            for act in permitted_acts(LIFE, standing, side, LIFE.acts)
            # Drawn less often than its share, so that a life gets further than its submission.
            if act != "withdraw" or choice % 7 == 0
        ]
        if not permitted:
            return
        self.now += timedelta(minutes=minutes)
        side, act = permitted[choice % len(permitted)]
        said = SAID.get(act, {})
        if act == "record_step":
            said = {"step": step}
        if act == "transmit":
            said = {"part": part}
        row = decide(LIFE, standing, side=side, act=act, contents=said)
        found = consequences(
            LIFE,
            row,
            self.folded.progress,
            request_type=self.kind.id,
            open_stages=open_stages,
            contents=said,
        )
        apply_to_stages(found, self.folded.stages, self.now, Stage)
        self.folded.progress = found.progress
        self.folded.raised.extend((event, self.now) for event in found.raised)
        self.events.append((side, act, said, self.now))
        self.snapshots.append(deepcopy(self.folded))

    @invariant()
    def its_stages_are_well_formed(self) -> None:
        for stage in self.folded.stages:
            until = stage.closed_at or self.now
            assert stage.opened_at <= until
            running = until - stage.suspended_since if stage.suspended_since else timedelta(0)
            suspended = timedelta(seconds=stage.suspended_seconds) + running
            assert timedelta(0) <= suspended <= until - stage.opened_at
            has_outcome = stage.stage in ("whole", "keep") and stage.closed_at is not None
            assert bool(stage.outcome) is has_outcome
            assert stage.outcome in ("", *LIFE.outcomes)
            assert stage.closed_at is None or stage.suspended_since is None
        names = [s.stage for s in self.folded.stages]
        open_names = [s.stage for s in self.folded.stages if s.closed_at is None]
        assert len(open_names) == len(set(open_names))
        assert all(names.count(once) <= 1 for once in ("acknowledge", "decide", "whole", "keep"))

    @invariant()
    def its_status_is_one_of_the_table_and_ends_are_ends(self) -> None:
        status = self.folded.progress.status
        assert status in LIFE.statuses
        if status in LIFE.ends:
            assert self.folded.open_stages() == {}
            standing = self.folded.progress.standing(self.kind.id, (), self.kind.acts)
            acts = {a for side in SIDES.values() for a in permitted_acts(LIFE, standing, side, LIFE.acts)}
            assert acts == (
                {"ask_other_use", "answer_other_use"} & self.kind.acts if status == "closed" else set()
            )

    @invariant()
    def a_question_is_open_exactly_while_the_other_side_owes_its_answer(self) -> None:
        is_asked = self.folded.progress.status == "more_information_requested"
        assert ("inform" in self.folded.open_stages()) is is_asked
        suspended = {s.stage for s in self.folded.stages if s.suspended_since}
        assert suspended == (
            {"decide", "execute", "whole"} & set(self.folded.open_stages()) if is_asked else set()
        )

    def teardown(self) -> None:
        """Every prefix of the log folds to what stood after it."""
        for length, snapshot in enumerate(getattr(self, "snapshots", ()), start=1):
            assert fold(LIFE, self.kind.id, self.events[:length]) == snapshot


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=30)
