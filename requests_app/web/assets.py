"""Files of the pages: each address carries a digest of what it holds, so that it may be kept for a year."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import HttpRequest
from django.middleware.gzip import GZipMiddleware

DIGEST_LETTERS = 12
# What is worth compressing, and holds nothing that somebody could want to guess by its length.
COMPRESSED = ("text/html", "text/css", "text/javascript", "image/svg+xml")


class Versioned(StaticFilesStorage):
    """Addresses like /static/web/comity.css?v=3f2a...: served from where the code lies, no collecting."""

    def url(self, name: str | None) -> str:
        """Return the address of a file, with its version."""
        address = super().url(name)
        version = _version(name or "") if not settings.DEBUG else _read_version(name or "")
        return f"{address}?v={version}" if version else address


def _read_version(name: str) -> str:
    found = finders.find(name)
    if not found or isinstance(found, list) or not Path(found).is_file():
        return ""
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:DIGEST_LETTERS]


_version = lru_cache(maxsize=512)(_read_version)


class Compressed(GZipMiddleware):
    """Compress pages, styles and scripts; never a stream, part of a file, or a page that holds a secret.

    Against guessing by length, Django masks the CSRF token anew in each answer and pads what is compressed; a
    page that shows a join code or a token sets `holds_secret` on its answer and goes out as it is.
    """

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Compress what may be."""
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if kind not in COMPRESSED or response.status_code == 206 or getattr(response, "holds_secret", False):
            return response
        return super().process_response(request, response)
