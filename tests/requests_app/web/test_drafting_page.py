"""A draft on its page: what is written in for the trainee, and what follows when it is addressed anew."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from requests_app.workflow.models import AssistanceRequest
from tests.browser.stage import hospital, sits

pytestmark = pytest.mark.django_db


class Desk:
    """Somebody at the contact point of Arvania, who writes one request."""

    def __init__(self) -> None:
        exercise = hospital(days=1)
        sits("anna", exercise, "XA/contact_point_24_7")
        self.client = Client()
        self.client.force_login(User.objects.get(username="anna"))
        self.here = f"/exercises/{exercise.handle}/requests"

    def begins(self, to: str) -> None:
        form = {"type": "preservation_expedited", "to": to, "key": "k-1"}
        assert self.client.post(f"{self.here}/new/?type=preservation_expedited", form).status_code == 302

    @property
    def draft(self) -> AssistanceRequest:
        return AssistanceRequest.objects.get(status="draft", planned="")

    def posts(self, do: str, status: int, **more: str) -> None:
        now = self.draft
        form = {"do": do, "version": now.version, "edition": now.edition, "tab": "t", **more}
        assert self.client.post(f"{self.here}/{now.pk}/draft/", form).status_code == status


def test_who_asks_and_who_is_asked_are_written_in_and_nobody_has_to_type_them(db):
    desk = Desk()

    desk.begins("XB/contact_point_24_7")

    assert desk.draft.contents["requesting_authority"] == "24/7 contact point, Arvania"
    assert desk.draft.contents["requested_authority"] == "24/7 contact point, Borland"


def test_a_draft_addressed_anew_names_the_new_authority(db):
    desk = Desk()
    desk.begins("XB/contact_point_24_7")

    now = desk.draft.contents["requested_authority"]
    desk.posts(
        "recast",
        302,
        type="preservation_expedited",
        to="XC/contact_point_24_7",
        **{"say-requested_authority": now},
    )

    assert desk.draft.requested_code == "XC"
    assert desk.draft.contents["requested_authority"] == "24/7 contact point, Cascadia"


def test_an_authority_in_words_of_ones_own_stays_when_the_draft_is_addressed_anew(db):
    desk = Desk()
    desk.begins("XB/contact_point_24_7")

    own = {"say-requested_authority": "The duty officer of Borland"}
    desk.posts("recast", 302, type="preservation_expedited", to="XC/contact_point_24_7", **own)

    assert desk.draft.requested_code == "XC"
    assert desk.draft.contents["requested_authority"] == "The duty officer of Borland"
