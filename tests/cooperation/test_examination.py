"""Drafts, truths and stories that were labelled by hand, and what is found in them."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cooperation.completeness import missing
from cooperation.document import BadInput, read_file
from cooperation.examination import Examination, examine, typical_errors
from cooperation.examination import course as course_module
from cooperation.examination import truth as truth_module
from cooperation.examination.admissibility import gives_way
from cooperation.examination.advice import FOLDER, RESPONSES, advice, load_advice
from cooperation.examination.course import Course, FollowUp, Happened, in_the_course
from cooperation.examination.draft import Draft, Parent, Parties, Party, StatedLaw, is_blank, party_under
from cooperation.examination.truth import Truth, against_truth
from cooperation.rulebook import rulebook
from cooperation.world import world

DRAFTS = Path(__file__).parent / "drafts"
BOOK = rulebook()
BORLAND = Party(
    "XB",
    languages=("English",),
    reserves_dual_criminality=False,
    reserves_traffic_data=False,
    extradites_nationals=True,
)
BETWEEN = Parties(Party("XA"), BORLAND, treaties=())
KEYS = {
    *("id", "says", "like", "common", "type", "sender", "receiver", "contents", "with", "without", "parent"),
    *("offences", "penalty", "nationalities", "parties", "expect"),
}
EXPECTED = {
    *("verdict", "basis", "dual_criminality", "gaps", "errors", "grounds", "questions", "puts", "advised"),
}


# ---- the table of drafts


@dataclass(frozen=True)
class Labelled:
    """A draft, the States it travels between, and what has to be found in it."""

    id: str
    says: str
    draft: Draft
    parties: Parties
    expect: Mapping[str, Any]

    def items(self) -> set[tuple[str, str]]:
        """Return what has to be found, item by item."""
        named = ("gaps", "errors", "grounds", "questions")
        found = {(kind, name) for kind in named for name in self.expect.get(kind, ())}
        return found | {("verdict", self.expect["verdict"])}


def found_items(examination: Examination) -> set[tuple[str, str]]:
    return {
        ("verdict", examination.admissible),
        *(("gaps", gap.field) for gap in examination.gaps),
        *(("errors", error.id) for error in examination.errors),
        *(("grounds", ground.id) for ground in examination.grounds),
        *(("questions", question.id) for question in examination.questions if question.bears),
    }


def labelled_drafts() -> list[Labelled]:
    """Return every labelled draft of the files, in their order."""
    commons: dict[str, Any] = {}
    entries: dict[str, dict[str, Any]] = {}
    for path in sorted(DRAFTS.glob("*.yaml")):
        document = read_file(path)
        commons |= {common["id"]: common["contents"] for common in document["commons"]}
        for entry in document["drafts"]:
            assert set(entry) <= KEYS, (path.name, entry["id"], set(entry) - KEYS)
            assert set(entry["expect"]) <= EXPECTED, (path.name, entry["id"])
            assert entry["id"] not in entries, (path.name, entry["id"])
            entries[entry["id"]] = entry
    return [_labelled(entry, entries, commons) for entry in entries.values()]


def _labelled(entry: dict[str, Any], entries: dict[str, Any], commons: dict[str, Any]) -> Labelled:
    like = entries[entry["like"]] if "like" in entry else {}
    whole = {**like, **entry}
    contents = {**commons.get(whole.get("common"), {}), **whole["contents"], **entry.get("with", {})}
    for name in entry.get("without", ()):
        del contents[name]
    parent, nationalities = whole.get("parent"), whole.get("nationalities")
    draft = Draft(
        type=whole["type"],
        contents=contents,
        offences=tuple(whole.get("offences", ())),
        maximum_penalty=whole.get("penalty"),
        sender_kind=whole["sender"],
        receiver_kind=whole["receiver"],
        parent=Parent(**parent) if parent else None,
        nationalities=None if nationalities is None else frozenset(nationalities),
    )
    return Labelled(entry["id"], entry["says"], draft, _between(whole.get("parties", {})), entry["expect"])


def _between(parties: Mapping[str, Any]) -> Parties:
    treaties = parties.get("treaties", ())
    return Parties(
        requesting=_party(BETWEEN.requesting, parties.get("requesting", {})),
        requested=_party(BETWEEN.requested, parties.get("requested", {})),
        treaties=None if treaties is None else tuple(treaties),
        as_if_in_force=parties.get("as_if_in_force", True),
    )


def _party(party: Party, declared: Mapping[str, Any]) -> Party:
    read = {"law": StatedLaw, "languages": tuple, "designated": frozenset, "interceptable": frozenset}
    changed = {k: read[k](v) if k in read and v is not None else v for k, v in declared.items()}
    return replace(party, **changed)


LABELLED = labelled_drafts()


@pytest.mark.parametrize("labelled", LABELLED, ids=lambda labelled: labelled.id)
def test_an_examination_finds_what_the_label_says_and_nothing_else(labelled):
    examination = examine(BOOK, labelled.draft, labelled.parties)

    assert found_items(examination) == labelled.items(), labelled.says
    if "basis" in labelled.expect:
        assert examination.basis.state == labelled.expect["basis"]
    if "dual_criminality" in labelled.expect:
        assert examination.criminality.state == labelled.expect["dual_criminality"]
    if "advised" in labelled.expect:
        assert {a.field for a in examination.advised} == set(labelled.expect["advised"])
    puts = {question.id for question in examination.questions if not question.bears}
    assert set(labelled.expect.get("puts", ())) <= puts


def test_precision_and_recall_over_the_labelled_drafts_are_whole():
    right = missed = wrong = 0
    for labelled in LABELLED:
        found, expected = found_items(examine(BOOK, labelled.draft, labelled.parties)), labelled.items()
        right += len(found & expected)
        missed += len(expected - found)
        wrong += len(found - expected)
    print(
        f"\n{len(LABELLED)} drafts, {right + missed} labels:"
        f" precision {right / (right + wrong):.3f}, recall {right / (right + missed):.3f}"
    )
    assert (missed, wrong) == (0, 0)


def test_the_table_holds_at_least_150_drafts_and_every_type_whole_and_faulty():
    assert len(LABELLED) >= 150
    verdicts = Counter((labelled.draft.type, labelled.expect["verdict"] == "yes") for labelled in LABELLED)
    assert {t for t, is_yes in verdicts if is_yes} == set(BOOK.types)
    assert {t for t, is_yes in verdicts if not is_yes} == set(BOOK.types)


def test_every_error_that_a_draft_shows_is_labelled_present_and_absent():
    of_drafts = [e for e in BOOK.errors.values() if e.found_by == "draft"]
    for error in of_drafts:
        fitting = [labelled for labelled in LABELLED if labelled.draft.type in error.types]
        assert any(error.id in labelled.expect.get("errors", ()) for labelled in fitting), error.id
        assert any(error.id not in labelled.expect.get("errors", ()) for labelled in fitting), error.id


def test_every_field_that_some_type_requires_is_a_gap_where_it_is_empty():
    for kind in BOOK.types.values():
        examination = examine(BOOK, Draft(kind.id, {}), BETWEEN)
        assert {gap.field for gap in examination.gaps} == {
            rule.field for rule in kind.contents if rule.rule == "required"
        }


# ---- errors, each at its place


def test_every_error_has_exactly_one_detector_at_its_place():
    places = {
        "draft": typical_errors.DETECTORS,
        "facts": truth_module.DETECTORS,
        "events": course_module.DETECTORS,
    }
    for place, detectors in places.items():
        assert set(detectors) == {e.id for e in BOOK.errors.values() if e.found_by == place}
    assert sum(len(detectors) for detectors in places.values()) == len(BOOK.errors) == 56


def sent(type_id: str, contents: Mapping[str, Any] | None = None, offences: tuple[str, ...] = ()) -> Draft:
    return Draft(type_id, contents or {}, offences=offences)


NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
NORTH = {"custodian_or_location": "North Cloud Ltd, Mill Lane 2"}
TRUTHS = [
    ("wrong_custodian", sent("preservation_expedited", NORTH), Truth(custodians=("Relay Host",)), True),
    ("wrong_custodian", sent("preservation_expedited", NORTH), Truth(custodians=("north cloud",)), False),
    ("wrong_custodian", sent("preservation_expedited", NORTH), Truth(), False),
    ("wrong_custodian", sent("preservation_expedited"), Truth(custodians=("Relay Host",)), False),
    (
        "wrong_provider_entity",
        sent("mla_stored_data", NORTH),
        Truth(provider_entity="North Cloud Inc."),
        True,
    ),
    ("wrong_provider_entity", sent("mla_stored_data", NORTH), Truth(provider_state="XC"), True),
    (
        "wrong_provider_entity",
        sent("mla_stored_data", NORTH),
        Truth(provider_entity="North Cloud Ltd", provider_state="XB"),
        False,
    ),
    ("asks_for_more_than_path", sent("traffic_data_disclosure"), Truth(aims=frozenset({"records"})), True),
    (
        "asks_for_more_than_path",
        sent("traffic_data_disclosure", {"data_category": ["content_data"]}),
        Truth(),
        True,
    ),
    ("asks_for_more_than_path", sent("traffic_data_disclosure"), Truth(aims=frozenset({"path"})), False),
    ("used_as_substitute_for_mla", sent("assistance_24_7"), Truth(aims=frozenset({"evidence"})), True),
    ("used_as_substitute_for_mla", sent("assistance_24_7"), Truth(aims=frozenset({"advice"})), False),
    ("urgent_but_not_emergency", sent("emergency_data"), Truth(danger_to_person=False), True),
    ("urgent_but_not_emergency", sent("emergency_data"), Truth(danger_to_person=True), False),
    ("urgent_but_not_emergency", sent("emergency_data"), Truth(), False),
    ("stored_data_would_do", sent("mla_realtime_traffic"), Truth(stored_data_suffices=True), True),
    ("stored_data_would_do", sent("mla_realtime_traffic"), Truth(stored_data_suffices=False), False),
    (
        "offence_not_on_list",
        sent("mla_content_interception", offences=("illegal_access",)),
        Truth(interceptable=frozenset({"csam"})),
        True,
    ),
    (
        "offence_not_on_list",
        sent("mla_content_interception", offences=("illegal_access",)),
        Truth(interceptable=frozenset({"illegal_access"})),
        False,
    ),
    ("offence_not_on_list", sent("mla_content_interception", offences=("illegal_access",)), Truth(), False),
    ("too_late_for_hearing_date", sent("mla_service"), Truth(hearing_at=NOON + timedelta(days=29)), True),
    ("too_late_for_hearing_date", sent("mla_service"), Truth(hearing_at=NOON + timedelta(days=30)), False),
    (
        "too_late_for_hearing_date",
        sent("mla_service"),
        Truth(hearing_at=NOON + timedelta(days=29), days_to_serve=20),
        False,
    ),
    (
        "place_too_vague",
        sent("mla_search_seizure", {"place_or_object": "A hall"}),
        Truth(places=("Hall 3",)),
        True,
    ),
    (
        "place_too_vague",
        sent("mla_search_seizure", {"place_or_object": "Row 14 in hall 3"}),
        Truth(places=("Hall 3",)),
        False,
    ),
    ("fishing", sent("mla_information_evidence"), Truth(belongs_to_case=False), True),
    ("fishing", sent("mla_information_evidence"), Truth(belongs_to_case=True), False),
    (
        "coercive_measure_asked_by_police_channel",
        sent("law_enforcement_inquiry"),
        Truth(aims=frozenset({"coercion"})),
        True,
    ),
    (
        "coercive_measure_asked_by_police_channel",
        sent("law_enforcement_inquiry"),
        Truth(aims=frozenset({"intelligence"})),
        False,
    ),
    (
        "state_missing_that_holds_infrastructure",
        sent("joint_investigation"),
        Truth(hosting_states=frozenset({"XB", "XC"})),
        True,
    ),
    (
        "state_missing_that_holds_infrastructure",
        sent("joint_investigation"),
        Truth(hosting_states=frozenset({"XB", "XC"}), invited_states=frozenset({"XC"})),
        False,
    ),
    (
        "case_data_in_a_policy_channel",
        sent("information_exchange"),
        Truth(aims=frozenset({"case_data"})),
        True,
    ),
    ("case_data_in_a_policy_channel", sent("information_exchange"), Truth(aims=frozenset({"policy"})), False),
]


@pytest.mark.parametrize(
    ("error", "draft", "truth", "is_shown"), TRUTHS, ids=[f"{t[0]}-{n}" for n, t in enumerate(TRUTHS)]
)
def test_the_truth_shows_an_error_only_where_it_is_told(error, draft, truth, is_shown):
    found = against_truth(BOOK, draft, truth, requesting="XA", requested="XB", at=NOON)
    assert found == ((error,) if is_shown else ())


def test_an_error_of_facts_is_looked_for_only_in_the_types_it_fits():
    every = Truth(danger_to_person=False, stored_data_suffices=True, belongs_to_case=False)
    assert against_truth(BOOK, sent("mla_other"), every, requesting="XA", requested="XB") == ()


def day(n: float) -> datetime:
    return NOON + timedelta(days=n)


def step(name: str, n: float) -> Happened:
    return Happened("record_step", day(n), {"step": name})


def used_in_court(n: float) -> Happened:
    return Happened("give_feedback", day(n), {"used_as": "evidence"})


SUBMITTED = Happened("submit", day(0))
CONSENTED = Happened("answer_other_use", day(3), {"consent": True})
GONE_ON_DAY_2 = Truth(funds_gone_at=day(2))
STORIES = [
    ("no_followup_before_lapse", "preservation_expedited", [SUBMITTED, Happened("lapse", day(61))], {}, True),
    (
        "no_followup_before_lapse",
        "preservation_expedited",
        [SUBMITTED, step("mla_request_received", 40), Happened("lapse", day(90))],
        {},
        False,
    ),
    (
        "no_followup_before_lapse",
        "preservation_expedited",
        [SUBMITTED, step("preservation_extended", 50), Happened("lapse", day(120))],
        {},
        False,
    ),
    ("no_followup_before_lapse", "preservation_expedited", [SUBMITTED], {}, False),
    ("sent_after_lapse", "preservation_extension", [SUBMITTED], {"parent_expires_at": day(-1)}, True),
    ("sent_after_lapse", "preservation_extension", [SUBMITTED], {"parent_expires_at": day(1)}, False),
    (
        "sent_after_lapse",
        "preservation_extension",
        [Happened("submit", day(0), received_at=day(2))],
        {"parent_expires_at": day(1)},
        True,
    ),
    ("preservation_lapsed", "mla_stored_data", [SUBMITTED], {"parent_expires_at": day(-1)}, True),
    ("preservation_lapsed", "mla_stored_data", [SUBMITTED], {"parent_expires_at": day(0)}, False),
    ("preservation_lapsed", "mla_stored_data", [SUBMITTED], {}, False),
    ("no_written_follow_up", "emergency_data", [Happened("submit_orally", day(0))], {}, True),
    (
        "no_written_follow_up",
        "emergency_data",
        [Happened("submit_orally", day(0)), Happened("confirm_in_writing", day(0.5))],
        {},
        False,
    ),
    (
        "no_written_follow_up",
        "emergency_data",
        [Happened("submit_orally", day(0)), Happened("confirm_in_writing", day(3))],
        {},
        True,
    ),
    ("no_written_follow_up", "emergency_data", [SUBMITTED], {}, False),
    (
        "no_written_follow_up",
        "emergency_data",
        [Happened("submit_orally", day(0))],
        {"until": day(0.5)},
        False,
    ),
    (
        "no_written_follow_up",
        "emergency_data",
        [Happened("submit_orally", day(0)), Happened("close", day(0.4))],
        {"until": day(0.5), "is_ended": True},
        True,
    ),
    (
        "formal_request_never_followed",
        "freezing_or_seizure",
        [Happened("submit_orally", day(0))],
        {"due_at": {"written_confirmation_sent": day(28)}, "until": day(29)},
        True,
    ),
    (
        "formal_request_never_followed",
        "freezing_or_seizure",
        [Happened("submit_orally", day(0)), Happened("confirm_in_writing", day(28))],
        {"due_at": {"written_confirmation_sent": day(28)}},
        False,
    ),
    (
        "formal_request_never_followed",
        "freezing_or_seizure",
        [Happened("submit_orally", day(0))],
        {"due_at": {"written_confirmation_sent": day(28)}, "until": day(10)},
        False,
    ),
    ("freezing_asked_too_late", "mla_trace_proceeds", [SUBMITTED], {"truth": GONE_ON_DAY_2}, True),
    (
        "freezing_asked_too_late",
        "mla_trace_proceeds",
        [SUBMITTED],
        {"truth": GONE_ON_DAY_2, "follow_ups": (FollowUp("freezing_or_seizure", day(5)),)},
        True,
    ),
    (
        "freezing_asked_too_late",
        "mla_trace_proceeds",
        [SUBMITTED],
        {"truth": GONE_ON_DAY_2, "follow_ups": (FollowUp("freezing_or_seizure", day(1)),)},
        False,
    ),
    ("freezing_asked_too_late", "mla_trace_proceeds", [SUBMITTED], {}, False),
    ("full_request_late", "provisional_arrest", [SUBMITTED, step("arrest_effected", 2)], {}, True),
    (
        "full_request_late",
        "provisional_arrest",
        [SUBMITTED, step("arrest_effected", 2), step("extradition_request_received", 41)],
        {},
        False,
    ),
    (
        "full_request_late",
        "provisional_arrest",
        [SUBMITTED, step("arrest_effected", 2), step("extradition_request_received", 41)],
        {"due_at": {"extradition_request_received": day(20)}},
        True,
    ),
    ("full_request_late", "provisional_arrest", [SUBMITTED], {}, False),
    ("treated_as_evidence", "spontaneous_information", [SUBMITTED, used_in_court(4)], {}, True),
    ("treated_as_evidence", "spontaneous_information", [SUBMITTED, CONSENTED, used_in_court(4)], {}, False),
    ("treated_as_evidence", "spontaneous_information", [SUBMITTED, used_in_court(2), CONSENTED], {}, True),
    (
        "treated_as_evidence",
        "spontaneous_information",
        [SUBMITTED, Happened("give_feedback", day(4))],
        {},
        False,
    ),
    ("police_information_used_in_court", "law_enforcement_inquiry", [SUBMITTED, used_in_court(4)], {}, True),
    (
        "police_information_used_in_court",
        "law_enforcement_inquiry",
        [SUBMITTED, used_in_court(40)],
        {"follow_ups": (FollowUp("mla_statement", day(9)),)},
        False,
    ),
    (
        "too_slow",
        "special_cooperation_proceeds",
        [Happened("submit", day(3))],
        {"truth": GONE_ON_DAY_2},
        True,
    ),
    ("too_slow", "special_cooperation_proceeds", [SUBMITTED], {"truth": GONE_ON_DAY_2}, False),
    ("too_slow", "special_cooperation_proceeds", [SUBMITTED], {}, False),
]


@pytest.mark.parametrize(
    ("error", "type_id", "events", "more", "is_shown"),
    STORIES,
    ids=[f"{story[0]}-{n}" for n, story in enumerate(STORIES)],
)
def test_the_course_shows_an_error_only_once_it_has_happened(error, type_id, events, more, is_shown):
    course = Course(type_id, tuple(events), **{"until": day(200), **more})
    assert in_the_course(BOOK, course) == ((error,) if is_shown else ())


@pytest.mark.parametrize(
    ("table", "place"), [(TRUTHS, "facts"), (STORIES, "events")], ids=["facts", "events"]
)
def test_every_error_of_facts_and_events_is_told_present_and_absent(table, place):
    of_place = {e.id for e in BOOK.errors.values() if e.found_by == place}
    assert {row[0] for row in table if row[-1]} == of_place
    assert {row[0] for row in table if not row[-1]} == of_place


# ---- what is said about it


def one(draft_id: str) -> Labelled:
    return next(labelled for labelled in LABELLED if labelled.id == draft_id)


def test_a_gap_tells_its_article_why_it_matters_and_what_will_likely_be_done():
    labelled = one("preserve-without-necessity")
    (gap,) = examine(BOOK, labelled.draft, labelled.parties).gaps
    assert (gap.field, gap.rule, gap.article, gap.confidence) == (
        "necessity",
        "required",
        "42(3)(e)",
        "verify",
    )
    assert gap.why.startswith("It tells why the data would be gone")
    assert gap.response == "ask"


def test_a_wrong_desk_is_told_with_the_right_ones():
    labelled = one("stored-to-contact-point")
    examination = examine(BOOK, labelled.draft, labelled.parties)
    assert (examination.channel.sender_is_right, examination.channel.receiver_is_right) == (True, False)
    assert examination.channel.right_receivers == ("central_authority",)
    assert examination.likely == "return"


def test_a_ground_tells_its_article_its_cure_and_whether_consulting_comes_first():
    labelled = one("stored-no-purpose")
    (ground,) = examine(BOOK, labelled.draft, labelled.parties).grounds
    assert (ground.id, ground.article, ground.consult_first, ground.curable) == (
        "form",
        "40(21)(a)",
        True,
        True,
    )
    assert ground.cure == "ask for more information (40(16)) before refusing"


@pytest.mark.parametrize(
    ("draft_id", "likely"),
    [
        ("stored", "none"),
        ("stored-no-purpose", "ask"),
        ("stored-treaty", "ask"),
        ("stored-no-language", "return"),
        ("intercept-no-order", "refuse"),
        ("stored-three-years", "refuse"),
    ],
)
def test_the_gravest_finding_decides_what_the_other_side_will_likely_do(draft_id, likely):
    labelled = one(draft_id)
    assert examine(BOOK, labelled.draft, labelled.parties).likely == likely


@pytest.mark.parametrize("draft_id", ["preserve", "preserve-five-years", "exchange-any-offence"])
def test_offences_all_of_one_kind_are_not_asked_apart(draft_id):
    labelled = one(draft_id)
    examination = examine(BOOK, labelled.draft, labelled.parties)
    assert "mixed_offences" not in {question.id for question in examination.questions}


def test_a_question_about_a_treaty_names_it():
    labelled = one("stored-treaty")
    examination = examine(BOOK, labelled.draft, labelled.parties)
    (question,) = [q for q in examination.questions if q.id == "other_treaty_binds"]
    assert question.asks == "Is the request made under Treaty of Arvania and Borland on assistance?"
    assert question.article == "40(7)"
    assert examination.basis.other_treaties == ("Treaty of Arvania and Borland on assistance",)


def test_every_article_and_confidence_told_is_filled():
    for labelled in LABELLED:
        examination = examine(BOOK, labelled.draft, labelled.parties)
        for told in (*examination.gaps, *examination.errors, *examination.questions, *examination.grounds):
            assert told.article, (labelled.id, told)
            assert told.confidence in BOOK.terms["confidences"]


@pytest.mark.parametrize(
    ("source", "is_displaced"),
    [
        ("40(15)(a)", True),
        ("40(13)-(14)", True),
        ("practice; 40(15)(d)", True),
        ("44(1), 40(15)(d)", False),
        ("35(1), 40(1)", False),
        ("40(4)-(5)", False),
        ("practice", False),
        ("Art. 2, 35(1)(c)", False),
    ],
)
def test_another_treaty_displaces_only_paragraphs_8_to_31_of_article_40(source, is_displaced):
    assert gives_way(source) is is_displaced


@pytest.mark.parametrize("value", [None, "", "  ", [], [""], {}, {"from": None, "to": ""}, ()], ids=repr)
def test_what_says_nothing_is_blank(value):
    assert is_blank(value)


@pytest.mark.parametrize("value", [False, 0, "x", ["x"], {"level": "urgent", "reasons": None}], ids=repr)
def test_what_says_anything_is_not_blank(value):
    assert not is_blank(value)


ODD = [7, 2.5, True, "text", ["a", 3, None], {"from": 7}, {"from": ["x"]}, [{"a": "b"}], "\x00", "9" * 5000]


@pytest.mark.parametrize("value", ODD, ids=lambda value: type(value).__name__)
def test_contents_of_any_shape_are_examined_without_failing(value):
    for kind in BOOK.types.values():
        contents = dict.fromkeys((rule.field for rule in kind.contents), value)
        examination = examine(BOOK, Draft(kind.id, contents), BETWEEN)
        assert examination.gaps == ()


@pytest.mark.parametrize(
    "text", ["a" * 20_000, "9" * 20_000, ":" * 20_000, "a." * 10_000, "1.2." * 5_000, "-" * 20_000]
)
def test_a_long_word_without_sense_is_examined_to_the_end(text):
    kind = BOOK.types["preservation_expedited"]
    contents = {rule.field: text for rule in kind.contents} | {"identifiers": [text], "period_covered": None}
    # A pattern that tries every way to read such a word would never come back from here.
    for request_type in (kind.id, "mla_stored_data"):
        found = examine(BOOK, Draft(request_type, contents), BETWEEN)
        assert found.admissible in ("questionable", "no")


@pytest.mark.parametrize(
    ("said", "identifies"),
    [
        ("account HB-4410-77", True),
        ("host nc-2231, Image", True),
        ("lab-14", True),
        ("steel-trade@postbox.example", True),
        ("nc.northcloud.example.", True),
        ("203.0.113.41", True),
        ("on 1 March 2027 at 09:12", False),
        ("2027-03-01T00:00:00Z", False),
        ("USD 4,000,000", False),
        ("the 24/7 point, on the 31st, 60%", False),
        ("the money of the suspect", False),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_number_identifies_and_a_date_or_a_sum_does_not(said, identifies):
    assert typical_errors.is_identifying(said) is identifies


def test_an_examination_leaves_the_draft_as_it_was():
    labelled = one("preserve-blank-necessity")
    before = dict(labelled.draft.contents)
    examine(BOOK, labelled.draft, labelled.parties)
    assert labelled.draft.contents == before


def test_the_fields_missing_are_those_that_completeness_names():
    for labelled in LABELLED:
        if labelled.parties.treaties:
            continue
        settled = labelled.draft.settled(BOOK)
        names = missing(
            BOOK.types[settled.type],
            settled.contents,
            offences=settled.offences,
            known_offences=BOOK.offences.keys(),
            has_parent=settled.parent is not None,
        )
        assert tuple(gap.field for gap in examine(BOOK, labelled.draft, labelled.parties).gaps) == names


# ---- the advice as data


def test_each_field_and_each_error_has_its_advice():
    told = advice()
    assert set(told.fields) == set(BOOK.fields)
    assert set(told.errors) == set(BOOK.errors)
    assert set(told.responses) == set(RESPONSES)


def test_each_question_of_the_advice_can_be_put():
    put = {
        question.id
        for labelled in LABELLED
        for question in examine(BOOK, labelled.draft, labelled.parties).questions
    }
    assert set(advice().questions) - put == set()


BROKEN = [
    ("fields.yaml", "  - field: necessity\n", "  - field: neccesity\n", "fields: has no entry for necessity"),
    ("fields.yaml", "  - field: necessity\n", "  - field: neccesity\n", "did you mean necessity?"),
    ("fields.yaml", "response: ask\n    source: 42(3)(e)", "response: plead\n    source: 42(3)(e)", "plead"),
    ("fields.yaml", "source: 42(3)(e)", "source: 99(3)(e)", "99 is none of the articles"),
    ("fields.yaml", "confidence: verify", "confidence: sure", "sure is none of the confidences"),
    (
        "fields.yaml",
        "schema: comity.advice-fields/1",
        "schema: comity.other/1",
        "is not the schema of this file",
    ),
    ("errors.yaml", "weight: quality", "weight: light", "light is none of the weights"),
    ("errors.yaml", "  - error: no_nexus\n", "  - error: fishing\n", "stands twice"),
    ("errors.yaml", "    mend: State that", "    cure: State that", "cure: is not a key here"),
    ("questions.yaml", "  - id: who_leads\n", "  - id: required_if\n", "stands twice"),
    ("questions.yaml", "  - id: who_leads\n", "  - id: who_leeds\n", "has no entry for who_leads"),
    ("questions.yaml", "    why: Urgency is believed for its reasons.\n", "", "why: is missing"),
]


@pytest.mark.parametrize(("file", "old", "new", "told"), BROKEN, ids=[f"{b[0]}: {b[3]}" for b in BROKEN])
def test_a_broken_advice_file_is_told_with_file_and_line(tmp_path, file, old, new, told):
    folder = shutil.copytree(FOLDER, tmp_path / "advice")
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))
    with pytest.raises(BadInput) as refused:
        load_advice(BOOK, folder)
    assert told in str(refused.value)
    assert all(fault.file == f"advice/{file}" and fault.line for fault in refused.value.faults)


def test_an_advice_file_that_is_not_there_is_told(tmp_path):
    folder = shutil.copytree(FOLDER, tmp_path / "advice")
    (folder / "errors.yaml").unlink()
    with pytest.raises(BadInput, match=r"advice/errors\.yaml: cannot be read"):
        load_advice(BOOK, folder)


LAWS = world().laws


def test_a_state_under_a_law_declares_what_the_law_says():
    borland = party_under("XB", LAWS["no_extradition_of_nationals"])
    assert (borland.extradites_nationals, borland.minimum_penalty_years) == (False, 1)
    assert borland.languages == ("English", "French")
    assert (borland.reserves_dual_criminality, borland.reserves_traffic_data) == (False, False)


@pytest.mark.parametrize(
    ("offence", "terms", "state", "verdict"),
    [
        ("illegal_access", ("security_measures_infringed", "dishonest_intent"), "met", "yes"),
        ("illegal_access", ("dishonest_intent",), "in_question", "questionable"),
        ("misuse_of_devices", ("dishonest_intent",), "fails", "no"),
        ("csam", (), "met", "yes"),
    ],
    ids=["all terms shown", "a term is open", "not punishable", "no terms needed"],
)
def test_extradition_stands_or_falls_with_the_conduct_in_a_narrow_law(offence, terms, state, verdict):
    labelled = one("extradite")
    contents = {**labelled.draft.contents, "offence": [offence]}
    draft = replace(labelled.draft, contents=contents, conduct_terms=terms)
    parties = replace(BETWEEN, requested=party_under("XB", LAWS["narrow_computer_law"]))
    examination = examine(BOOK, draft, parties)
    assert (examination.criminality.state, examination.admissible) == (state, verdict)


def test_the_states_declare_nothing_unless_it_is_stated():
    assert {f.name: getattr(Party("XA"), f.name) for f in fields(Party)} == {
        "code": "XA",
        **dict.fromkeys(
            (
                *("law", "languages", "designated", "reserves_dual_criminality", "reserves_traffic_data"),
                *(
                    "extradites_nationals",
                    "minimum_penalty_years",
                    "extradites_without_dual_criminality",
                    "interceptable",
                ),
            )
        ),
    }
