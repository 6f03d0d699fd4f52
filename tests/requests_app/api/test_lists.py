"""Lists: paged, filtered, ordered, and as cheap for a long page as for a short one."""

from __future__ import annotations

import pytest

from requests_app.world.models import SeatHolder
from tests.requests_app.api.conftest import CENTRAL, POINT, person, sits

BORLAND = f"XB/{CENTRAL}"


@pytest.mark.parametrize("how_many", [1, 12], ids=["one", "a dozen"])
def test_a_list_takes_two_queries_whatever_its_length(arvania, how_many, django_assert_num_queries):
    for _ in range(how_many):
        arvania.drafts("mla_stored_data", to=BORLAND)
    arvania.client.credentials()
    arvania.client.force_authenticate(arvania.user)  # what signing in takes is not counted

    with django_assert_num_queries(2):
        found = arvania.gets("requests/")["results"]

    assert len(found) == how_many


def test_pages_follow_one_another_and_hold_everything_once(arvania, wall):
    drafts = [arvania.drafts("mla_stored_data", to=BORLAND)["id"] for _ in range(3)]
    sent = []
    for _ in range(4):
        sent.append(arvania.files("mla_stored_data", to=BORLAND))
        wall.runs(days=1)

    found, path = [], "requests/?page_size=2"
    while path:
        page = arvania.gets(path)
        found += [row["id"] for row in page["results"]]
        path = (page["next"] or "").partition("/api/v1/")[2]

    assert sorted(found[:3]) == sorted(drafts)
    assert found[3:] == list(reversed(sent))
    oldest = [row["id"] for row in arvania.gets("requests/?order=oldest")["results"]]
    assert oldest[:4] == sent


def test_a_list_is_filtered_by_status_type_and_direction(arvania, borland):
    draft = arvania.drafts("mla_stored_data", to=BORLAND)["id"]
    sent = arvania.files("mla_documents", to=BORLAND)
    received = borland.files("mla_documents", to=f"XA/{CENTRAL}")

    def found(query: str) -> set[str]:
        return {row["id"] for row in arvania.gets(f"requests/?{query}")["results"]}

    assert found("status=draft") == {draft}
    assert found("request_type=mla_documents") == {sent, received}
    assert found("direction=sent") == {draft, sent}
    assert found("direction=received") == {received}
    assert found("direction=sent&status=sent") == {sent}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("status=lost", 400),
        ("direction=up", 400),
        ("request_type=favour", 400),
        ("exercise=nowhere", 404),
        ("exercise=%00", 400),
        ("cursor=xyz", 400),
        ("cursor=cD1ub25zZW5zZQ==", 400),
        ("cursor=cD0A", 400),
        ("cursor=cj0xJnA9JTAw", 400),
        ("page_size=many", 400),
        ("page_size=0", 400),
        ("page_size=-1", 400),
        ("page_size=201", 400),
        ("page_size=200", 200),
        ("page_size=", 200),
        ("stauts=draft", 400),
        ("ordering=reference", 400),
    ],
)
def test_what_a_list_does_not_know_is_told(arvania, query, status):
    arvania.drafts("mla_stored_data", to=BORLAND)

    assert arvania.asks("get", f"requests/?{query}").status_code == status


def test_a_filter_misspelt_is_named_with_those_that_there_are(arvania):
    answer = arvania.asks("get", "requests/?stauts=draft&page_size=10").json()

    assert answer["type"] == "urn:comity:problem:unknown_field"
    assert answer["field"] == "stauts"
    assert "status" in answer["detail"]
    assert "page_size" in answer["detail"]
    key = arvania.drafts("mla_stored_data", to=BORLAND)["id"]
    assert arvania.asks("get", f"requests/{key}/?fields=id").json()["field"] == "fields"
    assert arvania.asks("head", "requests/?stauts=draft").status_code == 400


def test_whoever_sits_in_two_exercises_names_one(arvania, live, wall):
    from requests_app.world.models import TRAINEE, Seat, SeatHolder
    from tests.requests_app.api.conftest import opened

    other = opened(wall.at, seed=8)
    seat = Seat.objects.get(
        authority__state__exercise=other, authority__state__code="XA", authority__kind=CENTRAL
    )
    SeatHolder.objects.create(user=arvania.user, exercise=other, seat=seat, role=TRAINEE)

    assert arvania.asks("get", "requests/").json()["type"] == "urn:comity:problem:exercise_needed"
    assert arvania.gets(f"requests/?exercise={live.handle}")["results"] == []
    assert len(arvania.gets("seats/")["results"]) == 2


def test_the_directory_tells_who_is_open_now(arvania, live, wall):
    def open_at_borland() -> dict[str, bool]:
        states = arvania.gets(f"exercises/{live.handle}/states/")
        borland = next(state for state in states if state["code"] == "XB")
        return {one["kind"]: one["open_now"] for one in borland["authorities"]}

    assert open_at_borland()[POINT] is True
    assert open_at_borland()[CENTRAL] is False  # Monday, 01:00 in Borland

    wall.runs(days=0.5)

    assert open_at_borland()[CENTRAL] is True  # Monday, 13:00


