"""The control room over HTTP: injects, expectations, seats, messages, the board, and what is told after."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from requests_app.exercises import heartbeat
from requests_app.exercises.control import end, start
from requests_app.workflow.models import Event
from requests_app.world.models import EVALUATOR, SeatHolder
from tests.builders import desks_scenario
from tests.requests_app.api.conftest import CENTRAL, DAY_A_SECOND, POINT, opened, person, sits

BORLAND = f"XB/{CENTRAL}"
ARVANIA = f"XA/{CENTRAL}"
TYPE = "urn:comity:problem:"


@pytest.fixture
def waits(every_exercise_holds, wall):
    """An exercise whose clock has not been started; from its first instant on something is expected of Arvania."""
    said = json.loads(desks_scenario(name="one-act"))
    said["expectations"] = [
        {
            "id": "asks",
            "seat": "XA",
            "act": "submit",
            "within": "3d",
            "of": "start",
            "points": 5,
            "why": "40(1)",
        }
    ]
    return opened(wall.at, text=json.dumps(said))


@pytest.fixture
def story(every_exercise_holds, wall):
    """A live exercise in which news comes, a point is reached, and two things are expected of Arvania."""
    said = json.loads(desks_scenario(name="two-acts"))
    said["cases"] = [
        {
            "id": "harbour",
            "state": "XA",
            "title": "Harbour",
            "offences": ["illegal_access"],
            "facts": "A host.",
        }
    ]
    said["requests"] = [
        {
            "id": "logs",
            "when": "+300d",
            "who": ARVANIA,
            "whom": BORLAND,
            "type": "mla_stored_data",
            "case": "harbour",
            "contents": {"purpose": "Find who rented it", "facts_summary": "A host was rented."},
        }
    ]
    said["injects"] = [
        {"id": "raid", "trigger": {"at": "+2d"}, "to": ["XA"], "title": "A raid", "body": "They were there."},
        {"id": "storm", "trigger": {"at": "+9d"}, "to": ["XB"], "title": "A storm", "body": "Roofs are off."},
    ]
    said["decisions"] = [
        {
            "id": "after-the-raid",
            "seat": "XA",
            "inject": "raid",
            "question": "Ask now, or wait for the seizure?",
            "options": ["Now", "After it"],
            "practice": "Logs do not wait.",
        }
    ]
    said["milestones"] = [{"id": "asked", "when": {"act": "submit", "from": "XA"}}]
    said["expectations"] = [
        {
            "id": name,
            "seat": "XA",
            "act": "submit",
            "request_type": kind,
            "within": "3d",
            "of": {"inject": "raid"},
            "points": 5,
            "why": "40(1)",
        }
        for name, kind in (("asks", "mla_stored_data"), ("also-asks", "mla_documents"))
    ]
    made = opened(wall.at, text=json.dumps(said))
    start(made.pk, wall.at, DAY_A_SECOND)
    heartbeat.beat(heartbeat.BEAT, wall.at)
    return made


@pytest.fixture
def anna(story):
    return sits("anna", story, ARVANIA)


@pytest.fixture
def bela(story):
    return sits("bela", story, BORLAND)


@pytest.fixture
def tara(story):
    one = person("tara")
    SeatHolder.objects.create(user=one.user, exercise=story, seat=None, role="trainer")
    return one


@pytest.fixture
def eva(story):
    one = person("eva")
    SeatHolder.objects.create(user=one.user, exercise=story, seat=None, role=EVALUATOR)
    return one


def moves(one, story, what, **said):
    return one.asks("post", f"exercises/{story.handle}/{what}/", said)


def board(one, story, query=""):
    return one.gets(f"exercises/{story.handle}/board/{query}")


def test_a_desk_and_control_write_to_each_other_and_each_is_told(story, anna, bela, tara, wall):
    wall.runs(days=1)
    key = {"Idempotency-Key": "m1"}
    first = anna.asks("post", "messages/", {"text": "May we ask Cascadia too?"}, **key)
    again = anna.asks("post", "messages/", {"text": "May we ask Cascadia too?"}, **key)
    other = anna.asks("post", "messages/", {"text": "Something else"}, **key)
    assert (first.status_code, again.content, other.status_code) == (201, first.content, 422)
    assert (first.json()["seat"], first.json()["from_control"]) == (f"{ARVANIA}/1", False)
    assert board(tara, story)["unanswered"] == [{"desk": ARVANIA, "since": "2027-03-02T00:00:00Z"}]
    assert [one["kind"] for one in tara.gets("notices/")["results"]] == ["message"]
    assert anna.gets("notices/")["results"] == []

    wall.runs(days=0.5)
    answer = tara.asks("post", "messages/", {"text": "Yes, but by the contact point.", "to": ARVANIA})

    assert (answer.status_code, answer.json()["seat"]) == (201, None)
    assert board(tara, story)["unanswered"] == []
    assert [one["facts"]["from"] for one in anna.gets("notices/")["results"]] == ["control"]
    assert [one["text"] for one in anna.gets("messages/")["results"]] == [
        "Yes, but by the contact point.",
        "May we ask Cascadia too?",
    ]
    assert len(tara.gets("messages/")["results"]) == 2
    assert bela.gets("messages/")["results"] == []
    chain = Event.objects.filter(exercise=story, desk=ARVANIA).order_by("seq")
    assert [event.act for event in chain] == ["message_to_control", "message_from_control"]


@pytest.mark.parametrize(
    ("who", "said", "status", "reason"),
    [
        ("tara", {"text": "To nobody"}, 400, "bad_input"),
        ("tara", {"text": "Nowhere", "to": "XZ/central_authority"}, 400, "no_authority"),
        ("anna", {"text": "To a State", "to": BORLAND}, 400, "bad_input"),
        ("anna", {"text": "  "}, 400, "bad_text"),
        ("anna", {"text": "x" * 5_001}, 400, "bad_input"),
        ("anna", {}, 400, "bad_input"),
    ],
)
def test_a_message_that_cannot_be_sent_is_refused(story, anna, tara, who, said, status, reason):
    answer = {"anna": anna, "tara": tara}[who].asks("post", "messages/", said)

    assert (answer.status_code, answer.json()["type"]) == (status, f"{TYPE}{reason}"), answer.content


def test_the_trainer_moves_the_news(story, anna, bela, tara, wall):
    def act(**said):
        return moves(tara, story, "injects", **said)

    assert act(act="hold", name="raid").json()["status"] == "held"
    wall.runs(days=3)
    assert anna.gets("injects/")["results"] == []
    edited = act(act="edit", name="raid", title="A late raid", body="They had left.", to=["XA", "XB"])
    assert (edited.json()["title"], edited.json()["to"]) == ("A late raid", ["XA", "XB"])
    assert act(act="release", name="raid").json()["fired_at"] == "2027-03-04T00:00:00Z"
    assert [one["title"] for one in bela.gets("injects/")["results"]] == ["A late raid"]

    assert act(act="skip", name="storm").json()["status"] == "skipped"
    added = act(act="add", name="flood", title="A flood", body="Water.", to=["XB"], at="+5d")
    assert (added.status_code, added.json()["status"]) == (200, "planned")
    assert act(act="fire", name="flood").json()["status"] == "fired"
    assert act(act="fire", name="flood").json()["type"] == f"{TYPE}inject_is_past"
    assert act(act="fire", name="fog").json()["type"] == f"{TYPE}no_inject"
    assert act(act="edit", name="flood").json()["field"] == "title"
    assert act(act="fire", name="storm", title="No").json()["field"] == "title"
    assert act(act="add", name="fog", title="", body="", to=["XZ"]).json()["type"] == f"{TYPE}unknown_state"
    assert moves(anna, story, "injects", act="fire", name="storm").status_code == 403


def test_a_desk_is_taken_and_given_back(story, tara):
    cascadia = f"XC/{CENTRAL}"
    taken = moves(tara, story, "desks", act="take", desk=cascadia)
    assert taken.json() == {"desk": cascadia, "simulated": False}
    assert moves(tara, story, "desks", act="take", desk=cascadia).json()["type"] == f"{TYPE}seat_is_so"
    assert moves(tara, story, "desks", act="give_back", desk=cascadia).json()["simulated"] is True
    assert moves(tara, story, "desks", act="take", desk="XZ/central_authority").status_code == 400


def test_the_board_tells_who_holds_what_and_who_is_stuck(story, anna, bela, tara, wall):
    wall.runs(days=1)
    found = board(tara, story)
    assert (found["next"]["kind"], found["next"]["at"]) == ("inject", "2027-03-03T00:00:00Z")
    assert found["next"]["wall_at"] == "2026-11-23T09:00:02Z"
    assert [(one["kind"], one["name"], one["at"]) for one in found["timeline"]] == [
        ("inject", "raid", "2027-03-03T00:00:00Z"),
        ("inject", "storm", "2027-03-10T00:00:00Z"),
        ("expectation", "also-asks", None),
        ("expectation", "asks", None),
        ("milestone", "asked", None),
    ]
    key = anna.files("mla_stored_data", to=BORLAND)
    wall.runs(days=1.5)

    found = board(tara, story)
    lanes = {lane["code"]: {desk["desk"]: desk for desk in lane["desks"]} for lane in found["lanes"]}
    held = lanes["XB"][BORLAND]["held"]
    assert [(one["request_id"], one["since"], one["status"]) for one in held] == [
        (key, "2027-03-02T00:00:00Z", "sent")
    ]
    assert (lanes["XB"][BORLAND]["people"], lanes["XA"][ARVANIA]["held"]) == (1, [])
    assert lanes["XA"][ARVANIA]["last_act_at"] == "2027-03-02T00:00:00Z"
    assert lanes["XC"] == {}
    assert [desk["desk"] for desk in found["stuck"]] == [BORLAND]
    assert board(tara, story, "?stuck_after_hours=48")["stuck"] == []

    bela.does("acknowledge", key)
    bela.does("ask_for_information", key, questions=["purpose"])
    lanes = {desk["desk"]: desk["held"] for lane in board(tara, story)["lanes"] for desk in lane["desks"]}
    assert (len(lanes[ARVANIA]), lanes[BORLAND]) == (1, [])
    marks = {one["name"]: one["status"] for one in board(tara, story)["timeline"]}
    assert (marks["raid"], marks["asked"], marks["asks"]) == ("fired", "reached", "met")


def test_nothing_that_is_expected_runs_before_the_clock_is_started(waits, wall):
    eva = person("eva")
    SeatHolder.objects.create(user=eva.user, exercise=waits, seat=None, role=EVALUATOR)
    client = Client()
    client.force_login(eva.user)
    page = f"/exercises/{waits.handle}/after/"

    def told() -> str:
        return eva.gets(f"exercises/{waits.handle}/expectations/")[0]["status"]

    assert told() == "pending"
    assert ">not begun</strong>" in client.get(page).content.decode()

    start(waits.pk, wall.at, DAY_A_SECOND)

    assert told() == "running"
    assert ">running</strong>" in client.get(page).content.decode()


def test_a_desk_reads_every_instant_in_its_own_zone_and_control_in_utc(story, anna, tara, wall):
    wall.runs(days=3)
    anna.files("mla_stored_data", to=BORLAND)
    end(story.pk, wall.at)
    here = f"/exercises/{story.handle}"

    def reads(one, path: str) -> str:
        client = Client()
        client.force_login(one.user)
        return " ".join(re.sub("<[^>]+>", "", client.get(path).content.decode()).split())

    own, controls = reads(anna, f"{here}/feedback/"), reads(tara, f"{here}/after/")
    assert "The news came 3 March 2027, 07:00 UTC+7. In the seven days after it:" in own
    assert "event 1, 4 March 2027, 07:00 UTC+7" in own.partition("What the team did")[2]
    assert "The news came 3 March 2027, 00:00 UTC. In the seven days after it:" in controls
    assert "event 1, 4 March 2027, 00:00 UTC" in controls.partition("What the team did")[2]
    own, controls = (reads(one, f"{here}/response-times/") for one in (anna, tara))
    assert "Observed until4 March 2027, 07:00 UTC+7" in own
    assert "Observed until4 March 2027, 00:00 UTC" in controls
    own, controls = reads(anna, "/"), reads(tara, "/")
    assert re.search(r"begun \d+ \w+ \d{4}, \d\d:\d\d UTC\+7", own)
    assert re.search(r"begun \d+ \w+ \d{4}, \d\d:\d\d UTC(?!\+)", controls)


def test_what_was_expected_is_laid_beside_what_happened(story, anna, bela, tara, eva, wall):
    feedback = f"exercises/{story.handle}/feedback/"
    wall.runs(days=3)
    key = anna.files("mla_stored_data", to=BORLAND)
    wall.runs(days=5)
    anna.files("mla_documents", to=BORLAND)
    told = {one["name"]: one for one in eva.gets(f"exercises/{story.handle}/expectations/")}
    assert (told["asks"]["status"], told["asks"]["happened"]["request_id"]) == ("met", key)
    assert (told["asks"]["happened"]["at"], told["asks"]["happened"]["seq"]) == ("2027-03-04T00:00:00Z", 1)
    assert (told["also-asks"]["status"], told["also-asks"]["late_hours"]) == ("missed", 72.0)
    early = anna.asks("get", feedback)
    assert (early.status_code, early.json()["type"]) == (409, f"{TYPE}not_ended")
    assert tara.asks("get", f"exercises/{story.handle}/timeline/").json()["type"] == f"{TYPE}not_ended"

    said = {"name": "also-asks", "points": 2, "reason": "They had asked by telephone."}
    assert moves(eva, story, "expectations", **said).json()["points_given"] == 2
    assert moves(eva, story, "expectations", **{**said, "points": 6}).json()["type"] == f"{TYPE}bad_points"
    assert (
        moves(eva, story, "expectations", **{**said, "name": "x"}).json()["type"] == f"{TYPE}no_expectation"
    )
    tara.asks("post", f"exercises/{story.handle}/clock/", {"act": "end"})

    found = anna.gets(feedback)
    assert found["score"] == {
        "state": "XA",
        "name": "Arvania",
        "points": 7,
        "of": 10,
        "simulated": 0,
        "met": 1,
        "missed": 1,
    }
    assert [one["reason"] for one in found["expectations"]] == ["", "They had asked by telephone."]
    assert bela.gets(feedback)["expectations"] == []
    assert bela.gets(feedback)["decisions"] == []
    (decision,) = found["decisions"]
    assert (decision["question"], decision["came_at"]) == (
        "Ask now, or wait for the seizure?",
        "2027-03-03T00:00:00Z",
    )
    assert [(act["act"], act["at"]) for act in decision["did"]] == [
        ("submit", "2027-03-04T00:00:00Z"),
        ("submit", "2027-03-09T00:00:00Z"),
    ]
    assert decision["did"][0]["request_id"] == key
    whole = tara.gets(f"exercises/{story.handle}/after-action/")
    assert (whole["scores"], whole["ended"]) == ([found["score"]], True)
    assert whole["decisions"] == found["decisions"]
    assert whole["milestones"] == [{"name": "asked", "reached_at": "2027-03-04T00:00:00Z"}]
    moments = tara.gets(f"exercises/{story.handle}/timeline/?state=XA&page_size=200")["results"]
    assert [one["act"] for one in moments] == ["draft", "submit", "draft", "submit"]


def test_a_request_is_laid_beside_the_model_once_it_has_been_sent(story, anna, bela, tara):
    said = {"purpose": "Find who rented it", "necessity": "Logs are kept a week"}
    draft = anna.drafts("mla_stored_data", to=BORLAND, case="harbour", contents=said)["id"]
    early = anna.asks("get", f"requests/{draft}/comparison/")
    assert (early.status_code, early.json()["type"]) == (409, f"{TYPE}not_submitted")
    anna.does("submit", draft)

    found = anna.gets(f"requests/{draft}/comparison/")

    verdicts = {one["field"]: one["verdict"] for one in found["fields"]}
    assert found["model"] == "logs"
    assert (verdicts["purpose"], verdicts["necessity"], verdicts["facts_summary"]) == (
        "same",
        "only yours",
        "only the model",
    )
    assert bela.asks("get", f"requests/{draft}/comparison/").status_code == 404
    point = sits("alma", story, f"XA/{POINT}")
    assert point.asks("get", f"requests/{draft}/comparison/").status_code == 404
    other = anna.files("mla_documents", to=BORLAND)
    assert tara.gets(f"requests/{other}/comparison/") == {"model": None, "fields": []}
