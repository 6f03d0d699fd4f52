"""What one desk does by itself changes nothing of what another State reads, to the byte."""

from __future__ import annotations

import re

from requests_app.exercises.control import start
from requests_app.workflow.verify import failures
from tests.requests_app.api.addresses import API, endpoints
from tests.requests_app.api.around import SAME_FOR_EVERYBODY, WORDS, left_alone, runs, said_by
from tests.requests_app.api.conftest import CENTRAL, DAY_A_SECOND, POINT, Person, Wall, opened, sits

BORLAND, ARVANIA = f"XB/{CENTRAL}", f"XA/{CENTRAL}"
# Ids, and the marks of what has changed, which hang on ids.
IDS = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{12}\b")


def test_another_state_reads_the_same_whatever_a_desk_does_by_itself(db, wall):
    began = wall.at
    idle, busy = [], []
    for is_busy, read in ((False, idle), (True, busy)):
        wall.at = began
        with left_alone():
            played(wall, read, is_busy=is_busy)

    assert len(idle) > 50
    for one, other in zip(idle, busy, strict=True):
        assert one == other


def played(wall: Wall, read: list[str], *, is_busy: bool) -> None:
    """Play some days at which Arvania works for itself or not; keep all that Borland reads."""
    wall.runs(days=0)
    live = opened(wall.at)
    start(live.pk, wall.at, DAY_A_SECOND)
    arvania, borland = sits("anna", live, ARVANIA), sits("bela", live, BORLAND)
    point, trainer = sits("alma", live, f"XA/{POINT}"), runs("tara", live)
    ids: dict[str, str] = {}

    def works_alone(day: int) -> None:
        if is_busy:
            draft = arvania.drafts("mla_documents", to=BORLAND, contents={"purpose": f"day {day}"})
            said = {"contents": {"purpose": "better"}}
            arvania.asks("patch", f"requests/{draft['id']}/", said, **{"If-Match": draft["etag"]})
            point.drafts("preservation_expedited", to=f"XB/{POINT}")
            arvania.asks("post", "requests/preview/", {"request_type": "mla_documents", "to": BORLAND})
            arvania.asks("post", "messages/", {"text": f"Nothing on day {day}."})
            for path in ("notices/", "cases/", "injects/", "requests/"):
                arvania.gets(path)
            told = trainer.asks("post", "messages/", {"text": "Noted.", "to": ARVANIA})
            assert told.status_code == 201

    def reads() -> None:
        keys = [row["id"] for row in borland.gets("requests/?order=oldest")["results"]]
        read.extend(_masked(told, ids) for told in everything_read(borland, live.handle, keys))

    works_alone(0)
    asked = arvania.files("mla_stored_data", to=BORLAND, contents={"facts_summary": "facts"})
    wall.runs(days=1)
    works_alone(1)
    reads()
    borland.does("acknowledge", asked)
    borland.does("ask_for_information", asked, questions=["data_category"])
    back = borland.files("mla_documents", to=ARVANIA)
    works_alone(2)
    wall.runs(days=2)
    reads()
    arvania.does("provide_information", asked, answers={"data_category": "subscriber"})
    arvania.does("acknowledge", back)
    works_alone(3)
    wall.runs(days=30)
    borland.does("accept", asked)
    reads()
    live.refresh_from_db()
    assert list(failures(live)) == []


def everything_read(one: Person, handle: str, keys: list[str]) -> list[str]:
    """Return all that a person is answered who looks at everything, the refusals too."""
    found = []
    for endpoint in endpoints(API):
        if "get" not in endpoint.methods or endpoint.name in SAME_FOR_EVERYBODY:
            continue
        for key in keys if "request_id" in endpoint.gaps else keys[:1]:
            path = endpoint.path({**WORDS, "handle": handle, "request_id": key})
            answer = one.client.get(path)
            found.append(f"{endpoint.name} {answer.status_code} {dict(answer.items())} {said_by(answer)}")
    return found


def _masked(told: str, ids: dict[str, str]) -> str:
    """Return an answer with each id named by the order in which it was first read."""
    return IDS.sub(lambda found: ids.setdefault(found[0], f"id-{len(ids)}"), told)
