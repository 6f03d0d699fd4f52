"""The store of files, by what they hold: a file first, whole and safe on disk, and only then its row.

A file is written beside its place, hashed as it comes, synced, and moved into place under the name of its
SHA-256; the folder is synced too. A crash at any point leaves at most a file without a row, which `sweep`
takes away, and never a row without its file.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import filetype
from django.conf import settings
from django.db.models import Sum

from cooperation.words import Refused
from requests_app.evidence.models import EvidenceItem, ImportedPackage

BLOCK_BYTES = 1 << 20
FILE_BYTES_AT_MOST = 4 << 30
EXERCISE_BYTES_AT_MOST = 20 << 30
PACKAGES_BYTES_AT_MOST = 10 << 30
HEAD_BYTES = 8_192
# A file whose row is not yet written must outlive the slowest upload.
ORPHAN_AFTER = timedelta(hours=24)
PACKAGES = "packages"
UNFINISHED = ".unfinished"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that lies safely in the store."""

    sha256: str
    sha512: str
    size: int
    sniffed_type: str


class Disk:
    """The seam to the disk: what the store asks of it, one call each, so that a test may let it fail."""

    def open(self, path: Path) -> IO[bytes]:
        """Open a new file that only its owner reads."""
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=0)

    def write(self, stream: IO[bytes], block: bytes) -> None:
        """Write a whole block."""
        view = memoryview(block)
        while view:
            view = view[stream.write(view) :]

    def sync(self, stream: IO[bytes]) -> None:
        """Wait until the file is on the disk."""
        os.fsync(stream.fileno())

    def move(self, source: Path, target: Path) -> None:
        """Put the file into its place, over what may lie there: it holds the same."""
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)

    def sync_folder(self, folder: Path) -> None:
        """Wait until the name is on the disk."""
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


disk = Disk()


def keep(
    shelf: str,
    blocks: Iterable[bytes],
    *,
    bytes_left: int,
    expected_sha256: str = "",
) -> Kept:
    """Store what comes block by block, in constant memory.

    shelf            an exercise's id, or PACKAGES
    bytes_left       of the quota; see `bytes_left_of`
    expected_sha256  refuse what hashes to anything else, before it is in its place

    Raises Refused: too_large, no_room (of the quota), store_full (of the disk), wrong_hash.
    """
    draft = _folder(shelf) / UNFINISHED / secrets.token_hex(16)
    sha256, sha512, size, head = hashlib.sha256(), hashlib.sha512(), 0, b""
    try:
        with disk.open(draft) as stream:
            for block in blocks:
                size += len(block)
                _check_size(size, bytes_left)
                sha256.update(block)
                sha512.update(block)
                if len(head) < HEAD_BYTES:
                    head += block[: HEAD_BYTES - len(head)]
                disk.write(stream, block)
            disk.sync(stream)
        found = sha256.hexdigest()
        if expected_sha256 and found != expected_sha256:
            raise Refused("wrong_hash", f"the file hashes to {found}, not to {expected_sha256}")
        place = path_of(shelf, found)
        disk.move(draft, place)
        disk.sync_folder(place.parent)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise Refused(
            "store_full",
            f"the file could not be stored: {error.strerror}",
            mend="tell those who run the installation",
        ) from error
    except Exception:
        draft.unlink(missing_ok=True)
        raise
    return Kept(found, sha512.hexdigest(), size, sniffed(head))


def _check_size(size: int, bytes_left: int) -> None:
    if size > FILE_BYTES_AT_MOST:
        raise Refused(
            "too_large",
            f"a file has at most {FILE_BYTES_AT_MOST:,} bytes",
            article="exercise rule",
            mend="split it",
        )
    if size > bytes_left:
        raise Refused(
            "no_room",
            "the exercise has no room for this file",
            article="exercise rule",
            mend="destroy what is no longer needed, or ask control",
        )


def bytes_left_of(exercise_id: UUID) -> int:
    """Return how many bytes an exercise may still store."""
    rows = EvidenceItem.objects.filter(exercise=exercise_id, is_stored=True, destroyed_at=None)
    return EXERCISE_BYTES_AT_MOST - (rows.aggregate(total=Sum("size"))["total"] or 0)


def bytes_left_for_packages() -> int:
    """Return how many bytes packages from outside may still take."""
    return PACKAGES_BYTES_AT_MOST - (ImportedPackage.objects.aggregate(total=Sum("size"))["total"] or 0)


def sniffed(head: bytes) -> str:
    """Return the media type that the first bytes of a file show; nothing where they show none."""
    kind = filetype.guess(head)
    return str(kind.mime) if kind is not None else ""


def path_of(shelf: str, sha256: str) -> Path:
    """Return where a file lies."""
    return _folder(shelf) / sha256[:2] / sha256


@contextmanager
def opened(shelf: str, sha256: str) -> Iterator[IO[bytes]]:
    """Open a stored file; raise FileNotFoundError where it is gone."""
    with path_of(shelf, sha256).open("rb") as stream:
        yield stream


def blocks_of(stream: Any) -> Iterator[bytes]:
    """Yield a stream in blocks."""
    while block := stream.read(BLOCK_BYTES):
        yield block


def sweep(wall: datetime, orphan_after: timedelta = ORPHAN_AFTER) -> int:
    """Take away files that have no row and are old enough to get none; return how many.

    wall  wall instant
    """
    root, taken = Path(settings.EVIDENCE_DIR), 0
    if not root.is_dir():
        return 0
    for shelf in sorted(path for path in root.iterdir() if path.is_dir()):
        wanted = _wanted(shelf.name)
        for file in sorted(shelf.rglob("*")):
            if file.is_symlink() or not file.is_file() or file.name in wanted:
                continue
            try:
                if wall.timestamp() - file.stat().st_mtime >= orphan_after.total_seconds():
                    file.unlink()
                    taken += 1
            except FileNotFoundError:
                continue  # another sweep was faster
    return taken


def _wanted(shelf: str) -> set[str]:
    if shelf == PACKAGES:
        lists = ImportedPackage.objects.values_list("files", flat=True)
        return {file["sha256"] for files in lists for file in files}
    try:
        key = UUID(shelf)
    except ValueError:
        return set()
    rows = EvidenceItem.objects.filter(exercise=key, is_stored=True, destroyed_at=None)
    return set(rows.values_list("sha256", flat=True))


def _folder(shelf: str) -> Path:
    return Path(settings.EVIDENCE_DIR) / shelf
