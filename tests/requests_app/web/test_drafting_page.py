"""A draft on its page: what is written in for the trainee, and what follows when it is addressed anew."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

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

    def begins(self, to: str, **more: str) -> None:
        form = {"type": "preservation_expedited", "to": to, "key": "k-1", **more}
        assert self.client.post(f"{self.here}/new/?type=preservation_expedited", form).status_code == 302

    @property
    def draft(self) -> AssistanceRequest:
        return AssistanceRequest.objects.get(status="draft", planned="")

    def posts(self, do: str, status: int, **more: str) -> str:
        """Return where one is sent next; empty where the page comes at once."""
        response = self._sends(do, more)
        assert response.status_code == status
        return str(response.headers.get("Location", ""))

    def checks(self, **more: str) -> str:
        response = self._sends("check", more)
        assert response.status_code == 200
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())

    def _sends(self, do: str, more: dict[str, str]) -> Any:
        now = self.draft
        form = {"do": do, "version": now.version, "edition": now.edition, "tab": "t", **more}
        return self.client.post(f"{self.here}/{now.pk}/draft/", form)


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


def test_what_nobody_could_act_on_is_told_beside_the_draft_and_kept_as_it_was_typed(db):
    desk = Desk()
    desk.begins("XB/contact_point_24_7")

    page = desk.checks(
        **{"say-period_covered.from": "yesterday", "say-period_covered.to": "01/03/2027 10:00"}
    )

    assert "Not clear Period covered: from exercise rule This is no date" in page
    assert desk.draft.contents["period_covered"] == {"from": "yesterday", "to": "2027-03-01T10:00:00+07:00"}


def test_a_case_is_referred_to_by_a_reference_and_not_by_a_title_in_some_language(db):
    desk = Desk()

    desk.begins("XB/contact_point_24_7", case="hospital")

    assert desk.draft.contents["case_reference"] == "XA/hospital"


def test_after_a_change_of_the_type_the_page_says_that_all_was_saved(db):
    desk = Desk()
    desk.begins("XB/contact_point_24_7")

    address = desk.posts("recast", 302, type="assistance_24_7", to="XB/contact_point_24_7")

    assert address.endswith("/draft/?saved")
    assert 'data-saved="now"' in desk.client.get(address).content.decode()
    assert 'data-saved="now"' not in desk.client.get(address.removesuffix("?saved")).content.decode()
