"""What must be told of a file that is taken in as evidence, and in which form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cooperation.evidence.rules import CATEGORIES, SOURCES
from cooperation.moments import instant
from cooperation.words import Refused

TEXTS = {"name": 200, "source": 300, "legal_authority": 300, "tool": 120, "media_type": 100, "kind": 60}
NEEDED = ("name", "source", "legal_authority", "tool")


def checked(facts: Mapping[str, Any]) -> dict[str, str]:
    """Return the facts of an item as they are kept; raise Refused naming the first that will not do."""
    said = {
        name: str(facts.get(name) or "").strip()
        for name in (*TEXTS, "source_type", "category", "period_from", "period_to", "zone")
    }
    said["name"] = said["name"].replace("\\", "/").rpartition("/")[2]
    for name, length in TEXTS.items():
        if (not said[name] and name in NEEDED) or len(said[name]) > length or not said[name].isprintable():
            raise Refused(
                "bad_evidence",
                f"{name.replace('_', ' ')} is missing, too long or holds control characters",
                article="ISO/IEC 27037",
                mend=f"write up to {length} characters",
            )
    for name, words in (("source_type", SOURCES), ("category", CATEGORIES)):
        if said[name] not in words:
            raise Refused(
                "bad_evidence", f"{name.replace('_', ' ')} is none", mend=f"use one of: {', '.join(words)}"
            )
    if bool(said["period_from"]) != bool(said["period_to"]) or not _is_period(said):
        raise Refused("bad_evidence", "the period is none", mend="write both ends like 2027-03-01T00:00:00Z")
    if said["zone"] and not (len(said["zone"]) == 6 and said["zone"][0] in "+-" and said["zone"][3] == ":"):
        raise Refused("bad_evidence", "the zone is none", mend="write it like +07:00")
    return said


def _is_period(said: Mapping[str, str]) -> bool:
    if not said["period_from"]:
        return True
    try:
        return instant(said["period_from"]) <= instant(said["period_to"])
    except ValueError:
        return False
