"""Simulated States: what they do next, what they say, and the data files that make them what they are."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from cooperation.behaviour import (
    CHANCES,
    EMERGENCY,
    FOLDER,
    PRESERVATION,
    QUICK,
    REST,
    ROUTINE,
    TASKS,
    Behaviour,
    Deed,
    Effort,
    Matter,
    behaviours,
    carry_out,
    drafted,
    pace,
    priority,
    reaction,
    read_behaviour,
    step,
)
from cooperation.chance import Stream
from cooperation.completeness import missing
from cooperation.document import BadInput
from cooperation.eventlog import canonical
from cooperation.examination.draft import Draft, Parent, Parties, Party, StatedLaw
from cooperation.examination.truth import Truth
from cooperation.lifecycle import decide
from cooperation.progress import Folded, Stage, apply_to_stages, consequences
from cooperation.rulebook import rulebook
from cooperation.words import OTHER_SIDE

BOOK = rulebook()
TYPICAL = behaviours()["typical"]
STORED, PRESERVE, TRAFFIC = "mla_stored_data", "preservation_expedited", "traffic_data_disclosure"
OURS, OTHER_CRIME = ("illegal_access",), ("breach_of_trust",)
FACTS = {"case": "Hospital ransomware", "requesting_authority": "Arvania", "requested_authority": "Borland"}


class Steady(Stream):
    """A stream that always draws the same number."""

    def __init__(self, value: float) -> None:
        super().__init__("steady")
        self.value = value

    def uniform(self) -> float:
        return self.value

    def beside(self, step: str) -> Stream:
        return self


def behaving(**chances: float) -> Behaviour:
    """Return a behaviour for which nothing happens by chance but what is said here."""
    return replace(TYPICAL, chances={**dict.fromkeys(CHANCES, 0.0), **chances})


def whole(request_type: str, **contents: Any) -> dict[str, Any]:
    """Return contents with all that the type requires."""
    kind = BOOK.types[request_type]
    return {**draft(request_type, behaving()), **contents} if kind.contents else contents


def draft(
    request_type: str, behaviour: Behaviour, given: Mapping[str, Any] | None = None, **facts: Any
) -> dict[str, Any]:
    said: dict[str, Any] = {"offences": OURS, **facts}
    return drafted(
        BOOK, behaviour, Draft(request_type, given or {}, **said), FACTS, Stream(7, "XA", "r1", "file")
    )


def done(
    task: str,
    request_type: str = STORED,
    *,
    value: float = 0.01,
    chances: dict[str, float] | None = None,
    status: str = "acknowledged",
    contents: dict[str, Any] | None = None,
    before: dict[str, int] | None = None,
    offences: tuple[str, ...] = OURS,
    penalty: float | str | None = None,
    **facts: Any,
) -> Deed:
    """Return what comes of a task, of which the acts named in `before` were done so often."""
    said = {**(whole(request_type) if contents is None else contents), "offence": list(offences)}
    draft = Draft(request_type, said, maximum_penalty=penalty)
    matter = Matter(BOOK.types[request_type], status, draft, before or {}, **facts)
    return carry_out(BOOK, behaving(**(chances or {})), task, matter, Steady(value))


def names(deed: Deed) -> tuple[list[str], tuple[str, ...]]:
    return [act for act, _ in deed.acts], deed.then


LACKING = {k: v for k, v in whole(STORED).items() if k not in ("purpose", "identifiers")}
URGENT = whole(STORED, urgency={"level": "emergency", "reasons": "Patients wait."})


# ---- the State asked


@pytest.mark.parametrize(
    ("task", "facts", "acts", "then"),
    [
        ("acknowledge", {}, ["acknowledge"], ("check",)),
        ("acknowledge", {"request_type": "spontaneous_information"}, ["acknowledge"], ("feedback",)),
        ("acknowledge", {"misdirected": True, "chances": {"forward": 1}}, ["forward"], ("acknowledge",)),
        ("acknowledge", {"misdirected": True}, ["return_misdirected"], ()),
        ("check", {}, ["find_admissible"], ("decide",)),
        ("check", {"status": "admissibility_check"}, [], ("decide",)),
        ("check", {"contents": LACKING}, ["ask_for_information"], ()),
        ("check", {"contents": LACKING, "before": {"ask_for_information": 2}}, ["ask_for_information"], ()),
        ("check", {"contents": LACKING, "before": {"ask_for_information": 3}}, ["refuse"], ()),
        (
            *(
                "check",
                {"contents": LACKING, "before": {"ask_for_information": 3}, "chances": {"consult": 1}},
            ),
            *(["consult"], ()),
        ),
        ("check", {"chances": {"ask": 1}}, ["ask_for_information"], ()),
        (
            *("check", {"chances": {"ask": 1}, "before": {"ask_for_information": 1}}),
            *(["find_admissible"], ("decide",)),
        ),
        ("check", {"contents": URGENT}, ["accept", "start_execution"], ("execute",)),
        ("check", {"request_type": PRESERVE}, ["accept", "start_execution"], ("execute",)),
        ("check", {"offences": OTHER_CRIME, "penalty": 3}, ["refuse"], ()),
        ("check", {"request_type": "extradition", "offences": OTHER_CRIME, "penalty": 20}, ["refuse"], ()),
        ("check", {"offences": OTHER_CRIME}, ["ask_for_information"], ()),
        ("decide", {}, ["accept"], ("start",)),
        ("decide", {"contents": URGENT}, ["accept", "start_execution"], ("execute",)),
        ("decide", {"chances": {"refuse": 1}}, ["refuse"], ()),
        ("decide", {"chances": {"refuse": 1, "postpone": 1, "conditions": 1}}, ["refuse"], ()),
        ("decide", {"chances": {"postpone": 1}}, ["postpone"], ("resume",)),
        ("decide", {"chances": {"postpone": 1, "consult": 1}}, ["consult"], ()),
        (
            *("decide", {"chances": {"postpone": 1, "consult": 1}, "before": {"consult": 1}}),
            *(["postpone"], ("resume",)),
        ),
        ("decide", {"chances": {"postpone": 1}, "before": {"postpone": 1}}, ["accept"], ("start",)),
        (
            *("decide", {"request_type": PRESERVE, "chances": {"postpone": 1}}),
            *(["accept", "start_execution"], ("execute",)),
        ),
        ("decide", {"chances": {"conditions": 1}}, ["accept_with_conditions"], ()),
        (
            *("decide", {"chances": {"conditions": 1}, "before": {"decline_conditions": 1}}),
            *(["accept"], ("start",)),
        ),
        ("start", {}, ["start_execution"], ("execute",)),
        ("resume", {}, ["resume"], ("execute",)),
        ("execute", {}, ["record_step", "record_step", "transmit"], ()),
        ("execute", {"chances": {"in_parts": 1}}, ["record_step", "record_step", "transmit"], ("execute",)),
        ("execute", {"chances": {"in_parts": 1}, "before": {"transmit": 1}}, ["transmit"], ()),
        ("execute", {"chances": {"nothing_found": 1}}, ["report_no_data"], ()),
        ("execute", {"request_type": PRESERVE}, ["confirm_preservation"], ()),
        (
            *("execute", {"request_type": PRESERVE, "chances": {"path": 1}}),
            *(["disclose_path", "confirm_preservation"], ()),
        ),
        (
            *("execute", {"request_type": PRESERVE, "path_awaited": True}),
            *(["disclose_path", "confirm_preservation"], ()),
        ),
        (
            *("execute", {"request_type": PRESERVE, "path_awaited": True, "before": {"disclose_path": 1}}),
            *(["confirm_preservation"], ()),
        ),
        ("execute", {"request_type": TRAFFIC}, ["disclose_path", "transmit"], ()),
        ("execute", {"request_type": "freezing_or_seizure"}, ["record_step", "transmit"], ()),
        ("report_status", {}, ["report_status"], ()),
        ("send_again", {"status": "partly_executed"}, ["transmit"], ()),
        ("answer_use", {}, ["answer_other_use"], ()),
    ],
    ids=[
        *("what arrives is acknowledged", "what comes unasked is used", "misdirected, forwarded"),
        *("misdirected, returned", "complete", "already found admissible", "incomplete is asked about"),
        *("still incomplete is asked again", "asked three times in vain", "and consulted on it"),
        *("asked by chance", "but once", "an emergency at once", "preservation at once"),
        *("below the threshold", "extradition on a mere serious crime", "a penalty not stated is asked for"),
        *("accepted", "an emergency accepted", "refused", "refusal comes first", "postponed"),
        *("postponement is consulted on", "then postponed", "not postponed twice", "preserving cannot wait"),
        *("on conditions", "conditions declined", "started", "resumed", "executed", "a part first"),
        *("then the rest", "nothing there", "preserved", "another State's provider by chance"),
        *("another State's provider in the scenario", "told once", "path and traffic data", "frozen"),
        *("asked how it stands", "sent again", "asked about another use"),
    ],
)
def test_the_state_asked_does_this(task, facts, acts, then):
    assert names(done(task, **facts)) == (acts, then)


@pytest.mark.parametrize(
    ("task", "facts", "said"),
    [
        (
            "acknowledge",
            {"misdirected": True, "chances": {"forward": 1}},
            {"to_authority": "central_authority"},
        ),
        (
            "check",
            {"contents": LACKING},
            {"questions": ["purpose", "identifiers", "data_category", "period_covered"]},
        ),
        (
            *("check", {"offences": OTHER_CRIME}),
            {"questions": ["maximum_penalty_years"]},
        ),
        (
            *("check", {"contents": LACKING, "before": {"ask_for_information": 3}}),
            {
                "ground": "form",
                "reasons": "Request does not meet the form or content rules",
                "source": "40(21)(a)",
            },
        ),
        (
            *("check", {"offences": OTHER_CRIME, "penalty": 3}),
            {
                "ground": "no_basis",
                "reasons": "The offence is outside Articles 7 to 17 and below the threshold of a serious crime.",
                "source": "Art. 2, 35(1)(c)",
            },
        ),
        (
            *("decide", {"chances": {"postpone": 1, "consult": 1}}),
            {
                "about": "postponement",
                "reasons": "An investigation here would be disturbed.",
                "source": "40(27)",
            },
        ),
        ("execute", {"request_type": "freezing_or_seizure"}, {"step": "freeze_effected"}),
        (
            "execute",
            {"request_type": PRESERVE, "asked_by": "Arvania"},
            {"reference": "preserved for Arvania"},
        ),
        ("report_status", {"status": "in_execution"}, {"status": "in_execution"}),
        ("answer_use", {"chances": {"agree": 1}}, {"consent": True}),
        ("answer_use", {"chances": {"agree": 0}}, {"consent": False}),
    ],
    ids=[
        *("where it is forwarded to", "what is asked for", "the penalty is asked for", "why for form"),
        *("why for no basis", "why consulted", "which step", "a reference", "the status", "consent"),
        "no consent",
    ],
)
def test_the_state_asked_says_this(task, facts, said):
    assert done(task, **facts).acts[0][1] == said


@pytest.mark.parametrize(
    ("request_type", "value", "ground", "is_consulted"),
    [
        (STORED, 0.01, "essential_interests", True),
        (STORED, 0.99, "data_protection", False),
        ("extradition", 0.01, "no_dual_criminality", True),
        ("extradition", 0.99, "minimum_penalty", True),
    ],
    ids=["a ground of 40(21)", "another ground", "extradition", "extradition on another ground"],
)
def test_a_refusal_is_consulted_on_where_the_convention_asks_for_it(
    request_type, value, ground, is_consulted
):
    chances = {"refuse": 1.0, "consult": 1.0}
    ((act, said),) = done("decide", request_type, value=value, chances=chances).acts
    assert (act, said["ground"]) == ("consult" if is_consulted else "refuse", ground)


def test_each_part_is_sent_once():
    first = done("execute", chances={"in_parts": 1}).acts[-1][1]
    rest = done("execute", chances={"in_parts": 1}, before={"transmit": 1}).acts[-1][1]
    assert first == {"part": True, "items": ["subscriber_information"]}
    assert rest == {
        "items": ["traffic_data", "content_data", "forensic_image", "certificate_of_authenticity"]
    }


# ---- deciding again


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("contents", [whole(STORED), URGENT], ids=["in its turn", "at once"])
def test_after_consulting_it_is_the_same_decision(seed, contents):
    kind, behaviour = BOOK.types[STORED], behaving(refuse=0.5, consult=1, postpone=0.5)

    def decision(task: str, step_name: str, before: dict[str, int]) -> tuple[str, str]:
        matter = Matter(kind, "admissibility_check", Draft(STORED, contents), before)
        deed = carry_out(BOOK, behaviour, task, matter, Stream(seed, "XB", "r1", step_name))
        act, said = deed.acts[0]
        return act, str(said.get("ground") or said.get("source"))

    is_quick = contents is URGENT
    first = decision("check" if is_quick else "decide", "do-check-0" if is_quick else "decide", {})
    again = decision("decide", "decide", {"consult": 1})
    expected = {"consult": "refuse" if first[1] in BOOK.grounds else "postpone"}.get(first[0], first[0])
    assert again == (expected, first[1])


@pytest.mark.parametrize(
    ("chances", "act"), [({"relent": 0}, "refuse"), ({"relent": 1}, "accept")], ids=["firm", "relents"]
)
@pytest.mark.parametrize("contents", [whole(STORED), LACKING], ids=["complete", "incomplete"])
def test_after_consulting_a_state_refuses_or_relents(chances, act, contents):
    before = {"consult": 1, "ask_for_information": 3}
    found = done("decide", chances={"refuse": 1, "consult": 1, **chances}, contents=contents, before=before)
    assert found.acts[0][0] == act


# ---- the State that asks


@pytest.mark.parametrize(
    ("task", "facts", "acts", "then"),
    [
        ("write", {}, ["confirm_in_writing"], ()),
        ("inform", {}, ["provide_information"], ()),
        ("consult", {}, ["answer_consultation"], ()),
        ("agree", {"chances": {"agree": 1}}, ["agree_to_conditions"], ()),
        ("agree", {}, ["decline_conditions"], ()),
        ("confirm", {}, ["confirm_receipt"], ("feedback",)),
        ("confirm", {"chances": {"mismatch": 1}}, ["report_mismatch"], ()),
        (
            *("confirm", {"chances": {"mismatch": 1}, "before": {"report_mismatch": 1}}),
            *(["confirm_receipt"], ("feedback",)),
        ),
        ("feedback", {"chances": {"feedback": 1}}, ["give_feedback"], ("close",)),
        ("feedback", {}, ["close"], ()),
        ("close", {}, ["close"], ()),
    ],
    ids=[
        *("confirms in writing", "answers a question", "answers a consultation", "agrees", "declines"),
        *("receives", "finds a mismatch", "but once", "gives feedback", "gives none", "closes"),
    ],
)
def test_the_state_that_asks_does_this(task, facts, acts, then):
    assert names(done(task, **facts)) == (acts, then)


# ---- what an act of the other side brings


@pytest.mark.parametrize(
    ("side", "act", "status", "task"),
    [
        ("requested", "submit", "sent", "acknowledge"),
        ("requested", "submit_orally", "sent", "acknowledge"),
        ("requested", "provide_information", "acknowledged", "check"),
        ("requested", "provide_information", "admissibility_check", "check"),
        ("requested", "provide_information", "accepted", "start"),
        ("requested", "provide_information", "in_execution", "execute"),
        ("requested", "provide_information", "partly_executed", "execute"),
        ("requested", "answer_consultation", "admissibility_check", "decide"),
        ("requested", "answer_consultation", "accepted", "start"),
        ("requested", "answer_consultation", "in_execution", "execute"),
        ("requested", "answer_consultation", "accepted_with_conditions", ""),
        ("requested", "decline_conditions", "consultation", "decide"),
        ("requested", "agree_to_conditions", "accepted", "start"),
        ("requested", "ask_status", "acknowledged", "report_status"),
        ("requested", "report_mismatch", "partly_executed", "send_again"),
        ("requested", "ask_other_use", "closed", "answer_use"),
        ("requested", "confirm_receipt", "receipt_verified", ""),
        ("requesting", "ask_for_information", "more_information_requested", "inform"),
        ("requesting", "consult", "consultation", "consult"),
        ("requesting", "accept_with_conditions", "accepted_with_conditions", "agree"),
        ("requesting", "transmit", "evidence_transmitted", "confirm"),
        ("requesting", "transmit", "partly_executed", ""),
        ("requesting", "confirm_preservation", "evidence_transmitted", ""),
        ("requesting", "acknowledge", "acknowledged", ""),
        ("requesting", "submit", "sent", ""),
    ],
)
def test_an_act_brings_the_other_side_this_task(side, act, status, task):
    assert reaction(side, act, Matter(BOOK.types[STORED], status, Draft(STORED, {}), {})) == task


@pytest.mark.parametrize(
    ("request_type", "contents", "place", "paced"),
    [
        ("emergency_data", {}, EMERGENCY, QUICK),
        (STORED, {"urgency": {"level": "emergency"}}, EMERGENCY, QUICK),
        (STORED, {"urgency": "emergency"}, EMERGENCY, QUICK),
        (PRESERVE, {"urgency": {"level": "emergency"}}, EMERGENCY, QUICK),
        (PRESERVE, {}, PRESERVATION, QUICK),
        ("preservation_extension", {}, PRESERVATION, QUICK),
        (STORED, {"urgency": {"level": "urgent"}}, REST, ROUTINE),
        (STORED, {}, REST, ROUTINE),
        ("extradition", {"urgency": None}, REST, ROUTINE),
    ],
    ids=[
        *(
            "emergency data",
            "stored data in an emergency",
            "said in one word",
            "preservation in an emergency",
        ),
        *("preservation", "its extension", "urgent is not an emergency", "the rest", "urgency left out"),
    ],
)
def test_emergencies_come_first_then_preservation_then_the_rest(request_type, contents, place, paced):
    kind = BOOK.types[request_type]
    assert (priority(kind, contents), pace(kind, contents)) == (place, paced)


@pytest.mark.parametrize(
    ("task", "before", "name"),
    [
        ("check", {}, "check-0"),
        ("check", {"provide_information": 2}, "check-2"),
        ("execute", {"transmit": 1, "resume": 1}, "execute-2"),
        ("decide", {"consult": 1}, "decide-0"),
        ("confirm", {"transmit": 2}, "confirm-2"),
    ],
)
def test_a_step_is_named_by_its_task_and_how_often_it_came_up(task, before, name):
    assert step(task, Matter(BOOK.types[STORED], "acknowledged", Draft(STORED, {}), before)) == name


# ---- drafting


@pytest.mark.parametrize("has_parent", [False, True], ids=["by itself", "a follow-up"])
@pytest.mark.parametrize("request_type", BOOK.types)
def test_a_typical_state_drafts_all_that_is_required(request_type, has_parent):
    kind = BOOK.types[request_type]
    parent = Parent(PRESERVE, "evidence_transmitted") if has_parent else None
    contents = draft(request_type, TYPICAL, parent=parent)
    facts = {"offences": OURS, "known_offences": BOOK.offences.keys(), "has_parent": has_parent}
    assert missing(kind, contents, **facts) == ()
    assert kind.required <= contents.keys()
    canonical(contents)


@pytest.mark.parametrize(
    ("given", "facts", "expected"),
    [
        ({"necessity": None}, {}, {"necessity": None}),
        ({"necessity": "It is wiped on Friday."}, {}, {"necessity": "It is wiped on Friday."}),
        ({}, {}, {"offence": ["illegal_access"], "requesting_authority": "Arvania"}),
        ({"offence": None}, {}, {"offence": None}),
        ({}, {"offences": OTHER_CRIME, "maximum_penalty": 5}, {"maximum_penalty_years": 5}),
        ({}, {"offences": OTHER_CRIME, "maximum_penalty": 5.0}, {"maximum_penalty_years": 5}),
        ({}, {"offences": OTHER_CRIME, "maximum_penalty": "life"}, {"maximum_penalty_years": "life"}),
        (
            *({"maximum_penalty_years": None}, {"offences": OTHER_CRIME, "maximum_penalty": 5}),
            {"maximum_penalty_years": None},
        ),
    ],
    ids=[
        *("null stays missing", "the author's words stay", "the rest is filled in", "no offence stated"),
        *("the penalty of another crime", "in whole years", "life", "a penalty left out on purpose"),
    ],
)
def test_a_draft_says_what_its_author_fixed_and_else_what_the_drafter_knows(given, facts, expected):
    contents = draft(PRESERVE, TYPICAL, given, **facts)
    assert {key: contents[key] for key in expected} == expected


def test_a_state_that_leaves_everything_out_drafts_only_what_its_author_fixed():
    contents = draft(PRESERVE, behaving(leave_out=1), {"necessity": "It is wiped on Friday."})
    assert contents == {"necessity": "It is wiped on Friday.", "offence": ["illegal_access"]}


def test_an_overloaded_state_leaves_required_fields_out_by_chance():
    kind, left_out, of = BOOK.types[STORED], 0, 0
    for seed in range(200):
        stream = Stream(seed, "XA", "r1", "file")
        contents = drafted(BOOK, behaviours()["overloaded"], Draft(STORED, {}, OURS), FACTS, stream)
        of += len(kind.required)
        left_out += len(kind.required - contents.keys())
    assert left_out / of == pytest.approx(0.1, abs=0.02)


# ---- whole lives


def life(request_type: str, behaviour: Behaviour, seed: int) -> tuple[list[str], str]:
    """Play a request between two simulated States, one task after another; return its acts and status."""
    kind = BOOK.types[request_type]
    empty = Draft(request_type, {}, OURS)
    contents = drafted(BOOK, behaviour, empty, FACTS, Stream(seed, "XA", "r1", "file"))
    folded, counts = Folded(), dict[str, int]()
    at = datetime(2027, 3, 1, 8, tzinfo=UTC)
    tasks: deque[tuple[str, str]] = deque()
    story: list[str] = []

    def enact(side: str, act: str, said: dict[str, Any]) -> None:
        canonical(said)
        open_stages = folded.open_stages()
        standing = folded.progress.standing(request_type, open_stages, kind.acts)
        row = decide(BOOK.lifecycle, standing, side=side, act=act, contents=said)
        known = {"request_type": request_type, "open_stages": open_stages, "contents": said}
        found = consequences(BOOK.lifecycle, row, folded.progress, **known)
        apply_to_stages(found, folded.stages, at, Stage)
        folded.progress = found.progress
        counts[act] = counts.get(act, 0) + 1
        story.append(act)
        other = OTHER_SIDE[side]
        if found.ends:
            tasks.clear()
        elif task := reaction(other, act, matter()):
            tasks.append((other, task))

    def matter() -> Matter:
        return Matter(kind, folded.progress.status, Draft(request_type, contents, OURS), counts)

    enact("requesting", "submit", {})
    while tasks and len(story) < 60:
        side, task = tasks.popleft()
        name = "decide" if task == "decide" else f"do-{step(task, matter())}"
        deed = carry_out(BOOK, behaviour, task, matter(), Stream(seed, side, "r1", name))
        for act, said in deed.acts:
            if act == "provide_information":
                said = {"answers": {"purpose": "as stated"}}
                contents.update({name: "as stated" for name in kind.required if name not in contents})
            enact(side, act, said)
        if folded.progress.status not in BOOK.lifecycle.ends:
            tasks.extend((side, then) for then in deed.then)
    return story, folded.progress.status


# Every chance is even, so that the rare turns come up too.
EVEN = replace(TYPICAL, chances=dict.fromkeys(CHANCES, 0.5))


@pytest.mark.parametrize("request_type", BOOK.types)
def test_whatever_simulated_states_do_is_permitted_and_comes_to_an_end(request_type):
    rests = BOOK.lifecycle.ends | (
        {"evidence_transmitted"} if "confirm_preservation" in BOOK.types[request_type].acts else set()
    )
    found = {seed: life(request_type, EVEN, seed) for seed in range(25)}
    assert {seed: told for seed, told in found.items() if told[1] not in rests} == {}


def test_a_typical_request_for_stored_data_goes_like_this():
    assert life(STORED, behaving(feedback=1), 7) == (
        [
            *("submit", "acknowledge", "find_admissible", "accept", "start_execution", "record_step"),
            *("record_step", "transmit", "confirm_receipt", "give_feedback", "close"),
        ],
        "closed",
    )


# ---- what work costs


def test_an_effort_is_drawn_as_wait_and_work_in_whole_seconds():
    effort = Effort(work_hours=2, work_spread=0, wait_hours=48, wait_spread=0)
    assert effort.draw(Stream(7)) == (timedelta(hours=48), timedelta(hours=2))
    assert Effort(0, 0, 0, 0).draw(Stream(7)) == (timedelta(0), timedelta(0))


def test_no_draw_is_longer_than_three_years():
    effort = Effort(work_hours=1000, work_spread=3, wait_hours=20_000, wait_spread=3)
    assert effort.draw(Steady(1 - 2**-53)) == (timedelta(hours=26_280), timedelta(hours=26_280))


# ---- the data files


@pytest.mark.parametrize("name", ["careless", "overloaded", "prompt", "published", "reluctant", "typical"])
def test_a_behaviour_that_ships_is_whole(name):
    behaviour = behaviours()[name]
    assert behaviour.officers.keys() == BOOK.authorities.keys()
    assert (behaviour.opens, behaviour.closes) == (time(8, 30), time(17))
    assert behaviour.efforts.keys() == {"quick", "routine"}
    assert all(set(efforts) == set(TASKS) for efforts in behaviour.efforts.values())
    assert set(behaviour.chances) == set(CHANCES)
    assert behaviour.source.startswith("exercise rule")


def test_a_behaviour_is_called_by_its_title_and_without_one_by_its_name(tmp_path):
    text = (
        (FOLDER / "prompt.yaml")
        .read_text()
        .replace("behaviour: prompt\ntitle: prompt\n", "behaviour: on_leave\n")
    )
    (tmp_path / "on_leave.yaml").write_text(text)

    assert behaviours()["published"].title == "as published figures say"
    assert read_behaviour(tmp_path / "on_leave.yaml").title == "on leave"


def test_an_overloaded_state_is_slower_and_forgets_more_than_a_typical_one():
    slow = behaviours()["overloaded"]
    assert sum(slow.officers.values()) < sum(TYPICAL.officers.values())
    assert slow.chances["forget"] > TYPICAL.chances["forget"]
    for task, effort in TYPICAL.efforts["routine"].items():
        assert slow.efforts["routine"][task].work_hours >= effort.work_hours


START_TASK = "    start: {work_hours: 0.1, work_spread: 0.3, wait_hours: 0, wait_spread: 0}\n"
BROKEN: dict[str, tuple[str, str, str, str, str]] = {
    "a chance above one": ("forget: 0.02", "forget: 1.2", "chances.forget", "forget:", "from 0 to 1"),
    "a chance in words": ("forget: 0.02", "forget: often", "chances.forget", "forget:", "from 0 to 1"),
    "a chance that is true": ("forget: 0.02", "forget: true", "chances.forget", "forget:", "from 0 to 1"),
    "a chance left out": ("  in_parts: 0.1\n", "", "chances.in_parts", "chances:", "is missing"),
    "an unknown chance": ("in_parts:", "luck: 1\n  in_parts:", "chances.luck", "luck:", "is not known"),
    "chances as a list": ("chances:\n", "chances: [1]\nmore:\n", "chances", "chances:", "must be a mapping"),
    "an unknown key": ("about:", "colour: red\nabout:", "colour", "colour:", "is not known"),
    "a key left out": ("forgotten_for_days: 20\n", "", "forgotten_for_days", "schema:", "is missing"),
    "another name": ("behaviour: typical", "behaviour: tropical", "behaviour", "behaviour:", "typical"),
    "another schema": ("behaviour/1", "behaviour/9", "schema", "schema:", "allowed: comity.behaviour/1"),
    "no officer": ("cert: 2", "cert: 0", "officers.cert", "cert:", "whole number from 1 to 500"),
    "half an officer": ("cert: 2", "cert: 1.5", "officers.cert", "cert:", "whole number from 1 to 500"),
    "an unknown authority": ("cert: 2", "cert: 2\n  mint: 2", "officers.mint", "mint:", "is not known"),
    "an authority without officers": ("  cert: 2\n", "", "officers.cert", "officers:", "is missing"),
    "no hour": ('"08:30"', "early", "hours.opens", "hours:", "must be a local hour"),
    "an hour with an offset": ('"08:30"', '"08:30Z"', "hours.opens", "hours:", "must be a local hour"),
    "closing before opening": ('"17:00"', '"07:00"', "hours.closes", "hours:", "after it opens"),
    "an unknown task": (START_TASK, START_TASK + "    nap: {}\n", "efforts.quick.nap", "nap:", "not known"),
    "a task left out": (START_TASK, "", "efforts.quick.start", "quick:", "is missing"),
    "a task as a number": (START_TASK, "    start: 3\n", "efforts.quick.start", "start:", "a mapping"),
    "a part of an effort left out": (
        *("start: {work_hours: 0.1, ", "start: {", "efforts.quick.start.work_hours", "start:", "is missing"),
    ),
    "an unknown part of an effort": (
        *("start: {work", "start: {naps: 1, work", "efforts.quick.start.naps", "start:", "is not known"),
    ),
    "work below nothing": (
        *("start: {work_hours: 0.1", "start: {work_hours: -1", "efforts.quick.start.work_hours", "start:"),
        "from 0 to 1000",
    ),
    "an unknown pace": ("  routine:\n", "  idle:\n", "efforts.idle", "idle:", "allowed: quick, routine"),
    "a list for text": ("source: exercise rule", "source: [1]", "source", "source:", "must be text"),
    "an unknown confidence": ("high", "total", "confidence", "confidence:", "is total"),
    "days below the least": (
        *("status_after_days: 45", "status_after_days: 0", "ask_status_after_days", "ask_status_after"),
        "from 1 to 1000",
    ),
    "not a number": (
        *("forgotten_for_days: 20", "forgotten_for_days: .nan", "forgotten_for_days", "forgotten_for"),
        "from 0 to 1000",
    ),
}


@pytest.mark.parametrize(("old", "new", "key", "at", "words"), BROKEN.values(), ids=BROKEN)
def test_a_broken_behaviour_is_told_by_line_and_key(tmp_path: Path, old, new, key, at, words):
    """`at` is what stands at the beginning of the line that must be named."""
    text = (FOLDER / "typical.yaml").read_text()
    assert old in text
    path = tmp_path / "typical.yaml"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(BadInput) as caught:
        read_behaviour(path)
    told = {fault.key: fault for fault in caught.value.faults}
    assert key in told, caught.value
    assert told[key].file == "typical.yaml"
    assert path.read_text().splitlines()[told[key].line - 1].lstrip().startswith(at)
    assert words in f"{told[key].problem} {told[key].mend}"


def test_every_fault_of_a_behaviour_is_told_at_once(tmp_path: Path):
    text = (FOLDER / "typical.yaml").read_text()
    path = tmp_path / "typical.yaml"
    path.write_text(text.replace("forget: 0.02", "forget: 2").replace("cert: 2", "cert: 0"))
    with pytest.raises(BadInput) as caught:
        read_behaviour(path)
    assert [f.key for f in caught.value.faults] == ["officers.cert", "chances.forget"]


@pytest.mark.parametrize(
    "content", ["- typical\n", "typical\n", "", "a: [\n"], ids=["list", "word", "empty", "open"]
)
def test_what_is_no_behaviour_at_all_is_bad_input(tmp_path: Path, content):
    path = tmp_path / "typical.yaml"
    path.write_text(content)
    with pytest.raises(BadInput):
        read_behaviour(path)


# ---- deciding from the whole examination

BORLAND = Party("XB")
BROAD = {"data_description": "Everything about the customer", "period_covered": None}


def between(**declared: Any) -> Parties:
    return Parties(Party("XA"), replace(BORLAND, **declared), treaties=())


@pytest.mark.parametrize(
    ("task", "request_type", "facts", "acts", "said"),
    [
        (
            *(
                "check",
                STORED,
                {"contents": whole(STORED, **BROAD)},
                "ask_for_information",
            ),
            {"questions": ["identifiers", "data_category", "period_covered"]},
        ),
        (
            *("check", STORED, {"contents": whole(STORED, language="German")}, "find_admissible"),
            {},
        ),
        (
            "check",
            STORED,
            {
                "contents": whole(STORED, language="German"),
                "between": between(languages=("English",)),
            },
            "ask_for_information",
            {"questions": ["language"]},
        ),
        (
            "check",
            STORED,
            {
                "contents": whole(STORED, custodian_or_location="South Cloud"),
                "truth": Truth(provider_entity="North Cloud"),
            },
            "return_misdirected",
            {"right_authority": "central_authority"},
        ),
        (
            "check",
            PRESERVE,
            {
                "contents": whole(PRESERVE, custodian_or_location="South Cloud"),
                "truth": Truth(custodians=("North Cloud",)),
            },
            "ask_for_information",
            {"questions": ["custodian_or_location"]},
        ),
        (
            *("check", "emergency_data", {"truth": Truth(danger_to_person=False)}, "refuse"),
            {"ground": "not_an_emergency"},
        ),
        (
            *("decide", "mla_realtime_traffic", {"truth": Truth(stored_data_suffices=True)}, "refuse"),
            {"ground": "not_available_in_similar_case", "source": "45(2)"},
        ),
        (
            *(
                "decide",
                "extradition",
                {"between": between(law=StatedLaw({"illegal_access": "no"}))},
                "refuse",
            ),
            {"ground": "no_dual_criminality"},
        ),
        (
            *("decide", "extradition", {"between": between(minimum_penalty_years=4), "penalty": 3}, "refuse"),
            {"ground": "minimum_penalty"},
        ),
        (
            "decide",
            "law_enforcement_inquiry",
            {"contents": whole("law_enforcement_inquiry", evidential_status="evidence")},
            "accept_with_conditions",
            {"source": "40(28), 36"},
        ),
        (
            "execute",
            STORED,
            {
                "contents": whole(STORED, custodian_or_location="South Cloud"),
                "truth": Truth(provider_entity="North Cloud"),
            },
            "report_no_data",
            {},
        ),
    ],
    ids=[
        *("data too broad is asked about", "a language is nobody's fault", "save where it is not accepted"),
        *("another company is sent back", "another holder is asked about", "no danger, no emergency"),
        *("stored data would do", "no crime here", "too mild a penalty", "evidence from police on terms"),
        "nothing lies where it was not",
    ],
)
def test_the_state_asked_decides_from_what_the_examination_finds(task, request_type, facts, acts, said):
    act, told = done(task, request_type, **facts).acts[0]

    assert act == acts
    assert {key: told[key] for key in said} == said


def test_what_is_wrong_is_asked_about_once_and_what_is_missing_again():
    broad = {"contents": whole(STORED, **BROAD), "before": {"ask_for_information": 1}}
    assert names(done("check", **broad)) == (["find_admissible"], ("decide",))
    assert names(done("check", contents=LACKING, before={"ask_for_information": 1}))[0] == [
        "ask_for_information"
    ]


def test_a_reader_who_leaves_things_out_overlooks_errors_and_never_a_gap():
    careless = {"chances": {"leave_out": 1}}
    assert names(
        done("check", request_type="emergency_data", truth=Truth(danger_to_person=False), **careless)
    )[0] == ["accept", "start_execution"]
    assert names(done("check", contents=LACKING, **careless))[0] == ["ask_for_information"]


def test_a_good_drafter_fills_what_would_show_a_typical_error_and_is_not_required():
    assert "nexus" in draft(STORED, behaving())
    assert "nexus" not in draft(STORED, behaving(leave_out=1))
    assert draft(STORED, behaving(), {"nexus": None})["nexus"] is None