def test_notices_and_cases_are_those_of_the_desk(arvania, borland, live):
    point = sits("boris", live, f"XB/{POINT}")
    key = arvania.files("mla_stored_data", to=BORLAND)

    told = borland.gets("notices/")["results"]

    assert [(one["kind"], one["facts"]["act"], one["request_id"]) for one in told] == [("act", "submit", key)]
    assert point.gets("notices/")["results"] == []
    assert arvania.gets("cases/")["results"] == []


def test_the_rule_book_can_be_looked_up(arvania):
    kind = arvania.gets("rulebook/types/preservation_expedited/")
    assert "42" in " ".join(kind["articles"])
    assert len(arvania.gets("rulebook/types/")) > 10
    assert arvania.gets("rulebook/articles/")[0]["number"] == 1
    assert arvania.asks("get", "rulebook/types/favour/").status_code == 404


def test_a_list_is_searched_and_filtered_by_whose_turn_it_is_and_what_is_due(arvania, borland, wall):
    said = {"facts_summary": "Ein Rechner in Köln, «relay» genannt", "purpose": "a trial"}
    sent = arvania.files("mla_stored_data", to=BORLAND, contents=said)
    draft = arvania.drafts("mla_documents", to=BORLAND)["id"]
    received = borland.files("mla_documents", to=f"XA/{CENTRAL}")
    asked = arvania.files("mla_statement", to=BORLAND)
    borland.does("acknowledge", asked)
    borland.does("ask_for_information", asked, questions=["purpose"])

    def found(query: str, who=arvania) -> set[str]:
        return {row["id"] for row in who.gets(f"requests/?{query}")["results"]}

    assert found("q=KÖLN") | found("q=köln") == {sent}
    assert found("q=xa-xb-0001") == {sent}
    assert found("q=relay&status=draft") == set()
    assert found("standing=draft") == {draft}
    assert found("standing=open") == {sent, received, asked}
    assert found("turn=own") == {draft, received, asked}
    assert found("turn=other") == {sent}
    assert found("turn=own", borland) == {sent}
    assert found("due_before=2027-03-02T00:00:00Z") == set()
    due = found("due_before=2027-03-09T00:00:00Z")
    assert sent in due
    assert draft not in due
    row = arvania.gets(f"requests/{sent}/")
    assert (row["turn"], row["due_at"]) == (BORLAND, min_due(arvania, sent))
    assert arvania.gets("requests/counts/") == {
        "all": 4,
        "by_status": {"draft": 1, "sent": 2, "more_information_requested": 1},
        "sent": 3,
        "own_turn": 3,
        "overdue": 0,
    }
    wall.runs(days=60)
    assert arvania.gets("requests/counts/?turn=other")["overdue"] == 1


def test_what_another_authority_of_the_state_must_do_is_no_move_of_this_desk(arvania, borland, live):
    point = sits("pia", live, f"XA/{POINT}")
    ours = borland.files("mla_documents", to=f"XA/{CENTRAL}")
    theirs = borland.files("mla_documents", to=f"XA/{POINT}")

    def found(query: str, who) -> set[str]:
        return {row["id"] for row in who.gets(f"requests/?{query}")["results"]}

    assert (found("turn=own", arvania), found("turn=elsewhere", arvania)) == ({ours}, {theirs})
    assert (found("turn=own", point), found("turn=elsewhere", point)) == ({theirs}, {ours})
    assert found("turn=other", borland) == {ours, theirs}
    assert arvania.gets("requests/counts/")["own_turn"] == 1


def test_control_has_no_desk_so_nothing_lies_elsewhere_for_it(borland, live):
    tara = person("tara")
    SeatHolder.objects.create(user=tara.user, exercise=live, seat=None, role="trainer")
    asked = borland.files("mla_documents", to=f"XA/{CENTRAL}")

    def found(query: str) -> set[str]:
        return {row["id"] for row in tara.gets(f"requests/?exercise={live.handle}&{query}")["results"]}

    assert found("turn=elsewhere") == set()
    assert found("turn=own") == set()
    assert found("turn=other") == {asked}


def min_due(one, key: str) -> str:
    deadlines = one.gets(f"requests/{key}/deadlines/")
    return min(row["due_at"] for row in deadlines if row["kind"] in ("maximum", "target") and row["due_at"])


def test_pages_lead_back_the_way_they_came(arvania, wall):
    sent = [arvania.files("mla_stored_data", to=BORLAND) for _ in range(3)]
    wall.runs(days=1)
    sent += [arvania.files("mla_stored_data", to=BORLAND) for _ in range(2)]

    def rows(page):
        return [row["id"] for row in page["results"]]

    def follows(page, which):
        return arvania.gets(page[which].partition("/api/v1/")[2])

    first = arvania.gets("requests/?page_size=2")
    second = follows(first, "next")
    third = follows(second, "next")
    assert (first["previous"], third["next"]) == (None, None)
    assert sorted(rows(first) + rows(second) + rows(third)) == sorted(sent)
    assert rows(follows(third, "previous")) == rows(second)
    assert rows(follows(follows(third, "previous"), "previous")) == rows(first)
    assert follows(second, "previous")["previous"] is None
