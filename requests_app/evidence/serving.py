"""Serving files of evidence, so that nothing in them can run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from urllib.parse import quote

from asgiref.sync import sync_to_async
from django.http import StreamingHttpResponse

OCTETS = "application/octet-stream"
# Whatever a file is, a browser stores it and shows nothing of it.
KEPT_FROM_RUNNING = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "no-store",
}


def served(name: str, size: int | None, blocks: Iterator[bytes]) -> StreamingHttpResponse:
    """Answer with a file, block by block, so that no browser shows or runs it."""
    headers = {**KEPT_FROM_RUNNING, "Content-Disposition": attached(name)}
    if size is not None:
        headers["Content-Length"] = str(size)
    return StreamingHttpResponse(_without_waiting(blocks), content_type=OCTETS, headers=headers)


async def _without_waiting(blocks: Iterator[bytes]) -> AsyncIterator[bytes]:
    # Django would gather a whole file that comes by an ordinary iterator before it sends the first byte.
    while (block := await sync_to_async(_next)(blocks)) is not None:
        yield block


def _next(blocks: Iterator[bytes]) -> bytes | None:
    return next(blocks, None)


def attached(name: str) -> str:
    """Return the header under which a browser stores a file by this name, and never shows it."""
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "._-") else "_" for sign in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
