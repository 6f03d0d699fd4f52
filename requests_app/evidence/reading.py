"""The bytes of items and of received copies, block by block: from the store, or made again from a recipe."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from functools import lru_cache

from cooperation.evidence.artefacts import changed, make
from cooperation.evidence.receiving import CHANGED, MISSING, Digests
from cooperation.words import Refused
from requests_app.evidence import store
from requests_app.evidence.models import EvidenceItem, ReceivedCopy


def blocks_of(item: EvidenceItem) -> Iterator[bytes]:
    """Yield the bytes of an item; raise Refused for a token, and where it is destroyed or gone."""
    if item.destroyed_at is not None:
        raise Refused("destroyed", f"{item.reference} has been destroyed")
    if item.is_token:
        raise Refused(
            "token_only",
            f"{item.reference} stands for material that is never here: it has a hash and a size only",
            article="exercise rule",
        )
    return _blocks(item)


def _blocks(item: EvidenceItem) -> Iterator[bytes]:
    if item.recipe is not None:
        yield made(item)
        return
    try:
        with store.opened(str(item.exercise_id), item.sha256) as stream:
            yield from store.blocks_of(stream)
    except FileNotFoundError:
        raise Refused("file_gone", f"the file of {item.reference} is not in the store") from None


def made(item: EvidenceItem) -> bytes:
    """Return the bytes of an invented file."""
    return _made(json.dumps(item.recipe, sort_keys=True))


@lru_cache(maxsize=2048)
def _made(recipe: str) -> bytes:
    return make(json.loads(recipe))


def arrived(copy: ReceivedCopy) -> Iterator[bytes] | None:
    """Return the bytes of a copy as it came, with what was done to it on the way; None where none came."""
    if copy.broken_on_the_way == MISSING:
        return None
    blocks = blocks_of(copy.item)
    return changed(blocks, copy.item.size) if copy.broken_on_the_way == CHANGED else blocks


def hashed_again(copy: ReceivedCopy) -> tuple[Digests | None, bytes]:
    """Return the digests of a copy as it came, and its first bytes. A token's are what was told of it."""
    if copy.broken_on_the_way == MISSING:
        return None, b""
    if copy.item.is_token:
        told = copy.announced
        sha256 = told["sha256"] if copy.broken_on_the_way != CHANGED else told["sha512"][:64]
        return Digests(sha256, told["sha512"], told["size"]), b""
    blocks = arrived(copy)
    assert blocks is not None
    return digests_of(blocks)


def digests_of(blocks: Iterable[bytes]) -> tuple[Digests, bytes]:
    """Return the digests of bytes that come block by block, and the first of them."""
    sha256, sha512, size, head = hashlib.sha256(), hashlib.sha512(), 0, b""
    for block in blocks:
        sha256.update(block)
        sha512.update(block)
        size += len(block)
        if len(head) < store.HEAD_BYTES:
            head += block[: store.HEAD_BYTES - len(head)]
    return Digests(sha256.hexdigest(), sha512.hexdigest(), size), head
