"""The store of files: a crash or a full disk at any point leaves no row without its file."""

from __future__ import annotations

import errno
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cooperation.evidence.receiving import digests
from cooperation.words import Refused
from requests_app.evidence import store
from requests_app.world.present import wall_now

pytestmark = pytest.mark.django_db
SHELF = "0b8f7c1e-0000-4000-8000-000000000007"
CONTENT = [b"first block ", b"second block"]
WHOLE = b"".join(CONTENT)
ROOM = 10_000


class Crash(BaseException):
    """The process is gone: nothing of it runs any more."""


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path) -> Path:
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    return Path(settings.EVIDENCE_DIR)


class Failing(store.Disk):
    """A disk on which one call fails: before it is done, or after."""

    def __init__(self, call: str, error: BaseException, *, after: bool = False, nth: int = 1) -> None:
        self.call, self.error, self.after, self.left = call, error, after, nth

    def __getattribute__(self, name: str) -> Any:
        real = super().__getattribute__(name)
        if name.startswith("_") or name not in ("open", "write", "sync", "move", "sync_folder"):
            return real

        def call(*arguments: Any) -> Any:
            if name != self.call:
                return real(*arguments)
            self.left -= 1
            if self.left == 0 and not self.after:
                raise self.error
            done = real(*arguments)
            if self.left == 0:
                raise self.error
            return done

        return call


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def kept() -> store.Kept:
    return store.keep(SHELF, CONTENT, bytes_left=ROOM)


def test_a_file_lies_under_its_hash_and_is_read_back(own_store):
    found = kept()

    assert (found.sha256, found.sha512, found.size) == (
        digests(WHOLE).sha256,
        digests(WHOLE).sha512,
        len(WHOLE),
    )
    assert [path.name for path in files(own_store)] == [found.sha256]
    assert files(own_store)[0].stat().st_mode & 0o777 == 0o600
    with store.opened(SHELF, found.sha256) as stream:
        assert b"".join(store.blocks_of(stream)) == WHOLE
    assert kept() == found


CRASHES = [
    ("open", True, 1),
    ("write", True, 1),
    ("sync", False, 1),
    ("move", False, 1),
    ("move", True, 1),
    ("sync_folder", True, 1),
]


@pytest.mark.parametrize(
    ("call", "after", "nth"),
    CRASHES,
    ids=["file opened", "half written", "not synced", "not in place", "in place", "before the row"],
)
def test_a_crash_leaves_at_most_a_file_without_a_row_and_the_sweep_takes_it(
    call, after, nth, own_store, monkeypatch
):
    monkeypatch.setattr(store, "disk", Failing(call, Crash(), after=after, nth=nth))
    # What is left by a process that is gone: the clean-up after an error does not run either.
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: None)
    with pytest.raises(Crash):
        kept()
    monkeypatch.undo()
    store_root = own_store

    assert len(files(store_root)) <= 1
    assert store.sweep(wall_now()) == 0, "what is new may still get its row"
    store.sweep(wall_now() + timedelta(days=2))
    assert files(store_root) == []


@pytest.mark.parametrize("call", ["open", "write", "sync", "move", "sync_folder"])
def test_a_full_disk_is_told_and_leaves_nothing_that_counts(call, own_store, monkeypatch):
    full = OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr(store, "disk", Failing(call, full))

    with pytest.raises(Refused) as refusal:
        kept()

    assert refusal.value.reason == "store_full"
    assert "No space left" in refusal.value.message
    assert not list(own_store.rglob(f"{store.UNFINISHED}/*"))
    store.sweep(wall_now() + timedelta(days=2))
    assert files(own_store) == []


@pytest.mark.parametrize(
    ("more", "reason"),
    [({"bytes_left": 5}, "no_room"), ({"bytes_left": ROOM, "expected_sha256": "00" * 32}, "wrong_hash")],
    ids=["no room left", "another file than promised"],
)
def test_what_is_refused_leaves_nothing(more, reason, own_store):
    with pytest.raises(Refused) as refusal:
        store.keep(SHELF, CONTENT, **more)

    assert refusal.value.reason == reason
    assert files(own_store) == []


def test_a_file_is_bounded(own_store, monkeypatch):
    monkeypatch.setattr(store, "FILE_BYTES_AT_MOST", 15)

    with pytest.raises(Refused) as refusal:
        kept()

    assert refusal.value.reason == "too_large"
    assert files(own_store) == []


def test_the_type_is_told_by_the_first_bytes_only():
    assert store.sniffed(b"%PDF-1.7 and more") == "application/pdf"
    assert store.sniffed(b"<svg onload=alert(1)>") == ""
