"""The archive of an exercise, altered by somebody who wrote its manifest anew: what is found without a database."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from requests_app.evidence.bag_reader import opened_zip
from requests_app.exercises import archive
from requests_app.exercises.bundle import MANIFEST, bundle_failures
from requests_app.world.models import Exercise
from tests.builders import shell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("every_exercise_holds")]


@pytest.fixture
def whole(tmp_path) -> dict[str, bytes]:
    """The files of the archive of an exercise that was played to its end."""
    shell("run_exercise", "early-warning", "--seed", "7")
    archive.export(Exercise.objects.get(), tmp_path / "whole.zip")
    with zipfile.ZipFile(tmp_path / "whole.zip") as file:
        return {name: file.read(name) for name in file.namelist()}


def found_in(files: dict[str, bytes], path: Path) -> list[str]:
    told = json.loads(files[MANIFEST])
    told["sha256"] = {
        name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name != MANIFEST
    }
    with zipfile.ZipFile(path / "altered.zip", "w") as file:
        for name, content in {**files, MANIFEST: json.dumps(told).encode()}.items():
            file.writestr(name, content)
    with opened_zip(path / "altered.zip") as holder:
        return [str(failure) for failure in bundle_failures(holder, "altered.zip")]


def test_an_archive_whose_manifest_was_written_anew_over_the_same_files_holds(whole, tmp_path):
    assert found_in(whole, tmp_path) == []


@pytest.mark.parametrize("table", ["Event", "AgendaItem"])
def test_a_line_that_cannot_be_read_is_found_in_any_table(whole, tmp_path, table):
    whole[f"tables/{table}.jsonl"] += b"{no row\n"

    (found,) = found_in(whole, tmp_path)

    assert found.startswith("altered.zip: expected an archive as Comity writes it, found JSONDecodeError")


@pytest.mark.parametrize("table", ["Event", "AssistanceRequest", "Interval", "EvidenceItem"])
def test_a_table_that_is_judged_is_missed_where_it_is_not_there(whole, tmp_path, table):
    del whole[f"tables/{table}.jsonl"]

    assert found_in(whole, tmp_path) == [
        f"altered.zip: expected an archive as Comity writes it, found KeyError: '{table}'"
    ]


def test_an_interval_that_was_taken_away_is_missed_at_its_request(whole, tmp_path):
    first, *others = whole["tables/Interval.jsonl"].splitlines(keepends=True)
    whole["tables/Interval.jsonl"] = b"".join(others)
    rows = map(json.loads, whole["tables/AssistanceRequest.jsonl"].splitlines())
    reference = {row["id"]: row["reference"] for row in rows}[json.loads(first)["request_id"]]

    (found,) = found_in(whole, tmp_path)

    assert found.startswith(f"altered.zip: {reference}, intervals: expected")
