"""A draft request and the two States between which it would travel: the facts that an examination needs."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple, Protocol

from cooperation.completeness import EMPTY, penalty_of
from cooperation.rulebook.values import RequestType, RuleBook
from cooperation.world.laws import LawProfile

Penalty = float | str | None
DualCriminalityAnswer = Literal["yes", "no", "question"]


class Law(Protocol):
    """What the law of a State says of conduct."""

    def dual_criminality(self, conduct_terms: Collection[str], offence: str) -> DualCriminalityAnswer:
        """Return whether this conduct, called by this offence elsewhere, is punishable here too."""
        ...


@dataclass(frozen=True, slots=True)
class StatedLaw:
    """A law of which only the answers are known, offence by offence."""

    answers: Mapping[str, DualCriminalityAnswer]

    def dual_criminality(self, conduct_terms: Collection[str], offence: str) -> DualCriminalityAnswer:  # noqa: ARG002
        """Return the answer for this offence; a question where none is known."""
        return self.answers.get(offence, "question")


@dataclass(frozen=True, slots=True)
class Party:
    """One of the two States and what it declares. None means "not stated", never "no".

    languages                  names of the languages in which it accepts requests (Art. 40(13))
    designated                 kinds of authority it has named where a type leaves that to the State
    reserves_dual_criminality  its reservation under Art. 42(5), preservation for other serious crime
    reserves_traffic_data      its reservation under Art. 23(3), live traffic data for listed offences only
    extradites_nationals       Art. 37(11)
    minimum_penalty_years      least maximum penalty for which it extradites (Art. 37(8))
    interceptable              offences of Articles 7 to 17 for which it may intercept content (Art. 46)
    extradites_without_dual_criminality  what Art. 37(2) lets its law allow
    """

    code: str
    law: Law | None = None
    languages: tuple[str, ...] | None = None
    designated: frozenset[str] | None = None
    reserves_dual_criminality: bool | None = None
    reserves_traffic_data: bool | None = None
    extradites_nationals: bool | None = None
    minimum_penalty_years: float | None = None
    interceptable: frozenset[str] | None = None
    extradites_without_dual_criminality: bool | None = None


# The languages of the United Nations, and some in which States of exercises write; others keep their code.
LANGUAGES: Mapping[str, str] = {
    "ar": "Arabic",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "ja": "Japanese",
    "pt": "Portuguese",
    "ru": "Russian",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
_EXTRADITES_NATIONALS = {"extradited": True, "not_extradited": False}


def party_under(code: str, law: LawProfile) -> Party:
    """Return the State that lives under a law; what the law leaves open is not stated."""
    return Party(
        code,
        law=law,
        languages=tuple(LANGUAGES.get(language, language) for language in law.languages),
        reserves_dual_criminality=any(article.startswith("42(5)") for article in law.reservations),
        reserves_traffic_data=any(article.startswith("23(3)") for article in law.reservations),
        extradites_nationals=_EXTRADITES_NATIONALS.get(law.nationals),
        minimum_penalty_years=law.threshold_years["extradition"],
        interceptable=frozenset(o for o in law.offences if law.reaches_threshold("interception", o) == "yes"),
    )


@dataclass(frozen=True, slots=True)
class Parties:
    """The State that asks and the State that is asked.

    treaties        other assistance treaties that bind the two; empty = none, None = not known
    as_if_in_force  whether the exercise treats the Convention as in force between them
    """

    requesting: Party
    requested: Party
    treaties: tuple[str, ...] | None = None
    as_if_in_force: bool = True


@dataclass(frozen=True, slots=True)
class Parent:
    """The earlier request that a draft follows."""

    type: str
    status: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A request before it is sent.

    offences, maximum_penalty  of the case; what the contents themselves say goes first
    conduct_terms              what was done, in the words in which laws of States are compared
    nationalities              codes of the States whose nationals the persons sought are; None = not known
    """

    type: str
    contents: Mapping[str, Any]
    offences: tuple[str, ...] = ()
    maximum_penalty: Penalty = None
    sender_kind: str | None = None
    receiver_kind: str | None = None
    parent: Parent | None = None
    conduct_terms: tuple[str, ...] = ()
    nationalities: frozenset[str] | None = field(default=None)

    def settled(self, book: RuleBook) -> Draft:
        """Return the draft with blank contents dropped, and with the offences and penalty it rests on."""
        contents = {name: value for name, value in self.contents.items() if not is_blank(value)}
        stated = penalty_known(contents.get("maximum_penalty_years"), book)
        return replace(
            self,
            contents=contents,
            offences=texts(contents.get("offence")) or self.offences,
            maximum_penalty=stated if stated is not None else penalty_known(self.maximum_penalty, book),
        )


class Facts(NamedTuple):
    """All that a rule may look at: the draft is settled."""

    book: RuleBook
    kind: RequestType
    draft: Draft
    parties: Parties

    def states(self, name: str) -> bool:
        """Return whether the draft says anything in a field."""
        return name in self.draft.contents

    @property
    def is_outside_convention(self) -> bool:
        """Whether offences are named and none of them is one of Articles 7 to 17."""
        return bool(self.draft.offences) and not set(self.draft.offences) & self.book.offences.keys()


def is_blank(value: Any) -> bool:
    """Return whether a content says nothing: empty, white space, or a list or mapping of nothing else."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, Mapping):
        return all(is_blank(part) for part in value.values())
    if isinstance(value, list | tuple):
        return all(is_blank(part) for part in value)
    return value in EMPTY


def texts(value: Any) -> tuple[str, ...]:
    """Return a content as texts: a list's items, a mapping's values, or the one text."""
    if is_blank(value):
        return ()
    if isinstance(value, Mapping):
        value = list(value.values())
    parts = value if isinstance(value, list | tuple) else [value]
    return tuple(str(part) for part in parts if not is_blank(part))


def penalty_known(value: Any, book: RuleBook) -> Penalty:
    """Return a maximum penalty that can be held against the threshold; None where it says nothing."""
    penalty = penalty_of(value)
    if isinstance(penalty, str):
        return penalty if penalty in book.serious_crime.or_penalties else None
    if penalty is None or not math.isfinite(penalty) or penalty < 0:
        return None
    return penalty
