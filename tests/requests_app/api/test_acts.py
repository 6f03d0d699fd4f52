"""Acts over HTTP: once for each key, on the version that was seen, with refusals that a person can read."""

from __future__ import annotations

import pytest

from requests_app.world.models import SeatHolder
from tests.requests_app.api.conftest import CENTRAL, POINT, sits

TYPE = "urn:comity:problem:"
BORLAND = f"XB/{CENTRAL}"


def posts(person, key, body, **headers):
    return person.asks("post", f"requests/{key}/acts/", body, **headers)


def test_the_same_key_has_one_effect_and_the_same_answer(arvania, borland):
    key = arvania.drafts("mla_stored_data", to=BORLAND)["id"]
    headers = {"If-Match": '"0.0"', "Idempotency-Key": "k1"}

    first = posts(arvania, key, {"act": "submit"}, **headers)
    second = posts(arvania, key, {"act": "submit"}, **headers)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert first["ETag"] == second["ETag"] == '"1"'
    assert [event["act"] for event in arvania.gets(f"requests/{key}/events/")["results"]] == ["submit"]


def test_the_same_key_gives_one_draft(arvania):
    said = {"subject_and_nature": "a trial", "purpose": "to know", "facts_summary": "facts"}
    body = {"request_type": "mla_stored_data", "to": BORLAND, "contents": said}

    first = arvania.asks("post", "requests/", body, **{"Idempotency-Key": "d1"})
    second = arvania.asks("post", "requests/", body, **{"Idempotency-Key": "d1"})

    assert first.content == second.content
    assert len(arvania.gets("requests/")["results"]) == 1


def test_two_who_act_on_the_same_version_do_not_both_succeed(arvania, borland):
    key = arvania.files("mla_stored_data", to=BORLAND)
    headers = {"If-Match": '"1"', "Idempotency-Key": "b1"}
    assert posts(borland, key, {"act": "acknowledge"}, **headers).status_code == 201

    late = posts(arvania, key, {"act": "withdraw"}, **{**headers, "Idempotency-Key": "a1"})

    assert late.status_code == 412
    assert late.json() == {
        "type": f"{TYPE}stale_version",
        "title": "Stale version",
        "status": 412,
        "detail": "the request has moved on: something was done on it since it was last looked at",
        "field": "If-Match",
        "mend": "look at it again",
    }


def test_two_who_change_one_draft_do_not_overwrite_each_other(arvania, live):
    colleague = sits("alba", live, f"XA/{CENTRAL}")
    draft = arvania.drafts("mla_stored_data", to=BORLAND)
    said = {"contents": {"facts_summary": "first"}}

    first = arvania.asks("patch", f"requests/{draft['id']}/", said, **{"If-Match": draft["etag"]})
    second = colleague.asks("patch", f"requests/{draft['id']}/", said, **{"If-Match": draft["etag"]})
    bare = colleague.asks("patch", f"requests/{draft['id']}/", said, **{"If-Match": '"0"'})

    assert (first.status_code, first["ETag"]) == (200, '"0.1"')
    assert first.json()["contents"] == {"facts_summary": "first"}
    assert (second.status_code, bare.status_code) == (412, 412)


