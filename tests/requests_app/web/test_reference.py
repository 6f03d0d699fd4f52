"""Directory, rule book and the choice of a type on the pages."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation

from cooperation.rulebook import rulebook
from requests_app.web import names
from requests_app.web.reference import _steps
from tests.browser.stage import hospital, sits


def test_the_table_of_the_life_of_a_request_shows_the_ways_back():
    ways = {step["status"]: {(way["act"], way["to"]) for way in step["ways"]} for step in _steps()}

    assert ("Provide information", "the status before") in ways["more_information_requested"]


@pytest.fixture
def reads(db):
    """What a desk's page says, by its path in the exercise."""
    row = hospital(days=0)
    sits("anna", row, "XA/central_authority")
    client = Client()
    client.force_login(User.objects.get(username="anna"))
    return lambda path: client.get(f"/exercises/{row.handle}/{path}").content.decode()


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
def test_a_type_says_of_dual_criminality_what_the_data_says_with_its_source(reads, request_type, told):
    assert told in reads(f"rulebook/{request_type}/")


def test_a_hint_under_to_whom_is_there_only_where_the_type_has_one(reads):
    said = reads("requests/new/?type=preservation_expedited")
    unsaid = reads("requests/new/?type=mla_documents")

    assert '<div class="govuk-hint" id="to-hint">' in said
    assert 'id="id_to" name="to" aria-describedby="to-hint">' in said
    assert "to-hint" not in unsaid


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("requests/new/", '<span class="quiet small">Arts. 42(1)-(9), 25, 41(3)(b)</span>'),
        ("requests/new/?help=data/get/soon", '<span class="quiet small">Arts. '),
        ("rulebook/", '<span class="quiet small">Art. 42(9)</span>'),
        ("rulebook/", '<span class="article__number">Art. 42</span>'),
        ("rulebook/", "<dt>Art. 40(1)</dt>"),
        ("rulebook/provisional_arrest/", "<dd>Arts. 37(10), 37 (designated authority)</dd>"),
    ],
)
def test_articles_are_named_as_articles_wherever_a_type_or_the_rule_book_names_them(reads, path, told):
    assert told in reads(path)


def test_the_rule_book_is_searched_by_the_bare_number_of_an_article(reads):
    found = reads("rulebook/?q=42(9)")

    assert "Extension of preservation" in found
    assert "Extradition" not in found


def test_types_to_choose_from_stand_under_their_pillars_each_once():
    with translation.override("en"):
        shelves = names.types_by_pillar()
    assert [pillar for pillar, _kinds in shelves][:2] == [
        "24/7 network and preservation",
        "Electronic evidence",
    ]
    chosen = [kind for _pillar, kinds in shelves for kind, _name in kinds]
    assert sorted(chosen) == sorted(rulebook().types)
