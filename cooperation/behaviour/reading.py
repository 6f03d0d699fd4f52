"""What an officer of the State asked makes of a request: the whole examination, and what is so in fact.

A reader who leaves things out when drafting overlooks as many when reading; a required field left empty is
never overlooked. Which finding leads to which answer is an exercise rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cooperation.behaviour.values import Hand
from cooperation.examination import ErrorFound, Examination, error_found, examine
from cooperation.examination.advice import advice
from cooperation.examination.truth import against_truth
from cooperation.rulebook import RequestType

NOT_CRIMINAL = "no_dual_criminality"
# What is asked about where an error or a question names no field of its own.
ASKED_ABOUT: Mapping[str, str] = {
    "wrong_custodian": "custodian_or_location",
    "place_too_vague": "place_or_object",
    "asks_for_more_than_path": "specific_communication",
    "penalty_not_stated": "maximum_penalty_years",
    "which_electronic_evidence": "data_description",
    "dual_criminality": "dual_criminality_statement",
    "reservation_42_5": "dual_criminality_statement",
    "language_not_accepted": "language",
    "death_penalty_assurances": "rights_assurances",
}
# What no field of the request can answer: it is talked over.
CONSULTED_ABOUT = ("reservation_23_3", "nationals_may_not_be_extradited", "parent_has_lapsed")
# The ground on which an error of fact is refused, where the type allows it.
GROUND_OF: Mapping[str, str] = {
    "urgent_but_not_emergency": "not_an_emergency",
    "stored_data_would_do": "not_available_in_similar_case",
    "offence_not_on_list": "not_permitted_by_treaty_or_law",
    "fishing": "form",
    "too_late_for_hearing_date": "form",
}
# Curable, but not by a question: another road, or another act, is the cure.
NOT_BY_QUESTION = ("not_an_emergency",)


@dataclass(frozen=True, slots=True)
class Reading:
    """What comes of reading a request.

    no_basis    why the Convention is no basis, and its article; empty where it is one
    gaps        required fields left empty
    to_ask      fields that a question would mend, gaps among them
    to_return   why it belongs before another authority, or nothing
    ground      the ground on which it has to be refused, or nothing
    conditions  on what conditions it can be granted, or nothing
    to_consult  what is to be talked over first, or nothing
    """

    no_basis: tuple[str, str]
    gaps: tuple[str, ...]
    to_ask: tuple[str, ...]
    to_return: str
    ground: str
    conditions: str
    to_consult: str


def read(hand: Hand) -> Reading:
    """Return what an officer makes of the request in hand."""
    matter, book = hand.matter, hand.book
    found = examine(book, matter.draft, matter.between)
    errors = [error for error in _errors(hand, found) if _is_noticed(hand, error.id)]
    gaps = tuple(gap.field for gap in found.gaps)
    basis = found.basis
    return Reading(
        no_basis=(basis.because, basis.article) if basis.is_shut else ("", ""),
        gaps=gaps,
        to_ask=_to_ask(matter.kind, gaps, errors, found),
        to_return=next(
            (error.mend for error in errors if error.response == "return" and not error.fields), ""
        ),
        ground=_ground(hand, found, errors),
        conditions=_conditions(found),
        to_consult=next((q.asks for q in found.questions if q.bears and q.id in CONSULTED_ABOUT), ""),
    )


def _errors(hand: Hand, found: Examination) -> Iterator[ErrorFound]:
    """Yield the errors that weigh: those of the draft, then those that the facts show."""
    yield from (error for error in found.errors if error.weight == "defect")
    parties = hand.matter.between
    ids = against_truth(
        hand.book,
        hand.matter.draft,
        hand.matter.truth,
        requesting=parties.requesting.code,
        requested=parties.requested.code,
        at=hand.matter.sent_at,
    )
    yield from (error_found(hand.book, error_id, advice()) for error_id in ids)


def _is_noticed(hand: Hand, finding: str) -> bool:
    return not hand.stream.beside(f"read-{finding}").happens(hand.behaviour.chances["leave_out"])


def _to_ask(
    kind: RequestType, gaps: tuple[str, ...], errors: list[ErrorFound], found: Examination
) -> tuple[str, ...]:
    """Return the gaps, then the other fields that an error or a question which bears is about."""
    fields = {rule.field for rule in kind.contents}
    named = [name for error in errors for name in (error.fields or (ASKED_ABOUT.get(error.id, ""),))]
    named += [q.field or ASKED_ABOUT.get(q.id, "") for q in found.questions if q.bears]
    return tuple(dict.fromkeys((*gaps, *(name for name in named if name in fields))))


def _ground(hand: Hand, found: Examination, errors: list[ErrorFound]) -> str:
    """Return the first ground that no question would cure."""
    allowed = hand.matter.kind.grounds
    if found.criminality.state == "fails" and NOT_CRIMINAL in allowed:
        return NOT_CRIMINAL
    for error in errors:
        ground = GROUND_OF.get(error.id, "")
        if ground in allowed:
            return ground
    for shown in found.grounds:
        if (not shown.curable or shown.id in NOT_BY_QUESTION) and _is_noticed(hand, shown.id):
            return shown.id
    return ""


def _conditions(found: Examination) -> str:
    """Return the cure of a ground that can be met by terms."""
    curable = (
        ground for ground in found.grounds if ground.curable and ground.id not in ("form", NOT_CRIMINAL)
    )
    return next((ground.cure for ground in curable if ground.id not in NOT_BY_QUESTION), "")
