"""A trainee at work in a real browser: by code to a desk, a draft, a submission, an answer; and what goes wrong."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
import zxingcpp
from matplotlib.image import imread

from tests.browser.looking import accessibility_faults, is_wider_than_the_window
from tests.browser.play import expect
from tests.browser.stage import hospital, sits

DESK = "XA/contact_point_24_7"
FACTS, NECESSITY = "#id_say-facts_summary", "#id_say-necessity"
REST = {
    "#id_say-requested_authority": "24/7 contact point of Borland",
    "#id_say-data_description": "Connection logs of host nc-2231, 28 February to 2 March 2027 UTC",
    "#id_say-data_relation_to_offence": "The ransom note names this host",
    NECESSITY: "The provider keeps its logs for seven days",
}


@pytest.fixture
def exercise(transactional_db):
    """The hospital's exercise on its second day, with somebody at the contact point of Arvania."""
    row = hospital(days=1)
    sits("point", row, DESK)
    return row


def test_a_camera_reads_the_secret_of_the_second_factor_off_the_page(exercise, opens):
    page = opens("point", width=390)
    page.goto("/account/second-factor/")
    written = page.get_by_role("link", name="Open it in an app on this device").get_attribute("href")
    picture = page.get_by_role("img", name="QR code of the secret below").screenshot()

    assert written.startswith("otpauth://totp/")
    pixels = (imread(BytesIO(picture), format="png")[:, :, 0] * 255).astype("uint8")
    assert [one.text for one in zxingcpp.read_barcodes(pixels)] == [written]
    assert accessibility_faults(page) == []


def begins_a_draft(page, exercise):
    page.goto(f"/exercises/{exercise.handle}/requests/new/?type=preservation_expedited")
    page.select_option("#id_to", "XB/contact_point_24_7")
    page.get_by_role("button", name="Begin the draft").click()
    page.wait_for_url("**/draft/")
    return page


def sends(page, button):
    """Press a button that sends the form as browsers do, and wait for the whole page that answers."""
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name=button, exact=True).click()


def sent_by_hand(exercise):
    """Return the requests that somebody wrote at the desk: those of no plan."""
    return exercise.requests.filter(planned="").exclude(status="draft")


def test_without_javascript_a_code_leads_to_a_desk_and_a_request_to_the_other_state(exercise, opens):
    from requests_app.exercises.seating import make_code
    from requests_app.world.present import wall_now

    desk = {"role": "trainee", "state": "XA", "authority": "contact_point_24_7"}
    code, _ = make_code(exercise, **desk, wall=wall_now(), holds_for=timedelta(hours=1))
    page = opens("newcomer", javascript=False)

    page.goto("/")
    page.fill("#id_code", code)
    sends(page, "Take the seat")
    page.goto(f"/exercises/{exercise.handle}/desk/")
    page.get_by_role("link", name="Write a request").first.click()
    page.fill("#id_q", "freeze specified data")
    page.get_by_role("button", name="Show what fits").click()
    page.get_by_role("link", name="Expedited preservation").click()
    page.select_option("#id_to", "XB/contact_point_24_7")
    sends(page, "Begin the draft")
    assert page.get_by_role("link", name="Summary of relevant facts").is_visible()  # among what is missing
    page.fill(FACTS, "The patient system was encrypted at 02:10.")
    for field, text in REST.items():
        page.fill(field, text)
    page.get_by_label("Statement that an MLA request will follow").check()
    sends(page, "Save and check")
    assert "8 of 8 required fields are filled." in page.inner_text("#findings")
    sends(page, "Submit")

    assert "Your request has been submitted." in page.inner_text("main")
    assert "Borland holds the ball" in page.inner_text("main")
    assert [one.status for one in sent_by_hand(exercise)] == ["sent"]
    page.locator("summary", has_text="Withdraw").click()
    sends(page, "Withdraw")
    assert [one.status for one in sent_by_hand(exercise)] == ["withdrawn"]


