"""Bad input, one row for each answer: a stable type, the field, the article where law is the reason, the mend."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.requests_app.api.conftest import CENTRAL, Person

BORLAND = f"XB/{CENTRAL}"
DRAFT = {"request_type": "mla_stored_data", "to": BORLAND}
KEYED = {"If-Match": '"2"', "Idempotency-Key": "k"}
HIDDEN = "look for it in a list that you see"


class Row(NamedTuple):
    """What is sent, by whom, and the problem that comes back; `{key}` is the request that both sides see."""

    who: str
    method: str
    path: str
    body: Any
    headers: dict[str, str]
    status: int
    reason: str
    field: str | None
    article: str | None
    mend: str


ACTS = "requests/{key}/acts/"
ROWS = {
    "an unknown field": Row(
        *("borland", "post", ACTS, {"act": "accept", "shape": 1}, KEYED),
        *(400, "unknown_field", "shape", None, "leave it out"),
    ),
    "an unknown field of the contents": Row(
        *("arvania", "post", "requests/", {**DRAFT, "contents": {"colour": "red"}}, {}),
        *(400, "unknown_field", "contents.colour", None, "use the fields that the request type lists"),
    ),
    "a field of the wrong kind": Row(
        *("arvania", "post", "requests/", {**DRAFT, "to": "somewhere"}, {}),
        *(400, "bad_input", "to", None, "send it as the schema says"),
    ),
    "nothing said that the law wants said": Row(
        *("borland", "post", ACTS, {"act": "refuse"}, KEYED),
        *(400, "missing_contents", "contents.ground", "40(21)", "add ground"),
    ),
    "what is hidden": Row(
        *("cascadia", "get", "requests/{key}/", None, {}),
        *(404, "not_found", None, None, HIDDEN),
    ),
    "what is not there": Row(
        *("cascadia", "get", "requests/00000000-0000-4000-8000-000000000000/", None, {}),
        *(404, "not_found", None, None, HIDDEN),
    ),
    "an act on what is hidden": Row(
        *("cascadia", "post", ACTS, {"act": "accept"}, KEYED),
        *(404, "not_found", None, None, HIDDEN),
    ),
    "an act that the lifecycle does not allow": Row(
        *("borland", "post", ACTS, {"act": "transmit"}, KEYED),
        *(
            409,
            "wrong_status",
            None,
            "practice",
            "it may be done when the request is in_execution or partly_executed",
        ),
    ),
    "a ground that the law rules out": Row(
        *(
            "borland",
            "post",
            ACTS,
            {"act": "refuse", "contents": {"ground": "fiscal", "reasons": "taxes"}},
            KEYED,
        ),
        *(
            409,
            "ground_never_sufficient",
            "contents.ground",
            "40(23), 37(16)",
            "name a ground on which the Convention allows it, or grant the request",
        ),
    ),
    "a version that was left behind": Row(
        *("borland", "post", ACTS, {"act": "accept"}, {**KEYED, "If-Match": '"1"'}),
        *(412, "stale_version", "If-Match", None, "look at it again"),
    ),
    "more than is read": Row(
        *("arvania", "post", "requests/", {**DRAFT, "contents": {"facts_summary": "x" * (1 << 20)}}, {}),
        *(413, "too_large", None, None, "send less, or in parts"),
    ),
    "a key for something else": Row(
        *("borland", "post", ACTS, {"act": "accept"}, {**KEYED, "Idempotency-Key": "used"}),
        *(422, "key_reused", "Idempotency-Key", None, "take a new key"),
    ),
    "no version": Row(
        *("borland", "post", ACTS, {"act": "accept"}, {"Idempotency-Key": "k"}),
        *(428, "no_version", "If-Match", None, "send its ETag in If-Match"),
    ),
    "too many": Row(
        *("arvania", "post", "join/", {"code": "abcd"}, {}),
        *(429, "too_many", None, None, "wait as long as Retry-After says"),
    ),
}


def test_bad_input_is_answered_with_the_type_the_field_the_article_and_the_mend(arvania, borland, cascadia):
    people: dict[str, Person] = {"arvania": arvania, "borland": borland, "cascadia": cascadia}
    key = arvania.files("mla_stored_data", to=BORLAND)
    used = {"If-Match": '"1"', "Idempotency-Key": "used"}
    assert borland.asks("post", f"requests/{key}/acts/", {"act": "acknowledge"}, **used).status_code == 201
    for _ in range(20):
        arvania.asks("post", "join/", {"code": "abcd"})

    told = {}
    for name, row in ROWS.items():
        answer = people[row.who].asks(row.method, row.path.format(key=key), row.body, **row.headers)
        said = answer.json()
        assert answer["Content-Type"] == "application/problem+json", name
        assert said["status"] == answer.status_code, name
        told[name] = (
            *(answer.status_code, said["type"].removeprefix("urn:comity:problem:"), said.get("field")),
            *(said.get("article"), said.get("mend", "")),
        )

    assert told == {name: row[5:] for name, row in ROWS.items()}
    assert borland.gets(f"requests/{key}/")["version"] == 2
