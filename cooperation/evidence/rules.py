"""What the data files say of custody and of artefacts, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cooperation.document import BadInput, Fault, read_file

FOLDER = Path(__file__).parents[1] / "data" / "evidence"
CUSTODY_SCHEMA, ARTEFACTS_SCHEMA = "comity.custody/1", "comity.artefacts/1"
HASHING, EXAMINING = "hashing", "examining"
CATEGORIES = ("subscriber", "traffic", "content", "other")
SOURCES = ("provider", "system", "person")
# Material of these offences is never here: opaque tokens stand for it, with a hash and a size.
TOKENS_ONLY = ("csam", "child_grooming")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of custody: on whose chain it is written, and what must be said with it."""

    id: str
    label: str
    chain: str
    says: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Break:
    """Something that can be wrong with what arrives, and who sees it: `hashing` or `examining`."""

    id: str
    label: str
    seen_by: str
    source: str


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of use that travels with an item."""

    id: str
    label: str
    source: str


@dataclass(frozen=True, slots=True)
class Artefact:
    """The form that an invented file takes, its data category and its source."""

    form: str
    category: str
    source: str
    ending: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Custody:
    """The steps, breaks and conditions by their ids."""

    steps: Mapping[str, Step]
    breaks: Mapping[str, Break]
    conditions: Mapping[str, Condition]


@cache
def custody() -> Custody:
    """Return the rules of custody that ship; raise BadInput where the file is faulty."""
    document = _document("custody.yaml", CUSTODY_SCHEMA)
    return Custody(
        steps={
            e["id"]: Step(e["id"], e["label"], e["chain"], tuple(e["says"]), e["source"])
            for e in document["steps"]
        },
        breaks={e["id"]: Break(e["id"], e["label"], e["seen_by"], e["source"]) for e in document["breaks"]},
        conditions={e["id"]: Condition(e["id"], e["label"], e["source"]) for e in document["conditions"]},
    )


def artefact_of(kind: str) -> Artefact:
    """Return what is made for a word of `evidence_returned`."""
    found, otherwise = _artefacts()
    return found.get(kind, otherwise)


@cache
def _artefacts() -> tuple[Mapping[str, Artefact], Artefact]:
    document = _document("artefacts.yaml", ARTEFACTS_SCHEMA)
    forms = {e["id"]: e for e in document["forms"]}

    def read(entry: Mapping[str, Any]) -> Artefact:
        form = forms[entry["form"]]
        return Artefact(entry["form"], entry["category"], entry["source"], form["ending"], form["media_type"])

    return {e["id"]: read(e) for e in document["kinds"]}, read(document["otherwise"])


def _document(name: str, schema: str) -> Mapping[str, Any]:
    document = read_file(FOLDER / name, called=name)
    if not isinstance(document, Mapping) or document.get("schema") != schema:
        raise BadInput([Fault(name, 1, "schema", "is not the one expected", schema)])
    return document
