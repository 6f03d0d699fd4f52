"""Notices: on the page, seen by each person for themselves, and by mail, each once and never in quiet hours."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail as outgoing
from django.core.mail.backends.locmem import EmailBackend

from requests_app.agenda.models import OutboxItem
from requests_app.reports import mail, outbox
from requests_app.workflow.models import Notice, NoticeMail
from requests_app.world.models import Mail, SeatHolder
from tests.requests_app.api.conftest import CENTRAL, Person, person

DRAFT = {"request_type": "mla_stored_data", "to": f"XB/{CENTRAL}"}
SECRET = "canary-ibis"


@pytest.fixture(autouse=True)
def _post(settings):
    settings.PUBLIC_URL = "https://comity.example"


@pytest.fixture
def writes_to(borland: Person) -> Person:
    """Bela at Borland's desk, who wants mail."""
    borland.user.email = "bela@example.org"
    borland.user.save()
    wants(borland)
    return borland


def wants(one: Person, **said):
    answer = one.asks("patch", "notices/settings/", {"wants_mail": True, **said})
    assert answer.status_code == 200, answer.content
    return answer.json()


def post_goes(wall, *, later: timedelta = timedelta()) -> list[outgoing.EmailMessage]:
    """Let the worker do its work, some wall time later; return what went out."""
    before = len(outgoing.outbox)
    outbox.process("notice", wall.at)
    mail.gather(wall.at + later)
    mail.send(wall.at + later)
    return outgoing.outbox[before:]


def test_a_mail_says_exercise_reference_act_both_dates_and_a_link(arvania, writes_to, wall):
    key = arvania.files(**DRAFT, contents={"facts_summary": SECRET})

    (sent,) = post_goes(wall)

    assert (sent.to, sent.subject) == (["bela@example.org"], "EXERCISE: XA-XB-0001: Submit")
    assert sent.body == (
        "EXERCISE - training, no real case\n\n"
        "This has reached your desk in the exercise two-desks-7:\n\n"
        "- XA-XB-0001: Submit\n"
        "  2027-03-01 00:00 UTC in the exercise, 2026-11-23 09:00 UTC on the wall\n"
        f"  https://comity.example/exercises/two-desks-7/requests/{key}/\n\n"
        "EXERCISE. Whether you get such mail is set at your seat.\n"
    )
    assert SECRET not in str(sent.message())
    assert sent.extra_headers["Message-ID"] == f"<{Mail.objects.get().pk}.0@comity.example>"


def test_each_notice_goes_once_to_each_who_wants_it(arvania, writes_to, wall):
    arvania.files(**DRAFT)
    first = post_goes(wall)
    notice = Notice.objects.get()
    outbox._notices([arvania_item(notice)], wall.at)  # what a worker killed in between would do again

    again = post_goes(wall, later=timedelta(hours=1))

    assert (len(first), len(again)) == (1, 0)
    assert NoticeMail.objects.count() == 1


def test_one_that_cannot_be_taken_out_is_told_with_its_error_and_the_rest_go_out(
    arvania, writes_to, wall, live
):
    arvania.files(**DRAFT)
    broken = OutboxItem.objects.create(
        exercise=live, kind="notice", payload={"notice": "none"}, put_at=wall.at
    )

    assert len(post_goes(wall)) == 1

    broken.refresh_from_db()
    assert broken.error.startswith("ValidationError")
    assert OutboxItem.objects.filter(kind="notice", processed_at=None).count() == 0
    assert OutboxItem.objects.exclude(error="").count() == 1


def arvania_item(notice: Notice):
    return OutboxItem(kind="notice", payload={"notice": str(notice.pk)})


def test_who_does_not_want_mail_or_has_no_address_gets_none(arvania, borland, wall):
    refused = borland.asks("patch", "notices/settings/", {"wants_mail": True})
    borland.user.email = "bela@example.org"
    borland.user.save()
    arvania.files(**DRAFT)

    assert (refused.status_code, refused.json()["type"]) == (409, "urn:comity:problem:no_address")
    assert post_goes(wall) == []


def test_in_quiet_hours_mail_waits_and_goes_as_one_after_them(arvania, writes_to, wall, live):
    live.states.filter(code="XB").update(zone="Asia/Ho_Chi_Minh")
    said = wants(writes_to, quiet_from="12:00", quiet_until="18:30", language="vi")
    keys = [arvania.files(**DRAFT) for _ in range(2)]  # at 16:00 in Hanoi

    quiet = post_goes(wall, later=timedelta(hours=2))
    after = post_goes(wall, later=timedelta(hours=2, minutes=30))

    assert (said["quiet_from"], said["quiet_until"], said["zone"]) == (
        "12:00:00",
        "18:30:00",
        "Asia/Ho_Chi_Minh",
    )
    assert (quiet, len(after), len(keys)) == ([], 1, 2)
    assert after[0].subject == "EXERCISE: 2 thông báo"
    assert "đã đến bàn của quý vị" in after[0].body
    lines = [line for line in after[0].body.splitlines() if line.startswith("- ")]
    assert lines == ["- XA-XB-0001: Gửi", "- XA-XB-0002: Gửi"]
    assert all(f"/exercises/two-desks-7/requests/{key}/" in after[0].body for key in keys)


