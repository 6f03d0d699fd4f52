"""What the thread of a request shows at once."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from requests_app.workflow import door
from requests_app.world.present import wall_now
from tests.browser.stage import hospital, sits

pytestmark = pytest.mark.django_db
ASKED = [
    "facts_summary",
    "purpose",
    "nexus",
    "offence",
    "identifiers",
    "language",
    "urgency",
    "contact_person",
]


def test_questions_stand_there_however_many_they_are():
    exercise = hospital(days=12)
    asked = exercise.requests.get(planned="operator-handle")
    clara = sits("clara", exercise, "XC/law_enforcement")
    door.act(
        asked.pk,
        by=clara.seat,
        act="ask_for_information",
        contents={"questions": ASKED},
        version=asked.version,
        key="k-1",
        now=wall_now(),
    )
    client = Client()
    client.force_login(User.objects.get(username="clara"))

    page = client.get(f"/exercises/{exercise.handle}/requests/{asked.pk}/").content.decode()

    told = re.search(r"<dt>Questions</dt><dd[^>]*>(.*?)</dd>", page, re.DOTALL)
    assert told is not None
    assert told[1].count("<br>") == 7
    assert "<details>" not in told[1]
