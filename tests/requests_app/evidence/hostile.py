"""Packages that somebody with bad intent could send, made when they are wanted."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
Files = dict[str, bytes]


def bag(payload: Files | None = None, **tags: bytes) -> Files:
    """Return the files of a bag that holds."""
    data = {f"data/{name}": content for name, content in (payload or {"log.txt": b"a line\n"}).items()}
    lines = "".join(f"{hashlib.sha256(c).hexdigest()}  {n}\n" for n, c in sorted(data.items()))
    return {"bagit.txt": DECLARATION, "manifest-sha256.txt": lines.encode(), **data, **tags}


def zipped(path: Path, files: Files | list[tuple[str, bytes]]) -> Path:
    entries = files.items() if isinstance(files, dict) else files
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in entries:
            out.writestr(name, content)
    return path


def unpacked(path: Path, files: Files) -> Path:
    for name, content in files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return path


def named(name: str) -> Callable[[Path], Path]:
    """A ZIP whose payload has a file of this name."""

    def make(path: Path) -> Path:
        return zipped(path / "bag.zip", {**bag(), name: b"out of place"})

    return make


def listed(line: str) -> Callable[[Path], Path]:
    """A bag whose manifest has this line besides."""

    def make(path: Path) -> Path:
        files = bag()
        files["manifest-sha256.txt"] += f"{line}\n".encode()
        return zipped(path / "bag.zip", files)

    return make


def tagged(name: str, content: bytes) -> Callable[[Path], Path]:
    """A bag with this tag file, in place of its own."""
    return lambda path: zipped(path / "bag.zip", {**bag(), name: content})


def without(name: str) -> Callable[[Path], Path]:
    """A bag that lacks a file."""
    return lambda path: zipped(path / "bag.zip", {k: v for k, v in bag().items() if k != name})


def twins(*names: str) -> Callable[[Path], Path]:
    """A bag with files of names that are one on some systems."""
    return lambda path: zipped(path / "bag.zip", bag(dict.fromkeys(names, b"x")))


def twice(path: Path) -> Path:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return zipped(path / "bag.zip", [*bag().items(), ("data/log.txt", b"a line\n")])


def with_mode(mode: int) -> Callable[[Path], Path]:
    """A ZIP of which one entry is a link, a device or a pipe."""

    def make(path: Path) -> Path:
        file = path / "bag.zip"
        with zipfile.ZipFile(file, "w") as out:
            for name, content in bag().items():
                out.writestr(name, content)
            entry = zipfile.ZipInfo("data/odd")
            entry.create_system, entry.external_attr = 3, mode << 16
            out.writestr(entry, b"/etc/passwd")
        return file

    return make


def bomb(size: int) -> Callable[[Path], Path]:
    """A ZIP of which one file unpacks to far more than it takes."""

    def make(path: Path) -> Path:
        file = path / "bag.zip"
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
            for name, content in bag().items():
                out.writestr(name, content)
            with out.open("data/zeros", "w") as stream:
                for _ in range(size >> 20):
                    stream.write(bytes(1 << 20))
        return file

    return make


def patched(at_head: bytes, change: Callable[[bytearray, int], None]) -> Callable[[Path], Path]:
    """A ZIP of which the list of files was changed by hand, at the last entry."""

    def make(path: Path) -> Path:
        file = zipped(path / "bag.zip", bag())
        content = bytearray(file.read_bytes())
        change(content, content.rindex(at_head))
        file.write_bytes(bytes(content))
        return file

    return make


def set_field(offset: int, form: str, value: int) -> Callable[[bytearray, int], None]:
    return lambda content, at: struct.pack_into(form, content, at + offset, value)


CENTRAL, END = b"PK\x01\x02", b"PK\x05\x06"


def overlapping(path: Path) -> Path:
    """Every entry points to the same bytes."""
    file = zipped(path / "bag.zip", bag({f"f{n}": b"x" * 100 for n in range(30)}))
    content = bytearray(file.read_bytes())
    at = content.index(CENTRAL)
    while content[at : at + 4] == CENTRAL:
        struct.pack_into("<I", content, at + 42, 0)
        name, extra, comment = struct.unpack_from("<HHH", content, at + 28)
        at += 46 + name + extra + comment
    file.write_bytes(bytes(content))
    return file


def many(path: Path) -> Path:
    file = path / "bag.zip"
    with zipfile.ZipFile(file, "w") as out:
        for number in range(10_050):
            out.writestr(f"data/{number}", b"")
    return file


def tells_size(size: int) -> Callable[[Path], Path]:
    """A file that says it unpacks to this size, whatever it holds."""

    def make(path: Path) -> Path:
        file = zipped(path / "bag.zip", bag())
        content = bytearray(file.read_bytes())
        at = content.rindex(CENTRAL)
        struct.pack_into("<I", content, at + 24, size)
        file.write_bytes(bytes(content))
        return file

    return make


def raw(content: bytes, name: str = "bag.zip") -> Callable[[Path], Path]:
    def make(path: Path) -> Path:
        (path / name).write_bytes(content)
        return path / name

    return make


def folder(change: Callable[[Path], None]) -> Callable[[Path], Path]:
    """A folder that holds a bag, changed."""

    def make(path: Path) -> Path:
        found = unpacked(path / "bag", bag())
        change(found)
        return found

    return make


def deep(path: Path) -> Path:
    return zipped(path / "bag.zip", bag({"/".join(["d"] * 700): b"x"}))


def image_with(start: bytes) -> Callable[[Path], Path]:
    """An image file that is said to be a package."""
    return raw(start + b"\0" * 4_000)


def nested(path: Path) -> Path:
    """Ten ZIPs in one another, none of which is a bag."""
    content = b"\0" * 100_000
    for _ in range(10):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as one:
            one.writestr("inner.zip", content)
        content = out.getvalue()
    (path / "bag.zip").write_bytes(content)
    return path / "bag.zip"


ZEROS = "00" * 32
GZIP_BOMB = zlib.compress(bytes(1 << 20))
PACKAGES: dict[str, tuple[Callable[[Path], Path], str]] = {
    # names
    "climbs out": (named("data/../../out.txt"), "climbing_path"),
    "climbs at once": (named("../out.txt"), "climbing_path"),
    "climbs in the middle": (named("data/a/../../../out.txt"), "climbing_path"),
    "absolute": (named("/tmp/out.txt"), "absolute_path"),
    "a drive": (named("C:/out.txt"), "absolute_path"),
    "backslashes": (patched(b"data/log.txt", lambda c, at: c.__setitem__(slice(at, at + 12), b"..\\..\\ou.txt"[:12])), "absolute_path"),
    "a home": (named("~/out.txt"), "absolute_path"),
    "an empty part": (named("data//out.txt"), "bad_name"),
    "a dot part": (named("data/./out.txt"), "bad_name"),
    "a line feed": (named("data/a\nb"), "bad_name"),
    "an escape": (named("data/a\x1b[2J"), "bad_name"),
    "ends in a dot": (named("data/out.txt."), "bad_name"),
    "ends in a blank": (named("data/out.txt "), "bad_name"),
    "a part too long": (named("data/" + "x" * 300), "bad_name"),
    "a name too long": (deep, "bad_name"),
    # names that are one
    "twice the same": (twice, "duplicate"),
    "upper and lower case": (twins("Log.txt", "log.TXT"), "case_clash"),
    "two forms of an umlaut": (twins("\u00fc.txt", "u\u0308.txt"), "case_clash"),
    "sharp s": (twins("stra\u00dfe", "STRASSE"), "case_clash"),
    "a file that is a folder too": (twins("a", "a/b"), "case_clash"),
    # links and special files
    "a link": (with_mode(0o120777), "link"),
    "a device": (with_mode(0o060600), "special_file"),
    "a pipe": (with_mode(0o010600), "special_file"),
    "a link in a folder": (folder(lambda f: (f / "data" / "odd").symlink_to("/etc/passwd")), "link"),
    "a folder that is a link": (folder(lambda f: (f / "data" / "odd").symlink_to("/etc")), "link"),
    "a pipe in a folder": (folder(lambda f: os.mkfifo(f / "data" / "odd")), "special_file"),
    "a second name of a file": (folder(lambda f: os.link(f / "bagit.txt", f / "data" / "odd")), "link"),
    # sizes
    "a bomb": (bomb(64 << 20), "compression_bomb"),
    "a small bomb": (bomb(2 << 20), "compression_bomb"),
    "shared bytes": (overlapping, "overlap"),
    "ten thousand files": (many, "too_many_files"),
    "tells of four gigabytes": (tells_size(0xFFFFFF00), "compression_bomb"),
    "holds more than it tells": (tells_size(2), "unreadable"),
    "holds less than it tells": (tells_size(900), "wrong_size"),
    "lists more than there is": (patched(END, set_field(10, "<H", 0xFFFE)), "too_many_files"),
    "tells of a list of gigabytes": (patched(END, set_field(12, "<I", 0x7FFFFFFF)), "too_many_files"),
    # what is no ZIP
    "nothing": (raw(b""), "unreadable"),
    "text": (raw(b"no package\n" * 100), "unreadable"),
    "cut off": (lambda p: raw(zipped(p / "x", bag()).read_bytes()[:-40])(p), "unreadable"),
    "an end only": (raw(END + bytes(18)), "no_bag"),
    "deflate alone": (raw(GZIP_BOMB), "unreadable"),
    "a PNG": (image_with(b"\x89PNG\r\n\x1a\n"), "unreadable"),
    "a JPEG": (image_with(b"\xff\xd8\xff\xe0"), "unreadable"),
    "an SVG with a script": (raw(b"<svg onload='alert(1)'/>"), "unreadable"),
    "a disk image": (raw(bytes(510) + b"\x55\xaa"), "unreadable"),
    "ZIPs in ZIPs": (nested, "no_bag"),
    "encrypted": (patched(CENTRAL, set_field(8, "<H", 1)), "encrypted"),
    "an unknown compression": (patched(CENTRAL, set_field(10, "<H", 12)), "unknown_compression"),
    "bad data": (patched(b"PK\x03\x04", lambda c, at: c.__setitem__(slice(at + 45, at + 49), b"\xff\xff\xff\xff")), "unreadable"),
    # what is no bag
    "no declaration": (without("bagit.txt"), "no_bag"),
    "another version": (tagged("bagit.txt", DECLARATION.replace(b"1.0", b"9.9")), "bad_declaration"),
    "another encoding": (tagged("bagit.txt", DECLARATION.replace(b"UTF-8", b"UTF-7")), "bad_declaration"),
    "no manifest": (without("manifest-sha256.txt"), "no_manifest"),
    "md5 only": (lambda p: zipped(p / "bag.zip", {"bagit.txt": DECLARATION, "manifest-md5.txt": b"", "data/a": b"x"}), "no_manifest"),
    "files to be fetched": (tagged("fetch.txt", b"http://198.51.100.7/x 10 data/x\n"), "fetch"),
    "a fetch file in capitals": (tagged("FETCH.TXT", b""), "fetch"),
    "a manifest that is no text": (tagged("manifest-sha256.txt", b"\xff\xfe\x00"), "bad_text"),
    "a manifest of nonsense": (tagged("manifest-sha256.txt", b"hello\n"), "bad_manifest"),
    "a hash too short": (listed("abcd  data/x"), "bad_manifest"),
    "a manifest that climbs": (listed(f"{ZEROS}  data/../../x"), "climbing_path"),
    "a manifest with an escaped line feed": (listed(f"{ZEROS}  data/a%0Ab"), "bad_name"),
    "a manifest that names twice": (listed(f"{ZEROS}  data/log.txt"), "duplicate"),
    "a file that is not there": (listed(f"{ZEROS}  data/none"), "missing_file"),
    "a file that nobody names": (named("data/extra"), "unnamed_file"),
    "another hash": (tagged("data/log.txt", b"another line\n"), "wrong_hash"),
    "a tag manifest that is wrong": (tagged("tagmanifest-sha256.txt", f"{ZEROS}  bagit.txt\n".encode()), "wrong_hash"),
    "a tag file that is not there": (tagged("tagmanifest-sha256.txt", f"{ZEROS}  none.txt\n".encode()), "missing_file"),
    "another count": (tagged("bag-info.txt", b"Payload-Oxum: 999.7\n"), "wrong_oxum"),
}  # fmt: skip
