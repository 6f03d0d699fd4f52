"""What one desk writes is found in no other seat's answers, wherever they are asked for."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.test import Client

from requests_app.exercises.control import add_inject, fire_inject, skip_inject, start
from requests_app.workflow.models import Case
from tests.builders import DAY_ZERO
from tests.requests_app.api.addresses import API, PAGES, endpoints
from tests.requests_app.api.around import SAME_FOR_EVERYBODY, WORDS, left_alone, runs, said_by
from tests.requests_app.api.conftest import CENTRAL, DAY_A_SECOND, POINT, Person, opened, sits

# What a seat reads is decided above the database.
pytestmark = pytest.mark.once
DRAFT = {"request_type": "mla_stored_data", "to": f"XB/{CENTRAL}"}
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


# What only control is told: how the scenario goes on, what is expected, and what happened in fact.
OF_CONTROL = {
    "the truth of a case": "canary-kestrel",
    "a debrief": "canary-linnet",
    "news that is planned": "canary-magpie",
    "what a model request says": "canary-osprey",
    "Borland's own case": "canary-plover",
    "what practice says of a decision": "canary-quail",
}


def scenario_with_canaries() -> str:
    case = {"offences": ["illegal_access"], "maximum_penalty_years": 4}
    return json.dumps(
        {
            "scenario": "canaries",
            "title": "Canaries",
            "start": DAY_ZERO.isoformat(),
            "length": "400d",
            "states": {
                "XA": {"name": "Arvania", "calendar": "VN", "seat": "team"},
                "XB": {"name": "Borland", "calendar": "DE", "seat": "team"},
                "XC": {"name": "Cascadia", "calendar": "US", "seat": "team"},
            },
            "cases": [
                {
                    "id": "pier",
                    "state": "XC",
                    "title": "Pier",
                    "facts": "A pier",
                    "truth": "canary-kestrel",
                    **case,
                },
                {"id": "mill", "state": "XB", "title": "Mill", "facts": "canary-plover", **case},
            ],
            "requests": [
                {
                    "id": "later",
                    "when": "+300d",
                    "who": f"XB/{CENTRAL}",
                    "whom": f"XA/{CENTRAL}",
                    "type": "mla_stored_data",
                    "case": "mill",
                    "contents": {"purpose": "canary-osprey"},
                }
            ],
            "injects": [
                {
                    "id": "planned",
                    "to": ["XA"],
                    "trigger": {"at": "+300d"},
                    "title": "News",
                    "body": "canary-magpie",
                }
            ],
            "expectations": [
                {
                    "id": "files",
                    "seat": "XB",
                    "act": "submit",
                    "request_type": "mla_stored_data",
                    "to": "XA",
                    "within": "300d",
                    "of": {"inject": "planned"},
                    "points": 5,
                    "why": "practice",
                    "debrief": "canary-linnet",
                }
            ],
            "decisions": [
                {
                    "id": "how",
                    "seat": "XB",
                    "question": "canary-quail: telephone, or write?",
                    "options": ["canary-quail by telephone", "canary-quail in writing"],
                    "practice": "canary-quail",
                }
            ],
        }
    )


def test_what_one_desk_writes_is_read_by_no_other_seat(every_exercise_holds, wall, caplog):
    caplog.set_level(logging.DEBUG)
    live = opened(wall.at, text=scenario_with_canaries())
    start(live.pk, wall.at, DAY_A_SECOND)
    arvania, borland = sits("anna", live, f"XA/{CENTRAL}"), sits("bela", live, f"XB/{CENTRAL}")
    cascadia, trainer = sits("cleo", live, f"XC/{CENTRAL}"), runs("tara", live)
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
        told = everything_told(one, live.handle, {"request_id": keys})
        read = {what for what, canary in CANARIES.items() if canary in told}
        assert read == READ_BY[one.user.username], one.user.username
        control_alone = {what for what, canary in OF_CONTROL.items() if canary in told}
        allowed = set(OF_CONTROL) if one is trainer else {"Borland's own case"} if one is borland else set()
        assert control_alone <= allowed, one.user.username
    assert "canary" not in caplog.text
    assert "canary" not in str([(sent.subject, sent.body) for sent in mail.outbox])


def everything_told(one: Person, handle: str, known: Mapping[str, Sequence[Any]]) -> str:
    """Return every answer that a person gets, to what they may ask and to what they may not.

    known  what stands in the gaps of addresses, all of it one after the other
    """
    browser = Client()
    browser.force_login(one.user, "django.contrib.auth.backends.ModelBackend")
    told = []
    for endpoint in endpoints(API, PAGES):
        if endpoint.name in SAME_FOR_EVERYBODY:
            continue
        gaps = [gap for gap in endpoint.gaps if gap in known]
        for words in product(*(known[gap] for gap in gaps)):
            path = endpoint.path({**WORDS, "handle": handle, **dict(zip(gaps, words, strict=True))})
            if endpoint.room != API:
                asked = [browser.get(path)]
                if endpoint.name == "evidence":
                    asked += [browser.post(path, form) for form in forms_of_evidence(known)]
            else:
                asked = [one.client.get(path)] if "get" in endpoint.methods else []
                if not endpoint.gaps:
                    asked.append(one.client.get(f"{path}?search=canary"))
                for method in {"post", "patch"} & endpoint.methods:
                    body = {"act": "ask_status", "contents": {}}
                    headers = {"If-Match": '"99"', "Idempotency-Key": "k"}
                    with left_alone():
                        asked.append(getattr(one.client, method)(path, body, format="json", headers=headers))
            told += [f"{dict(answer.items())} {said_by(answer)}" for answer in asked]
    return json.dumps(told)


def forms_of_evidence(known: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, str]]:
    """Yield what a person may send at the page of evidence to be given something back."""
    yield {"deed": "nonsense"}
    for item in known.get("item_id", ()):
        yield {"deed": "read", "item": item}
    for item in known.get("copy_id", ()):
        yield {"deed": "read_copy", "item": item}


def test_a_request_under_way_is_not_there_for_the_receiver_until_it_arrives(live, arvania, borland, wall):
    live.states.filter(code="XB").update(transit_seconds=2 * 86_400)
    key = arvania.files(**DRAFT)
    assert borland.asks("get", f"requests/{key}/").status_code == 404
    assert borland.gets("requests/")["results"] == []

    wall.runs(days=3)

    assert borland.gets(f"requests/{key}/")["direction"] == "received"
    assert [row["id"] for row in borland.gets("requests/")["results"]] == [key]


OF_EVIDENCE = {
    "the file that Borland sent": "canary-avocet",
    "its name": "canary-bittern",
    "its source": "canary-curlew",
    "its legal authority": "canary-dotterel",
    "its tool": "canary-eider",
    "its condition of use": "canary-fulmar",
    "the original of a redacted file": "canary-godwit",
    "the original's name": "canary-hobby",
    "the reason of the redaction": "canary-ibex",
    "a file that Borland destroyed": "canary-jackdaw",
    "the name of the destroyed file": "canary-kite",
    "why Borland destroyed it": "canary-lapwing",
}
# The chain of the request, which every desk of its two States reads, announces what is sent; the file goes to one desk.
FILES = {
    "the file that Borland sent",
    "the original of a redacted file",
    "a file that Borland destroyed",
}
ANNOUNCED = {
    "its name",
    "its source",
    "its legal authority",
    "its tool",
    "its condition of use",
    "the reason of the redaction",
}
EVIDENCE_READ_BY = {
    "anna": {"the file that Borland sent", *ANNOUNCED},
    "alma": ANNOUNCED,
    "bela": set(OF_EVIDENCE) - {"a file that Borland destroyed"},
    "cleo": set(),
    "odo": set(),
    # Control reads each record; to read a file is a step of custody, which is a desk's to take.
    "tara": set(OF_EVIDENCE) - FILES,
}


def test_evidence_is_read_by_the_two_desks_of_its_request_and_what_was_not_sent_by_one(
    every_exercise_holds, wall, caplog
):
    caplog.set_level(logging.DEBUG)
    live = opened(wall.at)
    start(live.pk, wall.at, DAY_A_SECOND)
    arvania, borland = sits("anna", live, f"XA/{CENTRAL}"), sits("bela", live, f"XB/{CENTRAL}")
    others = [
        sits("alma", live, f"XA/{POINT}"),
        sits("cleo", live, f"XC/{CENTRAL}"),
        sits("odo", opened(wall.at, seed=8), f"XA/{CENTRAL}"),
        runs("tara", live),
    ]
    key = arvania.files("mla_stored_data", to=f"XB/{CENTRAL}")
    for act in ("acknowledge", "accept", "start_execution"):
        borland.does(act, key)

    def takes_in(path: str, content: str, name: str, **more: str) -> dict[str, Any]:
        facts = {"source_type": "provider", "source": "S", "legal_authority": "L", "category": "traffic"}
        said = {**facts, "tool": "T", "name": name, **more}
        made = borland.client.post(
            f"/api/v1/{path}?{urlencode(said)}", content.encode(), content_type="application/octet-stream"
        )
        assert made.status_code == 201, made.content
        return dict(made.json())

    told = OF_EVIDENCE
    original = takes_in(
        f"requests/{key}/evidence/",
        told["the original of a redacted file"],
        told["the original's name"],
        source=told["its source"],
        legal_authority=told["its legal authority"],
        tool=told["its tool"],
    )
    sent = takes_in(
        f"evidence/{original['id']}/redactions/",
        told["the file that Borland sent"],
        told["its name"],
        reason=told["the reason of the redaction"],
        source=told["its source"],
        legal_authority=told["its legal authority"],
        tool=told["its tool"],
    )
    gone = takes_in(
        f"requests/{key}/evidence/",
        told["a file that Borland destroyed"],
        told["the name of the destroyed file"],
    )
    borland.does(
        "transmit",
        key,
        evidence=[sent["reference"]],
        conditions_of_use={"purpose": told["its condition of use"], "onward_transfer": "never"},
    )
    ended = {"step": "destroyed", "facts": {"reason": told["why Borland destroyed it"]}}
    answer = borland.asks("post", f"evidence/{gone['id']}/steps/", ended)
    assert answer.status_code == 201, answer.content
    arvania.asks("post", f"requests/{key}/evidence/verify/")
    (copy,) = arvania.gets(f"requests/{key}/evidence/")["received"]
    arvania.does("confirm_receipt", key)
    items = [item["id"] for item in (original, sent, gone)]
    known = {"request_id": [key], "item_id": items, "copy_id": [copy["id"]], "seq": range(1, 8)}

    for one in (arvania, borland, *others):
        answers = everything_told(one, live.handle, known)
        read = {what for what, canary in told.items() if canary in answers}
        assert read == EVIDENCE_READ_BY[one.user.username], one.user.username
    assert "canary" not in caplog.text
    assert "canary" not in str([(sent.subject, sent.body) for sent in mail.outbox])
