"""What comes from outside with bad intent is refused, and nothing of it is kept."""

from __future__ import annotations

import multiprocessing
import resource
import signal
from pathlib import Path
from typing import Any

import pytest

from cooperation.evidence.bags import Hostile
from requests_app.evidence.bag_reader import verified
from requests_app.evidence.models import ImportedPackage
from tests.builders import shell
from tests.requests_app.evidence.hostile import PACKAGES, bag, unpacked, zipped

CPU_SECONDS_AT_MOST = 2
MEMORY_AT_MOST = 200 << 20


def test_there_are_at_least_sixty():
    assert len(PACKAGES) >= 60


def test_a_bag_is_taken_from_a_folder_a_zip_and_a_zip_of_its_folder(tmp_path):
    files = bag({"a/log.txt": b"a line\n", "\u00fcber.txt": b""})
    places = [
        unpacked(tmp_path / "folder", files),
        zipped(tmp_path / "flat.zip", files),
        zipped(tmp_path / "in.zip", {f"top/{name}": content for name, content in files.items()}),
    ]

    for place in places:
        with verified(place) as found:
            assert sorted(found.payload) == ["data/a/log.txt", "data/\u00fcber.txt"]
            assert found.size == 7


def judged(places: dict[str, Path], told: Any) -> None:
    """Judge all packages in a process of its own that may use so much memory, and for each so much time."""
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY_AT_MOST, size + MEMORY_AT_MOST))
    found = {}
    for name, place in places.items():
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS_AT_MOST)  # ends the process when it is used up
        try:
            with verified(place):
                found[name] = "taken"
        except Hostile as hostile:
            found[name] = hostile.reason
        except Exception as error:
            found[name] = repr(error)
    told.send(found)


def test_each_is_refused_for_its_reason_in_two_seconds_and_200_mib_and_nothing_is_written(tmp_path):
    places = {}
    for number, (name, (make, _)) in enumerate(PACKAGES.items()):
        own = tmp_path / f"{number:02d}"
        own.mkdir()
        places[name] = make(own)
    before = sorted(tmp_path.rglob("*"))
    ours, theirs = multiprocessing.Pipe(duplex=False)
    judge = multiprocessing.get_context("fork").Process(target=judged, args=(places, theirs))
    judge.start()
    theirs.close()
    found = ours.recv()
    judge.join()

    assert judge.exitcode == 0
    assert found == {name: reason for name, (_, reason) in PACKAGES.items()}
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["climbs out", "a bomb", "another hash", "a link in a folder"])
def test_the_command_tells_the_reason_in_one_line_and_keeps_nothing(name, settings, tmp_path):
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    make, reason = PACKAGES[name]

    told = shell("import_evidence", str(make(tmp_path)))

    assert told.code == 2
    assert len(told.said) == 1
    assert reason in told.said[0]
    assert not ImportedPackage.objects.exists()
    assert not (tmp_path / "evidence").exists()
