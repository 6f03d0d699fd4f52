"""Two clients, Arvania and Borland, play an exercise from sign-in to verified evidence over HTTP alone."""

from __future__ import annotations

from django.contrib.auth.models import Group, User
from rest_framework.test import APIClient

from requests_app.exercises import heartbeat
from requests_app.workflow.verify import failures
from requests_app.world.models import Authority, Exercise
from tests.requests_app.api.conftest import CENTRAL, DAY_A_SECOND, POINT, Person


def signed_in(name: str) -> Person:
    """Return somebody who has only a name, a password and a client."""
    user = User.objects.create_user(name, password=f"long-{name}-word")
    client = APIClient()
    said = {"username": name, "password": f"long-{name}-word"}
    token = client.post("/api/v1/token/", said, format="json").json()["token"]
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return Person(client, user)


def joined(trainer: Person, handle: str, name: str, desk: str) -> Person:
    state, _, authority = desk.partition("/")
    seat = {"role": "trainee", "state": state, "authority": authority}
    code = trainer.asks("post", f"exercises/{handle}/codes/", seat).json()["code"]
    one = signed_in(name)
    assert one.asks("post", "join/", {"code": code}).json()["desk"] == desk
    return one


def test_two_clients_play_preservation_and_mutual_assistance_with_a_question(every_exercise_holds, wall):
    tara = signed_in("tara")
    tara.user.groups.add(Group.objects.create(name="trainer"))
    handle = tara.asks("post", "exercises/", {"scenario": "intimate-images", "seed": 3}).json()["handle"]
    arvania = joined(tara, handle, "anna", f"XA/{CENTRAL}")
    arvania_point = joined(tara, handle, "alma", f"XA/{POINT}")
    borland = joined(tara, handle, "bela", f"XB/{CENTRAL}")
    borland_point = joined(tara, handle, "boris", f"XB/{POINT}")
    started = tara.asks("post", f"exercises/{handle}/clock/", {"act": "start", "rate": DAY_A_SECOND})
    assert started.json()["standing"] == "running"
    heartbeat.beat(heartbeat.BEAT, wall.at)

    kept = arvania_point.files("preservation_expedited", to=f"XB/{POINT}")
    wall.runs(days=1)
    borland_point.does("acknowledge", kept)
    borland_point.does("accept", kept)
    borland_point.does("start_execution", kept)
    borland_point.does("confirm_preservation", kept)
    paused = tara.asks("post", f"exercises/{handle}/clock/", {"act": "pause"}).json()
    assert (paused["standing"], paused["rate"]) == ("paused", 0)
    wall.runs(days=5)
    assert tara.gets(f"exercises/{handle}/")["now"] == paused["now"]
    tara.asks("post", f"exercises/{handle}/clock/", {"act": "resume"})

    asked = arvania.files("mla_stored_data", to=f"XB/{CENTRAL}", parent=kept)
    wall.runs(days=2)
    borland.does("acknowledge", asked)
    borland.does("ask_for_information", asked, questions=["data_category"])
    assert arvania.gets(f"requests/{asked}/")["questions"] == ["data_category"]
    wall.runs(days=3)
    arvania.does("provide_information", asked, answers={"data_category": "subscriber"})
    borland.does("accept", asked)
    borland.does("start_execution", asked)
    wall.runs(days=4)
    borland.does("transmit", asked)
    arvania.does("confirm_receipt", asked)
    arvania.does("close", asked)

    events = borland.gets(f"requests/{asked}/events/")["results"]
    assert [(event["act"], event["actor"]["state"]) for event in events] == [
        ("submit", "XA"),
        ("acknowledge", "XB"),
        ("ask_for_information", "XB"),
        ("provide_information", "XA"),
        ("accept", "XB"),
        ("start_execution", "XB"),
        ("transmit", "XB"),
        ("confirm_receipt", "XA"),
        ("close", "XA"),
    ]
    # The contact point's request lies with the contact points, yet the whole State sees it.
    assert [row["act"] for row in arvania.gets(f"requests/{kept}/events/")["results"]][-1] == "record_step"
    exercise = Exercise.objects.get(handle=handle)
    simulated = Authority.objects.filter(state__exercise=exercise, simulated=False)
    assert {desk.desk for desk in simulated.select_related("state")} == {
        f"XA/{CENTRAL}",
        f"XA/{POINT}",
        f"XB/{CENTRAL}",
        f"XB/{POINT}",
    }
    assert list(failures(exercise)) == []
