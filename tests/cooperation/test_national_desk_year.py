"""The scenario of a year at one desk: printed by its script, and shaped as its head says."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from cooperation.document import BYTES_AT_MOST
from cooperation.rulebook import rulebook
from cooperation.scenario import behaviours_shipped, find, read_scenario

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "script" / "make_national_desk_year.py"
NAME = "national-desk-year"


@pytest.fixture(scope="module")
def year():
    path = find(NAME)
    return read_scenario(path, path.name, rulebook(), behaviours_shipped())


@pytest.fixture(scope="module")
def types(year):
    return Counter(request.type for request in year.requests)


def test_the_file_is_what_the_script_prints():
    printed = subprocess.run([sys.executable, "-I", SCRIPT], capture_output=True, check=True).stdout

    assert printed == find(NAME).read_bytes()


def test_the_file_is_well_below_what_the_reader_takes():
    assert find(NAME).stat().st_size < BYTES_AT_MOST / 4


def test_the_desk_has_two_thousand_requests_with_forty_member_states_in_a_year(year):
    partners = {request.from_state for request in year.requests} | {r.to_state for r in year.requests}
    instants = [request.when.at for request in year.requests if request.when.at]

    assert len(year.requests) == 2000
    assert len(partners - {"XA"}) == 40
    assert all("XA" in (request.from_state, request.to_state) for request in year.requests)
    assert year.starts_at <= min(instants)
    assert max(instants) < year.starts_at + timedelta(days=366)
    assert year.ends_at == year.starts_at + timedelta(days=455)


def test_every_partner_keeps_its_own_calendar_and_none_is_judged(year):
    partners = [state for state in year.states if state.code != "XA"]

    assert [state.calendar for state in partners] == [state.code for state in partners]
    assert {state.behaviour for state in partners} == {"typical"}


def test_four_requests_are_received_for_each_one_made(year):
    received = sum(request.to_state == "XA" for request in year.requests)

    assert 0.77 < received / 2000 < 0.81


def test_preservations_and_emergencies_keep_their_share_of_the_requests_for_data(types):
    assert types["mla_stored_data"] == 561
    assert types["preservation_expedited"] == 366
    assert types["emergency_data"] == 28
    assert types["preservation_expedited"] / types["mla_stored_data"] == pytest.approx(0.65, abs=0.01)
    assert types["emergency_data"] / types["mla_stored_data"] == pytest.approx(0.05, abs=0.001)


@pytest.mark.parametrize(
    ("kind", "parent", "number"),
    [
        ("mla_stored_data", "preservation_expedited", 274),
        ("traffic_data_disclosure", "preservation_expedited", 40),
        ("preservation_extension", "preservation_expedited", 45),
        ("confiscation", "freezing_or_seizure", 8),
        ("asset_return", "confiscation", 4),
        ("extradition", "provisional_arrest", 12),
    ],
    ids=[
        "data after preservation",
        "path",
        "extension",
        "confiscation",
        "return",
        "extradition after arrest",
    ],
)
def test_what_follows_names_its_parent(year, kind, parent, number):
    by_id = {request.id: request for request in year.requests}
    following = [request for request in year.requests if request.type == kind and request.parent]

    assert len(following) == number
    assert {by_id[request.parent].type for request in following} == {parent}
    assert all(by_id[request.parent].case == request.case for request in following)


def test_some_data_is_asked_for_after_its_preservation_may_have_lapsed(year):
    by_id = {request.id: request for request in year.requests}
    gaps = [
        (request.when.at - by_id[request.parent].when.at).days
        for request in year.requests
        if request.type == "mla_stored_data" and request.parent and request.when.at
    ]

    assert 10 <= sum(gap > 60 for gap in gaps) <= 40
    assert min(gaps) >= 8


def test_some_requests_are_incomplete_and_some_reach_the_wrong_desk(year):
    book = rulebook()
    incomplete = [r for r in year.requests if None in r.contents.values()]
    misdirected = [r for r in year.requests if r.to_authority not in book.types[r.type].receive]

    assert 160 <= len(incomplete) <= 260
    assert 25 <= len(misdirected) <= 75


def test_the_months_of_the_lunar_new_year_and_of_august_are_the_quiet_ones(year):
    months = Counter(request.when.at.month for request in year.requests if request.when.at)

    assert months[2] < min(months[3], months[4])
    assert months[8] < min(months[7], months[9])
