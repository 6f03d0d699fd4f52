"""The schema says what the API does, and the API does nothing else."""

from __future__ import annotations

from typing import Any

import pytest
import requests
import schemathesis
from django.core.management import call_command
from django.db import transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from rest_framework.test import APIClient
from schemathesis import Response
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from requests_app.management.commands.print_schema import schema_text
from tests.requests_app.api.conftest import CENTRAL

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
EXAMPLES_OF_EACH = 6
# Set by the client itself.
TOLD_OTHERWISE = ("Content-Type", "Content-Length", "Authorization")


def _asked(case: Any, client: APIClient) -> Response:
    """Ask through Django's own client, which keeps the test's connection open; leave nothing behind."""
    asked = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
    with transaction.atomic():
        answer = client.generic(
            asked.method,
            asked.path_url,
            asked.body or b"",
            content_type=asked.headers.get("Content-Type", ""),
            headers={name: text for name, text in asked.headers.items() if name not in TOLD_OTHERWISE},
        )
        transaction.set_rollback(True)
    headers = {name.lower(): [text] for name, text in answer.items()}
    return Response(answer.status_code, headers, answer.content, request=asked, elapsed=0.0, verify=False)


def _operations() -> list[Any]:
    described = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
    return [found.ok() for found in described.get_all_operations()]


def test_the_schema_in_the_documents_is_fresh():
    call_command("print_schema", "--check")


def test_the_schema_is_openapi_3_1_and_names_every_problem():
    text = schema_text()

    assert text.startswith("openapi: 3.1.0\n")
    assert "application/problem+json" in text


@pytest.mark.parametrize("who", ["arvania", "trainer"])
@pytest.mark.parametrize("operation", _operations(), ids=lambda operation: operation.label)
def test_whatever_is_sent_is_answered_as_the_schema_says(operation, who, live, arvania, trainer, request):
    key = arvania.files("mla_stored_data", to=f"XB/{CENTRAL}")
    one = {"arvania": arvania, "trainer": trainer}[who]

    @settings(
        max_examples=EXAMPLES_OF_EACH,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def answers(case: Any) -> None:
        known = {"request_id": key, "handle": live.handle, "type_id": "mla_stored_data", "code_id": key}
        known |= {
            "form": "csv",
            "scenario_id": "intimate-images",
            "rehearsal_id": key,
            "profile_id": "hanoi",
            "secret": "guessed",
        }
        case.path_parameters = {name: known[name] for name in case.path_parameters or {}}
        case.validate_response(_asked(case, one.client), checks=list(CHECKS))

    answers()
