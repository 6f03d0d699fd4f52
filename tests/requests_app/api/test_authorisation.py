"""Every endpoint, every method, every kind of person: what they are answered, and what they never read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import resolve
from drf_spectacular.generators import SchemaGenerator

from tests.requests_app.api.addresses import ADMINISTRATION, API, METHODS, PAGES, Endpoint, endpoints
from tests.requests_app.api.around import (
    COLLEAGUE,
    EVALUATOR,
    NOBODY,
    NOBODYS,
    OBSERVER,
    OTHER_EXERCISE,
    OTHER_STATE,
    OWN,
    WORDS,
    Around,
    at_the_table,
    left_alone,
)
from tests.requests_app.api.around import CONTROL as CONTROL_ROOM
from tests.requests_app.api.conftest import CENTRAL, POINT, Person

# Who may do what is decided above the database.
pytestmark = pytest.mark.once

PEOPLE = (NOBODY, OWN, OTHER_STATE, OTHER_EXERCISE, CONTROL_ROOM)
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
    "api_workload": {"get": SEATED},
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
    "api_evidence": {"get": SIDES, "post": (401, 400, 404, 404, 403)},
    "api_verify_evidence": {"post": (401, 409, 404, 404, 403)},
    "api_receipt": {"get": (401, 404, 404, 404, 404)},
    "api_evidence_file": {"get": (401, 404, 404, 404, 404)},
    "api_custody_steps": {"post": (401, 404, 404, 404, 404)},
    "api_redactions": {"post": (401, 404, 404, 404, 404)},
    "api_copy_file": {"get": (401, 404, 404, 404, 404)},
    "api_destroy_copy": {"post": (401, 404, 404, 404, 404)},
    "api_pass_on": {"post": (401, 404, 404, 404, 404)},
    "api_planted_breaks": {"post": (401, 403, 403, 404, 204)},
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
# Where nothing else is said here, a colleague at another desk is answered like one's own desk, and whoever
# looks on (observer, evaluator) like the trainer; but what no desk may write, only the trainer may.
COLLEAGUE_TOO: dict[str, dict[str, int]] = {"api_acts": {"post": 409}, "api_comparison": {"get": 404}}
LOOKS_ON_TOO: dict[str, dict[str, tuple[int, int]]] = {
    "api_scenarios": {"get": (403, 403)},
    "api_scenario": {"get": (403, 403)},
    "api_rehearsal": {"get": (403, 403)},
    "api_codes": {"get": (403, 403)},
    "api_code": {"delete": (403, 403)},
    "api_expectations": {"post": (403, 400)},
    "api_messages": {"post": (403, 400)},
}
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
    "api_custody_steps": {"step": "sealed", "facts": {"seal": "S-7"}},
    "api_destroy_copy": {"reason": "no longer needed"},
    "api_pass_on": {"to": NOBODYS},
    "api_planted_breaks": {"request": "XA-XB-0001", "what": "changed_file"},
}


# The pages, by whether one is signed in, and staff. What is 302 for nobody leads to the sign-in.
PAGE_PEOPLE = ("nobody", "somebody", "staff")
EXPECTED_PAGES: dict[str, dict[str, tuple[int, ...]]] = {
    "status": {"get": (302, 200, 200)},
    "sign_in": {"get": (200, 200, 200), "post": (200, 200, 200), "put": (200, 200, 200)},
    "sign_out": {"post": (302, 302, 302)},
    "home": {"get": (302, 200, 200)},
    "set_language": {"post": (302, 302, 302)},
    "sign_out_everywhere": {"post": (302, 302, 302)},
    "join": {"get": (200, 200, 200), "post": (400, 400, 400)},
    "account": {"get": (302, 200, 200)},
    "password": {"get": (302, 200, 200), "post": (302, 400, 400)},
    "address": {"get": (302, 200, 200), "post": (302, 400, 400)},
    "second_factor": {"get": (302, 200, 200), "post": (302, 400, 400)},
    "forgotten": {"get": (200, 200, 200), "post": (400, 400, 400)},
    "new_password": {"get": (200, 200, 200), "post": (400, 400, 400)},
    "report": {"get": (302, 404, 404)},
    "healthz": {"get": (200, 200, 200)},
    "readyz": {"get": (503, 503, 503)},
    "metrics": {"get": (200, 200, 200)},
}
# The pages of an exercise. A page that is not for one's role is not there, as one of another exercise is not.
SEATED_PEOPLE = (NOBODY, OWN, OTHER_STATE, OTHER_EXERCISE, OBSERVER, CONTROL_ROOM)
OF_DESKS = (302, 200, 200, 404, 404, 404)
OF_ALL_SEATS = (302, 200, 200, 404, 200, 200)
OF_BOTH_SIDES = (302, 200, 404, 404, 200, 200)
OF_CONTROL = (302, 404, 404, 404, 200, 200)
OF_TRAINERS = (302, 404, 404, 404, 404, 200)
OF_NOBODY = (302, 404, 404, 404, 404, 404)
SENT_TO_DESKS = (302, 422, 422, 404, 404, 404)
SENT_TO_BOTH_SIDES = (302, 422, 404, 404, 422, 422)
SENT_TO_CONTROL = (302, 404, 404, 404, 403, 422)
SENT_TO_TRAINERS = (302, 404, 404, 404, 404, 422)
EXPECTED_SEATED_PAGES: dict[str, dict[str, tuple[int, ...]]] = {
    "library": {"get": OF_TRAINERS},
    "scenario": {"get": OF_TRAINERS, "post": SENT_TO_TRAINERS},
    "rehearsal": {"get": OF_NOBODY},
    "seats": {"get": OF_TRAINERS, "post": SENT_TO_TRAINERS},
    "control_room": {"get": OF_CONTROL, "post": SENT_TO_CONTROL},
    "injects": {"get": OF_CONTROL, "post": SENT_TO_CONTROL},
    "inject": {"get": OF_NOBODY, "post": OF_NOBODY},
    "messages": {"get": OF_ALL_SEATS, "post": (302, 422, 422, 404, 422, 422)},
    "requests": {"get": OF_CONTROL},
    "notices": {"get": OF_DESKS, "post": SENT_TO_DESKS},
    "after_action": {"get": OF_CONTROL, "post": SENT_TO_CONTROL},
    # Its clock runs: the trainer is told to pause it first.
    "exercise_download": {"get": SENT_TO_TRAINERS},
    "timelines": {"get": OF_CONTROL},
    "judgement": {"get": OF_NOBODY, "post": OF_NOBODY},
    "feedback": {"get": OF_DESKS},
    "response_times": {"get": OF_ALL_SEATS},
    "cases_behind": {"get": OF_ALL_SEATS},
    "report_download": {"get": OF_ALL_SEATS},
    "brief": {"get": OF_DESKS},
    "desk": {"get": OF_DESKS},
    "new_request": {"get": OF_DESKS, "post": SENT_TO_DESKS},
    "request": {"get": OF_BOTH_SIDES, "post": SENT_TO_BOTH_SIDES},
    "evidence": {"get": OF_BOTH_SIDES, "post": SENT_TO_BOTH_SIDES},
    "receipt": {"get": OF_NOBODY},
    # It has been sent: who may see it is led to its page.
    "draft": {"get": (302, 302, 404, 404, 404, 404), "post": (302, 302, 404, 404, 404, 404)},
    "request_pdf": {"get": OF_BOTH_SIDES},
    "directory": {"get": OF_ALL_SEATS},
    "rulebook": {"get": OF_ALL_SEATS},
    "request_type": {"get": OF_ALL_SEATS},
}


@pytest.fixture(scope="module")
def around(django_db_setup: None, django_db_blocker: Any) -> Iterator[Around]:
    with at_the_table(django_db_blocker) as found:
        yield found


def test_every_endpoint_is_in_the_matrix():
    assert {one.name for one in endpoints(API)} == set(EXPECTED)
    assert {one.name for one in endpoints(PAGES)} == {*EXPECTED_PAGES, *EXPECTED_SEATED_PAGES}


# What describes the others, and a stream that never ends.
UNDESCRIBED = {name: {"get"} for name in ("api_schema", "api_docs", "api_stream")}


def test_every_method_that_an_endpoint_has_is_in_the_matrix_and_in_the_schema():
    described = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    found, told = {}, {}
    for one in endpoints(API):
        found[one.name] = one.methods - {"head"}
        route = next((route for route in described if _fits(route, one)), "")
        told[one.name] = set(described[route]) if route else UNDESCRIBED[one.name]

    assert found == {name: set(methods) for name, methods in EXPECTED.items()}
    assert found == told


def _fits(route: str, one: Endpoint) -> bool:
    return resolve(re.sub(r"{(\w+)}", lambda gap: WORDS[gap[1]], route)).view_name == one.name


@pytest.mark.django_db
@pytest.mark.parametrize("name", EXPECTED)
def test_everybody_is_answered_as_the_matrix_says(name, around):
    endpoint = next(one for one in endpoints(API) if one.name == name)

    found = {
        method: {who: answered(endpoint, method, one, around) for who, one in around.people.items()}
        for method in METHODS
    }

    assert found == {method: wanted(name, method) for method in METHODS}


def wanted(name: str, method: str) -> dict[str, int]:
    """Return the status that everybody is answered with."""
    asked = "get" if method == "head" else method
    told = EXPECTED[name].get(asked)
    if told is None:
        told = (405 if name in ANYBODY_MAY_ASK else 401, 405, 405, 405, 405)
    found = dict(zip(PEOPLE, told, strict=True))
    found[COLLEAGUE] = COLLEAGUE_TOO.get(name, {}).get(asked, found[OWN])
    like = 403 if asked != "get" and found[OWN] == 403 else found[CONTROL_ROOM]
    looks_on = LOOKS_ON_TOO.get(name, {}).get(asked, (like, like))
    return {**found, OBSERVER: looks_on[0], EVALUATOR: looks_on[1]}


def answered(endpoint: Endpoint, method: str, one: Person, around: Around) -> int:
    body = BODIES.get(endpoint.name)
    if body == DRAFT and one.user.username == "odo":
        body = {**DRAFT, "to": f"XA/{CENTRAL}"}
    return int(asked(one, endpoint.path(around.words), method, body).status_code)


def asked(one: Person, path: str, method: str, body: Any = None) -> Any:
    """Ask once, on the version that the request has; leave nothing behind."""
    cache.clear()  # how often one has asked is not the question here
    headers = {"If-Match": '"1"', "Idempotency-Key": "k"}
    sent = {} if method in ("get", "head") else {"data": body, "format": "json"}
    with left_alone():
        return getattr(one.client, method)(path, headers=headers, **sent)


@pytest.mark.django_db
@pytest.mark.parametrize("name", EXPECTED_PAGES)
def test_a_page_is_there_for_whom_the_matrix_says(name, around):
    endpoint = next(one for one in endpoints(PAGES) if one.name == name)
    staff = User.objects.create_user("stefan", is_staff=True)

    found = {}
    for method in METHODS:
        answers = []
        for user in (None, around.people[OWN].user, staff):
            client = Client()
            if user is not None:
                client.force_login(user, "django.contrib.auth.backends.ModelBackend")
            with left_alone():
                answers.append(getattr(client, method)(endpoint.path(around.words)).status_code)
        found[method] = tuple(answers)

    for method in METHODS:
        told = EXPECTED_PAGES[name].get("get" if method == "head" else method)
        if told is None:
            # Not a page's way of being asked; whoever is not signed in is first led to where one signs in.
            assert set(found[method]) <= {302, 405, 200 if method == "options" else 405}, method
        else:
            assert found[method] == told, method


@pytest.mark.django_db
@pytest.mark.parametrize("name", EXPECTED_SEATED_PAGES)
def test_a_page_of_an_exercise_is_there_for_whom_the_matrix_says(name, around):
    endpoint = next(one for one in endpoints(PAGES) if one.name == name)
    path, told = endpoint.path(around.words), EXPECTED_SEATED_PAGES[name]

    found = {
        method: tuple(status_of_page(around, who, method, path) for who in SEATED_PEOPLE) for method in told
    }

    assert found == told
    for method in ("post", "put", "patch", "delete"):
        if method not in told:
            for who in (NOBODY, OWN, CONTROL_ROOM):
                assert status_of_page(around, who, method, path) in (302, 404, 405), (method, who)
    assert status_of_page(around, OWN, "head", path) == told["get"][1]


def status_of_page(around: Around, who: str, method: str, path: str) -> int:
    client = Client()
    if who != NOBODY:
        client.force_login(around.people[who].user, "django.contrib.auth.backends.ModelBackend")
    with left_alone():
        return int(getattr(client, method)(path).status_code)


@pytest.mark.django_db
def test_the_administration_is_for_staff_alone(around):
    words = {"app_label": "requests_app", "object_id": 1, "content_type_id": 1, "url": "x", "id": 1}
    somebody = Client()
    somebody.force_login(around.people[CONTROL_ROOM].user, "django.contrib.auth.backends.ModelBackend")
    found = endpoints(ADMINISTRATION)
    assert len(found) > 50

    for one in found:
        if one.name in ("admin:login", "admin:logout"):
            continue
        words_of = {gap: words.get(gap, "1") for gap in one.gaps}
        for client in (Client(), somebody):
            for method in METHODS:
                with left_alone():
                    answer = getattr(client, method)(one.path(words_of))
                assert answer.status_code == 302, (one.name, method)
                assert answer["Location"].startswith("/admin/login/"), one.name


@pytest.mark.django_db
@pytest.mark.parametrize("who", [OTHER_STATE, OTHER_EXERCISE])
def test_what_is_hidden_is_answered_as_what_is_not_there(around, who):
    hidden = around.words | {"handle": around.exercise.handle if who == OTHER_EXERCISE else "nowhere-1"}
    absent = around.words | {"handle": "nowhere-1", "request_id": NOBODYS}

    for one in endpoints(API):
        if not {"handle", "request_id"} & set(one.gaps):
            continue
        for method in METHODS:
            body = BODIES.get(one.name)
            there = asked(around.people[who], one.path(hidden), method, body)
            not_there = asked(around.people[who], one.path(absent), method, body)
            assert there.content == not_there.content, (one.name, method)
            assert dict(there.items()) == dict(not_there.items()), (one.name, method)
