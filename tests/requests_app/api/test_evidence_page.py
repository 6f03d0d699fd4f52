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
    sending = {
        "send-items": "XA-XB-0001/XB-1",
        "send-onward_transfer": "with_consent",
        "send-purpose": "Case 7",
        "send-delete_by": "30/06/2027",
    }
    assert "The evidence is sent" in borland.does("send", **sending)

    assert "Nobody here has hashed it again yet" in arvania.reads()
    found = arvania.does("verify")
    assert "Something is wrong with: XA-XB-0001/XB-1" in found
    assert "The file is not the one that was announced" in found
    assert "Sign the receipt" not in found
    assert "The mismatch is reported" in arvania.does("report")
    again = borland.client.get(borland.path).content.decode()
    assert re.search(r'name="send-purpose" value="Case 7"', again)
    assert re.search(r'name="send-delete_by" value="30/06/2027"', again)

    borland.does("send", **sending)
    assert "All of it is what was announced" in arvania.does("verify")
    signed = arvania.does("sign")
    assert "You have signed the receipt" in signed
    assert "Receipt signed by Arvania: Central authority for MLA" in signed
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
    assert re.search(r'class="custody__time"[^>]*>[0-9]{2}/[0-9]{2}/2027 [0-9]{2}:[0-9]{2}<', page)
    assert "event 1, Borland: Central authority for MLA" in words(borland.client.get(borland.path))
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


def acquired(borland: Browser, **more: str) -> str:
    """Take a file in at the page, and return the id of the item."""
    known = {f"acquire-{name}": value for name, value in FACTS.items() if name != "name"}
    borland.does("acquire", **{"acquire-file": SimpleUploadedFile("traffic.log", FILE), **known, **more})
    return item_of(borland)


def item_of(one: Browser, deed: str = "seal") -> str:
    """Return the id of the first item or copy at the page to which a deed may be done."""
    page = one.client.get(one.path).content.decode()
    found = re.search(
        rf'name="deed" value="{deed}"><input type="hidden" name="item" value="([0-9a-f-]+)"', page
    )
    assert found is not None, words(one.client.get(one.path))
    return found[1]


def test_a_redaction_is_taken_in_beside_its_original_with_what_was_taken_out(at_pages):
    _, borland = at_pages
    item = acquired(borland)
    said = {f"redact-{item}-reason": "A third person's number", f"redact-{item}-tool": "ed 1.20"}

    told = borland.does("redact", 422, item=item, **said)
    assert "Error:" in told
    told = borland.does(
        "redact", item=item, **{f"redact-{item}-file": SimpleUploadedFile("r.log", b"x"), **said}
    )

    assert "Taken in as XA-XB-0001/XB-2; the original stays" in told
    assert "XA-XB-0001/XB-1: A third person's number" in told
    assert "XA-XB-0001/XB-1: traffic.log" in told


def test_a_step_of_custody_says_what_it_must_and_what_is_destroyed_is_gone(at_pages):
    _, borland = at_pages
    item = acquired(borland)

    told = borland.does(
        "step", 422, item=item, **{f"step-{item}-step": "examined", f"step-{item}-what": "Sorted"}
    )
    assert "This step says it" in told
    examined = {
        f"step-{item}-{name}": text
        for name, text in (("step", "examined"), ("what", "Sorted"), ("tool", "sort"))
    }
    assert "The step of XA-XB-0001/XB-1 is written" in borland.does("step", item=item, **examined)
    assert "Examined" in borland.reads()

    told = borland.does("destroy", 422, item=item, **{f"destroy-{item}-reason": "Taken in by mistake"})
    assert "I am sure" in told
    assert "XA-XB-0001/XB-1 is destroyed" in borland.does(
        "destroy",
        item=item,
        **{f"destroy-{item}-reason": "Taken in by mistake", f"destroy-{item}-sure": "on"},
    )
    assert "Read the file" not in borland.reads()


