"""What one desk writes is found in no other seat's answers, wherever they are asked for."""

from __future__ import annotations

import json

from django.db import transaction

from requests_app.exercises.control import add_inject, fire_inject, skip_inject
from requests_app.workflow.models import Case
from tests.requests_app.api.addresses import API, endpoints
from tests.requests_app.api.around import WORDS
from tests.requests_app.api.conftest import CENTRAL, POINT, Person, opened, sits

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


def test_what_one_desk_writes_is_read_by_no_other_seat(live, arvania, borland, cascadia, trainer, wall):
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
        told = everything_told(one, live.handle, keys)
        read = {what for what, canary in CANARIES.items() if canary in told}
        assert read == READ_BY[one.user.username], one.user.username


def address(name: str, handle: str, key: str) -> str:
    return next(one for one in endpoints(API) if one.name == name).path(
        {**WORDS, "handle": handle, "request_id": key}
    )


def everything_told(one: Person, handle: str, keys: list[str]) -> str:
    """Return every answer that a person gets, to what they may ask and to what they may not."""
    told = []
    for endpoint in endpoints(API):
        for key in keys if "request_id" in endpoint.gaps else [""]:
            path = address(endpoint.name, handle, key)
            for method in ("get", "post", "patch"):
                body = {"act": "ask_status", "contents": {}}
                headers = {"If-Match": '"99"', "Idempotency-Key": "k"}
                with transaction.atomic():
                    if method == "get":
                        answer = one.client.get(path)
                    else:
                        answer = getattr(one.client, method)(path, body, format="json", headers=headers)
                    transaction.set_rollback(True)
                told.append(f"{dict(answer.items())} {answer.content.decode()}")
    return json.dumps(told)


def test_a_request_under_way_is_not_there_for_the_receiver_until_it_arrives(live, arvania, borland, wall):
    live.states.filter(code="XB").update(transit_seconds=2 * 86_400)
    key = arvania.files(**DRAFT)
    assert borland.asks("get", f"requests/{key}/").status_code == 404
    assert borland.gets("requests/")["results"] == []

    wall.runs(days=3)

    assert borland.gets(f"requests/{key}/")["direction"] == "received"
    assert [row["id"] for row in borland.gets("requests/")["results"]] == [key]
