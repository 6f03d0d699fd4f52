"""Scenarios: what a file means, which ship, and what is said of a broken one."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest

from cooperation.document import BadInput, read_text
from cooperation.moments import instant, moment, span
from cooperation.rulebook import rulebook
from cooperation.scenario import (
    ActPattern,
    CaseEntry,
    Decision,
    Expectation,
    Inject,
    Milestone,
    PlannedRequest,
    Provider,
    StateEntry,
    Treaty,
    Trigger,
    When,
    behaviours_shipped,
    find,
    read_scenario,
    shipped,
)
from cooperation.scenario.shape import SCHEMA

EXAMPLE = Path(__file__).parent / "scenarios" / "example-scenario.yaml"
TEXT = EXAMPLE.read_text(encoding="utf-8")
BEHAVIOURS = ("typical", "overloaded")


def read(text: str | bytes, name: str = "example-scenario.yaml"):
    content = text.encode() if isinstance(text, str) else text
    return read_scenario(content, name, rulebook(), BEHAVIOURS)


def changed(*edits: tuple[str, str]) -> str:
    text = TEXT
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def faults_of(text: str | bytes, name: str = "example-scenario.yaml"):
    with pytest.raises(BadInput) as caught:
        read(text, name)
    return caught.value.faults


@pytest.fixture(scope="module")
def example():
    return read_scenario(EXAMPLE, str(EXAMPLE), rulebook(), BEHAVIOURS)


# What the example means


def test_the_head_of_the_example_is_read_as_written(example):
    assert example.id == "example-scenario"
    assert example.title == "A hospital is locked"
    assert example.summary == "Ransomware in Arvania; the server that holds the keys stands in Borland."
    assert example.objectives == (
        "Secure volatile evidence within hours",
        "Follow a preservation up before it lapses",
    )
    assert example.deadline_profile == "training_default"
    assert example.starts_at == datetime(2027, 3, 1, 1, 0, tzinfo=UTC)
    assert example.ends_at == datetime(2027, 5, 30, 1, 0, tzinfo=UTC)
    assert example.rate == 3600
    assert example.text == TEXT


def test_the_states_of_the_example_are_a_team_and_two_simulated(example):
    none = timedelta(0)
    assert example.states == (
        StateEntry(
            "XA", "Arvania", "VN", "team", None, {"central_authority": 3, "contact_point_24_7": 2}, none
        ),
        StateEntry(
            "XB", "Borland", "DE", None, "typical", {"central_authority": 4, "contact_point_24_7": 2}, none
        ),
        StateEntry("XC", "Cascadia", "US", None, "overloaded", {}, none),
    )
    assert example.state("XC").name == "Cascadia"
    with pytest.raises(KeyError):
        example.state("XD")


def test_the_world_of_the_example_has_one_provider_and_one_case(example):
    assert example.treaties == ()
    assert example.providers == (Provider("northcloud", "North Cloud Ltd", "XB"),)
    assert example.cases == {
        "hospital": CaseEntry(
            id="hospital",
            state="XA",
            title="Ransomware at a regional hospital",
            offences=("illegal_access", "system_interference", "ict_theft_or_fraud"),
            maximum_penalty_years=7,
            facts="At 02:10 local time on 1 March the patient system was encrypted. "
            "The note names a host at North Cloud.\n",
            truth="",
        )
    }


def test_the_requests_of_the_example_wait_for_an_instant_and_for_an_act(example):
    assert example.requests == (
        PlannedRequest(
            id="preserve-host",
            when=When(datetime(2027, 3, 1, 5, 0, tzinfo=UTC), None, timedelta(0)),
            from_state="XA",
            from_authority="contact_point_24_7",
            to_state="XB",
            to_authority="contact_point_24_7",
            type="preservation_expedited",
            case="hospital",
            parent=None,
            contents={
                "data_description": "Image and connection logs of host nc-2231, "
                "28 February 00:00 UTC to 2 March 00:00 UTC",
                "data_relation_to_offence": "The ransom note points victims to this host",
                "necessity": "The provider keeps connection logs for seven days",
                "intent_to_follow_up": True,
            },
            oral=False,
        ),
        PlannedRequest(
            id="get-image",
            when=When(None, ActPattern("confirm_preservation", of="preserve-host"), timedelta(days=20)),
            from_state="XA",
            from_authority="central_authority",
            to_state="XB",
            to_authority="central_authority",
            type="mla_stored_data",
            case="hospital",
            parent="preserve-host",
            contents={},
            oral=False,
        ),
    )


def test_the_injects_of_the_example_fire_by_time_and_by_nothing_happening(example):
    filed = ActPattern("submit", from_state="XA", request_type="preservation_expedited")
    assert example.injects == (
        Inject(
            id="note",
            trigger=Trigger(datetime(2027, 3, 1, 1, 0, tzinfo=UTC), None),
            to=("XA",),
            title="The wards are offline",
            body="The ransom note names nc-2231.",
        ),
        Inject(
            id="reminder",
            trigger=Trigger(None, filed, nothing_by=datetime(2027, 3, 1, 7, 0, tzinfo=UTC)),
            to=("XA",),
            title="The provider calls",
            body="Logs rotate in five days.",
        ),
    )


def test_the_expectation_of_the_example_counts_from_an_inject(example):
    assert example.milestones == (
        Milestone("preserved", ActPattern("confirm_preservation", of="preserve-host")),
    )
    assert example.expectations == (
        Expectation(
            id="preserve-in-time",
            state="XA",
            pattern=ActPattern("submit", None, "XA", "XB", "preservation_expedited"),
            within=timedelta(hours=6),
            of_inject="note",
            of_act=None,
            points=20,
            why="42(1)",
            debrief="",
        ),
    )


def test_a_scenario_of_five_keys_is_a_scenario():
    text = (
        "scenario: small\ntitle: Small\nstart: 2027-03-01T08:00:00Z\nlength: 2w\n"
        "states: {NO: {behaviour: typical}, XA: {name: Arvania, calendar: VN, seat: team, transit: 90m}}\n"
    )

    small = read(text, "folder/small.yaml")

    assert small.states == (
        StateEntry("NO", "Norway", "NO", None, "typical", {}, timedelta(0)),
        StateEntry("XA", "Arvania", "VN", "team", None, {}, timedelta(minutes=90)),
    )
    assert (small.deadline_profile, small.rate) == ("training_default", 3600)
    assert small.ends_at == datetime(2027, 3, 15, 8, 0, tzinfo=UTC)
    assert (small.requests, small.injects, small.milestones, small.expectations) == ((), (), (), ())


def test_an_explicit_null_stays_apart_from_what_is_not_named():
    read_back = read(changed(("contents: {}", "contents: {nexus: null, urgency: {level: urgent}}")))

    contents = read_back.requests[1].contents
    assert contents == {"nexus": None, "urgency": {"level": "urgent"}}
    assert "purpose" not in contents


def test_contents_are_plain_values_without_their_lines(example):
    assert type(example.requests[0].contents) is dict


def test_optional_keys_say_more_of_cases_requests_treaties_and_expectations():
    told = read(
        changed(
            ("treaties: []", "treaties:\n  - {id: old, name: A treaty, states: [XB, XA], note: Since 1999}"),
            ("    facts: >", "    truth: The keys lie elsewhere\n    facts: >"),
            ("    case: hospital", "    oral: true\n    case: hospital"),
            ('    why: "42(1)"', '    why: "42(1)"\n    debrief: Logs do not wait'),
        )
    )

    assert told.treaties == (Treaty("old", "A treaty", frozenset({"XA", "XB"}), "Since 1999"),)
    assert told.cases["hospital"].truth == "The keys lie elsewhere"
    assert [request.oral for request in told.requests] == [True, False]
    assert told.expectations[0].debrief == "Logs do not wait"


@pytest.mark.parametrize(
    ("of", "of_inject", "of_act"),
    [
        ("start", None, None),
        ("{inject: note}", "note", None),
        (
            "{act: transmit, from: XB, to: XA, type: mla_stored_data}",
            None,
            ActPattern("transmit", None, "XB", "XA", "mla_stored_data"),
        ),
        ("{act: accept, of: get-image}", None, ActPattern("accept", of="get-image")),
    ],
    ids=["from the start", "from an inject", "from an act of a State", "from an act on a planned request"],
)
def test_an_expectation_counts_from(of, of_inject, of_act):
    expectation = read(changed(("of: {inject: note}", f"of: {of}"))).expectations[0]

    assert (expectation.of_inject, expectation.of_act) == (of_inject, of_act)


@pytest.mark.parametrize("penalty", ["life", "death", "2.5", "0"])
def test_a_penalty_is_a_number_life_or_death(penalty):
    case = read(changed(("maximum_penalty_years: 7", f"maximum_penalty_years: {penalty}"))).cases["hospital"]

    assert case.maximum_penalty_years == {"life": "life", "death": "death", "2.5": 2.5, "0": 0}[penalty]


SUBMITTED = ("submit", "preserve-host", "XA", "XB", "preservation_expedited")


@pytest.mark.parametrize(
    ("pattern", "act", "fits"),
    [
        (ActPattern("submit"), SUBMITTED, True),
        (ActPattern("submit"), ("submit", None, "XA", "XB", "mla_stored_data"), True),
        (ActPattern("accept"), SUBMITTED, False),
        (ActPattern("submit", of="preserve-host"), SUBMITTED, True),
        (ActPattern("submit", of="get-image"), SUBMITTED, False),
        (ActPattern("submit", of="preserve-host"), ("submit", None, "XA", "XB", "mla_stored_data"), False),
        (ActPattern("submit", from_state="XA", to_state="XB"), SUBMITTED, True),
        (ActPattern("submit", from_state="XB"), SUBMITTED, False),
        (ActPattern("submit", to_state="XC"), SUBMITTED, False),
        (ActPattern("submit", request_type="mla_stored_data"), SUBMITTED, False),
        (ActPattern("lapse"), ("lapse", "preserve-host", None, None, "preservation_expedited"), True),
        (ActPattern("lapse", from_state="XB"), ("lapse", None, None, None, "preservation_expedited"), False),
    ],
    ids=[
        "any submission",
        "a trainee's own submission",
        "another act",
        "of this planned request",
        "of another planned request",
        "of none when one is named",
        "between these States",
        "by the wrong State",
        "to the wrong State",
        "of another type",
        "of the clock",
        "of a State when the clock acted",
    ],
)
def test_a_pattern_fits_an_act_when_each_of_its_filters_does(pattern, act, fits):
    assert pattern.matches(*act) is fits


# Instants and lengths of time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30m", timedelta(minutes=30)),
        ("+2h", timedelta(hours=2)),
        ("20d", timedelta(days=20)),
        ("+1w", timedelta(days=7)),
        ("0m", timedelta(0)),
    ],
)
def test_a_length_of_time_is_a_number_and_a_unit(text, expected):
    assert span(text) == expected


@pytest.mark.parametrize("text", ["", "d", "3", "3y", "-3d", "1.5h", "3 d", "99999w", "٣d", "3d\n"])
def test_what_is_no_length_of_time_is_refused(text):
    with pytest.raises(ValueError, match=r"length of time|longer"):
        span(text)


def test_an_instant_is_utc_whatever_its_offset():
    start = datetime(2027, 3, 1, 1, 0, tzinfo=UTC)

    assert instant("2027-03-01T08:00:00+07:00") == start
    assert instant("2027-03-01T08:00:00+07:00").tzinfo is UTC
    assert moment("+3d", start) == datetime(2027, 3, 4, 1, 0, tzinfo=UTC)
    assert moment("2027-03-02T00:00Z", start) == datetime(2027, 3, 2, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2027-03-01T08:00:00", "no offset"),
        ("2027-02-30T08:00:00Z", "does not exist|that exists"),
        ("1999-03-01T08:00:00Z", "outside the years"),
        ("9999-12-31T23:59:59-12:00", "outside the years"),
    ],
    ids=["without offset", "a day that never was", "too early", "too late"],
)
def test_what_is_no_instant_is_refused(text, words):
    with pytest.raises(ValueError, match=words):
        instant(text)


# What ships


def test_three_scenarios_ship():
    assert set(shipped()) >= {"hospital-ransomware", "business-email-compromise", "insider-below-threshold"}


@pytest.mark.parametrize("name", sorted(shipped()))
def test_a_shipped_scenario_is_sound_and_rich_enough_to_teach(name):
    path = find(name)
    scenario = read_scenario(path, path.name, rulebook(), behaviours_shipped())

    assert scenario.id == name
    assert 3 <= len(scenario.states) <= (41 if name == "national-desk-year" else 6)
    assert "XA" in [state.code for state in scenario.states if state.seat == "team"]
    assert len(scenario.requests) >= 8
    assert sum(expectation.points for expectation in scenario.expectations) == 100
    assert len(scenario.expectations) >= 5
    assert scenario.milestones
    fired_by = {
        "time" if inject.trigger.at else "nothing" if inject.trigger.nothing_by else "act"
        for inject in scenario.injects
    }
    assert fired_by == {"time", "nothing", "act"}
    both_ways = {request.from_state == "XA" for request in scenario.requests}
    assert both_ways == {True, False}


@pytest.mark.parametrize("name", sorted(shipped()))
def test_each_debrief_that_ships_names_its_article_or_says_that_it_is_practice(name):
    """A trainee reads the debrief; the article in `why` alone stands beside it in small."""
    path = find(name)
    scenario = read_scenario(path, path.name, rulebook(), behaviours_shipped())

    silent = []
    for one in scenario.expectations:
        article = re.match(r"\d+", one.why)
        named = (
            rf"\bArticles? (\S+ and )?{article[0]}\b"
            if article
            else r"\bArticles? \d|\bpracti[ct]|\bexercise rule"
        )
        if not re.search(named, one.debrief, re.IGNORECASE):
            silent.append(one.id)
    assert silent == []


@pytest.mark.parametrize("name", sorted(shipped()))
def test_each_scenario_that_ships_puts_three_decisions_or_more_and_says_what_practice_does(name):
    path = find(name)
    scenario = read_scenario(path, path.name, rulebook(), behaviours_shipped())

    assert len(scenario.decisions) >= 3
    silent = [
        one.id
        for one in scenario.decisions
        if not re.search(r"\bArticles? \d|\bpracti[ct]|\bexercise rule", one.practice, re.IGNORECASE)
    ]
    assert silent == []


DECISION = """
decisions:
  - id: how-fast
    seat: {seat}
    {what}
    question: Telephone, or write?
    options: [Telephone now, Write one complete paper]
    practice: Article 40(13) allows the telephone
