"""The event log: canonical bytes, links, checkpoints, and the check that a chain holds.

A line is canonical JSON (RFC 8785) of everything but its own hash, and a hash is the SHA-256 of those bytes,
so anybody can recompute a chain from an exported file. The bytes that were hashed are what is stored.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

FIRST = "0" * 64
FIELDS = ("exercise", "request", "desk", "seq", "act", "actor", "at", "contents", "status", "prev")
_WRITTEN: Any = {"ensure_ascii": False, "separators": (",", ":"), "allow_nan": False}
_encode = json.JSONEncoder(sort_keys=True, **_WRITTEN).encode
_encode_as_it_stands = json.JSONEncoder(**_WRITTEN).encode


class Broken(Exception):
    """A chain does not hold: `seq` is the first event that fails, with what was expected and found."""

    def __init__(self, seq: int, expected: str, found: str) -> None:
        super().__init__(f"event {seq}: expected {expected}, found {found}")
        self.seq = seq
        self.expected = expected
        self.found = found


def instant_text(at: datetime) -> str:
    """Return exercise time as the log writes it: UTC, whole seconds, `Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def canonical(value: Any) -> bytes:
    """Return the canonical JSON (RFC 8785) of text, whole numbers, booleans, nulls, lists and objects.

    Raises TypeError for a float (their text is what JSON libraries disagree on), for a key that is not
    text, for a whole number beyond 2^53 - 1, for half a surrogate pair, and for nesting without end.
    """
    try:
        if _check(value):
            return _encode_as_it_stands(_ordered(value)).encode("utf-8")
        return _encode(value).encode("utf-8")
    except RecursionError:
        raise TypeError("nested too deeply for the log") from None


def _check(value: Any) -> bool:
    """Refuse what has no exact JSON; return whether Python may order its keys otherwise than the RFC."""
    kind = type(value)
    if kind is str:
        if not value.isascii():
            _refuse_surrogates(value)
        return False
    odd = False
    if isinstance(value, dict):
        for key, item in value.items():
            if type(key) is not str:
                raise TypeError(f"a key must be text: {key!r}")
            if not key.isascii():
                _refuse_surrogates(key)
                # The RFC orders keys by UTF-16, which is the order of Python up to here and not beyond.
                odd = odd or max(key) > "\ud7ff"
            odd = _check(item) or odd
    elif isinstance(value, list | tuple):
        for item in value:
            odd = _check(item) or odd
    elif kind is int:
        if not -(2**53) < value < 2**53:
            raise TypeError(f"a whole number too large for JSON: {value}")
    elif value is not None and kind is not bool:
        raise TypeError(f"the log holds no {kind.__name__}: {value!r}")
    return odd


def _refuse_surrogates(text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise TypeError("half a surrogate pair cannot be written as text") from None


def _ordered(value: Any) -> Any:
    """Return the value with every object's keys in the order of their UTF-16."""
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value, key=lambda k: k.encode("utf-16-be"))}
    return [_ordered(item) for item in value] if isinstance(value, list | tuple) else value


def digest(content: bytes) -> str:
    """Return the lower-case hex SHA-256 of the bytes."""
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as it was hashed: its place, its canonical bytes, its hash and the hash before it."""

    seq: int
    content: bytes
    hash: str
    prev: str


def link(prev: str, seq: int, facts: Mapping[str, Any]) -> Entry:
    """Return the next event of a chain.

    prev   hash of the event before it; FIRST for the first
    seq    from 1
    facts  exercise, request, desk, act, actor, at, contents, status
    """
    content = canonical({**facts, "prev": prev, "seq": seq})
    return Entry(seq, content, digest(content), prev)


def verify(chain: Iterable[Entry]) -> str:
    """Return the head of a chain that holds (FIRST for an empty one); raise Broken at the first that does not.

    The stored bytes are hashed as they are; that they say what the columns say is the caller's to check.
    """
    head = FIRST
    sha256 = hashlib.sha256
    for seq, entry in enumerate(chain, start=1):
        if entry.seq != seq:
            raise Broken(seq, f"sequence {seq}", f"sequence {entry.seq}")
        if entry.prev != head:
            raise Broken(seq, f"previous hash {head}", entry.prev)
        found = sha256(entry.content).hexdigest()
        if found != entry.hash:
            raise Broken(seq, f"hash {entry.hash}", found)
        head = found
    return head


def checkpoint(heads: Iterable[str]) -> str:
    """Return the SHA-256 of the chain heads, sorted and joined by a line feed."""
    return digest("\n".join(sorted(heads)).encode("ascii"))


def exported(content: bytes, hash_: str) -> bytes:
    """Return the line of an export: the event with its hash, canonical."""
    event = json.loads(content)
    event["hash"] = hash_
    return canonical(event)


def order(event: Mapping[str, Any]) -> tuple[str, str, str, int]:
    """Return the key by which exported lines are sorted: at, request (null first), desk, seq."""
    return (event["at"], event["request"] or "", event["desk"] or "", event["seq"])


def read_lines(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Yield the events of an exported file."""
    for line in lines:
        if line.strip():
            yield json.loads(line)
