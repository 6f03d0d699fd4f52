"""Packages of every shipped scenario, judged by the tools of others; and what those say after each harm."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from cooperation.behaviour import behaviours
from cooperation.document import BadInput
from cooperation.evidence.bags import Hostile
from cooperation.evidence.record import check_record
from cooperation.moments import moment
from cooperation.rulebook import rulebook
from cooperation.scenario import read_scenario, shipped
from requests_app.evidence.bag_reader import opened_zip, verified
from requests_app.evidence.models import EvidenceItem, ImportedPackage
from requests_app.evidence.package import CHECK
from requests_app.exercises import archive
from requests_app.exercises.archive import HELD, LEFT_BEHIND, is_numbered, row_of
from requests_app.exercises.bundle import bundle_failures
from requests_app.exercises.removal import remove
from requests_app.exercises.run import make, play
from requests_app.workflow.handing_out import export
from requests_app.workflow.models import AssistanceRequest
from requests_app.workflow.verify import checkpoint_of, failures
from requests_app.world.models import Exercise
from requests_app.world.planner import tell_planner
from tests.builders import shell

pytestmark = pytest.mark.usefixtures("every_exercise_holds")
TOOLS = Path(sys.executable).parent
ROOT = Path(__file__).resolve().parents[2]
# A year of a national desk is long; what it sends looks the same from the first month on.
PLAYED_UNTIL = {"national-desk-year": "+40d"}


def played(name: str) -> Exercise:
    """Return a shipped scenario, played to its end."""
    path = shipped()[name]
    scenario = read_scenario(path, path.name, rulebook(), behaviours().keys())
    exercise = make(scenario, seed=7, teams="typical")
    until = PLAYED_UNTIL.get(name)
    exercise = play(exercise, moment(until, exercise.starts_at) if until else exercise.ends_at)
    tell_planner()  # nobody else does, in the one transaction of a test
    return exercise


def packages_of(exercise: Exercise, folder: Path) -> list[Path]:
    """Return a package for each request that came to have evidence; the first with its paper."""
    rows = AssistanceRequest.objects.filter(exercise=exercise, pk__in=EvidenceItem.objects.values("request"))
    made = []
    for row in rows.select_related("exercise").order_by("reference"):
        made.append(folder / f"{exercise.scenario}-{row.reference}")
        export(row, made[-1], with_pdf=len(made) == 1)
    return made


def ran(*command: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True)


def bagit(*bags: Path) -> subprocess.CompletedProcess[str]:
    return ran(TOOLS / "bagit.py", "--validate", *bags)


def sums(bag: Path) -> int:
    told = ("manifest-sha256.txt", "tagmanifest-sha256.txt", "manifest-sha512.txt", "tagmanifest-sha512.txt")
    tools = {"sha256": "sha256sum", "sha512": "sha512sum"}
    return max(
        ran(tools[name.split("-")[1][:6]], "-c", "--quiet", "--strict", name, cwd=bag).returncode
        for name in told
        if (bag / name).stat().st_size
    )


def signature(bag: Path) -> int:
    return ran(sys.executable, "-c", CHECK, cwd=bag).returncode


def case_validate(*bags: Path) -> subprocess.CompletedProcess[str]:
    """Return the verdict of the outside validator on the descriptions of packages, in one process."""
    files = [bag / "case" / "case.jsonld" for bag in bags]
    return ran(sys.executable, "-m", "tests.stories.case_validate", *files, cwd=ROOT)


def nodes_of(bag: Path) -> dict[str, Any]:
    """Return what the description of a package describes, by id."""
    graph = json.loads((bag / "case" / "case.jsonld").read_text(encoding="utf-8"))["@graph"]
    return {node["@id"]: node for node in graph}


def named_in(value: Any) -> Iterator[str]:
    """Return the ids that a description names."""
    if isinstance(value, dict):
        yield from [value["@id"]] if set(value) == {"@id"} else named_in(list(value.values()))
    elif isinstance(value, list):
        for one in value:
            yield from named_in(one)


def rows_of(exercise: Exercise) -> dict[str, list[str]]:
    found = {}
    for model, way in HELD.items():
        rows = (row_of(row) for row in model._default_manager.filter(**{way: exercise.pk}))
        # What the database numbers is numbered anew, and a second run of a seed has a handle of its own.
        anew = {"handle", "wake_at", "state_id"} | ({"id"} if is_numbered(model) else set())
        found[model.__name__] = [
            json.dumps({k: v for k, v in row.items() if k not in anew}, sort_keys=True) for row in rows
        ]
    return found


def goes_through_the_archive_without_loss(exercise: Exercise, folder: Path) -> None:
    """Export, verify without a database, import, and hold each row against the one that it was."""
    file = folder / f"{exercise.handle}.zip"
    archive.export(exercise, file)
    before = rows_of(exercise)
    with opened_zip(file) as holder:
        assert list(bundle_failures(holder, file.name)) == []

    root = uuid4()
    back = archive.import_(file, root)

    assert back.handle == f"{exercise.handle}-2"
    told = [json.loads(row) for rows in before.values() for row in rows]
    anew = archive.new_keys(root, (row["id"] for row in told if isinstance(row.get("id"), str)))
    for name, rows in rows_of(back).items():
        wanted = sorted(archive.renamed(row, anew) for row in before[name])
        assert sorted(rows) == wanted, name
    assert checkpoint_of(back) == checkpoint_of(exercise)
    assert list(failures(back)) == []
    remove(back)


def test_every_shipped_scenario_hands_over_packages_that_tools_accept_and_survives_the_archive(tmp_path):
    bags = {}
    for name in shipped():
        exercise = played(name)
        bags[name] = packages_of(exercise, tmp_path)
        goes_through_the_archive_without_loss(exercise, tmp_path)

    every = [bag for found in bags.values() for bag in found]
    assert all(bags.values())
    assert len(every) > 50
    told = bagit(*every)
    assert told.returncode == 0, told.stderr[-2000:]
    assert [bag for bag in every if sums(bag)] == []
    assert [bag for bag in every if signature(bag)] == []
    for bag in every:
        check_record((bag / "custody" / "custody.jsonl").read_bytes(), "custody.jsonl")
        with verified(bag) as read:
            assert len(read.payload) == len(list((bag / "data").iterdir()))
    # The validator pools what it is given. No package says anything of what another describes, so that the
    # verdict on all of them is the verdict on each.
    described = [nodes_of(bag) for bag in every]
    assert len(set().union(*described)) == sum(map(len, described))
    assert [
        bag for bag, nodes in zip(every, described, strict=True) if set(named_in(nodes)) - set(nodes)
    ] == []
    told = case_validate(*every)
    assert (told.returncode, "Conforms: True" in told.stdout) == (0, True), told.stdout[-2000:]


@pytest.fixture
def bag(tmp_path) -> Path:
    found = packages_of(played("phishing-kit-author"), tmp_path)
    return next(path for path in found if len(list((path / "data").iterdir())) == 5)


def rewritten(bag: Path, name: str, content: bytes) -> None:
    """Change a tag file, and every manifest with it, as somebody would who wants to hide it."""
    import hashlib

    for algorithm in ("sha256", "sha512"):
        manifest = bag / f"tagmanifest-{algorithm}.txt"
        old = hashlib.new(algorithm, (bag / name).read_bytes()).hexdigest()
        manifest.write_text(manifest.read_text().replace(old, hashlib.new(algorithm, content).hexdigest()))
    (bag / name).write_bytes(content)


def test_each_harm_is_found_by_the_tool_that_is_there_for_it(bag):
    whole = bag.with_name("whole")
    shutil.copytree(bag, whole)
    file = next((bag / "data").glob("*.log"))
    content = file.read_bytes()

    file.write_bytes(content[:-5] + b"8" + content[-4:] if content[-5:-4] != b"8" else b"3" + content[1:])
    assert (bagit(bag).returncode, sums(bag)) == (1, 1)
    assert ran("sha256sum", "-c", "manifest-sha256.txt", cwd=bag).stdout.count("FAILED") == 1
    with pytest.raises(Hostile) as hostile, verified(bag):
        pass
    assert hostile.value.reason == "wrong_hash"

    file.unlink()
    assert (bagit(bag).returncode, sums(bag)) == (1, 1)
    with pytest.raises(Hostile) as hostile, verified(bag):
        pass
    assert hostile.value.reason == "missing_file"

    record = whole / "custody" / "custody.jsonl"
    lines = record.read_bytes().splitlines(keepends=True)
    rewritten(whole, "custody/custody.jsonl", b"".join([lines[0], lines[2], lines[1], *lines[3:]]))
    assert (bagit(whole).returncode, sums(whole), signature(whole)) == (0, 0, 1)
    with pytest.raises(BadInput) as bad:
        check_record(record.read_bytes(), "custody.jsonl")
    assert bad.value.faults[0].line == 2

    graph = whole / "case" / "case.jsonld"
    wrong = graph.read_text().replace('"@type": "xsd:integer"', '"@type": "xsd:string"')
    graph.write_text(wrong)
    told = case_validate(whole, bag)
    assert (told.returncode, "Conforms: False" in told.stdout) == (1, True)
    # The command itself, with nothing of ours in it, says the same of both.
    assert ran(TOOLS / "case_validate", graph).returncode == 1
    assert ran(TOOLS / "case_validate", bag / "case" / "case.jsonld").returncode == 0


def test_a_package_goes_out_and_comes_in_by_command(bag, tmp_path):
    handle = "phishing-kit-author-7"
    out = tmp_path / "out"
    reference = bag.name.removeprefix("phishing-kit-author-")

    assert shell("export_evidence", handle, reference, "--out", str(out)).code == 0
    assert (out / "custody" / "custody.pdf").read_bytes()[:5] == b"%PDF-"
    assert "EXERCISE" in (out / "README.txt").read_text()
    assert shell("export_evidence", handle, reference, "--out", str(out)).code == 2
    assert shell("export_evidence", handle, "XX-YY-0001", "--out", str(tmp_path / "none")).code == 2

    for _ in range(2):
        assert shell("import_evidence", str(out)).code == 0
    package = ImportedPackage.objects.get()
    assert len(package.files) == 5
    (out / "data" / "more").write_text("not named by any manifest")
    told = shell("import_evidence", str(out))
    assert (told.code, "unnamed_file" in told.said[0], ImportedPackage.objects.count()) == (2, True, 1)


def test_every_model_is_in_the_archive_or_is_said_to_stay_behind():
    from django.apps import apps

    known = {model.__name__ for model in apps.get_app_config("requests_app").get_models()}
    assert known == {model.__name__ for model in HELD} | set(LEFT_BEHIND)
    assert not {model.__name__ for model in HELD} & set(LEFT_BEHIND)
