"""What is backed up can be restored, whole and as it was; anything else is refused before it does harm."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest

from requests_app.management import archive
from requests_app.workflow.verify import checkpoint_of
from requests_app.world.models import Exercise
from tests.builders import day, seated, shell

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def installation(transactional_db, settings, tmp_path) -> Path:
    """An installation with an exercise, a key and a piece of evidence; returns its folder."""
    settings.VAR_DIR = tmp_path / "var"
    settings.KEYS_DIR = settings.VAR_DIR / "keys"
    settings.EVIDENCE_DIR = settings.VAR_DIR / "evidence"
    for folder in (settings.KEYS_DIR, settings.EVIDENCE_DIR / "ab"):
        folder.mkdir(parents=True)
    (settings.KEYS_DIR / "checkpoint.pem").write_text("a private key")
    (settings.EVIDENCE_DIR / "ab" / "abcd").write_bytes(b"\x00\x01")
    exercise = seated()
    exercise.desk("Arvania").files("mla_stored_data", to="Borland", on=day(0))
    exercise.runs_to(day(3))
    return settings.VAR_DIR


def emptied(folder: Path) -> None:
    from requests_app.exercises.removal import remove

    for exercise in Exercise.objects.all():
        remove(exercise)
    for file in (folder / "keys" / "checkpoint.pem", folder / "evidence" / "ab" / "abcd"):
        file.unlink()


def backed_up(tmp_path: Path) -> Path:
    file = tmp_path / "backup.tar.gz"
    done = shell("backup", "--out", str(file))
    assert done.code == 0, done.said
    return file


def rewritten(file: Path, change) -> Path:
    """Return a copy of a backup whose files went through `change(name, content)`; None leaves one out."""
    other = file.with_name("other.tar.gz")
    with tarfile.open(file) as source, tarfile.open(other, "w:gz") as target:
        for member in source:
            changed = change(member.name, source.extractfile(member).read())
            if changed is not None:
                name, content = changed
                header = tarfile.TarInfo(name)
                header.size = len(content)
                target.addfile(header, io.BytesIO(content))
    return other


def test_a_backup_brings_everything_back_as_it_was(installation, tmp_path):
    (exercise,) = Exercise.objects.all()
    checkpoint = checkpoint_of(exercise)
    events = exercise.events.count()
    file = backed_up(tmp_path)
    emptied(installation)

    done = shell("restore", str(file))

    assert done.code == 0, done.said
    (restored,) = Exercise.objects.all()
    assert checkpoint_of(restored) == checkpoint
    assert restored.events.count() == events
    assert f"{restored.handle} holds; checkpoint {checkpoint}" in done.said
    assert (installation / "keys" / "checkpoint.pem").read_text() == "a private key"
    assert (installation / "keys" / "checkpoint.pem").stat().st_mode & 0o777 == 0o600
    assert (installation / "evidence" / "ab" / "abcd").read_bytes() == b"\x00\x01"


def test_a_restored_exercise_can_be_played_on(installation, tmp_path):
    file = backed_up(tmp_path)
    emptied(installation)
    assert shell("restore", str(file)).code == 0

    from requests_app.exercises.run import play

    (restored,) = Exercise.objects.all()
    before = restored.events.count()
    play(restored, restored.ends_at)

    assert restored.events.count() > before
    assert shell("verify").code == 0


def test_only_its_owner_reads_a_backup_and_nothing_is_written_over(installation, tmp_path):
    file = backed_up(tmp_path)

    assert file.stat().st_mode & 0o777 == 0o600
    again = shell("backup", "--out", str(file))
    assert again.code == 2
    assert again.said == [f"--out: {file} is there already: name a new file"]


def test_an_installation_with_exercises_is_not_written_over(installation, tmp_path):
    file = backed_up(tmp_path)

    done = shell("restore", str(file))

    assert done.code == 2
    assert done.said == ["this installation holds exercises: restore into an empty one, and nothing is lost"]


def one_byte(name, content):
    return (name, content[:-1] + b"!") if name == "evidence/ab/abcd" else (name, content)


def without_the_key(name, content):
    return None if name == "keys/checkpoint.pem" else (name, content)


def leading_out(name, content):
    return ("keys/../../out.pem", content) if name == "keys/checkpoint.pem" else (name, content)


def of_another_version(name, content):
    if name != "manifest.json":
        return name, content
    manifest = json.loads(content)
    manifest["migrations"].append("requests_app.9999_to_come")
    return name, json.dumps(manifest).encode()


def of_something_else(name, content):
    return name, b"{}" if name == "manifest.json" else content


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (one_byte, "evidence/ab/abcd is not what was backed up"),
        (without_the_key, "keys/checkpoint.pem is not what was backed up"),
        (leading_out, "holds 'keys/../../out.pem', which no backup of Comity does"),
        (of_another_version, "the backup is of another version (unlike: requests_app.9999_to_come)"),
        (of_something_else, "is no backup of Comity"),
    ],
    ids=["a changed byte", "a missing file", "a path that leads out", "another version", "another archive"],
)
def test_what_is_not_as_it_was_backed_up_is_refused_whole(installation, tmp_path, change, told):
    file = rewritten(backed_up(tmp_path), change)
    emptied(installation)

    done = shell("restore", str(file))

    assert done.code == 2
    assert told in done.said[0]
    assert not Exercise.objects.exists()
    assert not (installation / "keys" / "checkpoint.pem").exists()


@pytest.mark.parametrize(
    "content", [b"", b"no archive", b"\x1f\x8b\x08\x00half"], ids=["empty", "text", "half"]
)
def test_a_file_that_is_no_backup_is_told_in_a_line(installation, tmp_path, content):
    file = tmp_path / "file"
    file.write_bytes(content)

    done = shell("restore", str(file))

    assert done.code == 2
    assert len(done.said) == 1
    assert done.said[0].startswith(f"{file}: is no")


def test_every_table_is_backed_up():
    from django.db import connection

    stored = set(connection.introspection.table_names())

    assert stored - set(archive.tables()) == set(archive.LEFT_OUT)
