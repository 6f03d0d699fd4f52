"""A trainer and two trainees in three browsers, against web, worker and beat as they are run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.browser.looking import accessibility_faults
from tests.browser.play import (
    PATIENCE_MS,
    comes_to,
    does,
    drafts,
    expect,
    joins,
    makes_a_code,
    mark,
    opens_act,
    signs_in,
    was_not_loaded_anew,
)
from tests.browser.stage import HOUR_A_SECOND, SCENARIO, hospital, sits
from tests.faults.installation import Installation, installed, url_of

SEED = 3
ARVANIA, BORLAND = "XA/central_authority", "XB/central_authority"
TYPE = "MLA - access to stored electronic data"
PASSWORD = "a-quiet-harbour-at-dawn"
DRAFT = {
    "facts_summary": "The patient system was encrypted at 02:10 on 1 March 2027.",
    "data_description": "Image of host nc-2231 as it was preserved",
    "data_relation_to_offence": "The ransom note names this host",
    "identifiers": "nc-2231",
}


@pytest.fixture
def installation(transactional_db: None) -> Iterator[Installation]:
    """Web, worker, beat and a Redis server over the test's database."""
    from django.db import connection

    with installed(url_of(connection.settings_dict)) as found:
        found.start_beat()
        found.start_worker(processes=1)
        yield found


@pytest.fixture
def browsers(installation: Installation, chromium: Any) -> Iterator[Callable[[], Any]]:
    """Open a browser of somebody's own on the installation."""
    address = installation.start_web()
    contexts, complaints = [], []

    def open_() -> Any:
        context = chromium.new_context(base_url=address, locale="en-GB", reduced_motion="reduce")
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


def test_a_trainer_rehearses_a_scenario_and_sees_where_injects_and_deadlines_land(installation, browsers):
    from requests_app.management.sign_ins import sign_ins
    from requests_app.world.models import Exercise

    words = {one.name: one.password for one in sign_ins(installation.folder / "sign-ins.txt")}
    trainer = browsers()
    signs_in(trainer, "trainer", words["trainer"])
    known = set(Exercise.objects.values_list("handle", flat=True))
    trainer.get_by_role("link", name="Open the library").click()
    trainer.get_by_role("link", name="The wards are offline").click()
    trainer.get_by_label("Number of the run").fill(str(SEED))
    trainer.get_by_role("button", name="Rehearse").click()
    mark(trainer)

    landed = trainer.get_by_role("table", name="Where everything lands")
    landed.wait_for()
    assert was_not_loaded_anew(trainer)
    assert trainer.get_by_role("heading", level=1).all_inner_texts() == ["Rehearsal"]
    assert trainer.get_by_role("main").count() == 1
    for kind in ("inject", "milestone", "expected", "deadline"):
        assert landed.locator("td", has_text=f"{kind}:").count() > 0, kind
    expect(landed.get_by_role("row", name="A newspaper asks")).to_contain_text("day 7, 8 March 2027")
    assert accessibility_faults(trainer) == []
    assert set(Exercise.objects.values_list("handle", flat=True)) == known


