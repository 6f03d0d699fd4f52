"""Directory and rule book on the pages."""

from __future__ import annotations

from requests_app.web.reference import _steps


def test_the_table_of_the_life_of_a_request_shows_the_ways_back():
    ways = {step["status"]: {(way["act"], way["to"]) for way in step["ways"]} for step in _steps()}

    assert ("Provide information", "the status before") in ways["more_information_requested"]