@pytest.mark.parametrize(
    ("headers", "body", "status", "reason"),
    [
        ({"Idempotency-Key": "k"}, {"act": "acknowledge"}, 428, "no_version"),
        ({"If-Match": "7", "Idempotency-Key": "k"}, {"act": "acknowledge"}, 400, "bad_version"),
        ({"If-Match": '"9"', "Idempotency-Key": "k"}, {"act": "acknowledge"}, 412, "stale_version"),
        ({"If-Match": '"1"'}, {"act": "acknowledge"}, 400, "no_key"),
        ({"If-Match": '"1"', "Idempotency-Key": "a b"}, {"act": "acknowledge"}, 400, "bad_key"),
        ({"If-Match": '"1"', "Idempotency-Key": "used"}, {"act": "accept"}, 422, "key_reused"),
        ({"If-Match": '"2"', "Idempotency-Key": "k"}, {"act": "transmit"}, 409, "wrong_status"),
        ({"If-Match": '"2"', "Idempotency-Key": "k"}, {"act": "withdraw"}, 409, "wrong_side"),
        ({"If-Match": '"2"', "Idempotency-Key": "k"}, {"act": "guess"}, 400, "unknown_act"),
        ({"If-Match": '"2"', "Idempotency-Key": "k"}, {"act": "refuse"}, 400, "missing_contents"),
        ({"If-Match": '"2"', "Idempotency-Key": "k"}, {"act": "accept", "why": ""}, 400, "unknown_field"),
        (
            {"If-Match": '"2"', "Idempotency-Key": "k"},
            {"act": "accept", "contents": {"a": 0.5}},
            400,
            "bad_input",
        ),
        ({"If-Match": '"2"', "Idempotency-Key": "k"}, {"act": "a\0"}, 400, "bad_input"),
        ({"If-Match": '"2"', "Idempotency-Key": "k"}, {"contents": {}}, 400, "bad_input"),
    ],
    ids=[
        "no version",
        "a version without quotes",
        "a stale version",
        "no key",
        "a key with a space",
        "a key used for something else",
        "not from this status",
        "not on this side",
        "no such act",
        "nothing said that must be said",
        "a field that the API does not know",
        "a fraction",
        "a null character",
        "no act",
    ],
)
def test_what_may_not_be_done_is_told_as_a_problem(arvania, borland, headers, body, status, reason):
    key = arvania.files("mla_stored_data", to=BORLAND)
    used = {"If-Match": '"1"', "Idempotency-Key": "used"}
    assert posts(borland, key, {"act": "acknowledge"}, **used).status_code == 201

    answer = posts(borland, key, body, **headers)

    assert (answer.status_code, answer.json()["type"]) == (status, f"{TYPE}{reason}"), answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert borland.gets(f"requests/{key}/")["version"] == 2


def test_a_refusal_by_law_names_its_article(arvania, borland):
    key = arvania.files("mla_stored_data", to=BORLAND)
    borland.does("acknowledge", key)

    answer = borland.tries("refuse", key, ground="fiscal", reasons="taxes").json()

    assert answer["type"] == f"{TYPE}ground_never_sufficient"
    assert answer["article"].startswith("40(")


def test_an_unknown_field_of_a_draft_is_named(arvania):
    body = {"request_type": "mla_stored_data", "to": BORLAND, "contents": {"colour": "red"}}

    answer = arvania.asks("post", "requests/", body)

    assert answer.status_code == 400
    assert answer.json()["type"] == f"{TYPE}unknown_field"
    assert "colour" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"to": "XB/no_such_body"}, "unknown_authority"),
        ({"to": "ZZ/central_authority"}, "unknown_authority"),
        ({"to": "somewhere"}, "bad_input"),
        ({"to": "XA/contact_point_24_7"}, "same_state"),
        ({"request_type": "favour"}, "unknown_type"),
        ({"case": "no-such-case"}, "no_case"),
        ({"parent": "00000000-0000-4000-8000-000000000000"}, "no_parent"),
        ({"shape": "round"}, "unknown_field"),
    ],
    ids=["no authority", "no State", "no desk", "itself", "no type", "no case", "no parent", "no field"],
)
def test_a_draft_that_could_never_be_sent_is_refused(arvania, more, reason):
    answer = arvania.asks("post", "requests/", {"request_type": "mla_stored_data", "to": BORLAND, **more})

    assert (answer.status_code, answer.json()["type"]) == (400, f"{TYPE}{reason}")