@pytest.mark.parametrize("javascript", [True, False])
def test_questions_lead_to_the_type_that_fits_and_the_way_stands_in_the_address(exercise, opens, javascript):
    page = opens("point", width=390, javascript=javascript)
    page.goto(f"/exercises/{exercise.handle}/requests/new/")

    page.get_by_role("link", name="Find the type question by question").click()
    for answer in ("Electronic data, or that it is not lost", "It must not be lost while", "No"):
        page.get_by_role("heading", level=2).wait_for()
        if javascript:
            assert accessibility_faults(page) == []
        page.get_by_role("main").get_by_role("link", name=answer).click()
    page.wait_for_url("**/requests/new/?help=data/keep/no")

    expect(page.get_by_role("heading", name="This type of request fits")).to_be_visible()
    expect(page.get_by_text("It lasts sixty days at least.")).to_be_visible()
    expect(page.get_by_text("Arts. 42(1), 42(8)")).to_be_visible()
    assert not is_wider_than_the_window(page)
    if javascript:
        assert accessibility_faults(page) == []
    page.get_by_role("link", name=re.compile("^Change ?: Is it preserved already")).click()
    page.wait_for_url("**/requests/new/?help=data/keep")
    page.get_by_role("main").get_by_role("link", name="No", exact=True).click()
    page.get_by_role("link", name="Expedited preservation of stored electronic data").click()
    expect(page.get_by_role("button", name="Begin the draft")).to_be_visible()


def test_with_the_keyboard_alone_a_request_is_written_and_sent(exercise, opens):
    page = opens("point")
    page.goto(f"/exercises/{exercise.handle}/desk/")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the page"
    page.keyboard.press("Enter")
    tabs_to(page, "Write a request")
    page.keyboard.press("Enter")
    page.wait_for_url("**/requests/new/")
    tabs_to(page, "Expedited preservation")
    page.keyboard.press("Enter")
    page.wait_for_url("**type=preservation_expedited**")
    tabs_to(page, "#id_to")
    page.keyboard.type("24/7")  # the first authority of this name
    tabs_to(page, "Begin the draft")
    page.keyboard.press("Enter")
    page.wait_for_url("**/draft/")
    tabs_to(page, FACTS)
    page.keyboard.type("The patient system was encrypted.")
    tabs_to(page, "Submit")
    page.keyboard.press("Enter")
    page.wait_for_url("**/requests/*/")

    assert [one.contents["facts_summary"] for one in sent_by_hand(exercise)] == [
        "The patient system was encrypted."
    ]


def tabs_to(page, wanted):
    """Press Tab until what is wanted has the focus: an id, or what its text begins with."""
    for _ in range(150):
        page.keyboard.press("Tab")
        found = page.evaluate("[document.activeElement.id, document.activeElement.textContent.trim()]")
        if wanted == f"#{found[0]}" or (not wanted.startswith("#") and found[1].startswith(wanted)):
            return
    raise AssertionError(f"no way to {wanted} by keyboard")


def test_a_double_click_makes_one_draft_and_sends_one_request(exercise, opens):
    page = opens("point", javascript=False)
    page.goto(f"/exercises/{exercise.handle}/requests/new/?type=preservation_expedited")
    page.select_option("#id_to", "XB/contact_point_24_7")
    page.get_by_role("button", name="Begin the draft").dblclick()
    page.locator("#draft").wait_for()
    page.fill(FACTS, "Once.")
    page.get_by_role("button", name="Submit", exact=True).dblclick()
    page.locator("#thread").wait_for()

    assert exercise.requests.filter(planned="").count() == 1
    assert sent_by_hand(exercise).get().events.count() == 1


