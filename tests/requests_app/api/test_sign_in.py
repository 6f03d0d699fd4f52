"""Signing in and out: tokens are digests that expire, and a failure tells nobody who exists."""

from __future__ import annotations

import re

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from knox.models import AuthToken
from rest_framework.test import APIClient

from tests.requests_app.api.conftest import Person, person

PASSWORD = "long-anna-word"


def signs_in(name: str, password: str, client: APIClient | None = None):
    said = {"username": name, "password": password}
    return (client or APIClient()).post("/api/v1/token/", said, format="json")


@pytest.fixture
def anna(db, wall) -> User:
    return User.objects.create_user("anna", password=PASSWORD)


def with_token(token: str, user: User) -> Person:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return Person(client, user)


def test_a_name_and_a_password_give_a_token_of_which_only_the_digest_is_stored(anna):
    answer = signs_in("anna", PASSWORD).json()

    assert answer["expiry"] == "2026-11-23T21:00:00Z"
    assert with_token(answer["token"], anna).gets("seats/")["results"] == []
    stored = AuthToken.objects.get()
    assert answer["token"] not in (stored.digest, stored.token_key)
    assert anna.password != PASSWORD


def test_a_token_expires(anna, wall):
    token = signs_in("anna", PASSWORD).json()["token"]

    wall.runs(days=12 * 3600 + 1)  # as many seconds

    assert with_token(token, anna).asks("get", "seats/").status_code == 401


def test_signing_out_revokes_this_token_and_everywhere_all(anna):
    tokens = [signs_in("anna", PASSWORD).json()["token"] for _ in range(3)]
    here, there, third = (with_token(token, anna) for token in tokens)

    assert here.asks("post", "token/revoke/").status_code == 204
    assert here.asks("get", "seats/").status_code == 401
    assert there.asks("get", "seats/").status_code == 200
    assert there.asks("post", "token/revoke-all/").status_code == 204
    assert third.asks("get", "seats/").status_code == 401


def test_what_is_no_token_is_401_and_says_how_to_sign_in(db):
    for said in ("Bearer nonsense", "Bearer \xe9t\xe9", "Bearer", "Bearer a b"):
        answer = APIClient().get("/api/v1/seats/", headers={"Authorization": said})
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"
        assert answer.json()["type"] == "urn:comity:problem:not_signed_in"


def test_a_wrong_name_and_a_wrong_password_are_answered_alike_at_the_same_cost(anna, monkeypatch):
    User.objects.create_user("gone", password=PASSWORD, is_active=False)
    User.objects.create_user("code", password=None)
    hashed = []
    for name in ("encode", "verify"):
        real = getattr(Argon2PasswordHasher, name)
        monkeypatch.setattr(
            Argon2PasswordHasher,
            name,
            lambda self, *said, real=real, **more: hashed.append(1) or real(self, *said, **more),
        )

    def told_to(name: str, password: str) -> tuple:
        hashed.clear()
        with CaptureQueriesContext(connection) as asked:
            api = signs_in(name, password)
            page = Client().post("/sign-in/", {"username": name, "password": password})
        shown = re.sub(rb'(?<=value=")[^"]*(?=")', b"", page.content)
        return (
            *(api.status_code, api.content, dict(api.items())),
            *(page.status_code, shown, dict(page.items())),
            *(len(hashed), len(asked)),
        )

    nobody = told_to("nina", "guess")  # as long a name: the page shows it again

    assert (nobody[0], nobody[3], nobody[6]) == (401, 200, 2)  # one for the API, one for the page
    assert told_to("anna", "guess") == nobody
    assert told_to("gone", PASSWORD) == nobody
    assert told_to("code", "guess") == nobody


@pytest.mark.parametrize("name", ["anna", "nobody"], ids=["a name that exists", "one that does not"])
def test_after_ten_failures_the_door_is_locked_for_a_quarter_of_an_hour(anna, wall, name):
    answers = [signs_in(name, "guess") for _ in range(11)]

    assert [one.status_code for one in answers] == [401] * 9 + [429] * 2
    assert answers[-1].json()["type"] == "urn:comity:problem:locked_out"
    assert answers[-1]["Content-Type"] == "application/problem+json"
    assert signs_in(name, PASSWORD).status_code == 429

    wall.runs(days=15 * 60 + 1)  # as many seconds

    assert signs_in(name, PASSWORD).status_code == (200 if name == "anna" else 401)


def test_the_page_is_locked_with_the_api(anna, client):
    for _ in range(10):
        client.post("/sign-in/", {"username": "anna", "password": "guess"})

    answer = client.post("/sign-in/", {"username": "anna", "password": PASSWORD})

    assert answer.status_code == 429
    assert answer["Content-Type"] == "text/plain"
    assert signs_in("anna", PASSWORD).status_code == 429


def test_a_success_forgets_the_failures_before_it(anna):
    signs_in("anna", "guess")
    signs_in("anna", PASSWORD)

    assert AccessAttempt.objects.count() == 0


def test_nobody_is_signed_in_more_than_twenty_times(anna):
    answers = [signs_in("anna", PASSWORD).status_code for _ in range(21)]

    assert answers == [200] * 20 + [429]


def test_whoever_asks_too_often_is_told_when_to_come_back(db, wall):
    one = person("bela")

    answers = [one.asks("post", "join/", {"code": "abcd"}) for _ in range(21)]

    assert [answer.status_code for answer in answers] == [404] * 20 + [429]
    assert answers[-1].json()["type"] == "urn:comity:problem:too_many"
    assert int(answers[-1]["Retry-After"]) <= 61


def test_a_session_needs_its_csrf_token(anna, client):
    strict = APIClient(enforce_csrf_checks=True)
    strict.force_login(anna, "django.contrib.auth.backends.ModelBackend")

    assert strict.get("/api/v1/seats/").status_code == 200
    assert strict.post("/api/v1/join/", {"code": "abcd"}, format="json").status_code == 403
