"""Clients at the same instant, and a web process killed outright: one effect, and the same answer."""

from __future__ import annotations

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