"""


def test_a_decision_names_its_team_what_puts_it_its_options_and_what_practice_says():
    told = read(TEXT + DECISION.format(seat="XA", what="request: preserve-host"))

    assert told.decisions == (
        Decision(
            id="how-fast",
            state="XA",
            of_request="preserve-host",
            of_inject=None,
            question="Telephone, or write?",
            options=("Telephone now", "Write one complete paper"),
            practice="Article 40(13) allows the telephone",
        ),
    )


@pytest.mark.parametrize(
    ("seat", "what", "said"),
    [
        ("XC", "request: preserve-host", "XC is a simulated State"),
        ("XA", "request: no-such", "the request no-such does not exist"),
        ("XA", "inject: no-such", "the inject no-such does not exist"),
        ("XA", "request: preserve-host\n    inject: no-such", "does not go with request"),
    ],
)
def test_a_decision_that_nobody_could_take_is_refused(seat, what, said):
    with pytest.raises(BadInput) as refused:
        read(TEXT + DECISION.format(seat=seat, what=what))

    assert said in str(refused.value)


def test_what_is_so_is_told_by_case_state_type_and_request_and_the_later_word_holds():
    scenario = read(
        changed(
            (
                "treaties: []",
                "treaties: []\ntruths:\n"
                "  - {case: hospital, custodians: [North Cloud], misleading: [rh-78]}\n"
                "  - {to: XC, custodians: [Relay Host], funds_gone_at: +3d}\n"
                "  - {of: preserve-host, misleading: []}",
            )
        )
    )

    def truth(planned: str | None, to: str):
        found = scenario.truth(
            planned=planned, case="hospital", to_state=to, request_type="preservation_expedited"
        )
        return found.custodians, found.misleading, found.funds_gone_at

    assert truth(None, "XB") == (("North Cloud",), ("rh-78",), None)
    assert truth(None, "XC") == (("Relay Host",), ("rh-78",), scenario.starts_at + timedelta(days=3))
    assert truth("preserve-host", "XB") == (("North Cloud",), (), None)


def test_the_hospital_is_about_a_chain_of_preservation_and_assistance():
    scenario = read_scenario(find("hospital-ransomware"), "hospital-ransomware.yaml", rulebook(), BEHAVIOURS)
    types = {request.id: request.type for request in scenario.requests}
    parents = {request.id: request.parent for request in scenario.requests if request.parent}

    assert parents["path-of-host"] == parents["get-image"] == "preserve-host"
    assert parents["extend-relay"] == parents["get-relay-logs"] == "preserve-relay"
    assert types["get-image"] == types["get-relay-logs"] == "mla_stored_data"
    assert types["preserve-host"] == types["preserve-relay"] == "preservation_expedited"


def test_the_first_requests_of_the_insider_have_no_basis_in_the_convention():
    scenario = read_scenario(
        find("insider-below-threshold"), "insider-below-threshold.yaml", rulebook(), BEHAVIOURS
    )
    case = scenario.cases["breach-of-trust"]

    assert case.offences == (rulebook().serious_crime.id,)
    assert not rulebook().serious_crime.is_met_by(case.maximum_penalty_years)
    on_trust = [request.id for request in scenario.requests if request.case == "breach-of-trust"]
    assert on_trust == ["preserve-on-trust", "content-on-trust", "inquiry-on-trust"]


def test_a_scenario_is_found_by_id_or_path(tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text("scenario: mine")

    assert find("hospital-ransomware") == shipped()["hospital-ransomware"]
    assert find(str(mine)) == mine


@pytest.mark.parametrize("name", ["hospital", "no/such/file.yaml", "x" * 5000, "a\0b", ""])
def test_a_scenario_that_is_nowhere_names_those_that_ship(name):
    if name == "":
        name = " "
    with pytest.raises(
        BadInput, match=r"business-email-compromise, .*hospital-ransomware, insider-below-threshold"
    ):
        find(name)


# The schema, for editors


def test_the_schema_is_one_and_knows_each_field_of_the_rule_book():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))

    jsonschema.Draft202012Validator.check_schema(schema)
    fields = schema["$defs"]["contents"]["properties"]
    assert set(fields) == set(rulebook().fields)
    choices = {name: shape["enum"] for name, shape in fields.items() if "enum" in shape}
    assert choices == {
        field.id: [*field.choices, None] for field in rulebook().fields.values() if field.choices
    }
    assert schema["$defs"]["field_data_category"]["items"]["enum"] == list(rulebook().data_categories)


def test_the_schema_allows_no_key_that_it_does_not_name():
    open_objects = []

    def walk(place, node):
        if isinstance(node, dict):
            if "properties" in node and node.get("additionalProperties") is not False:
                open_objects.append(place)
            for key, inside in node.items():
                walk(f"{place}/{key}", inside)

    walk("", json.loads(SCHEMA.read_text(encoding="utf-8")))
    # the fields of a request are the rule book's: a new one needs no change of the schema
    assert open_objects == ["/$defs/contents"]


# Broken scenarios: (what is changed, name of the file, line, key, words)

BROKEN = {
    "an unknown key": ([("length: 90d", "length: 90d\nlenght: 3d")], 11, "lenght", "did you mean length?"),
    "a key that stands twice": ([("length: 90d", "length: 90d\nlength: 3d")], 11, "length", "stands twice"),
    "an anchor": ([("length: 90d", "length: &l 90d")], 10, "", "anchors and aliases"),
    "an alias": ([("title: A hospital is locked", "title: *l")], 3, "", "anchors and aliases"),
    "a tag": ([("length: 90d", "length: !!str 90d")], 10, "", "the tag"),
    "a second document": ([("treaties: []", "treaties: []\n---\nx: 1")], 17, "", "second document"),
    "broken YAML": ([("treaties: []", "treaties: [")], 18, "", "is not YAML"),
    "no start": ([("start: 2027", "# 2027")], 2, "start", "is missing"),
    "a start without offset": ([("08:00:00+07:00", "08:00:00")], 9, "start", "an instant with an offset"),
    "a start that never was": ([("2027-03-01T08", "2027-02-30T08")], 9, "start", "date and time that exists"),
    "a start in another age": ([("2027-03-01T08", "1827-03-01T08")], 9, "start", "outside the years 2000"),
    "a length of nothing": ([("length: 90d", "length: 0d")], 10, "length", "a length of time above zero"),
    "a length in words": ([("length: 90d", "length: 90 days")], 10, "length", "such as 30m, 6h, 20d or 2w"),
    "a length of an age": ([("length: 90d", "length: 99999w")], 10, "length", "is longer than 3,660 days"),
    "a rate of nothing": ([("rate: 3600", "rate: 0")], 11, "clock.rate", "from 1 to 604800"),
    "an id that is not the file's name": (
        [("scenario: example-scenario", "scenario: other")],
        2,
        "scenario",
        "write scenario: example-scenario, or name the file other.yaml",
    ),
    "a title that is a number": (
        [("title: A hospital is locked", "title: 5")],
        3,
        "title",
        "5 is not a line of",
    ),
    "an empty title": ([("title: A hospital is locked", 'title: " "')], 3, "title", "is empty"),
    "a title too long": ([("title: A hos", f"title: {'x' * 300} A hos")], 3, "title", "at most 200"),
    "an unknown deadline profile": (
        [("training_default", "trainig_default")],
        8,
        "deadline_profile",
        "did you mean training_default?",
    ),
    "a State in small letters": ([("  XC: {", "  no: {")], 15, "states.no", "NO for Norway"),
    "a code that no Member State has": (
        [("  XC: {name: Cascadia, calendar: US, ", "  ZZ: {")],
        15,
        "states.ZZ",
        "alpha-2 code of a UN Member State",
    ),
    "an invented State without calendar": (
        [("name: Cascadia, calendar: US,", "name: Cascadia,")],
        15,
        "states.XC.calendar",
        "is missing",
    ),
    "a calendar of nowhere": (
        [("calendar: US", "calendar: UQ")],
        15,
        "states.XC.calendar",
        "no calendar of UQ",
    ),
    "a State that is nobody's": (
        [(", behaviour: overloaded", "")],
        15,
        "states.XC",
        "exactly one of `seat: team` and `behaviour: NAME`",
    ),
    "a State that is a team's and simulated": (
        [("behaviour: overloaded", "behaviour: overloaded, seat: team")],
        15,
        "states.XC",
        "exactly one of",
    ),
    "a seat of another kind": ([("seat: team", "seat: table")], 13, "states.XA.seat", "allowed: team"),
    "an unknown behaviour": (
        [("behaviour: overloaded", "behaviour: overlaoded")],
        15,
        "states.XC.behaviour",
        "did you mean overloaded?",
    ),
    "officers of an unknown authority": (
        [("{central_authority: 4", "{central_autority: 4")],
        14,
        "states.XB.officers.central_autority",
        "did you mean central_authority?",
    ),
    "too many officers": (
        [("{central_authority: 4", "{central_authority: 501")],
        14,
        "states.XB.officers.central_authority",
        "from 1 to 500",
    ),
    "a provider in a State that is not there": (
        [("state: XB}", "state: XD}")],
        18,
        "providers.northcloud.state",
        "XD is not a State of this scenario",
    ),
    "a treaty of one State": (
        [("treaties: []", "treaties: [{id: t, name: T, states: [XA]}]")],
        16,
        "treaties.t.states",
        "at least 2",
    ),
    "an unknown offence": (
        [("[illegal_access,", "[ilegal_access,")],
        23,
        "cases.hospital.offences.1",
        "did you mean illegal_access?",
    ),
    "a penalty in words": (
        [("maximum_penalty_years: 7", "maximum_penalty_years: seven")],
        24,
        "cases.hospital.maximum_penalty_years",
        "a number from 0 to 100, life or death",
    ),
    "a case of nobody": ([("    state: XA\n", "")], 20, "cases.hospital.state", "is missing"),
    "an id that stands twice": (
        [("- id: get-image", "- id: preserve-host")],
        39,
        "requests.preserve-host",
        "the id preserve-host stands twice",
    ),
    "an id with a blank": (
        [("- id: get-image", "- id: get image")],
        39,
        "requests.get image.id",
        "lower-case",
    ),
    "an instant without plus": (
        [("when: +4h", "when: 4h")],
        29,
        "requests.preserve-host.when",
        "write +4h, ISO with an offset",
    ),
    "an instant after the end": (
        [("when: +4h", "when: +91d")],
        29,
        "requests.preserve-host.when",
        "it runs from 2027-03-01T01:00:00Z to 2027-05-30T01:00:00Z",
    ),
    "an ISO instant without offset": (
        [("when: +4h", "when: 2027-03-02T08:00:00")],
        29,
        "requests.preserve-host.when",
        "ISO with an offset",
    ),
    "an act that does not exist": (
        [("after_act: confirm_preservation", "after_act: confirm_preservaton")],
        40,
        "requests.get-image.when.after_act",
        "did you mean confirm_preservation?",
    ),
    "an act that the type does not know": (
        [("after_act: confirm_preservation", "after_act: transmit")],
        40,
        "requests.get-image.when.after_act",
        "a request of the type preservation_expedited knows no act transmit",
    ),
    "a request that waits for one that is not there": (
        [("of: preserve-host, plus", "of: preserve, plus")],
        40,
        "requests.get-image.when.of",
        "the request preserve does not exist",
    ),
    "a desk without its State": (
        [("who: XA/contact_point_24_7", "who: contact_point_24_7")],
        30,
        "requests.preserve-host.who",
        "write it like XA/central_authority",
    ),
    "a desk of an unknown kind": (
        [("who: XA/contact_point_24_7", "who: XA/contact_point")],
        30,
        "requests.preserve-host.who",
        "did you mean contact_point_24_7?",
    ),
    "a State that asks itself": (
        [("whom: XB/contact_point_24_7", "whom: XA/contact_point_24_7"), ("    parent: preserve-host\n", "")],
        31,
        "requests.preserve-host.whom",
        "a State cannot ask itself",
    ),
    "a State that is not there": (
        [("who: XA/contact_point_24_7", "who: XD/contact_point_24_7"), ("    parent: preserve-host\n", "")],
        30,
        "requests.preserve-host.who",
        "allowed: XA, XB, XC",
    ),
    "an unknown request type": (
        [("type: mla_stored_data", "type: mla_stored_dat")],
        43,
        "requests.get-image.type",
        "did you mean mla_stored_data?",
    ),
    "an unknown case": (
        [("case: hospital", "case: clinic")],
        33,
        "requests.preserve-host.case",
        "the case clinic",
    ),
    "an unknown parent": (
        [("parent: preserve-host", "parent: preserve")],
        44,
        "requests.get-image.parent",
        "did you mean preserve-host?",
    ),
    "a parent in the other direction": (
        [("who: XA/central_authority\n    whom: XB/", "who: XB/central_authority\n    whom: XA/")],
        44,
        "requests.get-image.parent",
        "goes from XA to XB (this one goes from XB to XA",
    ),
    "a parent with another State": (
        [("whom: XB/central_authority", "whom: XC/central_authority")],
        44,
        "requests.get-image.parent",
        "a follow-up keeps States and direction",
    ),
    "a request that is its own parent": (
        [("parent: preserve-host", "parent: get-image")],
        39,
        "requests.get-image",
        "get-image waits for get-image",
    ),
    "two requests that wait for each other": (
        [("when: +4h", "when: {after_act: submit, of: get-image}")],
        28,
        "requests.preserve-host",
        "preserve-host waits for get-image waits for preserve-host",
    ),
    "a request filed before its parent": (
        [("when: {after_act: confirm_preservation, of: preserve-host, plus: 20d}", "when: +3h")],
        40,
        "requests.get-image.when",
        "is filed before its parent preserve-host",
    ),
    "an oral request of a type that has none": (
        [
            ("type: mla_stored_data", "type: technical_assistance\n    oral: true"),
            ("    parent: preserve-host\n", ""),
        ],
        44,
        "requests.get-image.oral",
        "technical_assistance is not submitted orally",
    ),
    "an unknown field": (
        [("necessity:", "neccessity:")],
        37,
        "requests.preserve-host.contents.neccessity",
        "did you mean necessity?",
    ),
    "a field of another shape": (
        [("intent_to_follow_up: true", "intent_to_follow_up: yes")],
        38,
        "requests.preserve-host.contents.intent_to_follow_up",
        '"yes" is not true or false',
    ),
    "an urgency without its level": (
        [("contents: {}", "contents: {urgency: {reasons: soon}}")],
        46,
        "requests.get-image.contents.urgency.level",
        "is missing",
    ),
    "a data category that does not exist": (
        [("contents: {}", "contents: {data_category: [texts]}")],
        46,
        "requests.get-image.contents.data_category.1",
        "allowed: subscriber_information, traffic_data",
    ),
    "a deadline on a day that never was": (
        [("contents: {}", "contents: {deadline_and_reasons: {date: 2027-02-29}}")],
        46,
        "requests.get-image.contents.deadline_and_reasons.date",
        "2027-02-29 is not a date that exists",
    ),
    "a period that ends before it begins": (
        [("contents: {}", "contents: {period_covered: {from: 2027-03-02, to: 2027-03-01T00:00:00Z}}")],
        46,
        "requests.get-image.contents.period_covered.to",
        "put the two in order",
    ),
    "an offence of a request that does not exist": (
        [("contents: {}", "contents: {offence: [hacking]}")],
        46,
        "requests.get-image.contents.offence.1",
        "the offence hacking does not exist",
    ),
    "a legal basis beyond the last article": (
        [("contents: {}", 'contents: {legal_basis: ["40(3)", "70"]}')],
        46,
        "requests.get-image.contents.legal_basis.2",
        "Article 70 does not exist",
    ),
    "an inject without trigger": (
        [("trigger: {at: +0m}", "trigger: {}")],
        49,
        "injects.note.trigger",
        "exactly one of `at`, `after_act` and `if_nothing_by`",
    ),
    "an inject with two triggers": (
        [("trigger: {at: +0m}", "trigger: {at: +0m, after_act: submit}")],
        49,
        "injects.note.trigger",
        "exactly one of",
    ),
    "an inject that waits for no act": (
        [("if_nothing_by: +6h, act: submit,", "if_nothing_by: +6h,")],
        54,
        "injects.reminder.trigger.act",
        "is missing",
    ),
    "a trigger with a key of another": (
        [("trigger: {at: +0m}", "trigger: {at: +0m, plus: 3h}")],
        49,
        "injects.note.trigger.plus",
        "does not go with at",
    ),
    "an inject to a State that is not there": (
        [("    to: [XA]", "    to: [XA, NO]")],
        50,
        "injects.note.to.2",
        "NO is not a State of this scenario",
    ),
    "a milestone of a request that is not there": (
        [("{act: confirm_preservation, of: preserve-host}}", "{act: accept, of: nothing}}")],
        59,
        "milestones.preserved.when.of",
        "the request nothing does not exist",
    ),
    "an expectation of a simulated State": (
        [("seat: XA", "seat: XB")],
        62,
        "expectations.preserve-in-time.seat",
        "expectations are of teams: XA",
    ),
    "an expectation without points": (
        [("    points: 20\n", "")],
        61,
        "expectations.preserve-in-time.points",
        "is missing",
    ),
    "points below one": (
        [("points: 20", "points: 0")],
        68,
        "expectations.preserve-in-time.points",
        "from 1 to",
    ),
    "half a point": (
        [("points: 20", "points: 0.5")],
        68,
        "expectations.preserve-in-time.points",
        "whole number",
    ),
    "an unknown inject": (
        [("of: {inject: note}", "of: {inject: nota}")],
        67,
        "expectations.preserve-in-time.of.inject",
        "did you mean note?",
    ),
    "an expectation that counts from nowhere": (
        [("of: {inject: note}", "of: begin")],
        67,
        "expectations.preserve-in-time.of",
        "write start, {inject: ID} or {act: ACT}",
    ),
    "an expectation that counts from an inject and an act": (
        [("of: {inject: note}", "of: {inject: note, act: submit}")],
        67,
        "expectations.preserve-in-time.of",
        "exactly one of `inject` and `act`",
    ),
    "a reason that is a number": (
        [('why: "42(1)"', "why: 42")],
        69,
        "expectations.preserve-in-time.why",
        "quotes",
    ),
    "a reason beyond the last article": (
        [('why: "42(1)"', 'why: "69"')],
        69,
        "expectations.preserve-in-time.why",
        "Article 69 does not exist",
    ),
    "a truth about no request": (
        [("treaties: []", "treaties: []\ntruths:\n  - {aims: [policy], days_to_serve: 3}")],
        18,
        "truths.1",
        "needs one of `of`, `case`, `to` and `type`",
    ),
    "a truth that says nothing": (
        [("treaties: []", "treaties: []\ntruths:\n  - {to: XB}")],
        18,
        "truths.1",
        "at least 2",
    ),
    "a truth about a request that is not planned": (
        [("treaties: []", "treaties: []\ntruths:\n  - {of: keep-host, aims: [path]}")],
        18,
        "truths.1.of",
        "the request keep-host does not exist",
    ),
    "a truth that names no State": (
        [("treaties: []", "treaties: []\ntruths:\n  - {to: XB, hosting_states: [XB, XQ]}")],
        18,
        "truths.1.hosting_states.2",
        "XQ is not a State of this scenario",
    ),
    "a truth with an aim of its own": (
        [("treaties: []", "treaties: []\ntruths:\n  - {to: XB, aims: [revenge]}")],
        18,
        "truths.1.aims.1",
        "allowed: path, records",
    ),
    "a truth after the end": (
        [("treaties: []", "treaties: []\ntruths:\n  - {to: XB, funds_gone_at: +99d}")],
        18,
        "truths.1.funds_gone_at",
        "lies outside the exercise",
    ),
    "an expectation without an error that there is not": (
        [("    of: {inject: note}", "    without: [gaps]\n    of: {inject: note}")],
        67,
        "expectations.preserve-in-time.without.1",
        "did you mean gap?",
    ),
    "an expectation without an error of another type": (
        [("    of: {inject: note}", "    without: [no_questions]\n    of: {inject: note}")],
        67,
        "expectations.preserve-in-time.without.1",
        "it happens in: mla_statement",
    ),
    "an expectation met by an act that there is not": (
        [("    of: {inject: note}", "    or_acts: [deliver]\n    of: {inject: note}")],
        67,
        "expectations.preserve-in-time.or_acts.1",
        "the act deliver does not exist",
    ),
    "an expectation of a request that is not planned": (
        [("    of: {inject: note}", "    request: keep-it\n    of: {inject: note}")],
        67,
        "expectations.preserve-in-time.request",
        "the request keep-it does not exist",
    ),
    "a section that is no list": (
        [("treaties: []", "treaties: 3")],
        16,
        "treaties",
        "3 is not a list of other",
    ),
    "no States at all": ([("states:\n  XA", "sates:\n  XA")], 12, "sates", "did you mean states?"),
}


@pytest.mark.parametrize(("edits", "line", "key", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_scenario_names_line_key_and_mend(edits, line, key, words):
    faults = faults_of(changed(*edits))

    told = [fault for fault in faults if (fault.line, fault.key) == (line, key)]
    assert told, list(map(str, faults))
    assert words in str(told[0])
    assert all(fault.file == "example-scenario.yaml" for fault in faults)


DEEP = "[" * 100_000

UNREADABLE = {
    "an empty file": (b"", "is empty"),
    "only a comment": (b"# nothing\n", "is empty"),
    "binary": (b"\x7fELF\x02\x01\x01\x00\xff\xfe", "is not UTF-8 text"),
    "a null character": (b"scenario: a\x00b\n", "a character that YAML does not allow"),
    "a list": (b"- scenario: x\n", "is not a mapping of keys"),
    "a word": (b"scenario\n", "is not a mapping of keys"),
    "deep nesting": (f"scenario: {DEEP}".encode(), "is nested deeper than 40"),
}


@pytest.mark.parametrize(("content", "words"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_no_scenario_at_all_is_refused(content, words):
    faults = faults_of(content)

    assert len(faults) == 1
    assert words in str(faults[0])


def test_a_file_of_absurd_size_is_refused_unread(tmp_path):
    path = tmp_path / "big.yaml"
    path.write_bytes(b"# " + b"x" * 2_000_001)

    with pytest.raises(BadInput, match="is larger than 2,000,000 bytes"):
        read_scenario(path, "big.yaml", rulebook(), BEHAVIOURS)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadInput, match="cannot be read"):
        read_scenario(tmp_path / "none.yaml", "none.yaml", rulebook(), BEHAVIOURS)


def test_sections_of_absurd_size_are_refused():
    request = (
        "  - {id: r%d, when: +4h, who: XA/central_authority, whom: XB/central_authority, type: mla_other}\n"
    )
    many = "".join(request % number for number in range(5001))
    text = TEXT[: TEXT.index("requests:")] + "requests:\n" + many

    faults = faults_of(text)

    assert [str(fault) for fault in faults] == [
        "example-scenario.yaml:27: requests: has 5,001 entries (at most 5,000)"
    ]


def test_a_text_of_absurd_length_is_refused():
    faults = faults_of(changed(("facts: >", f"facts: {'x' * 20_001}\n    truth: >")))

    assert [str(fault) for fault in faults] == [
        "example-scenario.yaml:25: cases.hospital.facts: is 20,001 characters long (at most 20,000)"
    ]


def test_a_file_that_is_wrong_throughout_gets_two_hundred_faults_and_a_count():
    many = "".join(f"k{number}: 1\n" for number in range(30_000))

    faults = faults_of(TEXT + many)

    assert len(faults) == 201
    assert "29,800 more faults up to this line are not shown" in str(faults[-1])


def test_all_faults_are_told_at_once_in_the_order_of_the_file():
    faults = faults_of(
        changed(
            ("length: 90d", "length: 90d\nlenght: 3d"),
            ("calendar: US", "calendar: UQ"),
            ("necessity:", "neccessity:"),
            ("intent_to_follow_up: true", "intent_to_follow_up: yes"),
            ("parent: preserve-host", "parent: preserve"),
            ("points: 20", "points: 0"),
        )
    )

    assert [(fault.line, fault.key) for fault in faults] == [
        (11, "lenght"),
        (16, "states.XC.calendar"),
        (38, "requests.preserve-host.contents.neccessity"),
        (39, "requests.preserve-host.contents.intent_to_follow_up"),
        (45, "requests.get-image.parent"),
        (69, "expectations.preserve-in-time.points"),
    ]


def test_a_section_that_cannot_be_read_is_told_once_and_not_by_all_who_name_it():
    faults = faults_of(changed(("states:\n  XA", "sates:\n  XA")))

    assert [(fault.line, fault.key) for fault in faults] == [(2, "states"), (12, "sates")]


def test_a_misdirected_or_incomplete_request_is_no_fault():
    taught = read(
        changed(("whom: XB/contact_point_24_7", "whom: XB/law_enforcement"), ("      necessity", "      #"))
    )

    assert taught.requests[0].to_authority == "law_enforcement"
    assert "necessity" not in taught.requests[0].contents


def test_a_fault_stays_one_line_whatever_was_written():
    faults = faults_of(changed(("title: A hospital is locked", 'title: A\n"a\\nb\\u2028c": 1')))

    assert len(str(faults[0]).splitlines()) == 1


def test_any_part_may_be_of_any_kind_without_another_error_than_bad_input():
    whole = json.loads(json.dumps(read_text(TEXT.encode(), "example")))
    paths = []

    def walk(path, node):
        if path:
            paths.append(path)
        inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        for step, value in inside:
            walk((*path, step), value)

    walk((), whole)
    accepted = refused = 0
    for path in paths:
        for value in (None, 3, "x", [], {"x": [{}]}):
            document = deepcopy(whole)
            place = document
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = value
            try:
                read(json.dumps(document))
                accepted += 1
            except BadInput as bad:
                refused += bool(bad.faults)
    assert len(paths) > 90
    assert accepted > 0
    assert accepted + refused == 5 * len(paths)
