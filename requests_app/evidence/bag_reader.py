"""Reading a bag, ours or another's, from a folder or a ZIP: all of it is verified before a byte is kept.

Nothing is unpacked. What a package says of itself is not believed: names, sizes and ratios are checked before
a file is opened, and no more is read of a file than it was said to hold.
"""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cooperation.evidence.bags import (
    ALGORITHMS,
    FILES_AT_MOST,
    MANIFEST_BYTES_AT_MOST,
    Hostile,
    check_name,
    check_names,
    manifest_kind,
    payload_oxum,
    read_declaration,
    read_manifest,
)

BLOCK_BYTES = 1 << 20
PACKAGE_BYTES_AT_MOST = 8 << 30
# Deflate reaches 1,028 to 1; what people send does not come near this, save where it is small.
RATIO_AT_MOST = 100
SMALL_BYTES = 1 << 20
CENTRAL_BYTES_AT_MOST = 16 << 20


@dataclass(frozen=True, slots=True)
class File:
    """A file of a package: its name within the bag, its place in what holds it, and its size in bytes."""

    name: str
    place: str
    size: int


class Holder:
    """What holds a bag: its files, and how one is opened."""

    files: dict[str, File]

    def open(self, file: File) -> IO[bytes]:
        """Open one file."""
        raise NotImplementedError

    def blocks(self, name: str) -> Iterator[bytes]:
        """Yield a file in blocks; raise Hostile where it holds more or less than it was said to hold."""
        file, seen = self.files[name], 0
        try:
            with self.open(file) as stream:
                while block := stream.read(BLOCK_BYTES):
                    seen += len(block)
                    if seen > file.size:
                        break
                    yield block
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise Hostile("unreadable", f"{name}: cannot be read ({error})") from None
        if seen != file.size:
            raise Hostile("wrong_size", f"{name}: holds not the {file.size:,} bytes that it was said to hold")

    def text(self, name: str) -> str:
        """Return a small file as text."""
        if self.files[name].size > MANIFEST_BYTES_AT_MOST:
            raise Hostile("too_large", f"{name}: is larger than {MANIFEST_BYTES_AT_MOST:,} bytes")
        try:
            return b"".join(self.blocks(name)).decode("utf-8")
        except UnicodeDecodeError:
            raise Hostile("bad_text", f"{name}: is no UTF-8") from None


class _Folder(Holder):
    def __init__(self, root: Path) -> None:
        self.files = {}
        self._root = root
        total = 0
        for name, entry in _walk(root, ""):
            info = entry.stat(follow_symlinks=False)
            total += info.st_size
            _check_total(total)
            self.files[name] = File(name, name, info.st_size)

    def open(self, file: File) -> IO[bytes]:
        descriptor = os.open(self._root / file.place, os.O_RDONLY | os.O_NOFOLLOW)
        return os.fdopen(descriptor, "rb", buffering=0)


