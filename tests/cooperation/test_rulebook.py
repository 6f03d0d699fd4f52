"""The rule book: what it says, how its parts hang together, and how a broken file is told."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from cooperation.document import BadInput
from cooperation.rulebook import DATA, RuleBook, article_number, load, rulebook

SPONTANEOUS = {"spontaneous_information", "special_cooperation_proceeds"}


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return rulebook()


# ---- what it holds


def test_the_counts_are_those_of_the_convention_and_of_our_files(book):
    assert (len(book.articles), len(book.chapters), len(book.offences)) == (68, 9, 11)
    assert (len(book.pillars), len(book.types), len(book.profiles)) == (8, 31, 6)
    assert (len(book.authorities), len(book.errors), len(book.safeguards)) == (6, 56, 16)
    assert list(book.articles) == list(range(1, 69))


def test_the_offences_are_those_of_articles_7_to_17(book):
    assert [(o.id, o.article) for o in book.offences.values()] == [
        ("illegal_access", 7),
        ("illegal_interception", 8),
        ("data_interference", 9),
        ("system_interference", 10),
        ("misuse_of_devices", 11),
        ("ict_forgery", 12),
        ("ict_theft_or_fraud", 13),
        ("csam", 14),
        ("child_grooming", 15),
        ("intimate_images", 16),
        ("laundering", 17),
    ]
    assert {a.offence: a.number for a in book.articles.values() if a.offence} == {
        o.id: o.article for o in book.offences.values()
    }


@pytest.mark.parametrize(
    ("penalty", "is_met"),
    [
        (3, False),
        (3.9, False),
        (4, True),
        (20, True),
        ("life", True),
        ("death", True),
        ("fine", False),
        (None, False),
    ],
    ids=str,
)
def test_serious_crime_is_four_years_or_a_more_serious_penalty(book, penalty, is_met):
    assert book.serious_crime.is_met_by(penalty) is is_met


def test_serious_crime_opens_electronic_evidence_and_nothing_else(book):
    assert "mutual_legal_assistance" in book.serious_crime.opens_for_electronic_evidence_only
    assert Counter(t.serious_crime for t in book.types.values()) == {
        "covered": 11,
        "questionable": 10,
        "not_covered": 10,
    }
    assert book.types["mla_stored_data"].serious_crime == "covered"
    assert book.types["mla_statement"].serious_crime == "questionable"
    assert book.types["extradition"].serious_crime == "not_covered"
    assert book.types["spontaneous_information"].serious_crime == "covered"


def test_preservation_asks_for_the_contents_of_article_42(book):
    preservation = book.types["preservation_expedited"]
    assert preservation.required == {
        "requesting_authority",
        "offence",
        "facts_summary",
        "data_description",
        "data_relation_to_offence",
        "necessity",
        "intent_to_follow_up",
        "requested_authority",
    }
    assert {c.field: c.source for c in preservation.contents}["intent_to_follow_up"] == "42(3)(f)"
    assert preservation.dual_criminality.applies == "not_required"
    assert "disclose_path_while_preserving" in preservation.duties


def test_a_type_may_replace_a_rule_of_the_contents_that_it_includes(book):
    rules = {c.field: c for c in book.types["mla_service"].contents}
    assert (len(rules), rules["facts_summary"].rule) == (27, "optional")
    assert {c.field: c.rule for c in book.types["mla_statement"].contents}["facts_summary"] == "required"


def test_only_two_conditions_are_decided_by_a_draft(book):
    conditions = {(c.field, c.condition) for t in book.types.values() for c in t.contents if c.condition}
    assert conditions == {
        ("maximum_penalty_years", "offence_outside_convention"),
        ("related_request", "has_parent"),
    }
    open_questions = {
        c.field
        for t in book.types.values()
        for c in t.contents
        if c.rule == "required_if" and c.condition is None
    }
    assert open_questions == {
        "urgency",
        "preserved_data_reference",
        "order_copy",
        "extent_of_execution",
        "third_party_notice",
        "order_final_statement",
    }


def test_a_cert_exchanges_information_and_helps_at_any_hour_only_where_designated(book):
    assert {t.id for t in book.types.values() if "cert" in t.send | t.receive} == {"information_exchange"}
    assert {t.id for t in book.types.values() if "cert" in t.where_designated} == {"assistance_24_7"}


def test_errors_fit_the_types_that_list_them_and_two_fit_more(book):
    assert book.errors["no_period"].types == {"mla_documents"}
    assert book.errors["wrong_authority"].types == set(book.types)
    assert book.errors["offence_not_in_convention"].types == {
        t.id for t in book.types.values() if t.scope == "convention_offences_only"
    }
    assert Counter(e.found_by for e in book.errors.values()) == {"draft": 33, "facts": 13, "events": 10}


def test_consultation_is_owed_before_the_grounds_of_article_40_21_only(book):
    assert [g.id for g in book.grounds.values() if g.consult_first] == [
        "form",
        "essential_interests",
        "domestic_prohibition",
        "contrary_to_legal_system",
    ]
    assert list(book.never_sufficient) == ["fiscal", "bank_secrecy"]


def test_the_safeguards_are_those_of_four_articles(book):
    assert {s.article for s in book.safeguards.values()} == {5, 6, 24, 36}
    assert {s.confidence for s in book.safeguards.values()} == {"verify"}


# ---- marks


def test_every_entry_keeps_its_source_and_confidence(book):
    groups = [book.pillars, book.authorities, book.offences, book.offence_modifiers, book.data_categories]
    groups += [book.fields, book.grounds, book.never_sufficient, book.duties, book.safeguards, book.errors]
    groups += [book.articles, book.types, book.profiles, *book.terms.values()]
    entries = [entry for group in groups for entry in group.values()]
    entries += [
        part for t in book.types.values() for part in (*t.contents, *t.time_rules, t.dual_criminality)
    ]
    entries += [rule for profile in book.profiles.values() for rule in profile.deadlines]
    entries += [book.instrument, book.serious_crime]
    assert len(entries) > 1_000
    assert [e for e in entries if not e.source or e.confidence not in ("high", "medium", "verify")] == []


def test_what_was_recalled_stays_marked(book):
    assert "paragraphs" in book.articles[40].verify
    assert {t.verify for t in book.types.values()} == {"paragraph numbers"}
    assert {t.id for t in book.types.values() if t.confidence == "medium"} == {
        "asset_return",
        "confiscation",
        "extradition",
        "preservation_extension",
        "provisional_arrest",
        "transfer_of_proceedings",
    }
    assert book.articles[62].confidence == "medium"
    assert {rule.verify for rule in book.profiles["hanoi"].deadlines} == {True}
    assert book.profiles["eu_e_evidence"].verify
    recalled = {r.id for r in book.profiles["training_default"].deadlines if r.confidence == "medium"}
    assert recalled == {"td_provisional_arrest", "td_police"}


def test_a_part_that_cites_a_paragraph_is_never_surer_than_its_type_allows(book):
    rules = [c for t in book.types.values() for c in t.contents if re.search(r"\d\(", c.source)]
    assert {rule.confidence for rule in rules} == {"verify"}


def test_no_exercise_is_played_as_if_the_convention_were_in_force(book):
    assert book.instrument.in_force is False
    assert "as if it were in force" in book.instrument.status


@pytest.mark.parametrize(
    ("reference", "number"),
    [
        ("42(1)", 42),
        ("Art. 40(15)(a)", 40),
        ("Arts. 7-17", 7),
        ("37 (designation paragraph)", 37),
        ("practice", None),
    ],
    ids=str,
)
def test_a_reference_names_its_article(book, reference, number):
    assert article_number(reference) == number
    assert book.article_of(reference) == (book.articles[number] if number else None)


# ---- acts


def test_every_type_can_be_submitted_answered_and_ended(book):
    for request_type in book.types.values():
        assert {"submit", "acknowledge", "refuse", "withdraw", "close", "record_step"} <= request_type.acts


def test_spontaneous_types_are_neither_decided_nor_executed(book):
    for name in SPONTANEOUS:
        assert (
            book.types[name].acts & {"accept", "find_admissible", "transmit", "start_execution", "lapse"}
            == set()
        )


def test_only_preservation_lapses_and_it_sends_no_evidence(book):
    assert {t.id for t in book.types.values() if "lapse" in t.acts} == {"preservation_expedited"}
    assert {t.id for t in book.types.values() if "transmit" not in t.acts} == {
        "preservation_expedited",
        "preservation_extension",
        *SPONTANEOUS,
    }
    assert {t.id for t in book.types.values() if "disclose_path" in t.acts} == {
        "preservation_expedited",
        "traffic_data_disclosure",
    }


def test_postponing_and_conditions_are_acts_only_where_they_are_possible(book):
    for request_type in book.types.values():
        assert ("postpone" in request_type.acts) == request_type.postponement_possible
        if request_type.id not in SPONTANEOUS:
            assert ("accept_with_conditions" in request_type.acts) == request_type.conditions_possible


def test_oral_requests_are_for_urgent_types(book):
    oral = {t.id for t in book.types.values() if "submit_orally" in t.acts}
    assert oral == {t for t in book.types if t.startswith("mla_")} | {
        "emergency_data",
        "preservation_expedited",
        "freezing_or_seizure",
        "confiscation",
    }


def test_a_child_tells_its_parent_what_came(book):
    told = {t.id: t.on_parent for t in book.types.values() if t.on_parent and not t.id.startswith("mla_")}
    assert told == {
        "extradition": "extradition_request_received",
        "freezing_or_seizure": "formal_freeze_request_received",
    }
    assert {t.on_parent for t in book.types.values() if t.id.startswith("mla_")} == {"mla_request_received"}
    assert book.types["preservation_extension"].on_parent_when_confirmed == "preservation_extended"
    assert [t.id for t in book.types.values() if t.raises_on_receipt] == ["extradition"]


# ---- deadlines


@pytest.mark.parametrize(
    ("profile", "rule", "expected"),
    [
        ("training_default", "td_mla_ack", ("acknowledge", "requested", 5, "working days", "target")),
        ("training_default", "td_emergency_ack", ("acknowledge", "requested", 30, "minutes", "target")),
        ("training_default", "td_decision", ("decide", "requested", 30, "days", "target")),
        ("training_default", "td_execute", ("execute", "requested", 90, "days", "target")),
        ("training_default", "td_more_info", ("inform", "requesting", 15, "working days", "target")),
        ("training_default", "td_verify", ("confirm", "requesting", 3, "working days", "target")),
        ("training_default", "td_follow_up", ("keep", "requesting", 45, "days", "target")),
        ("training_default", "td_preserve", ("whole", "requested", 24, "hours", "target")),
        ("training_default", "td_wrong_authority", (None, "requested", 3, "working days", "target")),
        ("training_default", "td_mismatch", (None, "requested", 5, "working days", "target")),
        ("training_default", "td_freeze_confirm", (None, "requesting", 20, "working days", "target")),
        ("training_default", "td_provisional_arrest", (None, "requesting", 40, "days", "target")),
        ("training_default", "td_consult", (None, "requesting", 10, "working days", "target")),
        ("hanoi", "hanoi_preservation_minimum", (None, "requested", 60, "days", "minimum_validity")),
        ("hanoi", "hanoi_requested_deadline", ("whole", "requested", None, None, "qualitative")),
        ("eu_eio", "eio_recognition", ("decide", "requested", 30, "days", "maximum")),
        ("eu_eio", "eio_execution", (None, "requested", 90, "days", "maximum")),
        ("eu_e_evidence", "ee_clarification", ("inform", "requesting", 5, "days", "maximum")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_deadline_sits_on_its_stage_and_is_owed_by_its_side(book, profile, rule, expected):
    found = next(r for r in book.profiles[profile].deadlines if r.id == rule)
    assert (found.stage, found.owed_by, found.amount, found.unit, found.kind) == expected


def test_disclosing_the_path_counts_from_receipt_in_every_profile(book):
    rules = {r.id: r for p in book.profiles.values() for r in p.deadlines}
    assert {rules[i].starts_on for i in ("hanoi_path", "bc_path", "td_path")} == {"received"}


def test_conditions_are_facts_that_the_engine_can_ask(book):
    rules = {r.id: r for p in book.profiles.values() for r in p.deadlines}
    assert {i: r.condition for i, r in rules.items() if r.condition} == {
        "p2_direct_subscriber": {"data_category": ("subscriber_information",)},
        "p2_serve_provider": {"data_category": ("subscriber_information", "traffic_data")},
        "p2_return_subscriber": {"data_category": ("subscriber_information",)},
        "p2_return_traffic": {"data_category": ("traffic_data",)},
        "p2_emergency_mla": {"urgency": ("emergency",)},
        "ee_emergency_stored": {"urgency": ("emergency",)},
        "ee_ex_post_validation": {"oral_unconfirmed": True},
        "td_wrong_authority": {"receiver_not_designated": True},
        "td_execute_expedited": {"urgency": ("urgent", "emergency")},
        "td_freeze": {"urgency": ("urgent", "emergency")},
        "td_freeze_confirm": {"oral_unconfirmed": True},
    }


def test_only_day_periods_of_european_profiles_roll_to_the_next_working_day(book):
    rolling = {p.id: {r.unit for r in p.deadlines if r.roll} for p in book.profiles.values()}
    assert {profile: units for profile, units in rolling.items() if units} == {
        "eu_eio": {"days"},
        "eu_e_evidence": {"days"},
    }
    for profile in ("eu_eio", "eu_e_evidence"):
        assert all(r.roll for r in book.profiles[profile].deadlines if r.unit == "days")


def test_inherited_deadlines_stand_first_in_the_order_named(book):
    assert [r.id for r in book.profiles["training_default"].deadlines][:4] == [
        "hanoi_preservation_minimum",
        "hanoi_domestic_preservation_maximum",
        "hanoi_safe_conduct",
        "td_cp_reach",
    ]


@pytest.mark.parametrize(
    ("type_id", "expected"),
    [
        ("mla_stored_data", {"td_execute_expedited": 2, "td_execute": 1, "td_status": 0, "td_consult": 1}),
        ("extradition", {"td_consult": 2, "td_extradition": 2, "td_status": 0}),
        ("confiscation", {"td_decision": 1, "td_status": 0}),
    ],
    ids=["a named type, all_mla and all", "named beside all_mla", "all_mla holds confiscation"],
)
def test_a_named_type_is_more_specific_than_all_mla_and_that_than_all(book, type_id, expected):
    found = {r.id: r.specificity for r in book.profiles["training_default"].for_type(type_id)}
    assert {rule: found[rule] for rule in expected} == expected


def test_a_preserved_data_reference_starts_no_check_of_receipt(book):
    rules = {r.id for r in book.profiles["training_default"].for_type("preservation_expedited")}
    assert "td_verify" not in rules


def test_no_rule_with_a_figure_is_qualitative_and_no_other_lacks_one(book):
    for profile in book.profiles.values():
        for rule in profile.deadlines:
            assert (rule.amount is None) == (rule.kind == "qualitative"), rule.id


# ---- broken files


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for path in _shipped():
        target = tmp_path / path
        target.parent.mkdir(exist_ok=True)
        shutil.copy(DATA / path, target)
    return tmp_path


def _shipped() -> Iterator[Path]:
    for pattern in ("*.yaml", "request_types/*.yaml", "deadline_profiles/*.yaml"):
        yield from (path.relative_to(DATA) for path in sorted(DATA.glob(pattern)))


def faults_of(folder: Path) -> list[str]:
    with pytest.raises(BadInput) as caught:
        load(folder)
    return [str(fault) for fault in caught.value.faults]


PRESERVATION = "request_types/preservation_expedited.yaml"
TARGETS = "deadline_profiles/training_default.yaml"
HANOI = "deadline_profiles/hanoi.yaml"

# file, what stands there, what is put in its place, how one of the faults begins
BROKEN = {
    "an unknown key": (PRESERVATION, "plain:", "plane:", ":8: plane: is not a key here (did you mean plain?)"),
    "a missing key": (PRESERVATION, "scope: convention_offences_and_serious_crimes\n", "", "scope: is missing"),
    "a duplicate key": (PRESERVATION, "confidence: high", "confidence: high\nconfidence: high", "stands twice"),
    "a field that is not there": (PRESERVATION, "field: necessity", "field: neccessity", "did you mean necessity?"),
    "a field that stands twice": (PRESERVATION, "field: necessity", "field: offence", "offence stands twice in contents"),
    "a contents rule that is not there": (PRESERVATION, "offence, rule: required", "offence, rule: wanted", ":23: rule: wanted is none of the contents rules"),
    "an article beyond 68": (PRESERVATION, "source: 42(3)(b)}", "source: 82(3)(b)}", ":23: source: 82 is none of the articles (from 1 to 68)"),
    "an article list without article": (PRESERVATION, 'articles: [42(1)-(9), "25"', 'articles: [somewhere, "25"', "somewhere names no article"),
    "an authority that is not there": (PRESERVATION, "receive: [contact_point_24_7", "receive: [hotline", "receive: hotline is none of the authorities"),
    "an empty list of receivers": (PRESERVATION, "receive: [contact_point_24_7, central_authority]", "receive: []", "receive: is an empty list"),
    "NO is a text and no ground": (PRESERVATION, "refusal_grounds: [essential", "refusal_grounds: [NO, essential", "NO is none of the grounds"),
    "a duty that is not there": (PRESERVATION, "custodian_secrecy", "custodian_silence", "custodian_silence is none of the duties"),
    "an error that is not there": (PRESERVATION, "errors: [no_intent", "errors: [no_intention, no_intent", "no_intention is none of the errors"),
    "a follow-up that is not there": (PRESERVATION, "enables: [traffic", "enables: [mla_everything, traffic", "mla_everything is none of the request types"),
    "an act that is not there": (PRESERVATION, "  submit, ", "  submit, file, ", "acts: file is none of the acts"),
    "no submit": (PRESERVATION, "  submit, ", "  ", "acts: has no submit"),
    "an act without a row for the type": (PRESERVATION, "close, record_step, lapse", "close, record_step, lapse, transmit, report_mismatch, resume", "resume can never be done"),
    "a life that cannot end": ("request_types/spontaneous_information.yaml", ", acknowledge, forward, return_misdirected", ", forward", "acknowledge"),
    "a text where a flag belongs": (PRESERVATION, "postponement: {possible: false", "postponement: {possible: no", "possible: must be true or false, not 'no'"),
    "a list where a text belongs": (PRESERVATION, "pillar: emergency_preservation", "pillar: [emergency_preservation]", "pillar: must be a text, not 'items'"),
    "a text where a list belongs": (PRESERVATION, "enables: [traffic_data_disclosure, mla_stored_data, preservation_extension]", "enables: mla_stored_data", "enables: must be a list"),
    "a text where a mapping belongs": (PRESERVATION, "conditions: {possible: false, source: practice}", "conditions: none", "conditions: must be a mapping"),
    "an id that is not the file's name": (PRESERVATION, "id: preservation_expedited", "id: preservation", "write preservation_expedited, or rename the file"),
    "an event that is not there": (PRESERVATION, "acts: [", "on_parent: preserved\nacts: [", "on_parent: preserved is none of the events"),
    "another schema": (PRESERVATION, "request-type/1", "request-type/2", ":4: schema: is not the schema of this file"),
    "a source left out": ("grounds.yaml", "    source: 40(21)(a)\n", "", "source: is missing"),
    "a confidence that is not there": ("duties.yaml", "confidence: verify", "confidence: sure", "confidence: sure is none of the confidences"),
    "an id that stands twice": ("pillars.yaml", "id: electronic_evidence", "id: emergency_preservation", "emergency_preservation stands twice in pillars"),
    "an article in another chapter": ("articles.yaml", "chapter: V\n", "chapter: VI\n", "article 35 does not stand in chapter VI"),
    "a threshold out of bounds": ("offences.yaml", "at_least_years: 4", "at_least_years: 4000000", "at_least_years: 4000000 is out of bounds (1 to 100)"),
    "a whole number with a fraction": ("offences.yaml", "at_least_years: 4", "at_least_years: 4.5", "must be a whole number, not '4.5'"),
    "an error listed by a type that does not list it": ("errors.yaml", "listed_by: [mla_other]", "listed_by: [mla_service]", "mla_service does not list this error"),
    "an error that no field of the type shows": ("errors.yaml", "fields: [intent_to_follow_up]", "fields: [return_terms]", "no_intent_to_follow_up shows in return_terms"),
    "a count that does not hold": ("manifest.yaml", "offences: 11", "offences: 12", "offences: there are 11, not 12"),
    "a thing that is not counted": ("manifest.yaml", "offences: 11", "offences: 11\n  treaties: 2", "treaties: is nothing that is counted"),
    "a period without unit": (TARGETS, "period: 30 minutes", "period: 30", "period: '30' is no period"),
    "a period in fortnights": (TARGETS, "period: 30 minutes", "period: 2 fortnights", "a whole number and one of: minutes, hours"),
    "half an hour as a fraction": (TARGETS, "period: 30 minutes", "period: 0.5 hours", "'0.5 hours' is no period"),
    "a period of absurd length": (TARGETS, "period: 30 minutes", "period: 99999999999999999999 years", "is out of bounds (1 to 10000)"),
    "a target without figure": (TARGETS, "    period: 30 minutes\n", "", "period: is missing on a target rule"),
    "a qualitative rule with a figure": (HANOI, "    standard: expeditiously\n", "    standard: expeditiously\n    period: 3 days\n", "stands on a qualitative rule"),
    "a kind that is not there": (TARGETS, "kind: target", "kind: goal", "kind: goal is none of the deadline kinds"),
    "a start event that is not there": (TARGETS, "starts_on: sent", "starts_on: dispatched", "starts_on: dispatched is none of the events"),
    "a deadline that ends on a follow-up nobody files": (TARGETS, "ends_on: path_disclosed", "ends_on: extradition_request_received", "no act of traffic_data_disclosure raises extradition_request_received"),
    "a deadline whose end no act of its type raises": (TARGETS, "ends_on: path_disclosed", "ends_on: preservation_confirmed", "td_path: can never end: no act of traffic_data_disclosure raises preservation_confirmed"),
    "a deadline whose start no act of its type raises": (TARGETS, "applies_to: [spontaneous_information]\n    starts_on: acknowledged", "applies_to: [spontaneous_information]\n    starts_on: receipt_verified", "td_spontaneous_feedback: can never start"),
    "a deadline of two profiles": (TARGETS, "id: td_cp_reach", "id: hanoi_mla", "hanoi_mla: stands in another profile too"),
    "an inherited deadline that is not there": (TARGETS, "inherits: [hanoi_pres", "inherits: [hanoi_everything, hanoi_pres", "inherits: hanoi_everything is none of the deadlines"),
    "a condition that is not there": (TARGETS, "{receiver_not_designated: true}", "{misdirected: true}", "misdirected: is not a key here"),
    "a level of urgency that is not there": (TARGETS, "urgency: [urgent, emergency]", "urgency: [pressing]", "urgency: pressing is none of the urgencies"),
    "warnings that are no days": (TARGETS, "warn_at_days: [10, 15, 18]", "warn_at_days: [10, soon]", "warn_at_days: soon is no number of days"),
    "a roll of working days": (TARGETS, "    period: 5 working days\n", "    period: 5 working days\n    roll: next_working_day\n", "roll: is void for a period in working days"),
    "a roll that is not there": ("deadline_profiles/eu_eio.yaml", "roll: next_working_day", "roll: next_monday", "roll: next_monday is no way to roll"),
    "a status that nobody reaches": ("lifecycle.yaml", "outcomes:\n", "  - {id: asleep, label: Asleep, source: practice, confidence: high}\n\noutcomes:\n", "asleep: can never be reached from draft"),
    "a row to a status that is not there": ("lifecycle.yaml", "from: [draft], to: sent", "from: [draft], to: posted", "to: posted does not exist"),
    "a row of a type that is not there": ("lifecycle.yaml", "types: [preservation_extension]", "types: [preservation_prolonged]", "preservation_prolonged is none of the request types"),
    "a row whose act is a list": ("lifecycle.yaml", "act: acknowledge,", "act: [acknowledge],", "act: must be one word, not items"),
    "a lifecycle word that is no mapping": ("lifecycle.yaml", "outcomes:\n", "outcomes:\n  - answered\n", "outcomes: answered is not a mapping"),
    "a step that nobody records": ("lifecycle.yaml", "recorded_by: follow_up", "recorded_by: somebody", "recorded_by: somebody records no step (allowed: requesting, requested, either, follow_up)"),
    "an offence of another article": ("offences.yaml", "article: 7\n", "article: 8\n", "article 8 does not name illegal_access as its offence"),
    "an alias": ("terms.yaml", "id: high", "id: &h high", "anchors and aliases"),
    "a second document": ("terms.yaml", "confidences:", "---\nconfidences:", "holds a second document"),
    "a tag": ("fields.yaml", "type: penalty", "type: !!str penalty", "is not allowed"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_told_by_file_line_and_key(copy, name, old, new, words):
    path = copy / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    faults = faults_of(copy)
    assert any(words in fault for fault in faults), faults
    assert all(re.match(r"[a-z_/0-9]+\.yaml(:\d+)?: ", fault) for fault in faults), faults


SPOILED = {
    "empty": (b"", "is empty"),
    "binary": (b"\x00\x01\xfe\xff" * 99, "is not UTF-8 text"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(64), "is not UTF-8 text"),
    "a list": (b"- one\n- two\n", "must be a mapping"),
    "a word": (b"hello\n", "must be a mapping"),
    "100,000 nested brackets": (b"a: " + b"[" * 100_000, "is nested deeper than 40"),
    "100,000 nested braces": (b"{a: " * 100_000, "is nested deeper than 40"),
    "an absurd size": (b"a: 1\n" + b"#" * 2_000_001, "is larger than 2,000,000 bytes"),
    "100,000 unknown keys": (b"".join(b"k%d: 1\n" % n for n in range(100_000)), "is not a key here"),
    "a huge number": (b"schema: " + b"9" * 100_000, "is a number of more than 18 digits"),
}


@pytest.mark.parametrize("name", ["terms.yaml", "lifecycle.yaml", PRESERVATION, HANOI])
@pytest.mark.parametrize(("content", "words"), SPOILED.values(), ids=SPOILED.keys())
def test_a_spoiled_file_is_told_and_never_a_traceback(copy, name, content, words):
    (copy / name).write_bytes(content)
    faults = faults_of(copy)
    assert any(fault.startswith(name) and words in fault for fault in faults), faults[:5]


def test_all_faults_of_all_files_are_told_at_once(copy):
    for name, old, new in [
        ("grounds.yaml", "curable: true", "curable: perhaps"),
        (PRESERVATION, "scope: convention", "scope: konvention"),
        (TARGETS, "period: 30 minutes", "period: soon"),
    ]:
        path = copy / name
        path.write_text(path.read_text().replace(old, new, 1))
    assert [fault.split(":")[0] for fault in faults_of(copy)] == [TARGETS, "grounds.yaml", PRESERVATION]


def test_a_file_that_is_gone_is_told_and_blames_no_other(copy):
    (copy / "authorities.yaml").unlink()
    assert faults_of(copy) == ["authorities.yaml: cannot be read: No such file or directory"]


def test_a_type_that_is_gone_is_missed_by_count_and_by_name(copy):
    (copy / "request_types/confiscation.yaml").unlink()
    faults = faults_of(copy)
    assert any("enables: confiscation is none of the request types" in fault for fault in faults)


def test_a_stray_file_is_told(copy):
    (copy / "extra.yaml").write_text("a: 1\n")
    (copy / "request_types/mine.yml").write_text("a: 1\n")
    faults = faults_of(copy)
    assert "extra.yaml: is not a file of the rule book (rename it or take it away)" in faults
    assert "request_types/mine.yml: would not be read (let its name end in .yaml)" in faults


def test_a_new_request_type_is_one_file_and_no_code(copy):
    text = (copy / "request_types/mla_other.yaml").read_text()
    (copy / "request_types/mla_drone_images.yaml").write_text(
        text.replace("id: mla_other", "id: mla_drone_images")
    )
    book = load(copy)
    assert len(book.types) == 32
    rules = {r.id for r in book.profiles["training_default"].for_type("mla_drone_images")}
    assert {"td_mla_ack", "td_decision", "td_execute"} <= rules


def test_the_digest_names_this_very_text(copy):
    before = load(copy).digest
    assert before == rulebook().digest
    path = copy / "pillars.yaml"
    path.write_text(path.read_text() + "# a remark\n")
    assert load(copy).digest != before


# ---- commands


def test_the_command_tells_what_the_rule_book_holds(capsys):
    call_command("check_rulebook")
    out, err = capsys.readouterr()
    assert out == ""
    assert "68 articles, 8 pillars, 31 request types, 11 offences" in err


def test_the_command_tells_each_fault_on_a_line_of_its_own_and_exits_2(copy, capsys):
    (copy / "pillars.yaml").write_text("")
    (copy / "duties.yaml").write_text("- 1\n")
    with pytest.raises(SystemExit) as caught:
        call_command("check_rulebook", str(copy))
    assert caught.value.code == 2
    assert capsys.readouterr().err.splitlines() == [
        "duties.yaml:1: must be a mapping (begin with schema: comity.duties/1)",
        "pillars.yaml: is empty",
    ]


def test_the_command_reads_all_that_hangs_on_the_rule_book(tmp_path, capsys):
    copy = tmp_path / "data"
    shutil.copytree(DATA, copy)
    changes = (
        ("behaviours/typical.yaml", "forget: 0.02", "forget: 7"),
        ("advice/fields.yaml", "\nschema: ", "\nscheme: "),
        ("world/laws/broad_law.yaml", "nationals: extradited", "nationals: perhaps"),
    )
    for name, old, new in changes:
        path = copy / name
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(SystemExit) as caught:
        call_command("check_rulebook", str(copy))
    told = capsys.readouterr().err
    assert caught.value.code == 2
    assert "chances.forget: must be a number from 0 to 1" in told
    assert all(re.search(rf"{Path(name).name}:\d+: ", told) for name, _, _ in changes), told


def test_a_folder_that_is_not_there_is_bad_input(capsys):
    with pytest.raises(SystemExit) as caught:
        call_command("check_rulebook", "no/such/folder")
    assert caught.value.code == 2
    assert "no/such/folder: is not a folder" in capsys.readouterr().err


def test_a_stale_page_is_told_and_printing_makes_it_fresh(tmp_path, capsys):
    (tmp_path / "lifecycle.md").write_text("drawn by hand\n")
    with pytest.raises(SystemExit) as caught:
        call_command("print_docs", check=True, folder=str(tmp_path))
    assert caught.value.code == 1
    call_command("print_docs", folder=str(tmp_path))
    call_command("print_docs", check=True, folder=str(tmp_path))
    assert "lifecycle.md is stale" in capsys.readouterr().err


def test_the_printed_lifecycle_of_the_repository_is_fresh():
    call_command("print_docs", check=True)


def test_the_diagram_shows_where_a_question_leads_back_to(tmp_path):
    call_command("print_docs", folder=str(tmp_path))
    page = (tmp_path / "lifecycle.md").read_text()
    assert "    draft --> sent: submit, submit_orally\n" in page
    assert "    more_information_requested --> in_execution: provide_information\n" in page
    assert "| `acknowledge` | requested | sent, forwarded | acknowledged |" in page
