"""What the rule book holds once it is read: plain values, each with its source and confidence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cooperation.lifecycle import Lifecycle

ALL = "all"
ALL_MLA = "all_mla"
UNITS = ("minutes", "hours", "days", "working days", "months", "years")

_ARTICLE = re.compile(r"(?:Arts?\. ?)?(\d{1,2})(?!\d)")


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the data files and what it means."""

    id: str
    meaning: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """The Convention itself: how it stands, and what must be said on every exercise."""

    name: str
    informal_name: str
    adopted_on: str
    resolution: str
    negotiated_text: str
    opened_for_signature: str
    signature_closes: str
    entry_into_force_rule: str
    in_force: bool
    status: str
    status_note: str
    companion_text: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Article:
    """One article in our own words. `verify` names what was recalled without the certified text."""

    number: int
    chapter: str
    title: str
    summary: str
    relevance: str
    confidence: str
    verify: tuple[str, ...] = ()
    offence: str = ""
    defined_terms: tuple[str, ...] = ()
    budapest_parallel: str = ""
    note: str = ""
    paragraphs: Mapping[str, str] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """The article as a source names it."""
        return str(self.number)


@dataclass(frozen=True, slots=True)
class Pillar:
    id: str
    name: str
    articles: tuple[int, ...]
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class AuthorityKind:
    id: str
    name: str
    source: str
    confidence: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Offence:
    """One of the offences of Articles 7 to 17."""

    id: str
    article: int
    name: str
    group: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class OffenceModifier:
    id: str
    name: str
    optional_for_states: bool
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class SeriousCrime:
    """The threshold for sharing electronic evidence of crimes outside Articles 7 to 17, and its trap."""

    id: str
    name: str
    field: str
    at_least_years: int
    or_penalties: tuple[str, ...]
    rule: str
    trap: str
    death_penalty: str
    opens: tuple[str, ...]
    opens_for_electronic_evidence_only: tuple[str, ...]
    does_not_open: tuple[str, ...]
    opens_by_type: tuple[str, ...]
    note: str
    source: str
    confidence: str

    def is_met_by(self, penalty: float | str | None) -> bool:
        """Return whether a maximum penalty (years, "life" or "death") reaches the threshold."""
        if isinstance(penalty, bool) or penalty is None:
            return False
        return penalty in self.or_penalties if isinstance(penalty, str) else penalty >= self.at_least_years


@dataclass(frozen=True, slots=True)
class DataCategory:
    id: str
    name: str
    intrusiveness: int
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a request may contain."""

    id: str
    label: str
    type: str
    group: str
    help: str
    source: str
    confidence: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground of refusal. `consult_first`: Art. 40(28) asks for consultation before it is used."""

    id: str
    label: str
    source: str
    confidence: str
    curable: bool = False
    consult_first: bool = False
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Duty:
    id: str
    label: str
    source: str
    confidence: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Safeguard:
    """What Articles 5, 6, 24 or 36 ask; `of` is "request", "requested" (State) or "both"."""

    id: str
    article: int
    of: str
    asks: str
    question: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class TypicalError:
    """An error that trainees make. `types` are all the request types in which it can happen."""

    id: str
    label: str
    found_by: str
    fields: tuple[str, ...]
    types: frozenset[str]
    note: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class ContentsRule:
    """Whether a request of some type needs a field.

    condition  "offence_outside_convention" or "has_parent" where the draft itself decides; else None,
               and a conditional rule is a question to the drafter
    """

    field: str
    rule: str
    source: str
    confidence: str
    note: str = ""
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class TimeRule:
    """What a source says of time, for reading; what counts is in the deadline profiles."""

    rule: str
    source: str
    confidence: str
    amount: int | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class DualCriminality:
    applies: str
    explanation: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class RequestType:
    """One kind of request: who sends it to whom, with which contents, and what may become of it.

    serious_crime             covered | questionable | not_covered: may it rest on a crime outside Arts. 7-17
    where_designated          kinds of authority that send and receive it only where their State says so
    acts                      the part of the lifecycle that it uses
    raises_on_receipt         event raised, beside `received`, when it is received
    on_parent                 event recorded on the parent when it is received
    on_parent_when_confirmed  event recorded on the parent when it is confirmed
    """

    id: str
    name: str
    pillar: str
    plain: str
    articles: tuple[str, ...]
    confidence: str
    verify: str
    scope: str
    serious_crime: str
    send: frozenset[str]
    receive: frozenset[str]
    where_designated: frozenset[str]
    originators: frozenset[str]
    channel_note: str
    contents: tuple[ContentsRule, ...]
    required: frozenset[str]
    acts: frozenset[str]
    raises_on_receipt: str | None
    on_parent: str | None
    on_parent_when_confirmed: str | None
    time_rules: tuple[TimeRule, ...]
    dual_criminality: DualCriminality
    grounds: tuple[str, ...]
    postponement_possible: bool
    postponement_source: str
    conditions_possible: bool
    conditions_source: str
    duties: tuple[str, ...]
    evidence_returned: tuple[str, ...]
    enables: tuple[str, ...]
    errors: tuple[str, ...]

    @property
    def source(self) -> str:
        """The articles that it rests on."""
        return ", ".join(self.articles)


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """One period of a deadline profile.

    applies_to   ids of request types
    specificity  2 where the type is named, 1 by `all_mla`, 0 by `all`
    amount       whole `unit`s (see UNITS); both None where the source gives no figure
    condition    what must be true of the request, or None: `urgency` and `data_category` list words that
                 fit; `receiver_not_designated` and `oral_unconfirmed` are facts of the request
    stage        the stage whose interval it times; None where it runs by itself from event to event
    owed_by      the side that brings the end event about; for validity kinds the side that keeps the data
    """

    id: str
    label: str
    applies_to: frozenset[str]
    specificity: int
    starts_on: str
    ends_on: tuple[str, ...]
    kind: str
    amount: int | None
    unit: str | None
    standard: str
    pausable: bool
    condition: Mapping[str, Any] | None
    roll: str | None
    warn_at_days: tuple[int, ...]
    stage: str | None
    owed_by: str
    requested_in: str
    extendable: str
    suspended_while: str
    note: str
    label_kind: str
    derived_from: str
    source: str
    confidence: str
    verify: bool
    verified: str


