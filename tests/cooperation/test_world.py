"""The world: what is known of each State, what is not stated, the laws of invented States, and broken files."""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from cooperation.calendars import state_calendars, weekend
from cooperation.document import BadInput
from cooperation.pages.world import world_page
from cooperation.rulebook import rulebook
from cooperation.scenario import Scenario, read_scenario
from cooperation.world import FOLDER, competence, load, where_designated, world
from cooperation.world.laws import DEFAULT_LAW, LawProfile, laws_shipped
from cooperation.world.values import NOT_STATED

OFFENCES = [
    "illegal_access",
    "illegal_interception",
    "data_interference",
    "system_interference",
    "misuse_of_devices",
    "ict_forgery",
    "ict_theft_or_fraud",
    "csam",
    "child_grooming",
    "intimate_images",
    "laundering",
]


# ---- the Member States


def test_there_are_193_member_states_in_five_groups():
    in_groups = Counter(state.group for state in world().states.values())

    assert len(world().states) == 193
    assert in_groups == {
        "africa": 54,
        "asia_pacific": 54,
        "eastern_europe": 23,
        "latin_america_and_caribbean": 33,
        "western_europe_and_others": 29,
    }


def test_every_state_has_every_fact_or_says_that_it_is_not_stated():
    for code, state in world().states.items():
        facts = (state.code, state.alpha3, state.name, state.name_vi, state.group, state.capital, state.zone)
        assert all(facts), code
        for step in (state.signature, state.ratification):
            assert step.on == NOT_STATED or re.fullmatch(r"202\d-\d\d(-\d\d)?", step.on), code
            assert bool(step.sources) == step.is_stated, code
            assert step.confidence in ("high", "medium", "verify", NOT_STATED), code
        assert list(state.declared) == list(world().subjects), code
        assert all(said.says == NOT_STATED for said in state.declared.values()), code


def test_names_and_codes_belong_to_one_state_each():
    states = world().states.values()
    for fact in ("alpha3", "name", "name_vi"):
        assert Counter(getattr(state, fact) for state in states).most_common(1)[0][1] == 1, fact
    assert list(world().states) == list(state_calendars())