def test_conditions_of_use_bind_whoever_receives_it_and_the_next_after(
    live, arvania, borland, cascadia, wall, at_pages
):
    at_arvania, at_borland = at_pages
    acquired(at_borland)
    told = at_borland.does("send", 422, **{"send-items": "XA-XB-0001/XB-1", "send-delete_by": "soon"})
    assert "Error:" in told
    sending = {
        "send-items": "XA-XB-0001/XB-1",
        "send-onward_transfer": "with_consent",
        "send-purpose": "Case 7",
        "send-confidential": "on",
        "send-delete_by": "2027-06-30",
    }
    at_borland.does("send", **sending)
    told = at_arvania.does("verify")
    assert "Only for this purpose Case 7" in told
    assert "with the consent of the State that sent it" in told
    assert "To be destroyed by" in told
    assert f"Source {FACTS['source']}" in told

    theirs = cascadia.files("mla_stored_data", to="XA/central_authority")
    for act in ("acknowledge", "accept", "start_execution"):
        arvania.does(act, theirs)
    copy = item_of(at_arvania, "pass_on")
    to = {f"pass_on-{copy}-to": theirs}
    told = at_arvania.does("pass_on", 422, item=copy, **to)
    assert "XB sent it for this purpose only: Case 7 (Art. 40(19))" in told
    assert "What helps: ask for consent to another use" in told

    request = arvania.gets("requests/?direction=sent")["results"][0]["id"]
    arvania.does("ask_other_use", request, use="For the case of Cascadia")
    borland.does("answer_other_use", request, consent=True)
    response = at_arvania.client.post(
        at_arvania.path, {"deed": "pass_on", "key": "k", "item": copy, **to}, follow=True
    )
    assert "It is XC-XA-0001/XA-1 of that request now, to be sent" in words(response)
    at_cascadia = Browser(cascadia, live.handle, theirs)
    onward = Browser(arvania, live.handle, theirs)
    onward.does("send", **{"send-items": "XC-XA-0001/XA-1", "send-onward_transfer": "with_consent"})
    told = at_cascadia.reads()
    assert "Only for this purpose Case 7" in told
    assert "Kept confidential Yes" in told
    assert "To be destroyed by" in told

    copy = item_of(at_cascadia, "destroy_copy")
    gone = {f"destroy-{copy}-reason": "The day has come", f"destroy-{copy}-sure": "on"}
    assert "The copy is destroyed" in at_cascadia.does("destroy_copy", item=copy, **gone)


def test_another_use_is_answered_on_the_page_once_it_was_asked_for_and_never_before(arvania, at_pages):
    _, borland = at_pages
    request = borland.path.removesuffix("evidence/")
    assert "Answer on another use" not in words(borland.client.get(request))

    key = arvania.gets("requests/?direction=sent")["results"][0]["id"]
    arvania.does("ask_other_use", key, use="For the case of Cascadia")

    page = borland.client.get(request)
    assert "Answer on another use" in words(page)
    assert "Use For the case of Cascadia" in words(page)
    version = re.search(r'name="version" value="(\d+)"', page.content.decode())
    said = {"act": "answer_other_use", "key": "k", "version": version[1] if version else ""}
    silent = borland.client.post(request, said)
    assert silent.status_code == 422
    assert "Choose whether you consent." in words(silent)
    answered = borland.client.post(request, {**said, "answer_other_use-consent": "no"}, follow=True)
    assert "Consent No" in words(answered)
    assert "Do you consent to this use?" not in words(answered)


def test_the_thread_folds_what_is_said_of_each_item_and_never_a_question(at_pages):
    _, borland = at_pages
    acquired(borland)
    borland.does("send", **{"send-items": "XA-XB-0001/XB-1", "send-onward_transfer": "with_consent"})

    thread = borland.client.get(borland.path.removesuffix("evidence/")).content.decode()

    (folded,) = re.findall(r"<details><summary>([^<]*)</summary>Item: XA-XB-0001/XB-1<br>", thread)
    assert folded.startswith("Item: XA-XB-0001/XB-1")
