"""What a receiver finds when it hashes again what has come, and looks at the seal and the zone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cooperation.evidence.artefacts import zone_told
from cooperation.evidence.rules import EXAMINING, custody

CHANGED, MISSING, ZONE, UNSEALED = "changed_file", "missing_file", "wrong_zone", "unsealed_medium"


@dataclass(frozen=True, slots=True)
class Digests:
    """The two hashes of a file, and its size in bytes."""

    sha256: str
    sha512: str
    size: int


def digests(content: bytes) -> Digests:
    """Return the hashes of bytes that are at hand."""
    return Digests(hashlib.sha256(content).hexdigest(), hashlib.sha512(content).hexdigest(), len(content))


def wrong_with(
    announced: Mapping[str, Any], found: Digests | None, *, head: bytes, sealed: bool
) -> tuple[str, ...]:
    """Return the breaks of one item that has come, by their ids; nothing where all agrees.

    announced  what the sender said of it: sha256, sha512, size, zone, seal
    found      what the receiver computed; None where no file came
    head       the first bytes of the file, in which it may tell its zone
    sealed     whether the medium came under its seal
    """
    if found is None:
        return (MISSING,)
    broken = []
    if any(getattr(found, name) != announced[name] for name in ("sha256", "sha512", "size")):
        broken.append(CHANGED)
    told = zone_told(head)
    if told and announced.get("zone") and told != announced["zone"]:
        broken.append(ZONE)
    if announced.get("seal") and not sealed:
        broken.append(UNSEALED)
    return tuple(broken)


def needs_examining(broken: str) -> bool:
    """Return whether hashing alone does not show this break."""
    return custody().breaks[broken].seen_by == EXAMINING


def in_words(item: str, broken: str) -> str:
    """Return a break of an item as a sentence for the other State."""
    return f"{item}: {custody().breaks[broken].label[0].lower()}{custody().breaks[broken].label[1:]}"