@pytest.mark.parametrize(
    ("code", "alpha3", "name", "name_vi", "group", "zone"),
    [
        ("VN", "VNM", "Viet Nam", "Việt Nam", "asia_pacific", "Asia/Ho_Chi_Minh"),
        ("NO", "NOR", "Norway", "Na Uy", "western_europe_and_others", "Europe/Oslo"),
        ("DE", "DEU", "Germany", "Đức", "western_europe_and_others", "Europe/Berlin"),
        ("LT", "LTU", "Lithuania", "Lít-va", "eastern_europe", "Europe/Vilnius"),
        ("LV", "LVA", "Latvia", "Lát-vi-a", "eastern_europe", "Europe/Riga"),
        ("CH", "CHE", "Switzerland", "Thụy Sĩ", "western_europe_and_others", "Europe/Zurich"),
        (
            "CD",
            "COD",
            "Democratic Republic of the Congo",
            "Cộng hòa Dân chủ Công-gô",
            "africa",
            "Africa/Kinshasa",
        ),
        ("KR", "KOR", "Republic of Korea", "Hàn Quốc", "asia_pacific", "Asia/Seoul"),
        ("CU", "CUB", "Cuba", "Cu-ba", "latin_america_and_caribbean", "America/Havana"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) == 2 else "",
)
def test_a_state_is_known_by_its_facts(code, alpha3, name, name_vi, group, zone):
    state = world().states[code]

    assert (state.alpha3, state.name, state.name_vi, state.group, state.zone) == (
        alpha3,
        name,
        name_vi,
        group,
        zone,
    )


def test_vietnamese_names_are_written_with_composed_letters():
    for state in world().states.values():
        assert unicodedata.is_normalized("NFC", state.name_vi), state.code


@pytest.mark.parametrize(
    ("code", "days"),
    [("VN", (5, 6)), ("EG", (4, 5)), ("BN", (4, 6)), ("IR", (4,)), ("AE", (5, 6))],
    ids=[
        "Saturday and Sunday",
        "Friday and Saturday",
        "Friday and Sunday",
        "Friday alone",
        "changed in 2022",
    ],
)
def test_weekends_come_from_the_library(code, days):
    assert weekend(code) == days


# ---- treaty status


def test_seventy_member_states_and_two_others_signed_in_hanoi():
    first, last = world().ceremony.first_day, world().ceremony.last_day
    days = Counter(s.signature.on for s in world().states.values() if first <= s.signature.on <= last)

    assert (first, last, world().ceremony.signatories) == ("2025-10-25", "2025-10-26", 72)
    assert days == {"2025-10-25": 67, "2025-10-26": 3}
    assert {code: step.on for code, (_, step) in world().other_signatories.items()} == {
        "EU": "2025-10-25",
        "PS": "2025-10-25",
    }


@pytest.mark.parametrize(
    ("code", "on", "sources", "confidence"),
    [
        ("VN", "2025-10-25", ("plo", "newshour"), "high"),
        ("FR", "2025-10-25", ("un_treaty_collection", "dutch_treaty_database"), "high"),
        ("RW", "2025-10-26", ("dutch_treaty_database",), "high"),
        ("MU", "2025-11-19", ("dutch_treaty_database",), "high"),
        ("SE", "2025-10-25", ("newshour", "vir"), "medium"),
        ("CA", "2026-07", ("report_on_canada",), "verify"),
        ("US", NOT_STATED, (), NOT_STATED),
        ("JP", NOT_STATED, (), NOT_STATED),
    ],
    ids=[
        "the host",
        "as two lists show",
        "on the second day",
        "after the ceremony",
        "a day that is inferred",
        "reported once",
        "not at the ceremony",
        "nowhere found",
    ],
)
def test_a_signature_has_its_day_and_its_source(code, on, sources, confidence):
    step = world().states[code].signature

    assert (step.on, step.sources, step.confidence) == (on, sources, confidence)


def test_a_state_that_no_source_shows_is_not_said_to_have_stayed_away():
    step = world().states["US"].signature

    assert not step.is_stated
    assert step.note == "not among the 72 of the ceremony; whether it signed later is not stated"


def test_the_reported_ratifications_ask_for_a_look_at_the_depositary():
    ratified = {c: s.ratification for c, s in world().states.items() if s.ratification.is_stated}

    assert {code: (step.on, step.confidence) for code, step in ratified.items()} == {
        "AZ": (NOT_STATED, "verify"),
        "QA": (NOT_STATED, "verify"),
        "VN": (NOT_STATED, "verify"),
    }


# ---- who sends and receives what


@pytest.mark.parametrize(
    ("kind", "sends", "receives"),
    [
        ("cert", ("information_exchange",), ("information_exchange",)),
        (
            "extradition_authority",
            ("extradition", "provisional_arrest"),
            ("extradition", "provisional_arrest"),
        ),
    ],
    ids=["CERT", "extradition authority"],
)
def test_competence_is_read_from_the_request_types(kind, sends, receives):
    assert competence(rulebook(), kind) == (sends, receives)


def test_every_request_type_is_sent_and_received_by_somebody():
    competences = [competence(rulebook(), kind) for kind in rulebook().authorities]

    assert {t for can in competences for t in can.sends} == set(rulebook().types)
    assert {t for can in competences for t in can.receives} == set(rulebook().types)


def test_a_cert_helps_at_all_hours_only_where_its_state_designates_it():
    assert where_designated(rulebook(), "cert") == ("assistance_24_7",)
    assert where_designated(rulebook(), "central_authority") == ()


def test_an_unknown_kind_of_authority_has_no_competence():
    with pytest.raises(KeyError):
        competence(rulebook(), "ministry_of_magic")


# ---- the laws of invented States


def law(name: str) -> LawProfile:
    return world().laws[name]


def test_six_laws_ship_and_each_speaks_of_all_eleven_offences():
    assert sorted(world().laws) == [
        "broad_law",
        "guarded_law",
        "lenient_penalties",
        "narrow_computer_law",
        "no_extradition_of_nationals",
        "strict_penalties",
    ]
    assert laws_shipped() == set(world().laws)
    assert all(list(profile.offences) == OFFENCES for profile in world().laws.values())


ACCESS = ("security_measures_infringed", "dishonest_intent")


@pytest.mark.parametrize(
    ("name", "shown", "denied", "offence", "answer"),
    [
        ("broad_law", (), (), "illegal_access", "yes"),
        ("broad_law", (), (), "intimate_images", "yes"),
        ("narrow_computer_law", ACCESS, (), "illegal_access", "yes"),
        ("narrow_computer_law", ACCESS[:1], (), "illegal_access", "question"),
        ("narrow_computer_law", (), (), "illegal_access", "question"),
        ("narrow_computer_law", ACCESS[1:], ACCESS[:1], "illegal_access", "no"),
        ("narrow_computer_law", ACCESS, ACCESS[:1], "illegal_access", "question"),
        ("narrow_computer_law", ACCESS, (), "misuse_of_devices", "no"),
        ("narrow_computer_law", (), (), "intimate_images", "no"),
        ("narrow_computer_law", ("serious_harm",), (), "system_interference", "yes"),
        ("narrow_computer_law", (), (), "system_interference", "question"),
        ("narrow_computer_law", (), ("serious_harm",), "system_interference", "no"),
        ("guarded_law", ("knowledge_of_origin",), ("predicate_convicted",), "laundering", "no"),
        ("strict_penalties", (), (), "misuse_of_devices", "yes"),
        ("broad_law", (), (), "serious_crime_other", "question"),
    ],
    ids=[
        "a broad law asks nothing more",
        "nor for images",
        "all that is needed is shown",
        "one element is left open",
        "labels and no conduct",
        "one element is ruled out",
        "the facts contradict themselves",
        "no such offence",
        "no such offence either",
        "another name for the same conduct",
        "another name, and its element left open",
        "another name, and its element ruled out",
        "no conviction before",
        "severity is no obstacle",
        "a crime outside Articles 7 to 17",
    ],
)
def test_dual_criminality_is_judged_on_the_conduct(name, shown, denied, offence, answer):
    assert law(name).dual_criminality(shown, offence, denied) == answer


@pytest.mark.parametrize(
    ("name", "offence", "penalty"),
    [
        ("broad_law", "laundering", 10.0),
        ("strict_penalties", "system_interference", "death"),
        ("strict_penalties", "csam", "life"),
        ("narrow_computer_law", "system_interference", 3.0),
        ("narrow_computer_law", "misuse_of_devices", None),
        ("lenient_penalties", "misuse_of_devices", 0.5),
        ("broad_law", "serious_crime_other", None),
    ],
    ids=["years", "death", "life", "of the offence that covers it", "not punishable", "months", "not known"],
)
def test_a_law_knows_its_maximum_penalty(name, offence, penalty):
    assert law(name).maximum_penalty(offence) == penalty


@pytest.mark.parametrize(
    ("name", "measure", "offence", "answer"),
    [
        ("broad_law", "interception", "illegal_access", "yes"),
        ("lenient_penalties", "extradition", "illegal_access", "no"),
        ("lenient_penalties", "extradition", "system_interference", "yes"),
        ("strict_penalties", "extradition", "csam", "yes"),
        ("narrow_computer_law", "search_and_seizure", "misuse_of_devices", "no"),
        ("broad_law", "search_and_seizure", "serious_crime_other", "question"),
    ],
    ids=["just reached", "too mild", "reached exactly", "life is above all", "not punishable", "not known"],
)
def test_a_measure_needs_a_penalty_that_is_severe_enough(name, measure, offence, answer):
    assert law(name).reaches_threshold(measure, offence) == answer


def test_laws_differ_in_what_they_keep_from_the_others():
    assert {name: profile.nationals for name, profile in world().laws.items()} == {
        "broad_law": "extradited",
        "guarded_law": "extradited_on_conditions",
        "lenient_penalties": "extradited",
        "narrow_computer_law": "extradited",
        "no_extradition_of_nationals": "not_extradited",
        "strict_penalties": "extradited_on_conditions",
    }
    assert law("guarded_law").reservations == ("42(5)", "23(3)")
    assert law("guarded_law").languages == ("fr",)
    assert law("broad_law").reservations == ()


# ---- a scenario names a law

SCENARIO = """scenario: laws
title: Two laws
start: 2027-03-01T08:00:00+07:00
length: 5d
states:
  XA: {name: Arvania, calendar: VN, seat: team}
  XB: {name: Borland, calendar: DE, behaviour: typical, law: narrow_computer_law}
  NO: {behaviour: typical}
"""


def read(text: str) -> Scenario:
    return read_scenario(text.encode(), "laws.yaml", rulebook(), {"typical"})


def test_a_state_that_names_no_law_has_the_broad_one():
    assert {state.code: state.law for state in read(SCENARIO).states} == {
        "XA": DEFAULT_LAW,
        "XB": "narrow_computer_law",
        "NO": DEFAULT_LAW,
    }


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "law: narrow_computer_law",
            "law: narow_computer_law",
            "laws.yaml:7: states.XB.law: the law narow_computer_law does not exist"
            " (did you mean narrow_computer_law? allowed: broad_law,",
        ),
        (
            "NO: {behaviour: typical}",
            "NO: {behaviour: typical, law: broad_law}",
            "laws.yaml:8: states.NO.law: is not a key here",
        ),
    ],
    ids=["a law that does not exist", "a law for a Member State"],
)
def test_a_law_in_a_scenario_must_exist_and_be_an_invented_states(old, new, fault):
    with pytest.raises(BadInput) as refused:
        read(SCENARIO.replace(old, new))

    assert [str(found)[: len(fault)] for found in refused.value.faults] == [fault]