def _walk(folder: Path, prefix: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    waiting, seen = [(folder, prefix)], 0
    while waiting:
        place, before = waiting.pop()
        with os.scandir(place) as entries:
            for entry in sorted(entries, key=lambda e: e.name):
                seen += 1
                if seen > 2 * FILES_AT_MOST:
                    raise Hostile("too_many_files", f"holds more than {2 * FILES_AT_MOST:,} entries")
                name = f"{before}{entry.name}"
                if entry.is_symlink():
                    raise Hostile("link", f"{name[:60]!r} is a link")
                if entry.is_dir(follow_symlinks=False):
                    check_name(name)
                    waiting.append((Path(entry.path), f"{name}/"))
                elif entry.is_file(follow_symlinks=False):
                    if entry.stat(follow_symlinks=False).st_nlink > 1:
                        raise Hostile("link", f"{name[:60]!r} is one of several names of a file")
                    yield name, entry
                else:
                    raise Hostile("special_file", f"{name[:60]!r} is no ordinary file")


class _Zip(Holder):
    def __init__(self, path: Path) -> None:
        self._check_size_of_list(path)
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, OSError, UnicodeDecodeError, NotImplementedError) as error:
            raise Hostile("unreadable", f"is no ZIP that can be read ({error})") from None
        entries = [entry for entry in self._zip.infolist() if not self._is_folder(entry)]
        self._check_overlaps(path.stat().st_size)
        names = [entry.filename for entry in entries]
        check_names(names)
        top = _top(names)
        self.files = {}
        total = 0
        for entry in entries:
            self._check(entry)
            total += entry.file_size
            _check_total(total)
            name = entry.filename.removeprefix(top)
            self.files[name] = File(name, entry.filename, entry.file_size)

    def open(self, file: File) -> IO[bytes]:
        return self._zip.open(file.place)

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def _check_size_of_list(self, path: Path) -> None:
        """Refuse a list of names that would fill the memory before it could be looked at."""
        size = path.stat().st_size
        with path.open("rb") as stream:
            stream.seek(max(0, size - 65_600))
            tail = stream.read()
        at = tail.rfind(b"PK\x05\x06")
        if at < 0:
            raise Hostile("unreadable", "is no ZIP that can be read (it has no end)")
        number = int.from_bytes(tail[at + 10 : at + 12], "little")
        length = int.from_bytes(tail[at + 12 : at + 16], "little")
        is_64 = number == 0xFFFF or length == 0xFFFFFFFF
        if number > FILES_AT_MOST or length > CENTRAL_BYTES_AT_MOST or is_64:
            raise Hostile("too_many_files", f"lists more than {FILES_AT_MOST:,} files")

    def _is_folder(self, entry: zipfile.ZipInfo) -> bool:
        raw = entry.orig_filename
        if "\0" in raw:
            raise Hostile("bad_name", f"a name holds control characters: {raw[:60]!r}")
        if entry.is_dir():
            check_name(entry.filename.rstrip("/") or "/")
            return True
        return False

    def _check(self, entry: zipfile.ZipInfo) -> None:
        name = entry.filename
        mode = entry.external_attr >> 16
        if stat.S_IFMT(mode) == stat.S_IFLNK:
            raise Hostile("link", f"{name[:60]!r} is a link")
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            raise Hostile("special_file", f"{name[:60]!r} is no ordinary file")
        if entry.flag_bits & 0x1:
            raise Hostile("encrypted", f"{name[:60]!r} is encrypted")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Hostile(
                "unknown_compression", f"{name[:60]!r} is compressed in a way that is not read here"
            )
        if entry.file_size > SMALL_BYTES and entry.file_size > RATIO_AT_MOST * max(entry.compress_size, 1):
            raise Hostile(
                "compression_bomb", f"{name[:60]!r} unpacks to more than {RATIO_AT_MOST} times its size"
            )

    def _check_overlaps(self, size: int) -> None:
        """Refuse files that share bytes: a ZIP of 10 MB can so unpack to 281 TB."""
        end = 0
        for entry in sorted(self._zip.infolist(), key=lambda e: e.header_offset):
            if entry.header_offset < end or entry.header_offset + entry.compress_size > size:
                raise Hostile("overlap", f"{entry.filename[:60]!r} shares its bytes with another file")
            end = entry.header_offset + 30 + entry.compress_size


def _top(names: list[str]) -> str:
    """Return the folder in which the whole bag lies, with its stroke; nothing where it lies at the top."""
    if "bagit.txt" in names:
        return ""
    tops = {name.partition("/")[0] for name in names}
    only = f"{tops.pop()}/" if len(tops) == 1 else ""
    return only if f"{only}bagit.txt" in names else ""


def _check_total(total: int) -> None:
    if total > PACKAGE_BYTES_AT_MOST:
        raise Hostile("too_large", f"holds more than {PACKAGE_BYTES_AT_MOST:,} bytes")


@contextmanager
def opened_zip(path: Path) -> Iterator[Holder]:
    """Give a ZIP of which names, sizes and ratios are in order; raise Hostile at the first that is not."""
    found = _Zip(path)
    try:
        yield found
    finally:
        found.close()


