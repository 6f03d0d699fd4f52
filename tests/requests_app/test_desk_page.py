"""The desk: a heap of requests in a few statements, the most pressing first, and nothing of another State."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from requests_app.workflow.models import AssistanceRequest, Deadline
from requests_app.world.models import TRAINEE, Seat, SeatHolder
from tests.builders import counted, day

HEAP = 2_000


@pytest.fixture
def clerk(exercise):
    """Somebody at the central authority of Arvania, whose exercise has come to its tenth day."""
    exercise.runs_to(day(10))
    user = User.objects.create_user("clerk")
    seat = Seat.objects.get(
        authority__state__exercise=exercise.row,
        authority__state__code="XA",
        authority__kind="central_authority",
    )
    SeatHolder.objects.create(user=user, exercise=exercise.row, seat=seat, role=TRAINEE)
    client = Client()
    client.force_login(user)
    return client


def heap(exercise, number, *, sender="XB", receiver="XA"):
    """Put so many acknowledged requests on a desk, each with a deadline that runs."""
    rows = AssistanceRequest.objects.bulk_create(
        AssistanceRequest(
            exercise=exercise.row,
            reference=f"{sender}-{receiver}-{n:04d}",
            request_type="mla_stored_data",
            requesting_code=sender,
            requested_code=receiver,
            requesting_kind="central_authority",
            requested_kind="central_authority",
            status="acknowledged",
            submitted_at=day(1),
            received_at=day(1),
            filed_at=day(1),
            version=2,
        )
        for n in range(1, number + 1)
    )
    Deadline.objects.bulk_create(
        Deadline(
            request=row,
            rule="train_decide",
            number=1,
            kind="target",
            stage="decide",
            calendar="VN",
            starts_at=day(1),
            amount=30,
            unit="days",
            due_at=day(60) - timedelta(minutes=place),
        )
        for place, row in enumerate(rows)
    )


@pytest.mark.harmed
def test_a_desk_with_two_thousand_requests_asks_the_database_twelve_times_at_most(exercise, clerk):
    address = f"/exercises/{exercise.row.handle}/desk/"
    clerk.get(address)
    with counted() as empty:
        clerk.get(address)
    heap(exercise, HEAP)

    with counted() as full:
        page = clerk.get(address).content.decode()

    assert len(full) <= 12
    assert len(full) <= len(empty) + 1  # the page of rows itself
    assert f"XB-XA-{HEAP}" in page  # due first
    assert "XB-XA-0001" not in page


@pytest.mark.harmed
def test_search_and_filters_stay_in_the_address(exercise, clerk):
    heap(exercise, 60)

    page = clerk.get(f"/exercises/{exercise.row.handle}/desk/?q=0042&direction=received").content.decode()
    paged = clerk.get(f"/exercises/{exercise.row.handle}/desk/?view=all&q=XB&page=2").content.decode()

    assert "XB-XA-0042" in page
    assert "XB-XA-0041" not in page
    assert "q=0042" in page
    assert "?q=XB&amp;view=all&amp;page=3" in paged


@pytest.mark.harmed
def test_what_two_other_states_have_with_each_other_is_not_there(exercise, clerk):
    heap(exercise, 1, sender="XB", receiver="XC")
    hidden = AssistanceRequest.objects.get()

    assert "XB-XC" not in clerk.get(f"/exercises/{exercise.row.handle}/desk/?view=all").content.decode()
    for page in ("", "draft/", "request.pdf"):
        assert clerk.get(f"/exercises/{exercise.row.handle}/requests/{hidden.pk}/{page}").status_code == 404


def test_whoever_does_not_sit_there_finds_no_page_of_the_exercise(exercise):
    client = Client()
    client.force_login(User.objects.create_user("stranger"))

    for page in ("", "desk/", "requests/new/", "directory/", "rulebook/"):
        assert client.get(f"/exercises/{exercise.row.handle}/{page}").status_code == 404


def test_the_paper_of_a_request_says_exercise_and_is_tagged(exercise, clerk):
    request = exercise.desk("Arvania").files("mla_stored_data", to="Borland", on=day(11))

    answer = clerk.get(f"/exercises/{exercise.row.handle}/requests/{request.key}/request.pdf")

    assert answer["Content-Type"] == "application/pdf"
    assert "EXERCISE-XA-XB-0001.pdf" in answer["Content-Disposition"]
    assert answer.content.startswith(b"%PDF-")
    assert b"/MarkInfo" in answer.content