def test_what_is_too_large_is_not_read(arvania):
    body = {"request_type": "mla_stored_data", "to": BORLAND, "contents": {"facts_summary": "x" * (1 << 20)}}

    answer = arvania.asks("post", "requests/", body)

    assert (answer.status_code, answer.json()["type"]) == (413, f"{TYPE}too_large")


def test_a_desk_leaves_the_requests_of_another_authority_alone(arvania, live):
    point = sits("boris", live, f"XB/{POINT}")
    key = arvania.files("mla_stored_data", to=BORLAND)

    answer = point.tries("acknowledge", key)

    assert (answer.status_code, answer.json()["type"]) == (409, f"{TYPE}other_desk")
    assert point.gets(f"requests/{key}/permitted/") == []


def test_what_is_permitted_changes_with_the_status_and_the_side(arvania, borland):
    key = arvania.drafts("mla_stored_data", to=BORLAND)["id"]
    assert [one["act"] for one in arvania.gets(f"requests/{key}/permitted/")] == ["submit", "submit_orally"]

    arvania.does("submit", key)

    assert "acknowledge" in [one["act"] for one in borland.gets(f"requests/{key}/permitted/")]
    assert "acknowledge" not in [one["act"] for one in arvania.gets(f"requests/{key}/permitted/")]


def test_a_deadline_tells_why_it_is_due_when_it_is(arvania, borland):
    key = arvania.files("mla_stored_data", to=BORLAND)

    decide = next(one for one in borland.gets(f"requests/{key}/deadlines/") if one["stage"] == "decide")

    assert decide["owed_by"] == "requested"
    assert decide["why"]["due_at"] == decide["due_at"]
    assert decide["why"]["steps"][0]["since"] == "2027-03-01"
    assert sum(step["counted"] for step in decide["why"]["steps"]) == 30


def test_a_preview_saves_nothing(arvania):
    body = {"request_type": "mla_stored_data", "to": BORLAND, "contents": {"purpose": "a trial"}}

    found = arvania.asks("post", "requests/preview/", body).json()

    assert found["admissible"] == "questionable"
    assert "facts_summary" in [gap["field"] for gap in found["gaps"]]
    assert arvania.gets("requests/")["results"] == []


def test_a_preview_tells_what_nobody_could_act_on(arvania):
    said = {"period_covered": {"from": "yesterday", "to": "2027-03-01"}, "maximum_penalty_years": "-4"}
    body = {"request_type": "mla_stored_data", "to": BORLAND, "contents": said}

    found = arvania.asks("post", "requests/preview/", body).json()

    assert [(one["field"], one["part"]) for one in found["unclear"]] == [
        ("period_covered", "from"),
        ("maximum_penalty_years", ""),
    ]
    assert found["unclear"][1]["why"] == "Say years as a number, or life, or death."


def test_control_looks_on_and_does_not_act(arvania, trainer):
    key = arvania.files("mla_stored_data", to=BORLAND)

    answer = trainer.tries("withdraw", key)

    assert (answer.status_code, answer.json()["type"]) == (403, f"{TYPE}not_your_role")
    assert trainer.gets(f"requests/{key}/permitted/") == []


def test_after_the_end_nothing_is_done_any_more(arvania, trainer, live):
    key = arvania.files("mla_stored_data", to=BORLAND)
    trainer.asks("post", f"exercises/{live.handle}/clock/", {"act": "end"})

    answer = arvania.tries("withdraw", key)

    assert (answer.status_code, answer.json()["type"]) == (409, f"{TYPE}ended")


def test_a_person_can_be_erased_and_the_chains_stay_whole(arvania, borland, trainer):
    key = arvania.files("mla_stored_data", to=BORLAND)
    borland.does("acknowledge", key)

    arvania.user.delete()

    assert SeatHolder.objects.filter(seat__authority__state__code="XA").count() == 0
    events = trainer.gets(f"requests/{key}/events/")["results"]
    assert [event["actor"]["seat"] for event in events] == [f"XA/{CENTRAL}/1", f"XB/{CENTRAL}/1"]
