"""The admin looks at everything and changes nothing that the door owns."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.urls import reverse

from tests.builders import Table, day, everything

MODELS = [model for model in apps.get_app_config("requests_app").get_models() if model.__name__ != "Session"]


@pytest.fixture
def played(exercise: Table) -> Table:
    """An exercise with rows in most tables."""
    request = exercise.desk("Arvania").files("mla_stored_data", to="Borland", on=day(0))
    borland = exercise.desk("Borland")
    borland.acknowledges(request, on=day(1))
    borland.asks_for_information(request, on=day(2))
    exercise.desk("Arvania").provides_information(request, on=day(3))
    exercise.runs_to(day(60))
    return exercise


def page(model: type[models.Model], name: str, *arguments: Any) -> str:
    return reverse(f"admin:requests_app_{model._meta.model_name}_{name}", args=arguments)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_superuser_looks_and_changes_nothing(admin_client, played, model):
    before = everything()
    row = model._base_manager.first()
    key = row.pk if row is not None else 1

    assert admin_client.get(page(model, "changelist")).status_code == 200
    assert admin_client.get(page(model, "add")).status_code == 403
    assert admin_client.post(page(model, "add"), {}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [key], "post": "yes"}
    admin_client.post(page(model, "changelist"), chosen)
    if row is not None:
        assert admin_client.get(page(model, "change", key)).status_code == 200
        assert admin_client.post(page(model, "change", key), {"act": "accept"}).status_code == 403
        assert admin_client.post(page(model, "delete", key), {"post": "yes"}).status_code == 403
    assert everything() == before


def test_most_tables_have_rows_to_look_at(played):
    empty = {model.__name__ for model in MODELS if not model._base_manager.exists()}

    assert {
        "Event",
        "AssistanceRequest",
        "Deadline",
        "Interval",
        "Suspension",
        "AgendaItem",
        "Seat",
    } & empty == set()
