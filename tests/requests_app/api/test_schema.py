"""The schema says what the API does, and the API does nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from django.core.cache import cache
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient
from schemathesis import Response
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from requests_app.management.commands.print_schema import schema_text
from tests.requests_app.api.around import PEOPLE, Around, at_the_table, left_alone

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
CASES = 5_000
# PostgreSQL refuses some of what SQLite keeps, so a part of the cases goes there too.
CASES_ON_POSTGRES = 1_000
# Set by the client itself.
TOLD_OTHERWISE = ("Content-Type", "Content-Length", "Authorization")


def operations() -> list[Any]:
    described = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
    return [found.ok() for found in described.get_all_operations()]


OPERATIONS = operations()


@pytest.fixture(scope="module")
def around(django_db_setup: None, django_db_blocker: Any) -> Iterator[Around]:
    with at_the_table(django_db_blocker) as found:
        yield found


@pytest.fixture
def cases(request: pytest.FixtureRequest) -> int:
    """How many cases of an operation each of the people asks."""
    whole = CASES_ON_POSTGRES if request.config.getoption("--db") == "postgres" else CASES
    return -(-whole // (len(OPERATIONS) * len(PEOPLE)))


def test_the_schema_is_openapi_3_1_and_names_every_problem():
    text = schema_text()

    assert text.startswith("openapi: 3.1.0\n")
    assert "application/problem+json" in text


@pytest.mark.django_db
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_whatever_anybody_sends_is_answered_as_the_schema_says(operation, around, cases):
    known = {name: [text] for name, text in around.words.items()}
    known["request_id"].append(around.draft)

    @settings(
        max_examples=cases,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data(), mode=st.sampled_from(GenerationMode))
    def answers(who: str, data: Any, mode: GenerationMode) -> None:
        case = data.draw(operation.as_strategy(mode))
        # Nearly every generated address leads nowhere: one in four is kept.
        if data.draw(st.integers(0, 3)):
            case.path_parameters = {
                name: data.draw(st.sampled_from(known.get(name, [text])))
                for name, text in (case.path_parameters or {}).items()
            }
        case.validate_response(_asked(case, around.people[who].client), checks=list(CHECKS))

    for who in PEOPLE:
        answers(who)


def _asked(case: Any, client: APIClient) -> Response:
    """Ask through Django's own client, which keeps the test's connection open; leave nothing behind."""
    asked = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
    cache.clear()  # how often one has asked is not the question here
    with left_alone():
        answer = client.generic(
            asked.method,
            asked.path_url,
            asked.body or b"",
            content_type=asked.headers.get("Content-Type", ""),
            headers={name: text for name, text in asked.headers.items() if name not in TOLD_OTHERWISE},
        )
    headers = {name.lower(): [text] for name, text in answer.items()}
    return Response(answer.status_code, headers, answer.content, request=asked, elapsed=0.0, verify=False)
