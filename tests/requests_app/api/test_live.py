"""What tells a seat that something changed, by asking and by stream; and its deadlines in a calendar."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.test import Client
from icalendar import Calendar
from knox.models import AuthToken

from requests_app.api import changes
from requests_app.exercises.changes import pulses_of
from requests_app.exercises.control import pause
from requests_app.world.models import SeatHolder
from tests.requests_app.api.conftest import CENTRAL, POINT, sits

BORLAND = f"XB/{CENTRAL}"


@pytest.fixture
def without_waiting(monkeypatch):
    monkeypatch.setattr(changes, "LOOK_S", 0)


def mark(one, live) -> str:
    return one.gets(f"exercises/{live.handle}/changes/")["mark"]


def changed(one, live, since: str) -> list[str]:
    return one.gets(f"exercises/{live.handle}/changes/?since={since}")["changed"]


def test_each_seat_is_told_of_its_own_changes_only(live, arvania, borland, cascadia, trainer, wall):
    people = {"arvania": arvania, "borland": borland, "cascadia": cascadia, "trainer": trainer}

    def after(does) -> dict[str, list[str]]:
        before = {name: mark(one, live) for name, one in people.items()}
        pulse = pulses_of([live.pk])
        does()
        assert pulses_of([live.pk]).keys() == {live.pk}
        assert pulses_of([live.pk]) != pulse
        found = {name: changed(one, live, before[name]) for name, one in people.items()}
        return {name: kinds for name, kinds in found.items() if kinds}

    key = arvania.drafts("mla_stored_data", to=BORLAND)["id"]
    assert after(lambda: arvania.drafts("mla_stored_data", to=BORLAND)) == {
        "arvania": ["requests", "desk"],
        "trainer": ["requests"],
    }
    assert after(lambda: arvania.does("submit", key)) == {
        "arvania": ["requests"],
        "borland": ["requests", "notices"],
        "trainer": ["requests", "notices"],
    }
    assert after(lambda: cascadia.asks("post", "messages/", {"text": "Hello"})) == {
        "cascadia": ["messages", "desk"],
        "trainer": ["notices", "messages"],
    }
    assert after(lambda: wall.runs(days=40)) == {
        "arvania": ["deadlines"],
        "borland": ["deadlines", "notices"],
        "trainer": ["deadlines", "notices"],
    }
    assert after(lambda: pause(live.pk, wall.at)) == {
        "arvania": ["clock"],
        "borland": ["clock"],
        "cascadia": ["clock"],
        "trainer": ["clock", "desk"],
    }
    assert changed(arvania, live, "nonsense") == list(changes.KINDS)


def test_asking_what_changed_takes_two_queries(live, arvania, trainer, django_assert_num_queries):
    arvania.files("mla_stored_data", to=BORLAND)
    for one in (arvania, trainer):
        one.client.credentials()
        one.client.force_authenticate(one.user)
        with django_assert_num_queries(2):
            mark(one, live)


def lines_of(answer: Any, number: int, between=lambda: None) -> list[str]:
    """Return so many lines of a stream; `between` happens after the first two."""

    async def read() -> list[str]:
        found = []
        async for line in answer.streaming_content:
            found.append(line.decode())
            if len(found) == 2:
                await sync_to_async(between)()
            if len(found) == number:
                break
        return found

    return async_to_sync(read)()


def streams(one, live, **headers: str) -> Any:
    answer = one.client.get(
        f"/api/v1/exercises/{live.handle}/stream/", headers={"Accept": "text/event-stream", **headers}
    )
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/event-stream")
    return answer


def test_a_stream_tells_what_changes_and_goes_on_where_its_reader_was(
    live, borland, arvania, without_waiting, monkeypatch
):
    # Long after the test: so that it is the pulse which wakes the stream.
    monkeypatch.setattr(changes, "LOOKS_A_CHECK", 1_000_000)
    known = mark(borland, live)
    retry, comment, first = lines_of(
        streams(borland, live, **{"Last-Event-ID": known}),
        3,
        lambda: arvania.files("mla_stored_data", to=BORLAND),
    )
    assert (retry, comment) == ("retry: 2000\n\n", ": still here\n\n")
    assert (
        first == f'id: {mark(borland, live)}\nevent: change\ndata: {{"changed": ["requests", "notices"]}}\n\n'
    )
    _, all_of_it = lines_of(streams(borland, live), 2)
    assert '"clock"' in all_of_it
    assert not changes._open
    assert not changes._watched


def test_what_a_desk_writes_for_itself_moves_the_pulse_while_the_clock_stands(live, arvania, wall):
    pause(live.pk, wall.at)
    pulse = pulses_of([live.pk])

    arvania.drafts("mla_stored_data", to=BORLAND)

    assert pulses_of([live.pk]) != pulse
    assert pulses_of([]) == {}


@pytest.mark.parametrize("how", ["the token is revoked", "the seat is taken away", "the person is locked"])
def test_a_stream_ends_when_its_reader_may_read_no_more(live, borland, without_waiting, how):
    ends = {
        "the token is revoked": AuthToken.objects.all().delete,
        "the seat is taken away": SeatHolder.objects.filter(user=borland.user).delete,
        "the person is locked": lambda: type(borland.user).objects.update(is_active=False),
    }
    told = lines_of(streams(borland, live), 9, ends[how])

    assert told[-1] == 'event: end\ndata: {"reason": "signed out or unseated"}\n\n'
    assert len(told) == 3


def test_a_stream_of_a_session_ends_with_the_session(live, borland, without_waiting):
    browser = Client()
    browser.force_login(borland.user)
    borland.client = browser

    told = lines_of(streams(borland, live), 9, browser.session.flush)

    assert told[-1].startswith("event: end")


def test_nobody_holds_streams_without_end(live, borland, monkeypatch):
    monkeypatch.setattr(changes, "STREAMS_OF_A_PERSON", 0)

    answer = borland.asks("get", f"exercises/{live.handle}/stream/")

    assert (answer.status_code, answer.json()["type"]) == (429, "urn:comity:problem:too_many_streams")


def test_deadlines_are_read_as_a_calendar_that_says_exercise(live, arvania, borland, wall):
    address = borland.asks("post", f"exercises/{live.handle}/feed/").json()["address"]
    arvania.files("mla_stored_data", to=BORLAND)
    arvania.drafts("mla_documents", to=BORLAND)
    reader = Client()

    answer = reader.get(address)

    read = Calendar.from_ical(answer.content)
    entries = list(read.walk("VEVENT"))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert str(read["x-wr-calname"]) == f"EXERCISE two-desks-7: {BORLAND}"
    assert len(entries) > 1
    assert all(str(one["summary"]).startswith("EXERCISE: ") for one in entries)
    assert all(str(one["summary"]).endswith("XA-XB-0001") for one in entries)
    due = {one["due_at"] for key in [listed(borland)] for one in borland.gets(f"requests/{key}/deadlines/")}
    assert {f"{one['dtstart'].dt:%Y-%m-%dT%H:%M:%SZ}" for one in entries} <= due
    assert "exercise's own clock" in str(entries[0]["description"])

    unchanged = reader.get(address, headers={"If-None-Match": answer["ETag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    wall.runs(days=40)
    later = reader.get(address, headers={"If-None-Match": answer["ETag"]})
    assert later.status_code == 200
    assert b"overdue" in later.content


def listed(one) -> str:
    return one.gets("requests/")["results"][0]["id"]


def test_a_feed_is_of_its_own_desk_and_ends_when_it_is_revoked(live, arvania, borland, trainer):
    arvania.files("mla_stored_data", to=BORLAND)
    point = sits("boris", live, f"XB/{POINT}")
    path = f"exercises/{live.handle}/feed/"
    reader = Client()

    def entries(one) -> int:
        address = one.asks("post", path).json()["address"]
        return reader.get(address).content.count(b"BEGIN:VEVENT")

    assert entries(point) == 0
    assert entries(arvania) == entries(borland) == entries(trainer) > 1
    first = borland.asks("post", path).json()["address"]
    second = borland.asks("post", path).json()["address"]
    assert (reader.get(first).status_code, reader.get(second).status_code) == (404, 200)
    assert borland.gets(path)["made_at"] is not None
    assert borland.asks("delete", path).status_code == 204
    assert reader.get(second).status_code == 404
    assert borland.gets(path) == {"made_at": None}