def test_what_two_tabs_wrote_stands_beside_each_other_and_nothing_is_overwritten(exercise, opens):
    first = begins_a_draft(opens("point", javascript=False), exercise)
    second = first.context.new_page()
    second.goto(first.url)

    first.fill(FACTS, "Written first.")
    sends(first, "Save and check")
    second.fill(FACTS, "Written second.")
    sends(second, "Save and check")

    told = second.inner_text("main")
    assert "The draft was changed elsewhere meanwhile" in told
    assert "Written first." in told
    assert second.input_value(FACTS) == "Written second."
    assert exercise.requests.get(planned="").contents["facts_summary"] == "Written first."
    sends(second, "Save and check")
    assert exercise.requests.get(planned="").contents["facts_summary"] == "Written second."


def test_a_draft_saves_itself_and_says_what_is_missing_as_one_types(exercise, opens):
    page = begins_a_draft(opens("point"), exercise)
    missing = page.locator("#findings").get_by_role("link", name="Summary of relevant facts")
    expect(missing).to_be_visible()

    page.fill(FACTS, "The patient system was encrypted.")
    missing.wait_for(state="detached")
    page.fill(NECESSITY, "Logs are kept for seven days.")
    page.locator("#findings").get_by_role("link", name="Necessity of the measure").wait_for(state="detached")
    page.reload()

    assert page.input_value(FACTS) == "The patient system was encrypted."
    assert page.input_value(NECESSITY) == "Logs are kept for seven days."
    expect(page.locator("#unsaved")).to_be_hidden()


def test_a_session_lost_in_the_middle_of_a_draft_loses_nothing_typed(exercise, opens, signs_in):
    page = begins_a_draft(opens("point"), exercise)
    address = page.url
    page.context.clear_cookies(name="sessionid")

    page.fill(FACTS, "Typed while nobody was signed in.")
    page.get_by_text("Your session has ended.").wait_for()
    signs_in(page, "point")
    page.goto(address)
    page.get_by_role("button", name="Bring it back").click()

    assert page.input_value(FACTS) == "Typed while nobody was signed in."
    page.get_by_text("Saved at").wait_for()
    assert exercise.requests.get(planned="").contents["facts_summary"] == "Typed while nobody was signed in."


def test_without_javascript_a_session_lost_in_the_middle_of_a_draft_loses_nothing_typed(exercise, opens):
    from django.contrib.auth.models import User

    person = User.objects.get(username="point")
    person.set_password("a-long-word-of-the-point")
    person.save()
    page = opens(javascript=False)
    page.goto("/sign-in/")
    page.fill("#id_username", "point")
    page.fill("#id_password", "a-long-word-of-the-point")
    sends(page, "Sign in")
    page.goto(f"/exercises/{exercise.handle}/requests/new/?type=preservation_expedited")
    page.select_option("#id_to", "XB/contact_point_24_7")
    sends(page, "Begin the draft")
    page.fill(FACTS, "Line one.\n\nLine “two”, typed while the session ended.")
    page.context.clear_cookies(name="sessionid")

    sends(page, "Save and check")
    expect(page.get_by_text("Nothing is lost: what you typed is kept on this page")).to_be_visible()
    page.fill("#id_username", "point")
    page.fill("#id_password", "mistyped")
    sends(page, "Sign in")
    page.fill("#id_password", "a-long-word-of-the-point")
    sends(page, "Sign in")
    expect(page.get_by_role("heading", name="You are signed in again")).to_be_visible()
    sends(page, "Send it now")

    page.wait_for_url("**/draft/")
    assert page.input_value(FACTS) == "Line one.\n\nLine “two”, typed while the session ended."
    stored = exercise.requests.get(planned="").contents["facts_summary"]
    assert stored.splitlines() == ["Line one.", "", "Line “two”, typed while the session ended."]


