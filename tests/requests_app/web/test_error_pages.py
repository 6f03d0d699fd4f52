"""What a person reads where nothing is, where a form is too old, and where the failure is ours."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client

pytestmark = pytest.mark.django_db
LOST = "/exercises/nowhere-1/desk/"


def words(response: object) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


@pytest.fixture
def anna() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_user("anna"))
    return client


@pytest.mark.parametrize(
    ("language", "banner", "told", "way_out"),
    [
        ("en", "EXERCISE", "Nothing is here", "To your exercises"),
        ("vi", "DIỄN TẬP", "Không có gì ở đây", "Đến các cuộc diễn tập của quý vị"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_in_the_readers_language(anna, language, banner, told, way_out):
    response = anna.get(LOST, headers={"Accept-Language": language})
    assert response.status_code == 404
    page = words(response)
    assert page.startswith(f"{told} - {banner} - Comity")
    assert way_out in page
    assert f'lang="{language}"' in response.content.decode()
    assert 'href="/"' in response.content.decode()


def test_who_has_not_signed_in_is_told_that_much_is_seen_only_then():
    page = words(Client().get("/no/such/page/"))
    assert "Much is seen only by those who have signed in." in page


def test_a_form_without_its_token_is_told_what_helps_and_nothing_is_done(anna):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(username="anna"))

    response = strict.post("/account/address/", {"email": "anna@example.org"})

    assert response.status_code == 403
    assert "The form could not be taken" in words(response)
    assert "Go back, load the page anew, and send the form again." in words(response)
    assert User.objects.get(username="anna").email == ""


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "Something went wrong here"), ("vi", "Đã có lỗi xảy ra ở đây")],
)
def test_a_failure_of_ours_is_told_without_a_word_of_the_machine(anna, monkeypatch, language, told):
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("secret of the machine")

    monkeypatch.setattr("requests_app.web.home.seats_of", breaks)

    response = anna.get("/", headers={"Accept-Language": language})

    assert response.status_code == 500
    assert told in words(response)
    assert "secret" not in response.content.decode()


def test_what_cannot_be_read_at_all_is_told_so(anna):
    response = anna.get("/", headers={"Host": "not a host"})
    assert response.status_code == 400
    assert "This could not be read" in words(response)


def test_the_api_keeps_its_own_way_to_say_so(anna):
    response = anna.get("/api/v1/nowhere/")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "kind"), [("/api/v1/exercises/", "application/problem+json"), ("/", "text/html; charset=utf-8")]
)
def test_who_asks_for_another_host_is_told_in_the_form_of_the_address(anna, path, kind):
    answer = anna.get(path, headers={"Host": "not a host"})
    assert (answer.status_code, answer["Content-Type"]) == (400, kind)
