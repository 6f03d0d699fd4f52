"""Accounts: made by a code in a training room, ended everywhere at once, with a second factor, and erased."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.core import mail
from django.test import Client
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from knox.models import AuthToken
from rest_framework.test import APIClient

from requests_app.exercises.people import erase
from requests_app.reports.mail import send
from requests_app.workflow.verify import failures
from requests_app.world.models import Guest, Mail, SeatHolder, Session
from requests_app.world.present import wall_now
from tests.requests_app.api.conftest import CENTRAL, Person, person

PASSWORD = "long-anna-word"
NEW = "another-quite-long-word"
DESK = {"role": "trainee", "state": "XB", "authority": CENTRAL}


def asks(path: str, body: dict[str, str]):
    return APIClient().post(f"/api/v1/{path}", body, format="json")


def refused(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("urn:comity:problem:")


@pytest.fixture
def code(live, trainer) -> str:
    return trainer.asks("post", f"exercises/{live.handle}/codes/", DESK).json()["code"]


@pytest.fixture
def anna(db, wall) -> Person:
    one = person("anna")
    one.user.email = "anna@example.org"
    one.user.save()
    return one


def in_a_browser(name: str, password: str, **more: str) -> Client:
    client = Client()
    client.post("/sign-in/", {"username": name, "password": password, **more})
    return client


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


# -- let in by a code ------------------------------------------------------------------------------------


def test_whoever_has_a_code_makes_an_account_and_sits(live, code):
    answer = asks("register/", {"code": code, "username": "bela", "password": NEW}).json()

    assert (answer["username"], answer["password"]) == ("bela", None)
    assert answer["seat"]["seat"] == f"XB/{CENTRAL}/1"
    client = APIClient(headers={"Authorization": f"Bearer {answer['token']}"})
    assert client.get("/api/v1/me/").json()["is_guest"] is False


def test_a_guest_needs_a_code_only_and_comes_back_with_what_was_told_once(live, code):
    answer = asks("register/", {"code": code}).json()

    said = {"username": answer["username"], "password": answer["password"]}
    assert asks("token/", said).status_code == 200
    assert Guest.objects.get().exercise == live
    assert re.fullmatch(r"guest-\w{6}", answer["username"])


def test_a_guest_stays_in_the_exercise_of_the_code(live, trainer, code):
    guest = asks("register/", {"code": code}).json()
    opened = trainer.asks("post", "exercises/", {"scenario": "intimate-images"}).json()["handle"]
    other = trainer.asks("post", f"exercises/{opened}/codes/", {"role": "observer"}).json()["code"]

    client = APIClient(headers={"Authorization": f"Bearer {guest['token']}"})
    answer = client.post("/api/v1/join/", {"code": other}, format="json")

    assert refused(answer) == (409, "other_exercise")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"code": "abcd-abcd-abcd-abcd"}, (404, "no_such_code")),
        ({"username": "tara", "password": NEW}, (409, "name_taken")),
        ({"username": "bela"}, (400, "password_needed")),
        ({"username": "bela", "password": "12345678"}, (400, "weak_password")),
        ({"username": "no name", "password": NEW}, (400, "bad_name")),
    ],
    ids=["a code that opens nothing", "a name that is taken", "no password", "a weak one", "no name"],
)
def test_nobody_is_made_where_something_is_wrong(code, said, told):
    assert refused(asks("register/", {"code": code, **said})) == told

    assert list(User.objects.values_list("username", flat=True)) == ["tara"]


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Nguyễn Văn An", "write it like Nguyễn.Văn.An"),
        ("  an / hà nội ", "write it like an.hà.nội"),
        ("!!!", "choose one of letters and digits"),
    ],
    ids=["a full name", "a name and a place", "no letter"],
)
def test_a_name_with_blanks_is_refused_beside_its_field_with_what_is_nearest(live, code, client, name, near):
    page = client.post("/join/", {"code": code, "name": name, "password": NEW})

    told = page.content.decode()
    assert page.status_code == 409
    assert f"A name has letters, digits and @ . + - _, and no blanks: {near}." in told
    assert 'id="id_name_error"' in told
    assert f'value="{name}"' in told


def test_a_guest_runs_no_exercise(live, trainer):
    said = trainer.asks("post", f"exercises/{live.handle}/codes/", {"role": "trainer"}).json()

    assert refused(asks("register/", {"code": said["code"]})) == (400, "no_guest_trainer")


def test_a_training_room_joins_on_the_page(live, code, client):
    named = client.post("/join/", {"code": code, "name": "bela", "password": NEW})
    guest = Client().post("/join/", {"code": code}).content.decode()
    wrong = Client().post("/join/", {"code": "abcd"})

    assert (named.status_code, is_in(client)) == (302, True)
    assert User.objects.get(username__startswith="guest-").username in guest
    assert wrong.status_code == 409
    assert "This code opens no seat" in wrong.content.decode()
    assert SeatHolder.objects.filter(seat__authority__kind=CENTRAL).count() == 2


# -- passwords, and the end of every sign-in -------------------------------------------------------------


@pytest.mark.parametrize("by", ["password change", "signing out everywhere", "new password by mail"])
def test_every_session_and_every_token_ends_at_once(anna, by):
    browsers = [in_a_browser("anna", PASSWORD) for _ in range(2)]
    other = in_a_browser(person("bela").user.username, "long-bela-word")
    assert [is_in(client) for client in browsers] == [True, True]

    if by == "password change":
        answer = anna.asks("post", "me/password/", {"old": PASSWORD, "new": NEW})
    elif by == "signing out everywhere":
        answer = anna.asks("post", "token/revoke-all/")
    else:
        answer = asks("password/new/", {**link_of(anna.user), "password": NEW})

    assert answer.status_code == 204
    assert [is_in(client) for client in browsers] == [False, False]
    assert anna.asks("get", "me/").status_code == 401
    assert is_in(other)
    assert (Session.objects.count(), AuthToken.objects.count()) == (1, 1)


def link_of(user: User) -> dict[str, str]:
    as_stored = User.objects.get(pk=user.pk)
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return {"uid": uid, "token": default_token_generator.make_token(as_stored)}


def test_a_link_for_a_new_password_holds_once_and_for_an_hour(anna, wall):
    link = link_of(anna.user)
    assert asks("password/new/", {**link, "password": NEW}).status_code == 204
    assert refused(asks("password/new/", {**link, "password": PASSWORD})) == (400, "bad_link")

    late = link_of(User.objects.get(username="anna"))
    wall.runs(days=3601)  # as many seconds

    assert refused(asks("password/new/", {**late, "password": PASSWORD})) == (400, "bad_link")


def test_asking_for_a_new_password_tells_nobody_who_exists(anna, django_assert_num_queries):
    answers = []
    for address in ("anna@example.org", "nobody@example.org"):
        with django_assert_num_queries(1):
            answers.append(asks("password/forgotten/", {"email": address}))
    pages = [
        Client().post("/password/forgotten/", {"email": to}, follow=True)
        for to in ("anna@example.org", "b@c.de")
    ]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].content == answers[1].content
    assert ["a link is on its way" in page.content.decode() for page in pages] == [True, True]
    assert Mail.objects.count() == 4


@pytest.mark.parametrize("name", ["anna", "nobody"], ids=["a name that exists", "one that does not"])
def test_the_page_is_locked_alike_whether_the_name_exists(anna, name):
    answers = [Client().post("/sign-in/", {"username": name, "password": "guess"}) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [200] * 9 + [429] * 2
    assert answers[-1].content == b"too many sign-ins have failed: try again in a quarter of an hour\n"


def test_whoever_is_signed_in_and_no_staff_is_told_why_the_administration_sends_them_to_sign_in(anna):
    client = in_a_browser("anna", PASSWORD)
    barred = "You are signed in as anna, and this account does not reach the page that you asked for"

    sent = client.get("/admin/", follow=True)

    assert sent.redirect_chain[-1][0].startswith("/sign-in/?next=/admin/")
    assert barred in sent.content.decode()
    assert barred not in client.get("/sign-in/?next=/account/").content.decode()
    assert "You are signed in as" not in Client().get("/admin/", follow=True).content.decode()


def test_the_own_password_is_asked_before_anything_is_changed(anna):
    for path, body in (
        ("me/password/", {"old": "guess", "new": NEW}),
        ("me/", {"email": "mallory@example.org", "password": "guess"}),
    ):
        answer = anna.asks("patch" if path == "me/" else "post", path, body)
        assert refused(answer) == (400, "bad_password")
    assert User.objects.get(username="anna").email == "anna@example.org"


# -- where mail goes -------------------------------------------------------------------------------------

ADDRESS = "/account/address/"


def test_a_person_gives_changes_and_takes_away_their_address_on_the_page(anna):
    client = in_a_browser("anna", PASSWORD)
    assert "anna@example.org" in client.get(ADDRESS).content.decode()

    said = {"email": "anna@ministry.example", "password": PASSWORD}
    changed = client.post(ADDRESS, said, follow=True)

    assert changed.redirect_chain == [("/account/", 302)]
    assert "Your e-mail address is saved." in changed.content.decode()
    assert address_of("anna") == "anna@ministry.example"

    client.post(ADDRESS, {**said, "email": ""})

    assert address_of("anna") == ""
    assert "Your account has no e-mail address, so nothing is mailed." in client.get(ADDRESS).content.decode()
    assert "Give your account an e-mail address" in client.get("/account/").content.decode()


@pytest.mark.parametrize(
    ("said", "status", "field", "told"),
    [
        ({"email": "a@b.example", "password": "guess"}, 409, "password", "This is not your password"),
        ({"email": "a at b", "password": PASSWORD}, 400, "email", "Enter a valid email address."),
        ({"email": "a@b.example", "password": ""}, 400, "password", "This field is required."),
    ],
    ids=["a wrong password", "no address at all", "no password"],
)
def test_an_address_that_is_not_taken_stays_typed_with_the_reason_beside_its_field(
    anna, said, status, field, told
):
    answer = in_a_browser("anna", PASSWORD).post(ADDRESS, said)
    page = answer.content.decode()

    assert answer.status_code == status
    assert told in page.split(f'id="id_{field}_error"')[1].split("</p>")[0]
    assert f'<a href="#id_{field}">' in page
    assert f'value="{said["email"]}"' in page
    assert "guess" not in page
    assert address_of("anna") == "anna@example.org"


@pytest.mark.parametrize(
    ("came_from", "leads_to"),
    [("/exercises/x-7/notices/", "/exercises/x-7/notices/"), ("https://evil.example/", "/account/")],
    ids=["a page here", "another site"],
)
def test_whoever_saved_an_address_comes_back_to_the_page_here_that_sent_them(anna, came_from, leads_to):
    client = in_a_browser("anna", PASSWORD)

    answer = client.post(f"{ADDRESS}?next={came_from}", {"email": "a@b.example", "password": PASSWORD})

    assert answer["Location"] == leads_to


def test_a_new_password_by_mail_goes_to_the_new_address_and_no_more_to_the_old(anna, wall):
    client = in_a_browser("anna", PASSWORD)
    client.post(ADDRESS, {"email": "anna@ministry.example", "password": PASSWORD})
    for address in ("anna@example.org", "anna@ministry.example"):
        Client().post("/password/forgotten/", {"email": address})

    send(wall_now())

    assert [one.to for one in mail.outbox] == [["anna@ministry.example"]]
    link = re.search(r"/password/new/\S+", mail.outbox[0].body)[0]
    assert client.post(link, {"new": NEW}).status_code == 302
    assert is_in(in_a_browser("anna", NEW))


def address_of(name: str) -> str:
    return User.objects.get(username=name).email


# -- the second factor -----------------------------------------------------------------------------------


def code_now(user: User, *, later: int = 0) -> str:
    device = TOTPDevice.objects.get(user=user)
    return f"{totp(device.bin_key, t0=-30 * later):06d}"


def enrols(one: Person) -> list[str]:
    secret = one.asks("post", "me/second-factor/").json()
    assert secret["uri"].startswith("otpauth://totp/Comity%20EXERCISE")
    assert secret["secret"] in secret["uri"].replace("%3D", "")
    answer = one.asks("post", "me/second-factor/confirm/", {"code": code_now(one.user)})
    assert answer.status_code == 200, answer.content
    return answer.json()["backup_codes"]


def test_with_a_second_factor_a_sign_in_needs_its_code_and_each_opens_once(anna, wall):
    paper = enrols(anna)
    assert anna.asks("get", "me/").status_code == 401  # every sign-in has ended
    said = {"username": "anna", "password": PASSWORD}

    assert refused(asks("token/", said)) == (401, "code_needed")
    assert asks("token/", {**said, "code": paper[0]}).status_code == 200
    assert refused(asks("token/", {**said, "code": paper[0]})) == (401, "bad_sign_in")
    wall.runs(days=60)  # as many seconds
    code = code_now(anna.user)
    assert asks("token/", {**said, "code": code}).status_code == 200
    assert refused(asks("token/", {**said, "code": code})) == (401, "bad_sign_in")
    assert len(paper) == 10


def test_the_page_and_the_administration_ask_for_the_code_too(anna, wall):
    User.objects.filter(username="anna").update(is_staff=True)
    enrols(anna)

    assert not is_in(in_a_browser("anna", PASSWORD))
    assert not is_in(in_a_browser("anna", PASSWORD, code="000000"))
    assert Client().get("/admin/login/")["Location"].startswith("/sign-in/")
    wall.runs(days=60)  # as many seconds
    assert is_in(in_a_browser("anna", PASSWORD, code=code_now(anna.user)))


def test_the_second_factor_is_set_up_on_the_page(anna):
    client = in_a_browser("anna", PASSWORD)

    page = client.get("/account/second-factor/").content.decode()
    done = client.post("/account/second-factor/", {"code": code_now(anna.user)}).content.decode()

    assert "otpauth://totp/" in page
    assert "The secret, to type where no picture can be read:</strong><br><code" in page
    assert "Codes for paper" in done
    assert not is_in(client)


def test_where_it_is_required_a_trainer_enrols_before_anything_else(live, trainer, arvania, settings):
    settings.REQUIRE_TOTP_FOR_TRAINERS = True
    client = in_a_browser("tara", "long-tara-word")

    assert refused(trainer.asks("get", "exercises/")) == (403, "enrol_first")
    assert trainer.gets("me/")["must_enrol_first"] is True
    assert client.get("/account/")["Location"] == "/account/second-factor/"
    assert arvania.asks("get", "exercises/").status_code == 200

    paper = enrols(trainer)

    said = {"username": "tara", "password": "long-tara-word", "code": paper[0]}
    token = asks("token/", said).json()["token"]
    again = APIClient(headers={"Authorization": f"Bearer {token}"})
    assert again.get("/api/v1/exercises/").status_code == 200


def test_a_second_factor_is_turned_off_by_password_and_code(anna):
    paper = enrols(anna)
    _, token = AuthToken.objects.create(user=anna.user)
    anna.client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")

    wrong = anna.asks("post", "me/second-factor/off/", {"password": "guess", "code": paper[0]})
    right = anna.asks("post", "me/second-factor/off/", {"password": PASSWORD, "code": paper[0]})

    assert refused(wrong) == (401, "bad_sign_in")
    assert right.status_code == 204
    assert asks("token/", {"username": "anna", "password": PASSWORD}).status_code == 200


# -- erased ----------------------------------------------------------------------------------------------


def test_a_person_is_erased_and_every_chain_stays_whole(live, arvania, borland):
    key = arvania.files("mla_stored_data", to=f"XB/{CENTRAL}")
    before = borland.gets(f"requests/{key}/events/")
    asks("token/", {"username": "anna", "password": "guess"})

    erase(arvania.user)

    assert not User.objects.filter(username="anna").exists()
    assert SeatHolder.objects.filter(seat__authority__state__code="XA").count() == 0
    assert borland.gets(f"requests/{key}/events/") == before
    live.refresh_from_db()
    assert list(failures(live)) == []
    assert "anna" not in everything_in_words()


def everything_in_words() -> str:
    from django.apps import apps

    return str([list(model._base_manager.values()) for model in apps.get_models()])