# ---- broken files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the world's files, to be broken."""
    return Path(shutil.copytree(FOLDER, tmp_path / "world"))


def faults_of(folder: Path) -> list[str]:
    with pytest.raises(BadInput) as refused:
        load(folder)
    return [str(fault) for fault in refused.value.faults]


def line_of(path: Path, text: str) -> int:
    """Return the line on which a text stands."""
    return path.read_text().split(text)[0].count("\n") + 1


ACCESS_ROW = "{offence: illegal_access, punishable: true, maximum_penalty_years: 4}"

BROKEN = {
    "a State with two rows": (
        "states.yaml",
        "code: AE, alpha3: ARE",
        "code: AD, alpha3: ARE",
        ["code: AD stands twice in states", "states: has no AE"],
    ),
    "a code that is no Member State's": (
        "states.yaml",
        "code: AE, alpha3: ARE",
        "code: XX, alpha3: ARE",
        ["code: XX is none of the member states", "states: has no AE"],
    ),
    "an alpha-3 code of two letters": (
        "states.yaml",
        "alpha3: ARE",
        "alpha3: AR",
        ["alpha3: 'AR' is no alpha-3 code"],
    ),
    "an alpha-3 code given twice": (
        "states.yaml",
        "alpha3: ARE",
        "alpha3: AND",
        ["alpha3: AND stands twice"],
    ),
    "no Vietnamese name": ("states.yaml", "name_vi: Bỉ, ", "", ["name_vi: is missing"]),
    "an unknown group": (
        "states.yaml",
        "name_vi: Bỉ, group: western_europe_and_others",
        "name_vi: Bỉ, group: benelux",
        ["group: benelux is none of the groups"],
    ),
    "an unknown key": (
        "states.yaml",
        "name_vi: Bỉ,",
        "name_vi: Bỉ, anthem: yes,",
        ["anthem: is not a key here"],
    ),
    "evidence that is none": (
        "states.yaml",
        "source: ISO 3166-1, evidence: lookup_primary",
        "source: ISO 3166-1, evidence: hearsay",
        ["evidence: hearsay is none of the evidences"],
    ),
    "the schema of another file": (
        "states.yaml",
        "comity.states/1",
        "comity.laws/1",
        ["schema: is not the schema of this file"],
    ),
    "a signature of nobody": (
        "treaty_status.yaml",
        "states: [ML, RW, SA]",
        "states: [ML, RW, XA]",
        ["states: XA is none of the member states"],
    ),
    "a signature given twice": (
        "treaty_status.yaml",
        "states: [ML, RW, SA]",
        "states: [ML, RW, SA, VN]",
        ["states: VN stands twice in signatures"],
    ),
    "a signature left out of the ceremony": (
        "treaty_status.yaml",
        "states: [ML, RW, SA]",
        "states: [ML, RW]",
        ["signatures: 72 are counted on the days of the ceremony, 71 are listed"],
    ),
    "a day that does not exist": (
        "treaty_status.yaml",
        "on: 2025-11-19",
        "on: 2025-11-31",
        ["on: '2025-11-31' is no day"],
    ),
    "a day in words": ("treaty_status.yaml", "on: 2025-11-19", "on: soon", ["on: 'soon' is no day"]),
    "a signature without a source": (
        "treaty_status.yaml",
        "sources: [abc], confidence",
        "sources: [], confidence",
        ["sources: is an empty list"],
    ),
    "a source that is not listed": (
        "treaty_status.yaml",
        "sources: [abc], confidence",
        "sources: [rumour], confidence",
        ["sources: rumour is none of the sources"],
    ),
    "a confidence of our own": (
        "treaty_status.yaml",
        "sources: [abc], confidence: high",
        "sources: [abc], confidence: sure",
        ["confidence: sure is none of the confidences"],
    ),
    "a signatory who did not sign": (
        "treaty_status.yaml",
        "{id: EU, name: European Union}",
        "{id: EU, name: European Union}\n  - {id: ZZ, name: Atlantis}",
        ["others: ZZ has not signed"],
    ),
    "an article that does not exist": (
        "declarations.yaml",
        "source: 40(13)",
        "source: 69(1)",
        ["source: 69 is none of the articles"],
    ),
    "a declaration on nothing": (
        "declarations.yaml",
        "declared: []",
        "declared:\n  - {state: VN, subject: whales, says: none, on: 2027-01-31, source: note, evidence: memory}",
        ["subject: whales is none of the subjects"],
    ),
    "a declaration by an invented State": (
        "declarations.yaml",
        "declared: []",
        "declared:\n  - {state: XA, subject: languages, says: en, on: 2027-01-31, source: note, evidence: memory}",
        ["state: XA is none of the member states"],
    ),
    "a term of no offence": (
        "conduct_terms.yaml",
        "offences: [child_grooming]",
        "offences: [piracy]",
        [
            "needs: further_act is no term of child_grooming",  # in the guarded law
            "needs: further_act is no term of child_grooming",  # and in the narrow one
            "offences: piracy is none of the offences",
        ],
    ),
    "a law that forgets an offence": (
        "laws/broad_law.yaml",
        f"  - {ACCESS_ROW}\n",
        "",
        ["offences: illegal_access is missing"],
    ),
    "an offence without a penalty": (
        "laws/broad_law.yaml",
        ACCESS_ROW,
        "{offence: illegal_access, punishable: true}",
        ["maximum_penalty_years: is missing"],
    ),
    "a penalty that is none": (
        "laws/broad_law.yaml",
        ACCESS_ROW,
        ACCESS_ROW.replace("4}", "banishment}"),
        ["maximum_penalty_years: 'banishment' is no penalty"],
    ),
    "a penalty of no time": (
        "laws/broad_law.yaml",
        ACCESS_ROW,
        ACCESS_ROW.replace("4}", "0}"),
        ["maximum_penalty_years: '0' is no penalty"],
    ),
    "a penalty for what is not punishable": (
        "laws/broad_law.yaml",
        ACCESS_ROW,
        ACCESS_ROW.replace("true", "false"),
        ["maximum_penalty_years: illegal_access is not punishable"],
    ),
    "a term that the offence does not have": (
        "laws/broad_law.yaml",
        ACCESS_ROW,
        ACCESS_ROW.replace("4}", "4, needs: [property_lost]}"),
        ["needs: property_lost is no term of illegal_access"],
    ),
    "a term that nobody defines": (
        "laws/broad_law.yaml",
        ACCESS_ROW,
        ACCESS_ROW.replace("4}", "4, needs: [bad_weather]}"),
        ["needs: bad_weather is none of the conduct terms"],
    ),
    "an offence covered by one that is not punishable": (
        "laws/narrow_computer_law.yaml",
        "covered_by: [data_interference]",
        "covered_by: [intimate_images]",
        ["offences: system_interference cannot be covered by intimate_images"],
    ),
    "an offence covered by itself": (
        "laws/narrow_computer_law.yaml",
        "covered_by: [data_interference]",
        "covered_by: [system_interference]",
        ["offences: system_interference cannot be covered by system_interference"],
    ),
    "a reservation that the Convention does not allow": (
        "laws/guarded_law.yaml",
        "[42(5), 23(3)]",
        "[42(5), 5(1)]",
        ["reservations: 5(1) is none of the reservations"],
    ),
    "nationals half extradited": (
        "laws/guarded_law.yaml",
        "nationals: extradited_on_conditions",
        "nationals: halfway",
        ["nationals: halfway is none of the answers on nationals"],
    ),
    "a language in full": (
        "laws/guarded_law.yaml",
        "languages: [fr]",
        "languages: [French]",
        ["languages: 'French' is no language code"],
    ),
    "a threshold left out": (
        "laws/guarded_law.yaml",
        ", interception_years: 6",
        "",
        ["interception_years: is missing"],
    ),
    "a threshold too many": (
        "laws/guarded_law.yaml",
        ", interception_years: 6",
        ", interception_years: 6, torture_years: 1",
        ["torture_years: is not a key here"],
    ),
}


