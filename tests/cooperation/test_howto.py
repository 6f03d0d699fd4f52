"""The how-to pages: what they show to add can really be added."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from cooperation.behaviour import behaviours, read_behaviour
from cooperation.rulebook import DATA, RuleBook, load, rulebook
from cooperation.scenario import Scenario, read_scenario

DOCS = Path(__file__).resolve().parents[2] / "docs"
_BLOCK = re.compile(r"^```yaml\n# (cooperation/data/\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the data that ships."""
    return Path(shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("scenarios")))


def shown(page: str) -> tuple[str, str]:
    """Return where the one file that a page shows is to lie, below data/, and its text."""
    found = _BLOCK.findall((DOCS / "howto" / page).read_text())
    assert len(found) == 1
    place, text = found[0]
    return place.removeprefix("cooperation/data/"), text


def with_the_file_of(page: str, data: Path) -> RuleBook:
    place, text = shown(page)
    (data / place).write_text(text)
    return load(data)


def scenario_shown(text: str | None = None, book: RuleBook | None = None) -> Scenario:
    place, written = shown("scenario.md")
    return read_scenario(
        (text or written).encode(), Path(place).name, book or rulebook(), behaviours().keys()
    )


def test_the_scenario_that_the_page_adds_is_whole():
    scenario = scenario_shown()

    assert scenario.id == "harbour-logs"
    assert [state.seat for state in scenario.states] == ["team", None]
    assert sum(expected.points for expected in scenario.expectations) == 100


def test_the_behaviour_that_the_page_adds_is_read_and_differs_from_typical(tmp_path):
    place, text = shown("behaviour.md")
    path = tmp_path / Path(place).name
    path.write_text(text)

    cautious, typical = read_behaviour(path), behaviours()["typical"]

    assert cautious.name == "cautious"
    assert cautious.efforts["routine"]["decide"].wait_hours == 480
    assert cautious.chances["ask"] > typical.chances["ask"]
    assert cautious.name not in behaviours(), "a page that shows what ships adds nothing"


def test_the_request_type_that_the_page_adds_joins_the_rule_book(data):
    book = with_the_file_of("request-type.md", data)

    assert len(book.types) == len(rulebook().types) + 1
    added = book.types["victim_notice"]
    assert added.required == {"offence", "facts_summary", "victims_and_owners"}
    assert "postpone" not in added.acts
    assert [rule.id for rule in book.profiles["training_default"].for_type("victim_notice")][:1] != []


def test_the_deadline_profile_that_the_page_adds_joins_the_rule_book(data):
    book = with_the_file_of("deadline-profile.md", data)

    rules = {rule.id: rule for rule in book.profiles["pacific_pledge"].for_type("mla_stored_data")}
    assert {i: rule.stage for i, rule in rules.items()} == {
        "pp_acknowledge": "acknowledge",
        "pp_decide": "decide",
        "pp_urgent_data": "execute",
    }
    assert rules["pp_urgent_data"].condition == {"urgency": ("urgent", "emergency")}


def test_a_scenario_can_choose_the_profile_that_the_page_adds(data):
    book = with_the_file_of("deadline-profile.md", data)
    text = shown("scenario.md")[1].replace(
        "length: 150d\n", "length: 150d\ndeadline_profile: pacific_pledge\n"
    )

    assert scenario_shown(text, book).deadline_profile == "pacific_pledge"
