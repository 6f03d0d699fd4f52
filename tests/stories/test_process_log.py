"""The log as process mining reads it, and the signed checkpoint of a run, by command."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from requests_app.workflow.models import Event
from requests_app.world.models import Exercise
from tests.builders import shell

pytestmark = pytest.mark.usefixtures("every_exercise_holds")
SPACE = "{http://www.xes-standard.org/}"


def test_a_run_can_be_mined_archived_verified_and_held_against_its_checkpoint(tmp_path):
    kept = tmp_path / "checkpoint.json"
    assert shell("run_exercise", "phishing-kit-author", "--seed", "7", "--checkpoint", str(kept)).code == 0
    exercise = Exercise.objects.get()
    events = Event.objects.filter(exercise=exercise, request__isnull=False)

    assert (
        shell("export_log", exercise.handle, "--format", "xes", "--out", str(tmp_path / "log.xes")).code == 0
    )
    log = ElementTree.parse(tmp_path / "log.xes").getroot()
    traces = log.findall(f"{SPACE}trace")
    assert len(traces) == events.values("request").distinct().count()
    assert len(log.findall(f"{SPACE}trace/{SPACE}event")) == events.count()
    first = traces[0].find(f"{SPACE}event/{SPACE}string[@key='concept:name']")
    assert first is not None
    assert first.get("value") == "submit"

    assert (
        shell("export_log", exercise.handle, "--format", "ocel", "--out", str(tmp_path / "log.json")).code
        == 0
    )
    told = json.loads((tmp_path / "log.json").read_text())
    assert len(told["events"]) == events.count()
    known = {one["id"] for one in told["objects"]}
    assert {"XA-XB-0003", "XB/central_authority", "XA-XB-0003/XB-3"} <= known
    assert all(link["objectId"] in known for event in told["events"] for link in event["relationships"])
    assert {event["type"] for event in told["events"]} == {kind["name"] for kind in told["eventTypes"]}

    told_by = shell("verify", exercise.handle, "--against", str(kept))
    assert (told_by.code, "agrees with 1 kept outside" in told_by.said[0]) == (0, True), told_by.said
    archive = tmp_path / "whole.zip"
    assert shell("export_exercise", exercise.handle, "--out", str(archive)).code == 0
    assert shell("verify", str(archive), "--against", str(kept)).code == 0
    assert shell("import_exercise", str(archive)).code == 0
    ambiguous = shell("verify", "--against", str(kept))
    assert (ambiguous.code, "more than one run" in ambiguous.said[0]) == (2, True)
    archive.write_bytes(archive.read_bytes().replace(b"PK\x03\x04", b"PK\x03\x05", 1))
    assert shell("import_exercise", str(archive)).code == 2
    assert shell("verify", str(archive)).code in (1, 2)
    assert Exercise.objects.count() == 2
