"""Directory and rule book on the pages."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from requests_app.web.reference import _steps
from tests.browser.stage import hospital, sits


def test_the_table_of_the_life_of_a_request_shows_the_ways_back():
    ways = {step["status"]: {(way["act"], way["to"]) for way in step["ways"]} for step in _steps()}

    assert ("Provide information", "the status before") in ways["more_information_requested"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("request_type", "told"),
    [
        (
            "asset_return",
            'May not be demanded, or has no place for this type.  <span class="quiet small">practice',
        ),
        (
            "mla_documents",
            'The requested State may decline without it, or help anyway.  <span class="quiet small">Arts. 40(8), 35(3)',
        ),
        ("extradition", "The request fails without it. Must be punishable in both States, save where"),
    ],
)
def test_a_type_says_of_dual_criminality_what_the_data_says_with_its_source(request_type, told):
    exercise = hospital(days=0)
    sits("anna", exercise, "XA/central_authority")
    anna = Client()
    anna.force_login(User.objects.get(username="anna"))

    page = anna.get(f"/exercises/{exercise.handle}/rulebook/{request_type}/").content.decode()

    assert told in page
