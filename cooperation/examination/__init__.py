"""What the other side's reader would find in a draft: gaps, errors, questions, grounds, and a verdict."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from cooperation.completeness import missing
from cooperation.examination.admissibility import (
    Basis,
    Channel,
    CriminalityInBoth,
    Weighed,
    basis_of,
    channel_of,
    criminality_in_both,
    gives_way,
    grounds_shown,
    questions_on_contents,
    questions_on_law,
    shuts_out,
)
from cooperation.examination.advice import RESPONSES, Advice, advice
from cooperation.examination.draft import Draft, Facts, Parties
from cooperation.examination.typical_errors import found_in_draft
from cooperation.rulebook.values import ContentsRule, RuleBook

Verdict = Literal["yes", "questionable", "no"]


@dataclass(frozen=True, slots=True)
class Gap:
    """A required field left empty. `response` is what the other side will likely do, by its id."""

    field: str
    rule: str
    article: str
    confidence: str
    why: str
    response: str


@dataclass(frozen=True, slots=True)
class Advised:
    """A field that would make the request better; `because` is "recommended" or "other_treaty"."""

    field: str
    because: str
    article: str
    confidence: str
    why: str


@dataclass(frozen=True, slots=True)
class ErrorFound:
    """A typical error. weight "defect": to be cured first; "quality": the request is only the worse for it."""

    id: str
    label: str
    weight: str
    fields: tuple[str, ...]
    article: str
    confidence: str
    mend: str
    response: str


@dataclass(frozen=True, slots=True)
class Question:
    """What cannot be decided from the facts. `bears` on the verdict; `field` where it is about contents."""

    id: str
    asks: str
    why: str
    article: str
    confidence: str
    bears: bool
    field: str = ""


@dataclass(frozen=True, slots=True)
class GroundFound:
    """A ground of refusal that the draft gives reason for, and its cure ("" where there is none)."""

    id: str
    label: str
    article: str
    confidence: str
    cure: str
    curable: bool
    consult_first: bool


@dataclass(frozen=True, slots=True)
class Examination:
    """What is found in a draft.

    admissible    no = a rule shuts it out; questionable = a defect to cure or a point that needs an answer;
                  yes = nothing known stands against it
    other_grounds grounds that the type allows and that no draft can show
    """

    admissible: Verdict
    basis: Basis
    channel: Channel
    criminality: CriminalityInBoth
    gaps: tuple[Gap, ...]
    errors: tuple[ErrorFound, ...]
    questions: tuple[Question, ...]
    grounds: tuple[GroundFound, ...]
    other_grounds: tuple[str, ...]
    advised: tuple[Advised, ...]

    @property
    def likely(self) -> str:
        """What the other side will likely do, by the id of the response; the gravest finding decides."""
        if self.admissible == "no":
            return "refuse"
        found = [gap.response for gap in self.gaps] + [error.response for error in self.errors]
        found += ["ask"] if self.admissible == "questionable" else ["none"]
        return max(found, key=RESPONSES.index)


def examine(book: RuleBook, draft: Draft, parties: Parties, texts: Advice | None = None) -> Examination:
    """Return what is found in a draft between these States.

    texts  the advice to speak with; that which ships if None
    """
    says = texts or advice()
    facts = Facts(book, book.types[draft.type], draft.settled(book), parties)
    basis, criminality = basis_of(facts), criminality_in_both(facts)
    gaps, displaced = _gaps(facts, says)
    errors = _errors(facts, says)
    questions = _questions(facts, basis, criminality, says)
    defects = [error.id for error in errors if error.weight == "defect"]
    weighed = Weighed([gap.field for gap in gaps], defects, criminality, basis)
    shown = grounds_shown(facts, weighed)
    return Examination(
        admissible=_verdict(
            is_shut=basis.is_shut or shuts_out(facts, criminality),
            is_doubtful=bool(gaps or defects or shown) or any(question.bears for question in questions),
        ),
        basis=basis,
        channel=channel_of(facts),
        criminality=criminality,
        gaps=gaps,
        errors=errors,
        questions=questions,
        grounds=tuple(_ground(book, ground) for ground in shown),
        other_grounds=tuple(ground for ground in facts.kind.grounds if ground not in shown),
        advised=displaced + _recommended(facts, says, {f for error in errors for f in error.fields}),
    )


def _verdict(*, is_shut: bool, is_doubtful: bool) -> Verdict:
    if is_shut:
        return "no"
    return "questionable" if is_doubtful else "yes"


def _gaps(facts: Facts, says: Advice) -> tuple[tuple[Gap, ...], tuple[Advised, ...]]:
    """Return the gaps, and apart from them what another treaty displaces and is therefore advice (40(7))."""
    rules = {rule.field: rule for rule in facts.kind.contents}
    names = missing(
        facts.kind,
        facts.draft.contents,
        offences=facts.draft.offences,
        known_offences=facts.book.offences.keys(),
        has_parent=facts.draft.parent is not None,
    )
    displaced = [name for name in names if facts.parties.treaties and gives_way(rules[name].source)]
    gaps = tuple(_gap(rules[name], says) for name in names if name not in displaced)
    return gaps, tuple(_advised(rules[name], "other_treaty", says) for name in displaced)


def _gap(rule: ContentsRule, says: Advice) -> Gap:
    told = says.fields[rule.field]
    return Gap(rule.field, rule.rule, rule.source, rule.confidence, told.why, told.response)


def _advised(rule: ContentsRule, because: str, says: Advice) -> Advised:
    return Advised(rule.field, because, rule.source, rule.confidence, says.fields[rule.field].why)


def _recommended(facts: Facts, says: Advice, told: Collection[str]) -> tuple[Advised, ...]:
    """Return the recommended fields left empty, save those that an error has told of."""
    return tuple(
        _advised(rule, "recommended", says)
        for rule in facts.kind.contents
        if rule.rule == "recommended" and not facts.states(rule.field) and rule.field not in told
    )


def _errors(facts: Facts, says: Advice) -> tuple[ErrorFound, ...]:
    return tuple(error_found(facts.book, error, says) for error in found_in_draft(facts))


def error_found(book: RuleBook, error_id: str, says: Advice) -> ErrorFound:
    """Return a typical error with what is said about it."""
    error, told = book.errors[error_id], says.errors[error_id]
    return ErrorFound(
        id=error.id,
        label=error.label,
        weight=told.weight,
        fields=error.fields,
        article=error.source,
        confidence=error.confidence,
        mend=told.mend,
        response=told.response,
    )


def _questions(
    facts: Facts, basis: Basis, criminality: CriminalityInBoth, says: Advice
) -> tuple[Question, ...]:
    found = []
    for asked in questions_on_law(facts, basis, criminality):
        told = says.questions[asked.id]
        asks = told.asks.replace("{about}", asked.about)
        found.append(Question(asked.id, asks, told.why, told.source, told.confidence, asked.bears))
    for question, rule in questions_on_contents(facts):
        told = says.questions[question]
        asks = told.asks.replace("{about}", facts.book.fields[rule.field].label)
        why = rule.note or says.fields[rule.field].why
        found.append(Question(question, asks, why, rule.source, rule.confidence, False, rule.field))
    return tuple(found)


def _ground(book: RuleBook, ground_id: str) -> GroundFound:
    ground = book.grounds[ground_id]
    return GroundFound(
        id=ground.id,
        label=ground.label,
        article=ground.source,
        confidence=ground.confidence,
        cure=ground.advice,
        curable=ground.curable,
        consult_first=ground.consult_first,
    )