@pytest.mark.parametrize(("file", "old", "new", "problems"), BROKEN.values(), ids=BROKEN)
def test_a_broken_world_tells_every_fault(folder, file, old, new, problems):
    text = (folder / file).read_text()
    assert text.count(old) == 1, "the variant must break one place"
    (folder / file).write_text(text.replace(old, new))

    told = faults_of(folder)

    assert sorted(re.sub(r"^\S+?:\d+: ", "", fault).split(" (")[0] for fault in told) == sorted(problems)
    assert all(re.match(r"[a-z_/]+\.yaml:\d+: ", fault) for fault in told)


def test_a_fault_names_file_line_key_and_mend(folder):
    path = folder / "laws" / "broad_law.yaml"
    path.write_text(path.read_text().replace("nationals: extradited", "nationals: extradietd"))

    assert faults_of(folder) == [
        f"laws/broad_law.yaml:{line_of(path, 'nationals:')}: nationals:"
        " extradietd is none of the answers on nationals (did you mean extradited?)"
    ]


def test_faults_of_all_files_are_told_at_once(folder):
    (folder / "laws" / "guarded_law.yaml").write_text("[]\n")
    (folder / "conduct_terms.yaml").write_bytes(b"\xff\xfe")
    states = folder / "states.yaml"
    states.write_text(states.read_text().replace("alpha3: ARE", "alpha3: are"))
    (folder / "laws" / "old.yml").write_text("schema: comity.law/1\n")
    (folder / "provinces.yaml").write_text("schema: comity.provinces/1\n")

    assert [fault.split(": ", 1)[0] for fault in faults_of(folder)] == [
        "conduct_terms.yaml:1",
        "laws/guarded_law.yaml:1",
        "laws/old.yml",
        "provinces.yaml",
        f"states.yaml:{line_of(states, 'code: AE')}",
    ]