def test_a_trainer_and_two_trainees_play_to_the_end_in_three_browsers(installation, browsers):
    from requests_app.management.sign_ins import sign_ins
    from requests_app.workflow.verify import failures
    from requests_app.world.models import Exercise

    words = {one.name: one.password for one in sign_ins(installation.folder / "sign-ins.txt")}
    trainer, arvania, borland = browsers(), browsers(), browsers()

    # The trainer chooses a scenario, and hands out two codes; two people come in by them.
    signs_in(trainer, "trainer", words["trainer"])
    trainer.get_by_role("link", name="Open the library").click()
    trainer.get_by_role("link", name="The wards are offline").click()
    trainer.get_by_label("Number of the run").fill(str(SEED))
    trainer.get_by_role("button", name="Use this").click()
    joins(arvania, makes_a_code(trainer, ARVANIA), "anna", PASSWORD)
    joins(borland, makes_a_code(trainer, BORLAND), "bela", PASSWORD)
    comes_to(trainer, "Seats")
    expect(trainer.get_by_role("row", name="anna")).to_contain_text("Arvania: Central authority for MLA")
    trainer.get_by_label("Pace").select_option(label="one hour is one second")
    trainer.get_by_role("button", name="Start the exercise").click()
    expect(trainer.get_by_text("The exercise has begun.")).to_be_visible()
    mark(trainer)
    comes_to(borland, "Desk")
    mark(borland)

    # Arvania writes and sends; Borland's desk, the control room and Arvania's page follow by themselves.
    comes_to(arvania, "Desk")
    drafts(arvania, TYPE, BORLAND, **DRAFT)
    arvania.get_by_role("button", name="Submit", exact=True).click()
    expect(arvania.get_by_text("Your request has been submitted.")).to_be_visible()
    address = arvania.url
    request_id = address.rstrip("/").rpartition("/")[2]
    row = borland.locator(f"#rows a[href*='{request_id}']")
    row.wait_for()
    assert was_not_loaded_anew(borland)
    trainer.locator(f"#board .lane a[href*='{request_id}']").wait_for()
    assert was_not_loaded_anew(trainer)

    # A question and its answer, while both watch; then the evidence, and that it came.
    row.click()
    mark(arvania)
    began_s = time.monotonic()
    does(borland, "Acknowledge receipt")
    expect(arvania.locator("#thread")).to_contain_text("Acknowledge receipt")
    print(f"an act reached the other browser after {time.monotonic() - began_s:.1f} s, click to sight")
    assert was_not_loaded_anew(arvania)
    form = opens_act(borland, "Ask for more information")
    form.get_by_label("Another question").fill("Which volumes of the host do you need?")
    form.get_by_role("button", name="Ask for more information").click()
    expect(arvania.get_by_text("Something new has happened.")).to_be_visible()
    arvania.get_by_role("link", name="Load the page anew to act on it").click()
    form = opens_act(arvania, "Provide information")
    form.locator("textarea").first.fill("The two volumes mounted on 1 March 2027.")
    form.get_by_role("button", name="Provide information").click()
    expect(arvania.get_by_text("Done: Provide information.")).to_be_visible()
    mark(arvania)
    borland.reload()
    for act in ("Accept", "Start execution", "Transmit"):
        does(borland, act)
    expect(arvania.locator("#thread")).to_contain_text("Transmit")
    assert was_not_loaded_anew(arvania)
    arvania.reload()
    does(arvania, "Confirm receipt")

    # A word from control, a pause, the end.
    comes_to(trainer, "Messages")
    trainer.get_by_label("Desk", exact=True).select_option(ARVANIA)
    trainer.get_by_role("button", name="Show").click()
    trainer.get_by_label("Message").fill("Well asked, and well answered.")
    trainer.get_by_role("button", name="Send").click()
    comes_to(arvania, "Messages")
    expect(arvania.locator("#thread")).to_contain_text("Well asked, and well answered.")
    comes_to(trainer, "Control room")
    trainer.get_by_role("button", name="Pause").click()
    expect(trainer.get_by_text("The clock stands still.")).to_be_visible()
    trainer.get_by_text("Jump to an instant, or end the exercise").click()
    trainer.get_by_label("I am sure").check()
    trainer.get_by_role("button", name="End the exercise").click()
    expect(trainer.get_by_text("The exercise has ended.")).to_be_visible()

    # What each of them reads afterwards.
    arvania.reload()
    comes_to(arvania, "Feedback")
    expect(arvania.get_by_text("points.").first).to_be_visible()
    comes_to(trainer, "After the exercise")
    expect(trainer.get_by_role("heading", name="Scores")).to_be_visible()
    trainer.get_by_role("link", name="Both sides beside each other").click()
    expect(trainer.locator(f"a[href*='{request_id}']").first).to_be_visible()
    exercise = Exercise.objects.get(handle=f"{SCENARIO}-{SEED}")
    played = exercise.requests.get(pk=request_id)
    assert list(played.events.order_by("seq").values_list("act", flat=True)) == [
        "submit", "acknowledge", "ask_for_information", "provide_information",
        "accept", "start_execution", "transmit", "confirm_receipt",
    ]  # fmt: skip
    assert list(failures(exercise)) == []


def test_return_in_the_field_of_an_instant_jumps_there_and_does_not_move_the_clock_otherwise(opens):
    exercise = hospital(days=1)
    sits("tara", exercise)
    page = opens("tara")
    page.goto(f"/exercises/{exercise.handle}/control/")

    page.get_by_text("Jump to an instant, or end the exercise").click()
    page.get_by_label("Jump to", exact=True).fill("+2d")
    page.get_by_label("Jump to", exact=True).press("Enter")

    expect(page.get_by_text("The clock has jumped; what lies between happens now.")).to_be_visible()
    exercise.refresh_from_db()
    assert exercise.clock.segments[-1].rate == 0
    assert exercise.clock.segments[-1].exercise_at == exercise.starts_at + timedelta(days=2)

    page.get_by_text("Jump to an instant, or end the exercise").click()
    page.get_by_label("Jump to", exact=True).fill("next week")
    page.get_by_label("Jump to", exact=True).press("Enter")

    expect(page.get_by_text("write +3d from the start")).to_be_visible()


def test_a_desk_whose_line_was_lost_goes_on_by_itself_and_has_lost_nothing(opens):
    exercise = hospital(days=1, rate=HOUR_A_SECOND)
    sits("anna", exercise, ARVANIA)
    page = opens("anna")
    page.goto(f"/exercises/{exercise.handle}/desk/")
    drafts(page, TYPE, BORLAND)
    page.locator("#findings").wait_for()

    page.context.set_offline(True)
    told = page.get_by_text("The server does not answer just now.")
    told.wait_for()  # before anything is typed
    with page.expect_event("requestfailed"):
        page.fill("#id_say-facts_summary", "Typed while the line was down.")
    page.context.set_offline(False)
    told.wait_for(state="hidden")
    page.get_by_text("Saved at").wait_for()  # without a word more

    kept = exercise.requests.get(planned="").contents
    assert kept["facts_summary"] == "Typed while the line was down."
    with page.expect_response("**/draft/"):
        page.fill("#id_say-data_description", "Typed after it came back.")
    kept = exercise.requests.get(planned="").contents
    assert kept["data_description"] == "Typed after it came back."


def test_going_back_after_submitting_sends_nothing_twice(opens):
    exercise = hospital(days=1)
    sits("anna", exercise, ARVANIA)
    page = opens("anna")
    page.goto(f"/exercises/{exercise.handle}/desk/")
    drafts(page, TYPE, BORLAND, **DRAFT)
    page.get_by_role("button", name="Submit", exact=True).click()
    page.locator("#thread").wait_for()
    address = page.url

    page.go_back()
    page.wait_for_url(address)  # what was sent is shown as what it is now, and there is nothing to send
    assert page.get_by_role("button", name="Submit", exact=True).count() == 0
    page.go_back()
    page.go_forward()

    assert exercise.requests.filter(planned="").count() == 1
    assert exercise.requests.get(planned="").events.count() == 1
