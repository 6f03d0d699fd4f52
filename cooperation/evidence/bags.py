"""Bags (RFC 8493): the lines of their manifests, and which names a bag may hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
VERSIONS = ("0.97", "1.0")
ALGORITHMS = {"sha256": 64, "sha512": 128}
FILES_AT_MOST = 10_000
NAME_BYTES_AT_MOST = 1_024
PART_BYTES_AT_MOST = 255
MANIFEST_BYTES_AT_MOST = 8_000_000
_MANIFEST = re.compile(r"(tag)?manifest-([a-z0-9]+)\.txt")
_LINE = re.compile(r"([0-9A-Fa-f]+)[ \t]+\*?(\S.*)")
_ESCAPES = {"%0A": "\n", "%0D": "\r", "%25": "%"}
_ESCAPED = re.compile(r"%(?:0[AaDd]|25)")


class Hostile(Exception):
    """A package that is refused: `reason` is stable, the text is for the person who gave it."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def manifest_kind(name: str) -> tuple[bool, str] | None:
    """Return whether a file at the top is a tag manifest, and its algorithm; None where it is no manifest."""
    found = _MANIFEST.fullmatch(name)
    return (bool(found[1]), found[2]) if found else None


def manifest_lines(digests: Mapping[str, str]) -> str:
    """Return a manifest: one line for each file, by name."""
    return "".join(f"{digest}  {_escaped(name)}\n" for name, digest in sorted(digests.items()))


def read_manifest(text: str, name: str, algorithm: str) -> dict[str, str]:
    """Return digest by file; raise Hostile for what is no manifest, or names a file twice or outside."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        parsed = _LINE.fullmatch(line)
        if parsed is None or len(parsed[1]) != ALGORITHMS[algorithm]:
            raise Hostile("bad_manifest", f"{name}, line {number}: is no {algorithm} and a file")
        file = _plain(parsed[2].removeprefix("./"))
        check_name(file)
        if file in found:
            raise Hostile("duplicate", f"{name}, line {number}: names {file} a second time")
        found[file] = parsed[1].lower()
    return found


def check_name(name: str) -> None:
    """Raise Hostile for a name that leads out of the bag, or that some system would read as another."""
    if not name or len(name.encode("utf-8", "surrogatepass")) > NAME_BYTES_AT_MOST:
        raise Hostile("bad_name", f"a name is empty or too long: {name[:60]!r}")
    if any(ord(sign) < 32 or ord(sign) == 127 or 0xD800 <= ord(sign) < 0xE000 for sign in name):
        raise Hostile("bad_name", f"a name holds control characters: {name[:60]!r}")
    if "\\" in name or name.startswith(("/", "~")) or re.match(r"[A-Za-z]:", name):
        raise Hostile("absolute_path", f"a name is no path within the bag: {name[:60]!r}")
    parts = name.split("/")
    if ".." in parts:
        raise Hostile("climbing_path", f"a name climbs out of the bag: {name[:60]!r}")
    if any(part in ("", ".") for part in parts[:-1]) or parts[-1] == ".":
        raise Hostile("bad_name", f"a name has an empty part: {name[:60]!r}")
    if any(len(part.encode()) > PART_BYTES_AT_MOST or part != part.rstrip(" .") for part in parts if part):
        raise Hostile("bad_name", f"a part of a name is too long or ends in a dot or blank: {name[:60]!r}")


def check_names(names: Iterable[str]) -> None:
    """Raise Hostile where two names are one, on some system or other."""
    seen: dict[str, str] = {}
    for number, name in enumerate(names, start=1):
        if number > FILES_AT_MOST:
            raise Hostile("too_many_files", f"holds more than {FILES_AT_MOST:,} files")
        check_name(name)
        same = unicodedata.normalize("NFC", name).casefold()
        if same in seen:
            reason = "duplicate" if seen[same] == name else "case_clash"
            raise Hostile(reason, f"{seen[same][:60]!r} and {name[:60]!r} are one file on some systems")
        seen[same] = name
    for same, name in seen.items():
        for parent in PurePosixPath(same).parents:
            if str(parent) in seen:
                raise Hostile("case_clash", f"{name[:60]!r} lies in what is a file itself")


def read_declaration(text: str) -> None:
    """Raise Hostile where bagit.txt declares no bag that is read here."""
    lines = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
    version = lines.get("BagIt-Version", "").strip()
    if version not in VERSIONS:
        raise Hostile(
            "bad_declaration", f"bagit.txt declares version {version[:20]!r}; read: {', '.join(VERSIONS)}"
        )
    encoding = lines.get("Tag-File-Character-Encoding", "").strip()
    if encoding.upper().replace("-", "") != "UTF8":
        raise Hostile("bad_declaration", f"bagit.txt declares the encoding {encoding[:20]!r}; read: UTF-8")


def info_lines(facts: Iterable[tuple[str, str]]) -> str:
    """Return bag-info.txt."""
    return "".join(f"{name}: {' '.join(value.split())}\n" for name, value in facts)


def payload_oxum(text: str) -> tuple[int, int] | None:
    """Return bytes and files as bag-info.txt tells them; None where it does not."""
    found = re.search(r"^Payload-Oxum:\s*([0-9]{1,18})\.([0-9]{1,9})\s*$", text, re.MULTILINE)
    return (int(found[1]), int(found[2])) if found else None


def _escaped(name: str) -> str:
    return name.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def _plain(name: str) -> str:
    return _ESCAPED.sub(lambda m: _ESCAPES[m[0].upper()], name)
