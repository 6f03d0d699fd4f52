"""Every endpoint, every method, every kind of person: what they are answered, and what they never read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import transaction
from django.urls import reverse

from requests_app.api.urls import urlpatterns
from requests_app.exercises.control import add_inject, fire_inject, skip_inject
from requests_app.workflow.models import Case
from tests.requests_app.api.conftest import CENTRAL, POINT, Person, opened, sits

METHODS = ("get", "head", "post", "patch", "put", "delete", "options")
PEOPLE = ("nobody", "own", "other State", "other exercise", "trainer")
# Who may read is told of GET and holds of HEAD; every method that is not named is 405, or 401 for nobody.
EVERYBODY = (200, 200, 200, 200, 200)
SIGNED_IN = (401, 200, 200, 200, 200)
SEATED = (401, 200, 200, 404, 200)
CONTROL = (401, 403, 403, 404, 200)
OPENERS = (401, 403, 403, 403, 200)
SIDES = (401, 200, 404, 404, 200)
EXPECTED: dict[str, dict[str, tuple[int, ...]]] = {
    "api_token": {"post": (401, 401, 401, 401, 401)},
    "api_revoke": {"post": (401, 204, 204, 204, 204)},
    "api_revoke_all": {"post": (401, 204, 204, 204, 204)},
    "api_exercises": {"get": SIGNED_IN, "post": (401, 403, 403, 403, 201)},
    "api_exercise": {"get": SEATED},
    "api_clock": {"post": (401, 403, 403, 404, 200)},
    "api_codes": {"get": (401, 403, 403, 404, 200), "post": (401, 403, 403, 404, 201)},
    "api_code": {"delete": (401, 403, 403, 404, 404)},
    "api_states": {"get": SEATED},
    "api_board": {"get": CONTROL},
    "api_inject_acts": {"post": CONTROL},
    "api_desks": {"post": CONTROL},
    "api_expectations": {"get": CONTROL, "post": (401, 403, 403, 404, 400)},
    "api_after_action": {"get": CONTROL},
    "api_feedback": {"get": (401, 409, 409, 404, 403)},
    "api_timeline": {"get": (401, 403, 403, 404, 409)},
    "api_report": {"get": SEATED},
    "api_report_requests": {"get": SEATED},
    "api_report_file": {"get": SEATED},
    "api_changes": {"get": SEATED},
    "api_stream": {"get": SEATED},
    "api_feed": {
        "get": SEATED,
        "post": (401, 201, 201, 404, 201),
        "delete": (401, 204, 204, 404, 204),
    },
    "api_feed_file": {"get": (404, 404, 404, 404, 404)},
    "api_scenarios": {"get": OPENERS},
    "api_scenario": {"get": OPENERS},
    "api_rehearsals": {"post": (401, 403, 403, 403, 202)},
    "api_rehearsal": {"get": (401, 403, 403, 403, 404)},
    "api_seats": {"get": SIGNED_IN},
    "api_join": {"post": (401, 404, 404, 404, 404)},
    "api_cases": {"get": SIGNED_IN},
    "api_notices": {"get": SIGNED_IN},
    "api_injects": {"get": SIGNED_IN},
    "api_messages": {"get": SIGNED_IN, "post": (401, 201, 201, 201, 400)},
    "api_requests": {"get": SIGNED_IN, "post": (401, 201, 201, 201, 403)},
    "api_counts": {"get": SIGNED_IN},
    "api_preview": {"post": (401, 200, 200, 200, 403)},
    "api_request": {"get": SIDES, "patch": (401, 409, 404, 404, 403)},
    "api_acts": {"post": (401, 201, 404, 404, 403)},
    "api_events": {"get": SIDES},
    "api_deadlines": {"get": SIDES},
    "api_permitted": {"get": SIDES},
    "api_comparison": {"get": (401, 200, 404, 404, 200)},
    "api_types": {"get": SIGNED_IN},
    "api_type": {"get": SIGNED_IN},
    "api_articles": {"get": SIGNED_IN},
    "api_grounds": {"get": SIGNED_IN},
    "api_safeguards": {"get": SIGNED_IN},
    "api_profiles": {"get": SIGNED_IN},
    "api_profile": {"get": SIGNED_IN},
    "api_lifecycle": {"get": SIGNED_IN},
    "api_search": {"get": (401, 400, 400, 400, 400)},
    "api_schema": {"get": EVERYBODY},
    "api_docs": {"get": EVERYBODY},
}
EXPECTED |= {
    "api_register": {"post": (404, 404, 404, 404, 404)},
    "api_me": {"get": SIGNED_IN, "patch": (401, 400, 400, 400, 400)},
    "api_password": {"post": (401, 400, 400, 400, 400)},
    "api_second_factor": {"post": (401, 201, 201, 201, 201)},
    "api_confirm_second_factor": {"post": (401, 409, 409, 409, 409)},
    "api_second_factor_off": {"post": (401, 401, 401, 401, 401)},
    "api_archive": {"post": (401, 403, 403, 404, 409)},
    "api_removal": {"post": (401, 403, 403, 404, 400)},
    "api_seen": {"post": (401, 200, 200, 200, 200)},
    "api_notice_settings": {"get": SIGNED_IN, "patch": (401, 200, 200, 200, 403)},
    "api_forgotten": {"post": (202, 202, 202, 202, 202)},
    "api_new_password": {"post": (400, 400, 400, 400, 400)},
}
ANYBODY_MAY_ASK = (
    "api_token",
    "api_feed_file",
    "api_schema",
    "api_docs",
    "api_register",
    "api_forgotten",
    "api_new_password",
)
NOBODYS = "00000000-0000-4000-8000-000000000007"
DRAFT = {"request_type": "mla_stored_data", "to": f"XB/{CENTRAL}"}
BODIES: dict[str, Any] = {
    "api_token": {"username": "anna", "password": "guessed"},
    "api_exercises": {"scenario": "intimate-images"},
    "api_clock": {"act": "pause"},
    "api_codes": {"role": "observer"},
    "api_inject_acts": {"act": "add", "name": "storm", "title": "Storm", "body": "", "to": ["XA"]},
    "api_desks": {"act": "take", "desk": f"XC/{POINT}"},
    "api_expectations": {"name": "nothing", "points": 1, "reason": "none"},
    "api_messages": {"text": "We need another day."},
    "api_rehearsals": {"scenario": "intimate-images"},
    "api_join": {"code": "abcd-abcd-abcd-abcd"},
    "api_register": {"code": "abcd-abcd-abcd-abcd"},
    "api_me": {"email": "anna@example.org", "password": "guessed"},
    "api_password": {"old": "guessed", "new": "another-long-word"},
    "api_confirm_second_factor": {"code": "123456"},
    "api_second_factor_off": {"password": "guessed", "code": "123456"},
    "api_archive": {},
    "api_removal": {"confirm": "another-1"},
    "api_seen": {},
    "api_notice_settings": {"language": "vi"},
    "api_forgotten": {"email": "anna@example.org"},
    "api_new_password": {"uid": "MQ", "token": "a-b", "password": "another-long-word"},
    "api_requests": DRAFT,
    "api_preview": DRAFT,
    "api_request": {"contents": {}},
    "api_acts": {"act": "withdraw"},
}


@pytest.fixture
def people(live, arvania, cascadia, trainer, wall) -> dict[str, Person]:
    other = opened(wall.at, seed=8)
    nobody = Person(type(arvania.client)(), arvania.user)
    found = (nobody, arvania, cascadia, sits("odo", other, f"XB/{POINT}"), trainer)
    return dict(zip(PEOPLE, found, strict=True))


def address(name: str, handle: str, key: str) -> str:
    said = {"handle": handle, "request_id": key, "type_id": "mla_stored_data", "code_id": NOBODYS}
    said |= {
        "form": "csv",
        "scenario_id": "intimate-images",
        "rehearsal_id": NOBODYS,
        "profile_id": "hanoi",
        "secret": "guessed",
    }
    pattern = next(one for one in urlpatterns if one.name == name)
    return reverse(name, kwargs={word: said[word] for word in pattern.pattern.converters})


def test_every_endpoint_is_in_the_matrix():
    assert {pattern.name for pattern in urlpatterns} == set(EXPECTED)


def test_every_method_that_an_endpoint_has_is_in_the_matrix():
    found = {
        pattern.name: {
            method for method in METHODS if method != "options" and hasattr(pattern.callback.cls, method)
        }
        for pattern in urlpatterns
    }

    assert found == {name: set(methods) for name, methods in EXPECTED.items()}


@pytest.mark.parametrize("name", EXPECTED)
def test_everybody_is_answered_as_the_matrix_says(name, people, live):
    key = people["own"].files(**DRAFT)

    found = {
        method: tuple(answered(name, method, one, live, key) for one in people.values()) for method in METHODS
    }

    for method in METHODS:
        wanted = EXPECTED[name].get("get" if method == "head" else method)
        if wanted is None:
            first = 405 if name in ANYBODY_MAY_ASK else 401
            wanted = (first, 405, 405, 405, 405)
        assert found[method] == wanted, method


def answered(name: str, method: str, one: Person, live: Any, key: str) -> int:
    body = BODIES.get(name)
    if body == DRAFT and one.user.username == "odo":
        body = {**DRAFT, "to": f"XA/{CENTRAL}"}
    headers = {"If-Match": '"1"', "Idempotency-Key": "k"}
    with transaction.atomic():
        call = getattr(one.client, method)
        sent = {} if method in ("get", "head") else {"data": body, "format": "json"}
        code = int(call(address(name, live.handle, key), headers=headers, **sent).status_code)
        transaction.set_rollback(True)
    return code


CANARIES = {
    "Arvania's draft": "canary-amsel",
    "Arvania's case": "canary-bunting",
    "what Arvania sent to Borland": "canary-crake",
    "a colleague's draft at Arvania's contact point": "canary-dunlin",
    "Borland's draft": "canary-egret",
    "news to Borland": "canary-finch",
    "news to come": "canary-gull",
    "Arvania's request that is still under way": "canary-heron",
    "what Arvania wrote to control": "canary-ibis",
    "what control wrote to Borland": "canary-jay",
}
READ_BY = {
    "anna": {
        "Arvania's draft",
        "Arvania's case",
        "what Arvania sent to Borland",
        "Arvania's request that is still under way",
        "what Arvania wrote to control",
    },
    "alma": {
        "Arvania's case",
        "what Arvania sent to Borland",
        "a colleague's draft at Arvania's contact point",
        "Arvania's request that is still under way",
    },
    "bela": {
        "what Arvania sent to Borland",
        "Borland's draft",
        "news to Borland",
        "what control wrote to Borland",
    },
    "cleo": set(),
    "odo": set(),
    "tara": set(CANARIES),
}


def test_what_one_desk_writes_is_read_by_no_other_seat(live, arvania, borland, cascadia, trainer, wall):
    alma = sits("alma", live, f"XA/{POINT}")
    other = opened(wall.at, seed=8)
    odo = sits("odo", other, f"XA/{CENTRAL}")
    to_borland = f"XB/{CENTRAL}"
    Case.objects.create(
        exercise=live, name="harbour", state_code="XA", title="Harbour", facts=CANARIES["Arvania's case"]
    )

    def saying(what: str) -> dict[str, str]:
        return {"facts_summary": CANARIES[what]}

    drafts = [
        arvania.drafts("mla_stored_data", to=to_borland, contents=saying("Arvania's draft"), case="harbour"),
        alma.drafts(
            "preservation_expedited",
            to=f"XB/{POINT}",
            contents=saying("a colleague's draft at Arvania's contact point"),
        ),
        borland.drafts("mla_stored_data", to=f"XA/{CENTRAL}", contents=saying("Borland's draft")),
    ]
    sent = [
        arvania.files(
            "mla_stored_data", to=to_borland, contents=saying("what Arvania sent to Borland"), case="harbour"
        )
    ]
    for name, title, to in (("raid", "news to Borland", "XB"), ("press", "news to come", "XA")):
        add_inject(live.pk, wall.at, name, title="News", body=CANARIES[title], to=[to], at=live.ends_at)
    fire_inject(live.pk, wall.at, "raid")
    skip_inject(live.pk, wall.at, "press")
    arvania.asks("post", "messages/", {"text": CANARIES["what Arvania wrote to control"]})
    told = {"text": CANARIES["what control wrote to Borland"], "to": to_borland}
    trainer.asks("post", "messages/", told)
    live.states.filter(code="XB").update(transit_seconds=864_000)
    sent.append(
        arvania.files(
            "mla_documents", to=to_borland, contents=saying("Arvania's request that is still under way")
        )
    )
    keys = [draft["id"] for draft in drafts] + sent

    for one in (arvania, alma, borland, cascadia, odo, trainer):
        told = everything_told(one, live.handle, keys)
        read = {what for what, canary in CANARIES.items() if canary in told}
        assert read == READ_BY[one.user.username], one.user.username


def everything_told(one: Person, handle: str, keys: list[str]) -> str:
    """Return every answer that a person gets, to what they may ask and to what they may not."""
    told = []
    for pattern in urlpatterns:
        for key in keys if "request_id" in pattern.pattern.converters else [""]:
            path = address(pattern.name, handle, key)
            for method in ("get", "post", "patch"):
                body = {"act": "ask_status", "contents": {}}
                headers = {"If-Match": '"99"', "Idempotency-Key": "k"}
                with transaction.atomic():
                    if method == "get":
                        answer = one.client.get(path)
                    else:
                        answer = getattr(one.client, method)(path, body, format="json", headers=headers)
                    transaction.set_rollback(True)
                told.append(f"{dict(answer.items())} {said_by(answer)}")
    return json.dumps(told)


def said_by(answer: Any) -> str:
    """Return the body of an answer; of a stream the first that it tells."""
    if not answer.streaming:
        return str(answer.content.decode())

    async def first_two() -> str:
        lines = aiter(answer.streaming_content)
        return f"{await anext(lines)!r} {await anext(lines)!r}"

    return str(async_to_sync(first_two)())


def test_a_request_under_way_is_not_there_for_the_receiver_until_it_arrives(live, arvania, borland, wall):
    live.states.filter(code="XB").update(transit_seconds=2 * 86_400)
    key = arvania.files(**DRAFT)
    assert borland.asks("get", f"requests/{key}/").status_code == 404
    assert borland.gets("requests/")["results"] == []

    wall.runs(days=3)

    assert borland.gets(f"requests/{key}/")["direction"] == "received"
    assert [row["id"] for row in borland.gets("requests/")["results"]] == [key]
