"""PostgreSQL's planner knows of the rows that an archive brought, before the transaction of the import has ended."""

from __future__ import annotations

import pytest
from django.db import connection

from requests_app.exercises import archive
from requests_app.workflow.models import Event
from requests_app.world.models import Exercise
from tests.builders import shell


@pytest.mark.postgres
@pytest.mark.django_db
def test_whoever_reads_on_after_an_import_is_planned_for_by_what_is_there(tmp_path, every_exercise_holds):
    shell("run_exercise", "early-warning", "--seed", "7")
    archive.export(Exercise.objects.get(), tmp_path / "whole.zip")

    archive.import_(tmp_path / "whole.zip")

    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [Event._meta.db_table])
        (counted,) = cursor.fetchone()
    assert counted == Event.objects.count()
