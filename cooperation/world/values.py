"""What the world holds once it is read: the States as they are, each fact with its source or "not stated"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cooperation.world.laws import ConductTerm, LawProfile

NOT_STATED: Final = "not stated"
EVIDENCES: Final = ("lookup_primary", "lookup_secondary", "memory")
PLAYED_AS_IF: Final = "as if in force between these States"


@dataclass(frozen=True, slots=True)
class FactSource:
    """Where one kind of fact about the States comes from."""

    fact: str
    source: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Publication:
    """A source of the treaty status; `note` says how much of it was seen."""

    id: str
    title: str
    publisher: str
    address: str
    published: str
    evidence: str
    note: str


@dataclass(frozen=True, slots=True)
class TreatyStep:
    """A signature or a ratification: `on` is a day, a month, or "not stated"; `sources` are publications."""

    on: str
    sources: tuple[str, ...]
    confidence: str
    note: str

    @property
    def is_stated(self) -> bool:
        """Whether any source shows the step, be its day known or not."""
        return bool(self.sources)


@dataclass(frozen=True, slots=True)
class Ceremony:
    """The days on which the Convention was opened, and how many the depositary counts as having signed."""

    first_day: str
    last_day: str
    signatories: int
    source: str


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that a State may declare under the Convention."""

    id: str
    name: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a State has declared on a subject; `says` is "not stated" where no source shows it."""

    says: str = NOT_STATED
    on: str = NOT_STATED
    source: str = NOT_STATED
    evidence: str = NOT_STATED

    @property
    def is_stated(self) -> bool:
        """Whether any source shows the declaration."""
        return self.says != NOT_STATED


@dataclass(frozen=True, slots=True)
class MemberState:
    """A Member State of the United Nations.

    code      ISO 3166-1 alpha-2; `alpha3` the same with three letters
    group     regional group of the United Nations
    zone      of the capital
    declared  by subject: every subject is there
    """

    code: str
    alpha3: str
    name: str
    name_vi: str
    group: str
    capital: str
    zone: str
    remark: str
    signature: TreatyStep
    ratification: TreatyStep
    declared: Mapping[str, Declaration]


@dataclass(frozen=True, slots=True)
class World:
    """The States of the world and the laws that invented States may have.

    facts               where the facts of the States come from
    as_at               how far the treaty status reaches
    declarations_as_at  how far the declarations reach
    other_signatories   names and signatures of those that are no Member States
    """

    states: Mapping[str, MemberState]
    groups: Mapping[str, str]
    facts: tuple[FactSource, ...]
    as_at: str
    ceremony: Ceremony
    publications: Mapping[str, Publication]
    other_signatories: Mapping[str, tuple[str, TreatyStep]]
    declarations_as_at: str
    subjects: Mapping[str, Subject]
    terms: Mapping[str, ConductTerm]
    laws: Mapping[str, LawProfile]
