"""Archives that hold by themselves, and do not fit into the database that they come into."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from cooperation.document import BadInput
from requests_app.exercises import archive
from requests_app.exercises.bundle import MANIFEST
from requests_app.world.models import Exercise
from tests.builders import shell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("every_exercise_holds")]
CASES = "tables/Case.jsonl"


def exported(folder: Path) -> Path:
    shell("run_exercise", "early-warning", "--seed", "7")
    archive.export(Exercise.objects.get(), folder / "whole.zip")
    return folder / "whole.zip"


def with_facts(whole: Path, facts: str) -> Path:
    """Return an archive in which the cases have other facts, and whose list of files agrees with that."""
    changed = whole.with_name("changed.zip")
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(changed, "w") as target:
        files = {name: source.read(name) for name in source.namelist()}
        rows = [json.loads(line) | {"facts": facts} for line in files[CASES].splitlines()]
        files[CASES] = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
        manifest = json.loads(files[MANIFEST])
        manifest["sha256"][CASES] = hashlib.sha256(files[CASES]).hexdigest()
        files[MANIFEST] = json.dumps(manifest).encode()
        for name, content in files.items():
            target.writestr(name, content)
    return changed


@pytest.mark.postgres
def test_an_archive_with_a_text_that_no_column_can_hold_is_refused_as_not_fitting(tmp_path):
    changed = with_facts(exported(tmp_path), "before\x00after")

    with pytest.raises(BadInput) as bad:
        archive.import_(changed)

    told = "does not fit: PostgreSQL text fields cannot contain NUL (0x00) bytes"
    assert [fault.problem for fault in bad.value.faults] == [told]
    assert [exercise.handle for exercise in Exercise.objects.all()] == ["early-warning-7"]


def test_rows_of_an_archive_keep_what_they_say_and_get_keys_of_their_own(tmp_path):
    whole = exported(tmp_path)
    first = Exercise.objects.get()

    second = archive.import_(with_facts(whole, "Seen at Quỳnh Lưu: “ệ”"))

    assert second.handle == "early-warning-7-2"
    assert {case.facts for case in second.cases.all()} == {"Seen at Quỳnh Lưu: “ệ”"}
    assert second.events.count() == first.events.count()
    assert not set(second.cases.values_list("pk")) & set(first.cases.values_list("pk"))
