"""Which steps of custody an event tells, so that rows and events can be held against each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

ACQUIRE, SEAL, VERIFY, STEP, REDACT = (
    *("acquire_evidence", "seal_evidence", "verify_evidence", "custody_step", "redact_evidence"),
)
_EACH: Mapping[str, tuple[str, ...]] = {
    ACQUIRE: ("acquired",),
    SEAL: ("sealed",),
    VERIFY: ("received", "verified"),
    REDACT: ("redacted",),
}


def steps_told(act: str, contents: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each item, by its reference, and the step of custody that an event tells of it."""
    if act in _EACH:
        for entry in contents.get("items", ()):
            for step in _EACH[act]:
                yield entry["item"], step
    elif act == STEP:
        yield contents["item"], contents["step"]
    elif act == "transmit":
        for entry in contents.get("evidence", ()):
            yield entry["item"], "transmitted"
    elif act == "confirm_receipt":
        for entry in contents.get("receipt", {}).get("items", ()):
            yield entry["item"], "signed_for"