@pytest.mark.parametrize("name", ["states", "treaty_status", "declarations", "conduct_terms"])
def test_a_file_that_is_missing_is_told_once(folder, name):
    (folder / f"{name}.yaml").unlink()

    assert faults_of(folder) == [f"{name}.yaml: cannot be read: No such file or directory"]


def test_the_law_that_everybody_may_rely_on_must_be_there(folder):
    (folder / "laws" / "broad_law.yaml").unlink()

    assert faults_of(folder) == ["laws/broad_law.yaml: is missing (a State that names no law has this one)"]


def test_a_folder_that_is_not_there_is_told(tmp_path):
    assert faults_of(tmp_path / "nowhere") == [
        f"{tmp_path / 'nowhere'}: is not a folder (name a folder of data files)"
    ]


def test_a_declaration_with_a_source_replaces_not_stated(folder):
    path = folder / "declarations.yaml"
    row = (
        "{state: VN, subject: languages, says: en, on: 2027-01-31, source: a note, evidence: lookup_primary}"
    )
    path.write_text(path.read_text().replace("declared: []", f"declared:\n  - {row}"))

    states = load(folder).states

    assert (states["VN"].declared["languages"].says, states["VN"].declared["languages"].source) == (
        "en",
        "a note",
    )
    assert states["VN"].declared["channels"].says == NOT_STATED
    assert states["LA"].declared["languages"].says == NOT_STATED


# ---- the page


def test_the_page_shows_a_state_with_all_that_is_known():
    page = world_page(world(), rulebook())

    assert (
        "| RW | RWA | Rwanda | Ru-an-đa | africa | Kigali | Africa/Kigali | Sat, Sun"
        " | 2025-10-26 (`dutch_treaty_database`) | not stated |\n"
    ) in page
    assert "as if in force between these States (exercise rule)" in page
    assert "| Interference with an ICT system | not punishable | reached as `data_interference` |" in page
    assert page.count("\n| ") > 193 + 66
