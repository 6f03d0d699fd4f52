"""At a page: a broken hash is seen, reported, a good copy comes, and the receipt is signed and downloaded."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cooperation.evidence.receipts import open_envelope
from requests_app.evidence.keys import holds
from requests_app.evidence.models import PlantedBreak
from requests_app.exercises.planting import plant_break
from tests.requests_app.api.conftest import Person
from tests.requests_app.api.test_evidence import FACTS, FILE, in_execution  # noqa: F401

pytestmark = pytest.mark.usefixtures("every_exercise_holds")


class Browser:
    """A person at the page of one request's evidence."""

    def __init__(self, one: Person, handle: str, key: str) -> None:
        self.client = Client()
        self.client.force_login(one.user, "django.contrib.auth.backends.ModelBackend")
        self.path = f"/exercises/{handle}/requests/{key}/evidence/"

    def reads(self) -> str:
        response = self.client.get(self.path)
        assert response.status_code == 200
        return words(response)

    def does(self, deed: str, status: int = 302, **form: Any) -> str:
        page = self.client.get(self.path).content.decode()
        version = re.search(r'name="version" value="(\d+)"', page)
        key = re.search(r'name="key" value="([^"]+)"', page)
        said = {
            "deed": deed,
            "key": key[1] if key else "k",
            "version": version[1] if version else "0",
            **form,
        }
        response = self.client.post(self.path, said)
        assert response.status_code == status, words(response)
        return words(response) if status != 302 else self.reads()


def words(response: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


@pytest.fixture
def at_pages(live, arvania, borland, in_execution) -> tuple[Browser, Browser]:  # noqa: F811
    return Browser(arvania, live.handle, in_execution), Browser(borland, live.handle, in_execution)


def test_a_trainee_sees_a_broken_hash_reports_it_gets_a_good_copy_and_signs(live, wall, at_pages):
    arvania, borland = at_pages
    file = SimpleUploadedFile("traffic.log", FILE, content_type="text/plain")
    known = {f"acquire-{name}": value for name, value in FACTS.items() if name != "name"}
    assert "Acquired as XA-XB-0001/XB-1" in borland.does("acquire", **{"acquire-file": file, **known})
    item = re.search(
        r'name="item" value="([0-9a-f-]{36})"', borland.client.get(borland.path).content.decode()
    )
    assert item is not None
    assert "XA-XB-0001/XB-1 is sealed" in borland.does("seal", item=item[1], seal="S-7")
    plant_break(live.pk, wall.at, "XA-XB-0001", "changed_file")
    sending = {"send-items": "XA-XB-0001/XB-1", "send-onward_transfer": "with_consent"}
    assert "The evidence is sent" in borland.does("send", **sending)

    assert "Nobody here has hashed it again yet" in arvania.reads()
    found = arvania.does("verify")
    assert "Something is wrong with: XA-XB-0001/XB-1" in found
    assert "The file is not the one that was announced" in found
    assert "Sign the receipt" not in found
    assert "The mismatch is reported" in arvania.does("report")

    borland.does("send", **sending)
    assert "All of it is what was announced" in arvania.does("verify")
    signed = arvania.does("sign")
    assert "You have signed the receipt" in signed
    assert "Receipt signed by XA/central_authority" in signed
    link = re.search(r'href="(/[^"]+/receipts/\d+/)"', arvania.client.get(arvania.path).content.decode())
    assert link is not None
    opened = open_envelope(arvania.client.get(link[1]).content, "receipt.json")
    assert holds(opened.body, opened.signature, opened.public_key)


def test_custody_is_a_picture_with_the_same_in_words(at_pages):
    _, borland = at_pages
    known = {f"acquire-{name}": value for name, value in FACTS.items() if name != "name"}
    borland.does("acquire", **{"acquire-file": SimpleUploadedFile("a.log", FILE), **known})

    page = borland.client.get(borland.path).content.decode()

    assert 'role="img" aria-label="Custody of XA-XB-0001/XB-1: 1 step' in page
    assert page.count('<circle class="custody__mark') == 1
    assert "Acquired" in words(borland.client.get(borland.path))
    assert " style=" not in page[page.index('<div class="custody">') :]


def test_the_trainer_plants_a_break_at_the_page_and_no_desk_may(live, trainer, at_pages, in_execution):  # noqa: F811
    tara = Browser(trainer, live.handle, in_execution)

    assert "The break is planted" in tara.does("plant", what="missing_file")
    assert PlantedBreak.objects.get(exercise=live).what == "missing_file"
    tara.does("plant", 422, what="lost_in_the_post")
    arvania, _ = at_pages
    assert "Plant a break" not in arvania.reads()
    arvania.does("plant", 403, what="missing_file")
    assert PlantedBreak.objects.count() == 1


def test_a_form_that_says_too_little_comes_back_and_nothing_is_kept(at_pages):
    _, borland = at_pages

    told = borland.does("acquire", 422, **{"acquire-source": "Code Nest"})

    assert "Error:" in told
    assert "This desk holds no evidence for this request" in borland.reads()


def test_whoever_is_no_side_of_the_request_finds_no_page(live, cascadia, in_execution):  # noqa: F811
    path = f"/exercises/{live.handle}/requests/{in_execution}/evidence/"
    client = Client()
    client.force_login(cascadia.user, "django.contrib.auth.backends.ModelBackend")

    assert client.get(path).status_code == 404
    assert client.post(path, {"deed": "verify", "key": "k"}).status_code == 404
