"""Exercises are archived, deleted whole, and run again; people are erased from the shell."""

from __future__ import annotations

import io
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command

from requests_app.evidence.keys import sign
from requests_app.reports.outbox import folder_of
from requests_app.workflow.models import Event
from requests_app.world.models import Exercise
from tests.requests_app.api.conftest import CENTRAL


def says(name: str, *arguments: str) -> int:
    try:
        call_command(name, *arguments, stdout=io.StringIO(), stderr=io.StringIO())
    except SystemExit as stopped:
        return int(stopped.code or 0)
    return 0


def handles(one) -> list[str]:
    return [row["handle"] for row in one.gets("exercises/")["results"]]


def ends(trainer, live) -> None:
    assert trainer.asks("post", f"exercises/{live.handle}/clock/", {"act": "end"}).status_code == 200


def test_what_is_archived_is_read_and_exported_and_in_no_list(live, trainer, arvania, tmp_path):
    path = f"exercises/{live.handle}/archive/"
    key = arvania.files("mla_stored_data", to=f"XB/{CENTRAL}")
    assert trainer.asks("post", path, {}).json()["type"] == "urn:comity:problem:not_ended"
    ends(trainer, live)

    assert trainer.asks("post", path, {}).json() == {"archived_at": "2026-11-23T09:00:00Z"}

    assert (handles(trainer), handles(arvania), arvania.gets("seats/")["results"]) == ([], [], [])
    assert arvania.gets(f"exercises/{live.handle}/")["standing"] == "ended"
    assert arvania.tries("withdraw", key).status_code == 409
    assert says("export_log", live.handle, "--format", "jsonl", "--out", str(tmp_path / "log")) == 0
    assert trainer.asks("post", path, {"archived": False}).json() == {"archived_at": None}
    assert handles(arvania) == [live.handle]


def test_in_an_archived_exercise_nothing_is_judged_any_more(live, trainer):
    ends(trainer, live)
    assert says("archive_exercise", live.handle) == 0

    assert says("control", live.handle, "override", "any", "--points", "1", "--reason", "late") == 2
    assert says("archive_exercise", live.handle, "--undo") == 0
    assert Exercise.objects.get(pk=live.pk).archived_at is None


def test_an_exercise_is_deleted_whole_once_its_handle_is_said(transactional_db, live, trainer, arvania):
    from rest_framework.test import APIClient

    arvania.files("mla_stored_data", to=f"XB/{CENTRAL}")
    code = trainer.asks("post", f"exercises/{live.handle}/codes/", {"role": "observer"}).json()["code"]
    guest = APIClient().post("/api/v1/register/", {"code": code}, format="json").json()
    folder_of(live).mkdir(parents=True)
    sign(live.pk, f"XA/{CENTRAL}", b"a receipt")
    keys = Path(settings.KEYS_DIR) / str(live.pk)
    assert len(list(keys.iterdir())) == 2
    path = f"exercises/{live.handle}/removal/"
    assert trainer.asks("post", path, {"confirm": "another-1"}).json()["field"] == "confirm"
    assert arvania.asks("post", path, {"confirm": live.handle}).status_code == 403

    assert trainer.asks("post", path, {"confirm": live.handle}).status_code == 204

    assert (Exercise.objects.count(), Event.objects.count()) == (0, 0)
    assert not User.objects.filter(username=guest["username"]).exists()
    assert User.objects.filter(username="anna").exists()
    assert not folder_of(live).exists()
    assert not keys.exists()


def test_the_shell_deletes_and_erases_only_when_it_is_meant(transactional_db, live, trainer, arvania):
    arvania.files("mla_stored_data", to=f"XB/{CENTRAL}")

    assert says("erase_person", "anna") == 2
    assert says("erase_person", "nobody", "--yes") == 2
    assert says("delete_exercise", live.handle) == 2
    assert User.objects.filter(username="anna").exists()

    assert says("erase_person", "anna", "--yes") == 0
    assert says("verify", live.handle) == 0
    assert says("delete_exercise", live.handle, "--yes") == 0
    assert (User.objects.count(), Exercise.objects.count()) == (1, 0)


def test_a_run_again_is_a_new_exercise(live, trainer):
    first, second = (
        trainer.asks("post", "exercises/", {"scenario": "intimate-images"}).json()["handle"] for _ in range(2)
    )

    assert (first, second) == ("intimate-images-1", "intimate-images-1-2")