def test_the_page_that_keeps_a_form_keeps_the_rules_of_accessibility_too(exercise, opens, signs_in):
    from django.contrib.auth.models import User

    person = User.objects.get(username="point")
    person.set_password("a-long-word-of-the-point")
    person.save()
    page = begins_a_draft(opens("point", width=390), exercise)
    page.context.clear_cookies(name="sessionid")

    sends(page, "Save and check")
    assert accessibility_faults(page) == []
    page.fill("#id_username", "point")
    page.fill("#id_password", "a-long-word-of-the-point")
    sends(page, "Sign in")

    expect(page.get_by_role("button", name="Send it now")).to_be_visible()
    assert accessibility_faults(page) == []
    assert not is_wider_than_the_window(page)


def test_another_type_keeps_what_fits_and_shows_the_rest(exercise, opens):
    page = begins_a_draft(opens("point", javascript=False), exercise)
    page.fill(FACTS, "The patient system was encrypted.")
    page.fill(NECESSITY, "Logs are kept for seven days.")
    page.get_by_text("Change type, addressee or case").click()
    page.select_option("#id_type", "traffic_data_disclosure")
    sends(page, "Change")

    assert "Expedited disclosure" in page.inner_text("h1")
    assert page.input_value(FACTS) == "The patient system was encrypted."
    assert page.input_value(NECESSITY) == "Logs are kept for seven days."


def test_an_expired_code_opens_no_seat_and_says_what_helps(exercise, opens):
    from requests_app.exercises.seating import make_code
    from requests_app.world.present import wall_now

    desk = {"role": "trainee", "state": "XA", "authority": "contact_point_24_7"}
    code, _ = make_code(exercise, **desk, wall=wall_now() - timedelta(hours=2), holds_for=timedelta(hours=1))
    page = opens("newcomer")
    page.goto("/")
    page.fill("#id_code", code)
    sends(page, "Take the seat")

    told = page.inner_text("main")
    assert "This code opens no seat, or no more" in told
    assert "ask control for a new one" in told.lower()


def test_an_act_that_lacks_something_keeps_the_form_and_says_which_article_asks(exercise, opens):
    page = opens("point", javascript=False)
    own = exercise.requests.filter(requesting_code="XA", requesting_kind="contact_point_24_7")
    page.goto(f"/exercises/{exercise.handle}/requests/{own.exclude(status='draft').first().pk}/")
    page.locator("summary", has_text="Record a step").click()
    page.fill("#id_record_step-note", "Kept as it was typed.")
    sends(page, "Record a step")

    told = page.inner_text("main")
    assert "This was not done" in told
    assert "exercise rule" in told
    assert page.input_value("#id_record_step-note") == "Kept as it was typed."


def test_a_refusal_and_a_conflict_keep_the_rules_of_accessibility_too(exercise, opens):
    page = begins_a_draft(opens("point", width=390), exercise)
    other = page.context.new_page()
    other.goto(page.url)
    other.fill(FACTS, "Written in the other tab.")
    sends(other, "Save and check")
    page.fill(FACTS, "Written here.")
    page.get_by_role("button", name="Save and check").click()

    expect(page.get_by_role("heading", name="The draft was changed elsewhere meanwhile")).to_be_visible()
    assert accessibility_faults(page) == []
    assert not is_wider_than_the_window(page)


def test_what_the_other_side_does_reaches_the_page_without_loading_it_anew(exercise, opens):
    from requests_app.workflow import door
    from requests_app.world.present import wall_now

    theirs = sits("borland", exercise, "XB/contact_point_24_7").seat
    page = begins_a_draft(opens("point"), exercise)
    page.fill(FACTS, "The patient system was encrypted.")
    page.get_by_role("button", name="Submit", exact=True).click()
    page.locator("#thread").wait_for()
    sent = sent_by_hand(exercise).get()

    door.act(sent.pk, by=theirs, act="acknowledge", contents={}, version=1, key="k", now=wall_now())

    page.locator("#thread").get_by_text("Acknowledge receipt").wait_for()
    expect(page.get_by_text("Something new has happened.")).to_be_visible()
