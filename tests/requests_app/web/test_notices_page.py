"""The notices of a desk as one of its people uses them: seen, by mail, in a calendar."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from requests_app.exercises.run import play
from requests_app.exercises.seating import seat_at_desk
from requests_app.world.models import SeatHolder
from requests_app.world.present import wall_now
from tests.browser.stage import hospital, sits

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(db) -> tuple[Client, str]:
    """Somebody at the contact point after two days, and the address of the notices there."""
    row = hospital(days=2)
    sits("anna", row, "XA/contact_point_24_7")
    client = Client()
    client.force_login(User.objects.get(username="anna"))
    return client, f"/exercises/{row.handle}/notices/"


def test_a_person_marks_what_was_seen_and_their_colleague_still_finds_it_new(page):
    client, address = page
    colleague = User.objects.create_user("an")
    row = SeatHolder.objects.get().exercise
    seat_at_desk(colleague, row, "XA", "contact_point_24_7", wall_now())
    other = Client()
    other.force_login(colleague)
    assert b">new</strong>" in client.get(address).content

    client.post(address, {"do": "seen"})

    assert b">new</strong>" not in client.get(address).content
    assert b">new</strong>" in other.get(address).content


def test_mail_needs_an_address_and_what_was_chosen_comes_back_with_the_reason(page):
    client, address = page
    form = {"do": "mail", "wants_mail": "on", "language": "vi", "quiet_from": "22:00", "quiet_until": "07:00"}

    refused = client.post(address, form)
    assert refused.status_code == 422
    assert b"your account has no mail address" in refused.content.lower()
    assert b'value="22:00' in refused.content

    User.objects.filter(username="anna").update(email="anna@ministry.example")
    assert client.post(address, form).status_code == 302
    seat = SeatHolder.objects.get(user__username="anna")
    assert (seat.wants_mail, seat.language, f"{seat.quiet_from:%H:%M}") == (True, "vi", "22:00")


def test_without_an_address_the_page_leads_to_where_one_is_given_and_back(page):
    client, address = page

    without = client.get(address).content.decode()
    User.objects.filter(username="anna").update(email="anna@ministry.example")
    with_one = client.get(address).content.decode()

    assert "Your account has no e-mail address, so nothing is mailed." in without
    assert f'href="/account/address/?next={address}"' in without
    assert ["wants_mail" in shown for shown in (without, with_one)] == [False, True]
    assert "/account/address/" not in with_one


def test_the_calendar_is_read_without_signing_in_until_its_address_is_ended(page):
    client, address = page
    told = client.post(address, {"do": "feed"}).content.decode()
    feed = re.search(r"http://testserver(/api/v1/feeds/[^<]+)", told)[1]

    answer = Client().get(feed)
    assert answer.status_code == 200
    assert b"EXERCISE" in answer.content
    assert feed not in client.get(address).content.decode()

    client.post(address, {"do": "no_feed"})
    assert Client().get(feed).status_code == 404


def test_a_notice_of_a_deadline_says_which_one(db):
    row = hospital(days=2)
    sits("anna", row, "XA/contact_point_24_7")  # from now on nobody answers there
    play(row, row.starts_at + timedelta(days=6), rows_at_most=500)
    client = Client()
    client.force_login(User.objects.get(username="anna"))

    page = client.get(f"/exercises/{row.handle}/notices/").content.decode()

    missed = re.findall(r"</span>: (Missed: [^<]+)</a>", page)
    assert missed == [
        "Missed: Data preserved and confirmed with reference and expiry",
        "Missed: Acknowledge a preservation request",
        "Missed: Say which provider or State holds the data",
        "Missed: Contact point answers a test call",
    ]


def test_every_page_of_the_desk_says_how_much_is_unseen_until_it_was_seen(page):
    client, address = page
    desk = address.replace("notices", "desk")
    new = client.get(address).content.count(b">new</strong>")
    assert new > 1

    told = f'<span class="views__count">{new}<span class="unseen"> unseen</span></span>'
    assert told in client.get(desk).content.decode()

    client.post(address, {"do": "seen"})
    assert '<span class="views__count">' not in client.get(desk).content.decode().partition("<main")[0]
