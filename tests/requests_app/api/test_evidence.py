"""Evidence over HTTP, from the provider's file to the signed receipt; with a break on the way."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlencode

import pytest
from asgiref.sync import async_to_sync

from cooperation.evidence.receipts import open_envelope
from requests_app.evidence import store
from requests_app.evidence.keys import holds
from requests_app.evidence.models import CustodyStep
from requests_app.exercises.planting import plant_break
from requests_app.workflow.models import Event
from tests.requests_app.api.conftest import CENTRAL, Person

pytestmark = pytest.mark.usefixtures("every_exercise_holds")
FILE = b"2027-03-01 10:00:00 192.0.2.7:5151 account 12345678\n" * 400
FACTS = {
    "name": "../traffic data.log",
    "source_type": "provider",
    "source": "Code Nest",
    "legal_authority": "Order 7 of the court",
    "category": "traffic",
    "tool": "export of the provider",
    "zone": "+01:00",
}


@pytest.fixture
def in_execution(arvania, borland) -> str:
    key = arvania.files("mla_stored_data", to=f"XB/{CENTRAL}")
    for act in ("acknowledge", "accept", "start_execution"):
        borland.does(act, key)
    return key


def uploads(one: Person, key: str, content: bytes = FILE, path: str = "", **more: str) -> Any:
    where = path or f"requests/{key}/evidence/"
    return one.client.post(
        f"/api/v1/{where}?{urlencode({**FACTS, **more})}", content, content_type="application/octet-stream"
    )


def file_of(response: Any) -> bytes:
    async def whole() -> bytes:
        return b"".join([block async for block in response.streaming_content])

    return async_to_sync(whole)()


def test_evidence_goes_from_the_file_to_the_receipt_and_a_break_on_the_way_is_found(
    live, arvania, borland, cascadia, wall, in_execution
):
    key = in_execution
    made = uploads(borland, key)
    assert made.status_code == 201, made.content
    item = made.json()
    assert (item["reference"], item["name"], item["size"]) == (
        "XA-XB-0001/XB-1",
        "traffic data.log",
        len(FILE),
    )
    assert item["sha256"] == hashlib.sha256(FILE).hexdigest()
    sealed = borland.asks(
        "post", f"evidence/{item['id']}/steps/", {"step": "sealed", "facts": {"seal": "S-77"}}
    )
    assert sealed.status_code == 201
    plant_break(live.pk, wall.at, "XA-XB-0001", "changed_file")

    borland.does(
        "transmit",
        key,
        evidence=[item["reference"]],
        conditions_of_use={"purpose": "the case stated", "onward_transfer": "with_consent"},
    )
    (came,) = arvania.gets(f"requests/{key}/evidence/")["received"]
    assert (came["sha256"], came["seal"], came["verified_at"]) == (item["sha256"], "S-77", None)
    assert arvania.tries("confirm_receipt", key).json()["type"].endswith("not_verified")
    found = arvania.asks("post", f"requests/{key}/evidence/verify/").json()
    assert found == [{"item": item["reference"], "wrong": "changed_file"}]
    refused = arvania.tries("confirm_receipt", key).json()
    assert refused["type"].endswith("mismatch_stands")
    assert "report the mismatch" in refused["mend"]

    arvania.does("report_mismatch", key, what="the hash differs", items=[item["reference"]])
    borland.does("transmit", key, evidence=[item["reference"]], again=True)
    assert arvania.asks("post", f"requests/{key}/evidence/verify/").json() == []
    arvania.does("confirm_receipt", key)

    seen = arvania.gets(f"requests/{key}/evidence/")
    (receipt,) = seen["receipts"]
    paper = arvania.asks("get", f"requests/{key}/receipts/{receipt['seq']}/")
    opened = open_envelope(paper.content, "receipt.json")
    assert holds(opened.body, opened.signature, opened.public_key)
    assert opened.said["items"][0]["sha256"] == item["sha256"]
    assert borland.gets(f"requests/{key}/evidence/")["receipts"] == seen["receipts"]
    steps = [step["step"] for step in seen["received"][1]["custody"]]
    assert steps == [
        "transmitted",
        "received",
        "verified",
        "transmitted",
        "received",
        "verified",
        "signed_for",
    ]
    own = [step["step"] for step in borland.gets(f"requests/{key}/evidence/")["held"][0]["custody"]]
    assert own == ["acquired", "sealed", "transmitted", "transmitted", "signed_for"]
    assert cascadia.asks("get", f"requests/{key}/evidence/").status_code == 404


def test_each_reading_is_a_step_and_no_browser_shows_what_is_read(arvania, borland, in_execution):
    key = in_execution
    item = uploads(borland, key, name="x.html", media_type="text/html").json()

    read = borland.asks("get", f"evidence/{item['id']}/file/")

    assert file_of(read) == FILE
    assert read["Content-Type"] == "application/octet-stream"
    assert read["Content-Disposition"].startswith('attachment; filename="x.html"')
    assert (read["X-Content-Type-Options"], read["Content-Security-Policy"]) == (
        "nosniff",
        "sandbox; default-src 'none'",
    )
    last = CustodyStep.objects.get(item=item["id"], step="read")
    assert Event.objects.get(hash=last.hash).desk == f"XB/{CENTRAL}"
    assert arvania.asks("get", f"evidence/{item['id']}/file/").status_code == 404


@pytest.mark.parametrize(
    ("facts", "status", "problem"),
    [
        ({"category": "gossip"}, 400, "bad_evidence"),
        ({"source": ""}, 400, "bad_evidence"),
        ({"zone": "CET"}, 400, "bad_evidence"),
        ({"period_from": "2027-03-01T00:00:00Z"}, 400, "bad_evidence"),
        ({"weight": "7"}, 400, "unknown_field"),
    ],
    ids=["no category", "no source", "no zone", "half a period", "no such field"],
)
def test_what_is_told_of_a_file_is_looked_at_before_the_file(facts, status, problem, borland, in_execution):
    told = uploads(borland, in_execution, **facts)

    assert (told.status_code, told.json()["type"].rpartition(":")[2]) == (status, problem)


def test_a_file_beyond_the_room_of_the_exercise_is_refused(borland, in_execution, monkeypatch):
    monkeypatch.setattr(store, "EXERCISE_BYTES_AT_MOST", 1_000)

    assert uploads(borland, in_execution).json()["type"].endswith("no_room")


def test_a_redaction_is_an_item_of_its_own_with_its_reason_and_the_original_stays(borland, in_execution):
    item = uploads(borland, in_execution).json()
    path = f"evidence/{item['id']}/redactions/"

    assert uploads(borland, "", b"", path).json()["type"].endswith("no_reason")
    made = uploads(
        borland, "", b"[left out]\n", path, reason="names a third person", name="redacted.log"
    ).json()

    assert (made["derived_from"], made["reason"]) == (item["reference"], "names a third person")
    held = borland.gets(f"requests/{in_execution}/evidence/")["held"]
    assert [row["sha256"] for row in held] == [item["sha256"], hashlib.sha256(b"[left out]\n").hexdigest()]


def test_what_came_is_passed_on_only_with_consent_and_ends_on_its_day(
    live, arvania, borland, cascadia, wall, in_execution
):
    key = in_execution
    item = uploads(borland, key).json()
    conditions = {"onward_transfer": "with_consent", "delete_by": "2027-03-20T00:00:00Z"}
    borland.does("transmit", key, evidence=[item["reference"]], conditions_of_use=conditions)
    arvania.asks("post", f"requests/{key}/evidence/verify/")
    (came,) = arvania.gets(f"requests/{key}/evidence/")["received"]
    theirs = cascadia.files("mla_stored_data", to=f"XA/{CENTRAL}")

    def passed_on() -> Any:
        return arvania.asks("post", f"evidence/received/{came['id']}/pass-on/", {"to": theirs})

    assert passed_on().json()["type"].endswith("no_consent")
    arvania.does("ask_other_use", key)
    borland.does("answer_other_use", key, consent=True)
    assert passed_on().json()["reference"] == "XC-XA-0001/XA-1"

    wall.runs(days=25)
    late = arvania.asks("get", f"evidence/received/{came['id']}/file/").json()
    assert (late["type"].rpartition(":")[2], late["article"]) == ("to_be_destroyed", "36")
    kinds = [row["kind"] for row in arvania.gets("notices/")["results"]]
    assert {"evidence_deletion_warning", "evidence_deletion_due"} <= set(kinds)
    ended = arvania.asks("post", f"evidence/received/{came['id']}/destroy/", {"reason": "its day has come"})
    assert ended.status_code == 204
    assert arvania.gets(f"requests/{key}/evidence/")["received"][0]["destroyed_at"]


def test_who_sends_without_naming_items_sends_those_that_were_never_sent(arvania, borland, in_execution):
    key = in_execution
    first = uploads(borland, key).json()["reference"]
    borland.does("transmit", key, part=True)
    second = uploads(borland, key, name="more.log").json()["reference"]
    borland.does("transmit", key)

    came = arvania.gets(f"requests/{key}/evidence/")["received"]

    assert [(one["reference"], one["source"], one["tool"]) for one in came] == [
        (first, FACTS["source"], FACTS["tool"]),
        (second, FACTS["source"], FACTS["tool"]),
    ]
    assert arvania.tries("confirm_receipt", key).json()["type"].endswith("not_verified")
    arvania.asks("post", f"requests/{key}/evidence/verify/")
    assert arvania.does("confirm_receipt", key)["status"] == "receipt_verified"
