"""Seats: opened by codes that expire, shared by several people, taken from the simulation."""

from __future__ import annotations

import hashlib
import io

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from requests_app.workflow.models import Event
from requests_app.world.models import Authority, JoinCode, SeatHolder
from tests.requests_app.api.conftest import CENTRAL, person

SEAT = {"role": "trainee", "state": "XB", "authority": CENTRAL}


def code_of(trainer, live, **seat):
    answer = trainer.asks("post", f"exercises/{live.handle}/codes/", seat or SEAT)
    assert answer.status_code == 201, answer.content
    return answer.json()["code"]


def joins(one, code):
    return one.asks("post", "join/", {"code": code})


def desk(live) -> Authority:
    return Authority.objects.get(state__exercise=live, state__code="XB", kind=CENTRAL)


def test_whoever_joins_takes_the_desk_from_the_simulation(live, trainer):
    assert desk(live).simulated

    seat = joins(person("bela"), code_of(trainer, live)).json()

    assert (seat["role"], seat["desk"], seat["seat"]) == ("trainee", f"XB/{CENTRAL}", f"XB/{CENTRAL}/1")
    assert not desk(live).simulated
    taken = Event.objects.filter(exercise=live, act="take_seat")
    assert [event.contents for event in taken] == [{"desk": f"XB/{CENTRAL}"}]


@pytest.mark.parametrize(
    "copied",
    [
        str.upper,
        lambda code: code.replace("-", " "),
        lambda code: code.replace("-", ""),
        "  {}\t".format,
        lambda code: code.replace("-", " – "),
    ],
    ids=["in capitals", "with spaces", "in one piece", "with blanks around it", "with long dashes"],
)
def test_a_code_opens_however_it_was_copied(live, trainer, copied):
    assert joins(person("bela"), copied(code_of(trainer, live))).status_code == 200


def test_a_code_that_is_short_of_a_letter_opens_nothing(live, trainer):
    assert joins(person("bela"), code_of(trainer, live)[:-1]).json()["type"].endswith("no_such_code")


def test_several_people_share_a_desk_and_joining_twice_changes_nothing(live, trainer):
    code, bela, boris = code_of(trainer, live), person("bela"), person("boris")

    seats = [joins(one, code).json()["seat"] for one in (bela, boris, bela)]

    assert seats == [f"XB/{CENTRAL}/1", f"XB/{CENTRAL}/2", f"XB/{CENTRAL}/1"]
    assert SeatHolder.objects.filter(seat__authority=desk(live)).count() == 2
    assert Event.objects.filter(exercise=live, act="take_seat").count() == 1


def test_the_log_tells_colleagues_at_one_desk_apart(live, trainer):
    code, bela, boris = code_of(trainer, live), person("bela"), person("boris")
    for one in (bela, boris):
        joins(one, code)

    key = bela.files("mla_stored_data", to=f"XA/{CENTRAL}")
    boris.does("withdraw", key)

    events = boris.gets(f"requests/{key}/events/")["results"]
    assert [(event["act"], event["actor"]["seat"]) for event in events] == [
        ("submit", f"XB/{CENTRAL}/1"),
        ("withdraw", f"XB/{CENTRAL}/2"),
    ]


def test_a_seat_that_somebody_left_is_nobody_elses(live, trainer):
    code, bela = code_of(trainer, live), person("bela")
    joins(bela, code)
    bela.user.delete()

    assert joins(person("boris"), code).json()["seat"] == f"XB/{CENTRAL}/2"


def test_the_trainer_lists_codes_without_their_words_and_revokes_them(live, trainer):
    code, path = code_of(trainer, live), f"exercises/{live.handle}/codes/"
    joins(person("bela"), code)
    listed = trainer.gets(path)["results"]
    assert code not in str(listed)
    assert [(row["desk"], row["joined"], row["revoked_at"]) for row in listed] == [(f"XB/{CENTRAL}", 1, None)]

    revoked = trainer.asks("delete", f"{path}{listed[0]['id']}/")

    assert revoked.status_code == 204
    assert joins(person("boris"), code).status_code == 404
    assert trainer.gets(path)["results"][0]["revoked_at"] == "2026-11-23T09:00:00Z"


def test_nobody_plays_against_himself(live, trainer):
    bela = person("bela")
    joins(bela, code_of(trainer, live))

    answer = joins(bela, code_of(trainer, live, role="trainee", state="XA", authority=CENTRAL))

    assert (answer.status_code, answer.json()["type"]) == (409, "urn:comity:problem:seated_elsewhere")
    assert Authority.objects.get(state__exercise=live, state__code="XA", kind=CENTRAL).simulated


