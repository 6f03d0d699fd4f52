"""Clients at the same instant, and a web process killed outright: one effect, and the same answer."""

from __future__ import annotations

import hashlib
import http.client
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from requests_app.workflow.models import AssistanceRequest, Event
from requests_app.workflow.verify import failures
from tests.faults.clients import CENTRAL, at_once, table
from tests.faults.installation import Installation


def acts(request: str) -> list[str]:
    return list(Event.objects.filter(request=request).order_by("seq").values_list("act", flat=True))


def test_of_many_who_act_at_the_same_instant_one_does_and_the_rest_look_again(
    installation: Installation,
) -> None:
    exercise, arvania, borland = table(installation.start_web(processes=2))
    request = arvania.files()

    both = at_once(
        lambda: borland.does("acknowledge", request, '"1"', "b"),
        lambda: arvania.does("withdraw", request, '"1"', "a"),
    )
    assert sorted(told.status for told in both) == [201, 412]
    assert len(acts(request)) == 2

    request = arvania.files()
    same = at_once(*[lambda: borland.does("acknowledge", request, '"1"', "same")] * 6)
    assert {told.status for told in same} == {201}
    assert len({(told.content, told.etag) for told in same}) == 1
    assert acts(request) == ["submit", "acknowledge"]

    draft = {"request_type": "mla_documents", "to": f"XB/{CENTRAL}"}
    drafts = at_once(*[lambda: arvania.asks("POST", "requests/", draft, **{"Idempotency-Key": "one"})] * 6)
    assert {told.status for told in drafts} == {201}
    assert len({told.content for told in drafts}) == 1
    assert AssistanceRequest.objects.filter(exercise=exercise, request_type="mla_documents").count() == 1
    exercise.refresh_from_db()
    assert list(failures(exercise)) == []


@pytest.mark.parametrize("point", ["before_effect", "after_effect"])
def test_who_asks_again_after_the_web_was_killed_has_one_effect_and_one_answer(
    installation: Installation, point: str
) -> None:
    exercise, arvania, _ = table(installation.start_web(COMITY_FAULT_WEB=point))
    draft = arvania.asks("POST", "requests/", {"request_type": "mla_stored_data", "to": f"XB/{CENTRAL}"})
    request = draft.said["id"]

    assert arvania.does("submit", request, draft.etag, "k").status == 0
    assert acts(request) == (["submit"] if point == "after_effect" else [])
    installation.waits_for(lambda: arvania.asks("GET", "seats/").status == 200, "another process answers")
    again, once_more = (arvania.does("submit", request, draft.etag, "k") for _ in range(2))

    assert (again.status, again.etag) == (201, '"1"')
    assert again == once_more
    assert acts(request) == ["submit"]
    exercise.refresh_from_db()
    assert list(failures(exercise)) == []


MIB = 1 << 20
FILE_MIB, MEMORY_AT_MOST_MIB = 192, 100
BLOCK = hashlib.shake_256(b"an image of a disk").digest(MIB)
FACTS = {
    "name": "disk.img",
    "source_type": "system",
    "source": "server of the hospital",
    "legal_authority": "Order 7",
    "category": "other",
    "tool": "imager 2",
}


def memory_mib(process: subprocess.Popen[bytes]) -> dict[int, int]:
    """Return the most memory that each child of a process has ever had, by its number."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    found = {}
    for child in children:
        status = Path(f"/proc/{child}/status").read_text()
        found[int(child)] = int(status.partition("VmHWM:")[2].split()[0]) // 1024
    return found


def test_a_large_file_goes_through_the_server_in_constant_memory_both_ways(
    installation: Installation, settings: Any
) -> None:
    settings.EVIDENCE_DIR = installation.folder / "evidence"
    exercise, arvania, borland = table(installation.start_web())
    web = installation.started[-1][1]
    request = arvania.files()
    for number, act in enumerate(("acknowledge", "accept", "start_execution"), start=1):
        assert borland.does(act, request, f'"{number}"', act).status == 201
    idle = memory_mib(web)

    def blocks() -> Iterator[bytes]:
        for _ in range(FILE_MIB):
            yield BLOCK

    place = urlsplit(borland.address)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=120)
    headers = {
        "Authorization": f"Bearer {borland.token}",
        "Content-Type": "application/octet-stream",
        "Content-Length": str(FILE_MIB * MIB),
    }
    connection.request("POST", f"/api/v1/requests/{request}/evidence/?{urlencode(FACTS)}", blocks(), headers)
    answer = connection.getresponse()
    made = json.loads(answer.read())
    assert answer.status == 201, made
    whole = hashlib.sha256()
    for block in blocks():
        whole.update(block)
    assert (made["sha256"], made["size"]) == (whole.hexdigest(), FILE_MIB * MIB)

    connection.request(
        "GET", f"/api/v1/evidence/{made['id']}/file/", headers={"Authorization": f"Bearer {borland.token}"}
    )
    answer = connection.getresponse()
    back = hashlib.sha256()
    while block := answer.read(MIB):
        back.update(block)
    connection.close()

    assert back.hexdigest() == whole.hexdigest()
    grown = {child: most - idle.get(child, 0) for child, most in memory_mib(web).items()}
    assert max(grown.values()) < MEMORY_AT_MOST_MIB, grown
    exercise.refresh_from_db()
    assert list(failures(exercise)) == []