@dataclass(frozen=True, slots=True)
class Bag:
    """A bag that holds in all its parts. Digests of the payload by name, SHA-256."""

    holder: Holder
    payload: dict[str, str]
    size: int
    digest: str
    info: str


@contextmanager
def verified(path: Path) -> Iterator[Bag]:
    """Give a bag of which every file was read and agrees with every manifest; raise Hostile at the first fault.

    path  a folder or a ZIP; FileNotFoundError where there is none
    """
    holder: Holder = _Folder(path) if path.is_dir() and not path.is_symlink() else _Zip(path)
    try:
        yield _verify(holder)
    finally:
        if isinstance(holder, _Zip):
            holder.close()


def _verify(holder: Holder) -> Bag:
    files = holder.files
    check_names(files)
    if "bagit.txt" not in files:
        raise Hostile("no_bag", "has no bagit.txt: it is no bag")
    read_declaration(holder.text("bagit.txt"))
    if any(name.casefold() == "fetch.txt" for name in files):
        raise Hostile("fetch", "has a fetch.txt: files to be fetched from elsewhere are never fetched")
    payload = {name for name in files if name.startswith("data/")}
    manifests, tag_manifests = _manifests(holder)
    if not manifests:
        raise Hostile("no_manifest", f"has no payload manifest with {' or '.join(ALGORITHMS)}")
    for name, digests in manifests.items():
        _same(name, set(digests), payload)
    for name, digests in tag_manifests.items():
        outside = sorted(file for file in digests if file not in files or file.startswith("data/"))
        if outside:
            raise Hostile("missing_file", f"{name}: names {outside[0][:60]!r}, which is not there")
    expected: dict[str, dict[str, str]] = {}
    for name, digests in {**manifests, **tag_manifests}.items():
        kind = manifest_kind(name)
        assert kind is not None
        for file, digest in digests.items():
            expected.setdefault(file, {})[kind[1]] = digest
    sha256 = {file: _hold(holder, file, digests) for file, digests in sorted(expected.items())}
    size = sum(files[name].size for name in payload)
    info = holder.text("bag-info.txt") if "bag-info.txt" in files else ""
    oxum = payload_oxum(info)
    if oxum is not None and oxum != (size, len(payload)):
        raise Hostile(
            "wrong_oxum", f"bag-info.txt tells of {oxum[0]}.{oxum[1]}, and there is {size}.{len(payload)}"
        )
    digest = hashlib.sha256("".join(f"{sha256[n]} {n}\n" for n in sorted(payload)).encode()).hexdigest()
    return Bag(holder, {name: sha256[name] for name in sorted(payload)}, size, digest, info)


def _manifests(holder: Holder) -> tuple[dict[str, dict[str, str]], dict[str, dict[str, str]]]:
    found: tuple[dict[str, dict[str, str]], dict[str, dict[str, str]]] = ({}, {})
    for name in sorted(holder.files):
        kind = manifest_kind(name)
        if kind is not None and kind[1] in ALGORITHMS:
            found[kind[0]][name] = read_manifest(holder.text(name), name, kind[1])
    return found


def _same(manifest: str, named: set[str], there: set[str]) -> None:
    missing, unnamed = sorted(named - there), sorted(there - named)
    if missing:
        raise Hostile("missing_file", f"{manifest}: names {missing[0][:60]!r}, which is not there")
    if unnamed:
        raise Hostile("unnamed_file", f"{manifest}: does not name {unnamed[0][:60]!r}")


def _hold(holder: Holder, file: str, digests: dict[str, str]) -> str:
    """Read a file once and hold it against each digest; return its SHA-256."""
    hashes = {algorithm: hashlib.new(algorithm) for algorithm in {*digests, "sha256"}}
    for block in holder.blocks(file):
        for one in hashes.values():
            one.update(block)
    for algorithm, digest in digests.items():
        found = hashes[algorithm].hexdigest()
        if found != digest:
            raise Hostile("wrong_hash", f"{file}: {algorithm} is {found}, and the manifest says {digest}")
    return hashes["sha256"].hexdigest()