def test_a_code_expires_and_only_its_digest_is_stored(live, trainer, wall):
    code = code_of(trainer, live, **SEAT, hours=1)
    assert JoinCode.objects.get().digest == hashlib.sha256(code.encode()).hexdigest()

    wall.runs(days=3601)  # as many seconds
    answer = joins(person("bela"), code)

    assert (answer.status_code, answer.json()["type"]) == (404, "urn:comity:problem:no_such_code")


def test_a_code_of_an_exercise_that_has_ended_opens_nothing(live, trainer):
    code = code_of(trainer, live)
    trainer.asks("post", f"exercises/{live.handle}/clock/", {"act": "end"})

    answer = joins(person("bela"), code)

    assert (answer.status_code, answer.json()["type"]) == (409, "urn:comity:problem:ended")
    assert SeatHolder.objects.filter(role="trainee").count() == 0


@pytest.mark.parametrize(
    ("seat", "reason"),
    [
        ({"role": "trainee"}, "desk_needed"),
        ({"role": "observer", "state": "XA", "authority": CENTRAL}, "no_desk_for_role"),
        ({"role": "trainee", "state": "XA", "authority": "kitchen"}, "no_authority"),
        ({"role": "king"}, "bad_input"),
        ({"role": "observer", "hours": 0}, "bad_input"),
    ],
)
def test_a_code_is_for_a_seat_that_there_is(live, trainer, seat, reason):
    answer = trainer.asks("post", f"exercises/{live.handle}/codes/", seat)

    assert (answer.status_code, answer.json()["type"]) == (400, f"urn:comity:problem:{reason}")


@pytest.mark.parametrize("role", ["observer", "evaluator"])
def test_who_looks_on_sees_the_exercise_and_neither_acts_nor_runs_it(live, trainer, arvania, role):
    key = arvania.files("mla_stored_data", to=f"XB/{CENTRAL}")
    one = person("oda")
    joins(one, code_of(trainer, live, role=role))

    assert one.gets(f"requests/{key}/")["direction"] is None
    assert one.tries("withdraw", key).status_code == 403
    assert one.asks("post", f"exercises/{live.handle}/clock/", {"act": "pause"}).status_code == 403


def test_the_clock_goes_as_the_trainer_says(live, trainer, wall):
    def moves(**said):
        return trainer.asks("post", f"exercises/{live.handle}/clock/", said)

    assert moves(act="pause").json()["standing"] == "paused"
    assert moves(act="pause").status_code == 409
    assert moves(act="jump", to="+3d").json()["now"] == "2027-03-04T00:00:00Z"
    assert moves(act="jump", to="+1d").json()["type"] == "urn:comity:problem:jump_back"
    assert moves(act="resume", rate=60).json()["rate"] == 60
    assert moves(act="speed").json()["field"] == "rate"
    assert moves(act="speed", rate=3600).json()["rate"] == 3600
    assert moves(act="jump", to="soon").json()["field"] == "to"
    assert moves(act="jump_to_next").json()["now"] == "2028-04-04T00:00:00Z"  # nothing else is to come
    assert moves(act="end").json()["type"] == "urn:comity:problem:ended"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"scenario": "../../etc/passwd"}, "scenario"),
        ({"scenario": "intimate-images", "teams": "heroic"}, "teams"),
        ({"scenario": "intimate-images", "seed": -1}, "seed"),
        ({"scenario": "intimate-images", "rate": 9}, "rate"),
    ],
)
def test_only_what_ships_is_opened(live, trainer, said, field):
    answer = trainer.asks("post", "exercises/", said)

    assert (answer.status_code, answer.json()["field"]) == (400, field)


def created(*arguments: str) -> str:
    out = io.StringIO()
    call_command("create_trainer", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue().strip()


def test_a_trainer_is_made_once_with_a_password_that_is_printed_once(live):
    password = created("tara", "--seat", live.handle)

    assert User.objects.get(username="tara").check_password(password)
    assert created("tara") == ""
    assert User.objects.get(username="tara").check_password(password)
    assert SeatHolder.objects.get(user__username="tara").role == "trainer"


@pytest.mark.parametrize("arguments", [("no name",), ("tara", "--seat", "nowhere"), ("tara", "--ask")])
def test_a_trainer_who_cannot_be_made_is_bad_input(live, arguments):
    with pytest.raises(SystemExit) as stopped:
        created(*arguments)

    assert stopped.value.code == 2
    assert not User.objects.exists()
