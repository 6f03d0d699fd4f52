"""The headers that go before an act: the version that was seen, and the key under which it is done once."""

from __future__ import annotations

import re
from typing import NamedTuple

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from cooperation.words import DRAFT, Refused

_TAG = re.compile(r'"(?P<version>[0-9]{1,9})(?:\.(?P<edition>[0-9]{1,9}))?"')
_KEY = re.compile(r"[\x21-\x7e]{1,200}")

IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description='The ETag that was seen, like "7".'
)
KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, required=True, description="Same key, same answer, once."
)
KEY_IF_WANTED = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="Same key, same answer, once."
)


class Seen(NamedTuple):
    """The version of a request that the caller has seen; of a draft its edition too."""

    version: int
    edition: int | None


def etag(status: str, version: int, edition: int) -> str:
    """Return the ETag of a request: its version, and while it is a draft also its edition."""
    return f'"{version}.{edition}"' if status == DRAFT else f'"{version}"'


def version_seen(request: Request) -> Seen:
    """Return what If-Match says; raise Refused `no_version` without it, `bad_version` for what is no tag."""
    said = request.headers.get("If-Match")
    if said is None:
        raise Refused(
            "no_version", "an act names the version that was seen", mend="send its ETag in If-Match"
        )
    tag = _TAG.fullmatch(said.strip())
    if tag is None:
        raise Refused("bad_version", "If-Match is not the ETag of a request", mend='send one like "7"')
    return Seen(int(tag["version"]), int(tag["edition"]) if tag["edition"] else None)


def key_of(request: Request, *, is_needed: bool = True) -> str:
    """Return the Idempotency-Key; raise Refused where it is missing or no key."""
    said = request.headers.get("Idempotency-Key", "")
    if not said and not is_needed:
        return ""
    if not said:
        raise Refused(
            "no_key", "an act has a key", mend="send an Idempotency-Key of your own, such as a UUID"
        )
    if _KEY.fullmatch(said) is None:
        raise Refused("bad_key", "a key has 1 to 200 visible ASCII characters", mend="send a UUID")
    return said
