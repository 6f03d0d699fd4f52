"""Receipts and checkpoints as bytes to be signed.

The signature stands apart from the chains: keys are drawn anew in each installation, and a replay must give
the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cooperation.document import BadInput, Fault
from cooperation.eventlog import canonical, checkpoint, instant_text

RECEIPT, CHECKPOINT = "comity.receipt/1", "comity.checkpoint/1"
SIGNED = "comity.signed/1"
BYTES_AT_MOST = 4_000_000


@dataclass(frozen=True, slots=True)
class Head:
    """The head of one chain: who owns it, how many events it holds, and the hash of the last."""

    chain: str
    seq: int
    hash: str


def receipt(
    *,
    exercise: str,
    request: str,
    desk: str,
    at: datetime,
    head: Head,
    items: Sequence[Mapping[str, Any]],
) -> bytes:
    """Return what a receiver signs: each item with the hashes that it computed itself, and the chain's head.

    head  of the request's chain, the confirmation of receipt being its last event
    """
    return canonical(
        {
            "schema": RECEIPT,
            "notice": "EXERCISE",
            "exercise": exercise,
            "request": request,
            "desk": desk,
            "at": instant_text(at),
            "items": [dict(item) for item in items],
            "heads": {head.chain: [head.seq, head.hash]},
            "checkpoint": checkpoint([head.hash]),
        }
    )


def checkpoint_document(*, exercise: str, at: datetime, heads: Iterable[Head]) -> bytes:
    """Return what an installation signs of a whole exercise: the head of each of its chains."""
    found = list(heads)
    return canonical(
        {
            "schema": CHECKPOINT,
            "notice": "EXERCISE",
            "exercise": exercise,
            "at": instant_text(at),
            "heads": {head.chain: [head.seq, head.hash] for head in found},
            "checkpoint": checkpoint(head.hash for head in found),
        }
    )


def envelope(body: bytes, signature: str, public_key: str) -> bytes:
    """Return a signed document as a file: what was signed, as text, with the signature and the public key."""
    told = {"schema": SIGNED, "signed": body.decode(), "signature": signature, "public_key": public_key}
    return canonical(told) + b"\n"


@dataclass(frozen=True, slots=True)
class Opened:
    """A signed document that somebody kept: the bytes that were signed, what they say, and the signature."""

    body: bytes
    said: Mapping[str, Any]
    signature: str
    public_key: str


def open_envelope(content: bytes, name: str) -> Opened:
    """Return what a signed file holds; raise BadInput where it is none. The signature is not checked here."""
    try:
        if len(content) > BYTES_AT_MOST:
            raise ValueError("too large")
        told = json.loads(content)
        if told["schema"] != SIGNED:
            raise ValueError("no signed document")
        body = str(told["signed"]).encode()
        said = json.loads(body)
        if said["schema"] not in (RECEIPT, CHECKPOINT) or canonical(said) != body:
            raise ValueError("no receipt")
        for chain, (seq, hash_) in said["heads"].items():
            if not isinstance(chain, str) or not isinstance(seq, int) or not isinstance(hash_, str):
                raise ValueError("no heads")
        return Opened(body, said, str(told["signature"]), str(told["public_key"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        mend = "give a file that was downloaded as a receipt or as a checkpoint"
        raise BadInput([Fault(name, 0, "", "is no receipt and no checkpoint of Comity", mend)]) from None