def test_what_comes_within_five_minutes_goes_with_the_next_mail(arvania, writes_to, wall):
    arvania.files(**DRAFT)
    assert len(post_goes(wall)) == 1
    for _ in range(2):
        arvania.files(**DRAFT)

    assert post_goes(wall, later=timedelta(minutes=1)) == []
    (sent,) = post_goes(wall, later=timedelta(minutes=6))
    assert sent.subject == "EXERCISE: 2 notices"


def test_a_mail_server_that_fails_loses_nothing_and_the_key_stays(arvania, writes_to, wall, monkeypatch):
    arvania.files(**DRAFT)
    with monkeypatch.context() as broken:
        broken.setattr(EmailBackend, "send_messages", refuses)
        assert post_goes(wall) == []
    held = Mail.objects.get()
    assert (held.tries, held.error, held.sent_at) == (1, "ConnectionRefusedError", None)

    assert post_goes(wall, later=timedelta(minutes=1)) == []
    (sent,) = post_goes(wall, later=timedelta(minutes=2))

    assert sent.extra_headers["Message-ID"] == f"<{held.pk}.0@comity.example>"
    assert post_goes(wall, later=timedelta(hours=5)) == []


def refuses(*_):
    raise ConnectionRefusedError("no mail server")


def test_a_worker_killed_after_sending_sends_again_under_the_same_key(arvania, writes_to, wall, monkeypatch):
    arvania.files(**DRAFT)
    with monkeypatch.context() as killed:
        killed.setattr(mail, "_send", dies_after(mail._send))
        with pytest.raises(SystemExit):
            post_goes(wall)

    (first,) = outgoing.outbox
    (again,) = post_goes(wall, later=timedelta(minutes=2))

    assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]


def dies_after(send):
    def sends_and_dies(*said):
        send(*said)
        raise SystemExit

    return sends_and_dies


def test_a_request_under_way_is_in_no_mail_until_it_arrives(arvania, writes_to, wall, live):
    live.states.filter(code="XB").update(transit_seconds=2 * 86_400)
    arvania.files(**DRAFT)

    assert post_goes(wall) == []
    wall.runs(days=3)

    assert len(post_goes(wall)) == 1


def test_each_person_sees_notices_for_themselves(arvania, borland, live):
    boris = person("boris")
    SeatHolder.objects.create(user=boris.user, exercise=live, role="trainee", seat=second_seat(borland, live))
    for _ in range(3):
        arvania.files(**DRAFT)
    rows = borland.gets("notices/")["results"]

    one = borland.asks("post", "notices/seen/", {"notices": [rows[0]["id"]]})
    foreign = arvania.asks("post", "notices/seen/", {"notices": [rows[1]["id"]]})

    assert (one.json(), foreign.json()) == ({"unseen": 2}, {"unseen": 0})
    assert sorted(row["seen"] for row in borland.gets("notices/")["results"]) == [False, False, True]
    assert [row["seen"] for row in boris.gets("notices/")["results"]] == [False] * 3
    assert borland.asks("post", "notices/seen/", {}).json() == {"unseen": 0}


def second_seat(one: Person, live):
    from requests_app.world.models import Seat

    desk = SeatHolder.objects.get(user=one.user, exercise=live).seat.authority
    return Seat.objects.create(authority=desk, number=2, simulated=False)


def test_half_quiet_hours_are_none(borland):
    answer = borland.asks("patch", "notices/settings/", {"quiet_from": "20:00"})

    assert (answer.status_code, answer.json()["type"]) == (400, "urn:comity:problem:half_quiet")


def test_a_forgotten_password_is_set_by_the_link_in_the_mail(db, wall, client):
    one = person("anna", email="anna@example.org")
    for address in ("anna@example.org", "nobody@example.org"):
        client.post("/password/forgotten/", {"email": address})

    (sent,) = post_goes(wall)
    link = next(line for line in sent.body.splitlines() if line.startswith("https://"))
    page = client.post(link.removeprefix("https://comity.example"), {"new": "another-quite-long-word"})

    assert (sent.to, sent.subject) == (["anna@example.org"], "EXERCISE: a new password")
    assert (page.status_code, page["Location"]) == (302, "/sign-in/")
    one.user.refresh_from_db()
    assert one.user.check_password("another-quite-long-word")
    post_goes(wall, later=timedelta(days=2))
    assert not Mail.objects.filter(kind="reset").exists()