@dataclass(frozen=True, slots=True)
class FixedPeriod:
    """A period that no exercise counts: of the treaty itself, or of some State's law, to compare with."""

    id: str
    rule: str
    amount: int
    unit: str
    extendable: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class DeadlineProfile:
    """The periods that an exercise may choose; inherited ones stand first."""

    id: str
    name: str
    instrument: str
    status: str
    note: str
    source: str
    confidence: str
    verify: bool
    roll_source: str
    deadlines: tuple[DeadlineRule, ...]
    treaty_level: tuple[FixedPeriod, ...] = ()
    comparators: tuple[FixedPeriod, ...] = ()
    by_type: Mapping[str, tuple[DeadlineRule, ...]] = field(default_factory=dict, repr=False)

    def for_type(self, type_id: str) -> tuple[DeadlineRule, ...]:
        """Return the rules for a request of this type, with the specificity they have for it."""
        return self.by_type.get(type_id, ())

    @property
    def labels(self) -> dict[tuple[str, str], str]:
        """What each deadline is called, by request type and the rule's id."""
        return {(kind, rule.id): rule.label for kind, rules in self.by_type.items() for rule in rules}

    @property
    def owed_by(self) -> dict[str, str]:
        """Which side owes what ends each deadline, by the rule's id."""
        return {rule.id: rule.owed_by for rules in self.by_type.values() for rule in rules}


@dataclass(frozen=True, slots=True)
class ComparisonStep:
    """What each profile says of one step, in words; None where it gives no figure."""

    step: str
    figures: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules of cooperation. Mappings keep the order of the data files; `digest` names this very text."""

    instrument: Instrument
    chapters: Mapping[str, str]
    articles: Mapping[int, Article]
    terms: Mapping[str, Mapping[str, Term]]
    pillars: Mapping[str, Pillar]
    authorities: Mapping[str, AuthorityKind]
    offences: Mapping[str, Offence]
    offence_modifiers: Mapping[str, OffenceModifier]
    serious_crime: SeriousCrime
    data_categories: Mapping[str, DataCategory]
    fields: Mapping[str, Field]
    grounds: Mapping[str, Ground]
    never_sufficient: Mapping[str, Ground]
    duties: Mapping[str, Duty]
    safeguards: Mapping[str, Safeguard]
    errors: Mapping[str, TypicalError]
    types: Mapping[str, RequestType]
    lifecycle: Lifecycle
    profiles: Mapping[str, DeadlineProfile]
    comparison: tuple[ComparisonStep, ...]
    digest: str

    def article_of(self, reference: str) -> Article | None:
        """Return the article that a reference such as "42(1)" or "Art. 40(15)(a)" names."""
        number = article_number(reference)
        return None if number is None else self.articles.get(number)


def article_number(reference: str) -> int | None:
    """Return the number of the article that a reference begins with; None if it names no article."""
    found = _ARTICLE.match(reference.strip())
    return int(found.group(1)) if found else None
