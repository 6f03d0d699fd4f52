"""Reports over HTTP: of what a seat sees, with the requests behind each number, and as files."""

from __future__ import annotations

import pytest

from tests.requests_app.api.conftest import CENTRAL

BORLAND, CASCADIA = f"XB/{CENTRAL}", f"XC/{CENTRAL}"


def groups(one, live, query=""):
    found = one.gets(f"exercises/{live.handle}/report/{query}")
    assert found["schema"] == "comity.report/1"
    return {tuple(group["key"].values()): group["n"] for group in found["groups"]}


def test_a_report_is_of_what_the_seat_sees_and_each_number_leads_to_its_requests(
    live, arvania, borland, cascadia, trainer, wall
):
    first = arvania.files("mla_stored_data", to=BORLAND)
    wall.runs(days=2)
    borland.does("acknowledge", first)
    second = cascadia.files("mla_documents", to=f"XA/{CENTRAL}")
    wall.runs(days=40)

    assert groups(trainer, live)[("acknowledge",)] == 2
    assert groups(borland, live)[("acknowledge",)] == 1
    by = groups(arvania, live, "?by=from,month&request_type=mla_stored_data")
    assert by[("acknowledge", "XA", "2027-03")] == 1
    assert groups(trainer, live, "?month=2027-04") == {}
    assert groups(trainer, live, "?from=XC&to=XA&stage=acknowledge") == {("acknowledge",): 1}

    path = f"exercises/{live.handle}/report/requests/?stage=acknowledge"
    behind = {row["request_id"]: row["closed_at"] for row in trainer.gets(path)["results"]}
    assert behind == {first: "2027-03-03T00:00:00Z", second: None}
    assert [row["request_id"] for row in borland.gets(path)["results"]] == [first]
    assert trainer.gets(f"{path}&from=XC")["results"][0]["request_id"] == second


def test_the_work_in_hand_is_of_what_the_seat_sees_and_each_number_leads_to_its_requests(
    live, arvania, borland, cascadia, trainer, wall
):
    asked = arvania.files("mla_stored_data", to=BORLAND)
    wall.runs(days=2)
    borland.does("acknowledge", asked)
    borland.does("refuse", asked, ground="essential_interests", reasons="It would name our sources.")
    cascadia.files("mla_documents", to=f"XA/{CENTRAL}")
    wall.runs(days=1)

    found = trainer.gets(f"exercises/{live.handle}/workload/")
    assert found["schema"] == "comity.workload/1"
    assert [(one["to"], one["n"], one["open"]) for one in found["states"]] == [("XA", 1, 1), ("XB", 1, 0)]
    assert found["outcomes"] == [{"outcome": "refused", "n": 1}, {"outcome": None, "n": 1}]
    assert (found["backlog"][-1]["open"], found["backlog"][-1]["at"]) == (1, found["observed_until"])
    assert [one["to"] for one in borland.gets(f"exercises/{live.handle}/workload/")["states"]] == ["XB"]
    assert trainer.gets(f"exercises/{live.handle}/workload/?public=true")["states"] == [
        {"to": "XA", "suppressed": True},
        {"to": "XB", "suppressed": True},
    ]

    def behind(query):
        path = f"exercises/{live.handle}/report/requests/?stage=whole&{query}"
        return [row["from_state"] for row in trainer.gets(path)["results"]]

    assert behind("outcome=refused") == ["XA"]
    assert behind("standing=open") == ["XC"]
    assert behind("standing=closed") == ["XA"]
    assert behind("standing=overdue") == []
    assert trainer.asks("get", f"exercises/{live.handle}/report/requests/?standing=late").status_code == 400


@pytest.mark.parametrize(
    ("form", "starts"),
    [("csv", b"stage,"), ("json", b"{"), ("html", b"<!"), ("pdf", b"%PDF"), ("xlsx", b"PK")],
)
def test_a_report_is_downloaded_as_a_file_that_says_exercise(live, arvania, form, starts):
    arvania.files("mla_stored_data", to=BORLAND)

    answer = arvania.asks("get", f"exercises/{live.handle}/report/files/{form}/", Accept="text/html")

    assert answer.status_code == 200
    assert answer.content.strip().lower().startswith(starts.lower())
    assert answer["Content-Disposition"] == f'attachment; filename="{live.handle}-EXERCISE.{form}"'


@pytest.mark.parametrize(
    ("query", "field"),
    [("by=mood", "by"), ("month=2027-13", "month"), ("from=xx", "from"), ("stage=late", "stage")],
)
def test_a_report_tells_what_it_does_not_know(live, arvania, query, field):
    answer = arvania.asks("get", f"exercises/{live.handle}/report/?{query}")

    assert (answer.status_code, answer.json()["field"]) == (400, field)
    assert arvania.asks("get", f"exercises/{live.handle}/report/files/odt/").status_code == 404
