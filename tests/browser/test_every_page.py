"""Every page that each person can come to, looked at in a real browser."""

from __future__ import annotations

import pytest

from requests_app.workflow.drafting import write_draft
from requests_app.world.languages import PSEUDO, PSEUDO_RIGHT_TO_LEFT
from requests_app.world.present import wall_now
from tests.browser.looking import accessibility_faults, is_wider_than_the_window, untranslated
from tests.browser.stage import hospital, sits
from tests.browser.walker import pages

PEOPLE = {"trainee": "XA/central_authority", "trainer": ""}


@pytest.fixture
def people(transactional_db):
    """An exercise under way, with somebody at a desk and somebody at control."""
    row = hospital(days=9)
    for name, desk in PEOPLE.items():
        holder = sits(name, row, desk)
        if desk:
            begins_a_draft(holder.seat)
    return row


def begins_a_draft(seat):
    """Let a draft lie on a desk, with something left out."""
    write_draft(
        by=seat,
        request_type="mla_stored_data",
        to=("XB", "central_authority"),
        contents={"facts_summary": "The wards are offline."},
        case="hospital",
        parent=None,
        key="",
        now=wall_now(),
    )


@pytest.mark.parametrize("name", PEOPLE)
def test_every_page_keeps_the_rules_of_accessibility_and_fits_a_phone(people, opens, name):
    page = opens(name, width=390)

    faults, wide, seen = [], [], []
    for kind, path in pages(page):
        seen.append(kind)
        faults += accessibility_faults(page)
        wide += [path] if is_wider_than_the_window(page) else []
        assert "EXERCISE" in page.title()

    assert faults == []
    assert wide == []
    assert {"home", "status", "account"} <= set(seen)
    if name == "trainee":
        assert {"brief", "desk", "new_request", "draft", "request", "directory", "rulebook"} <= set(seen)


def test_every_text_of_every_page_can_be_translated(people, opens, speaks):
    page = opens("trainee")
    speaks(page, PSEUDO)

    found = {kind: untranslated(page) for kind, _ in pages(page)}

    assert {kind: texts for kind, texts in found.items() if texts} == {}


def test_written_from_right_to_left_every_page_still_fits(people, opens, speaks):
    page = opens("trainee", width=390)
    speaks(page, PSEUDO_RIGHT_TO_LEFT)

    wide = [path for _, path in pages(page) if is_wider_than_the_window(page)]

    assert page.get_attribute("html", "dir") == "rtl"
    assert wide == []


def test_at_four_hundred_percent_every_page_still_fits(people, opens):
    page = opens("trainee", width=320)

    assert [path for _, path in pages(page) if is_wider_than_the_window(page)] == []


def test_the_language_is_chosen_at_the_foot_and_stays(people, opens):
    page = opens("trainee")
    page.goto("/")
    page.get_by_role("button", name="Tiếng Việt").click()
    page.goto("/status/")

    assert page.get_attribute("html", "lang") == "vi"
    assert "DIỄN TẬP" in page.title()


def test_a_page_and_all_it_needs_come_in_few_bytes(people, opens):
    page = opens("trainee")
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    received = []
    network.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))

    page.goto("/", wait_until="networkidle")
    first = sum(received)
    received.clear()
    page.goto("/status/", wait_until="networkidle")

    assert 0 < first < 150_000
    assert 0 < sum(received) < 40_000
