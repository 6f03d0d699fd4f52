"""Whether a draft may be granted at all: its basis, its channel, dual criminality, and what may be put against it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from cooperation.examination.draft import Facts, is_blank, texts
from cooperation.examination.typical_errors import (
    asks_to_enforce,
    has_bounds_in_words,
    is_language_refused,
    misdirected,
    roles,
)
from cooperation.rulebook.values import ContentsRule
from cooperation.words import sentence

BasisState = Literal[
    "convention_offence",
    "serious_crime",
    "serious_crime_evidence_only",
    "threshold_unknown",
    "not_tied_to_case",
    "not_stated",
    "none",
]
CriminalityState = Literal["not_asked", "met", "presumed", "in_question", "fails"]

# Conditional rules of contents: where the draft does not decide the condition, the drafter is asked.
CONDITIONAL = (
    *("required_if", "required_if_any", "required_if_known", "where_applicable", "where_possible"),
    *("where_available", "as_appropriate"),
)
# Every question that may be put, by its id in the advice.
QUESTIONS = (
    *CONDITIONAL,
    *("other_treaty_unknown", "other_treaty_binds", "offence_not_stated", "penalty_not_stated"),
    *("which_electronic_evidence", "mixed_offences", "death_penalty_assurances", "dual_criminality"),
    *("reservation_42_5", "reservation_23_3", "languages_not_stated", "language_not_accepted"),
    *("nationality_not_stated", "nationals_may_not_be_extradited", "authority_not_chosen"),
    *("is_it_designated", "is_the_copy_certified", "who_leads", "own_order_or_theirs"),
    *("urgency_without_reasons", "deadline_without_reasons", "does_it_follow", "parent_has_lapsed"),
    *("interceptable_not_stated", "bounds_in_words"),
)


@dataclass(frozen=True, slots=True)
class Basis:
    """What the request rests on. `other_treaties` bind the two States and are to be looked at first (40(7))."""

    state: BasisState
    because: str
    article: str
    other_treaties: tuple[str, ...] = ()

    @property
    def is_shut(self) -> bool:
        """Whether a rule shuts the request out."""
        return self.state == "none"


@dataclass(frozen=True, slots=True)
class Channel:
    """Whether sender and receiver may be those of the type (None: not chosen), and which may be."""

    sender_is_right: bool | None
    receiver_is_right: bool | None
    right_senders: tuple[str, ...]
    right_receivers: tuple[str, ...]
    where_designated: tuple[str, ...]
    article: str


@dataclass(frozen=True, slots=True)
class CriminalityInBoth:
    """Dual criminality: what the type asks (the rule book's word), and how it stands for this draft."""

    applies: str
    state: CriminalityState
    article: str


class Asked(NamedTuple):
    """A question by its id in the advice; `bears` on the verdict: a known point that needs an answer."""

    id: str
    bears: bool
    about: str = ""
    article: str = ""


# -- the basis -------------------------------------------------------------------------------------------


def basis_of(facts: Facts) -> Basis:
    """Return what the request rests on (Arts. 2, 3, 35(1), 40(1)); one offence of Articles 7 to 17 is enough."""
    treaties = facts.parties.treaties or ()
    state, because, article = _basis(facts)
    return Basis(state, because, article, treaties)


def _basis(facts: Facts) -> tuple[BasisState, str, str]:
    book, kind, draft = facts.book, facts.kind, facts.draft
    if not facts.parties.as_if_in_force:
        return "none", sentence("The Convention is not treated as in force between the two States."), "65"
    if kind.scope == "any":
        return "not_tied_to_case", sentence("This type is not tied to a case."), "54, 55"
    if not draft.offences:
        return "not_stated", sentence("No offence is named."), "35(1)"
    if not facts.is_outside_convention:
        named = sorted(book.offences[o].article for o in draft.offences if o in book.offences)
        return (
            "convention_offence",
            sentence("An offence of the Convention is named."),
            ", ".join(str(n) for n in named),
        )
    threshold = book.serious_crime
    if kind.serious_crime == "not_covered":
        told = sentence(
            "The offence is outside Articles 7 to 17, and this type may not rest on another serious crime."
        )
        return "none", told, "35(1)(a)-(b)"
    if draft.maximum_penalty is None:
        told = sentence("The offence is outside Articles 7 to 17, and its maximum penalty is not stated.")
        return "threshold_unknown", told, threshold.source
    if not threshold.is_met_by(draft.maximum_penalty):
        told = sentence("The offence is outside Articles 7 to 17 and below the threshold of a serious crime.")
        return "none", told, threshold.source
    if kind.serious_crime == "questionable":
        told = sentence(
            "A serious crime is covered here only where the help serves to collect electronic evidence."
        )
        return "serious_crime_evidence_only", told, "35(1)(c), 40(1)"
    return (
        "serious_crime",
        sentence("A serious crime, of which electronic evidence is shared."),
        threshold.source,
    )


# -- the channel -----------------------------------------------------------------------------------------


def channel_of(facts: Facts) -> Channel:
    """Return whether the right authority sends to the right authority (Arts. 37, 40(12), 41, 47)."""
    right: dict[str, bool | None] = {}
    for role, (_, authority, _allowed) in roles(facts).items():
        right[role] = None if authority is None else not misdirected(facts, role)
    return Channel(
        right["send"],
        right["receive"],
        tuple(sorted(facts.kind.send)),
        tuple(sorted(facts.kind.receive)),
        tuple(sorted(facts.kind.where_designated)),
        facts.book.errors["wrong_authority"].source,
    )


def _awaits_designation(facts: Facts) -> bool:
    return any(
        authority in facts.kind.where_designated and authority not in allowed and party.designated is None
        for party, authority, allowed in roles(facts).values()
    )


# -- dual criminality ------------------------------------------------------------------------------------


def criminality_in_both(facts: Facts) -> CriminalityInBoth:
    """Return how dual criminality stands (Arts. 35(3), 37(1), 40(8), 42(4)).

    Both States have made the offences of Articles 7 to 17 their law, so for these it is presumed until the
    law of the requested State is known to say otherwise.
    """
    rule = facts.kind.dual_criminality
    state: CriminalityState = "not_asked"
    if rule.applies != "not_required" and facts.kind.scope != "any":
        state = _state_of_criminality(facts)
    return CriminalityInBoth(rule.applies, state, rule.source)


def _state_of_criminality(facts: Facts) -> CriminalityState:
    offences, law = facts.draft.offences, facts.parties.requested.law
    if not offences:
        return "in_question"
    if law is None:
        return "in_question" if facts.is_outside_convention else "presumed"
    answers = {law.dual_criminality(facts.draft.conduct_terms, offence) for offence in offences}
    if "yes" in answers:
        return "met"
    return "fails" if answers == {"no"} else "in_question"


def shuts_out(facts: Facts, criminality: CriminalityInBoth) -> bool:
    """Return whether the request fails for want of dual criminality: required, known to fail, no exception."""
    excepted = facts.parties.requested.extradites_without_dual_criminality is True
    return criminality.applies == "required" and criminality.state == "fails" and not excepted


# -- questions -------------------------------------------------------------------------------------------


def questions_on_law(facts: Facts, basis: Basis, criminality: CriminalityInBoth) -> tuple[Asked, ...]:
    """Return what the facts cannot decide.

    It bears on the verdict where a known fact raises it; what is merely not known stands against nothing.
    """
    return (
        *_on_treaties(facts),
        *_on_basis(facts, basis),
        *(() if basis.is_shut else _on_criminality(facts, criminality)),
        *_on_declarations(facts),
        *_on_persons(facts),
        *_on_channel(facts),
        *_on_form(facts),
        *_on_parent(facts),
    )


def _on_treaties(facts: Facts) -> list[Asked]:
    if not is_governed_by_article_40(facts):
        return []
    treaties = facts.parties.treaties
    if treaties is None:
        return [Asked("other_treaty_unknown", False)]
    return [Asked("other_treaty_binds", True, treaty) for treaty in treaties]


def is_governed_by_article_40(facts: Facts) -> bool:
    """Return whether what the type requires rests on paragraphs 8 to 31 of Article 40."""
    return any(rule.rule == "required" and gives_way(rule.source) for rule in facts.kind.contents)


def gives_way(source: str) -> bool:
    """Return whether a source is Art. 40(8) to (31) and no other article: another treaty displaces it (40(7))."""
    articles = [part.strip() for part in source.replace(";", ",").split(",") if "practice" not in part]
    return bool(articles) and all(_is_paragraph_that_gives_way(part) for part in articles)


def _is_paragraph_that_gives_way(article: str) -> bool:
    number, _, rest = article.removeprefix("Art. ").partition("(")
    paragraph = rest.partition(")")[0]
    return number == "40" and paragraph.isdecimal() and 8 <= int(paragraph) <= 31


def _on_basis(facts: Facts, basis: Basis) -> list[Asked]:
    asked = []
    inside = [o for o in facts.draft.offences if o in facts.book.offences]
    if basis.state == "not_stated":
        asked.append(Asked("offence_not_stated", False))
    elif basis.state == "threshold_unknown":
        asked.append(Asked("penalty_not_stated", True))
    elif basis.state == "serious_crime_evidence_only":
        asked.append(Asked("which_electronic_evidence", True))
    elif inside and len(inside) < len(facts.draft.offences) and facts.kind.scope != "any":
        asked.append(Asked("mixed_offences", False))
    if facts.draft.maximum_penalty == "death" and not facts.states("rights_assurances"):
        asked.append(Asked("death_penalty_assurances", facts.kind.scope != "any"))
    return asked


def _on_criminality(facts: Facts, criminality: CriminalityInBoth) -> list[Asked]:
    if criminality.state != "in_question":
        return []
    described = facts.states("dual_criminality_statement")
    bears = criminality.applies == "required" or (
        criminality.applies == "discretionary_ground" and not described
    )
    return [Asked("dual_criminality", bears)]


def _on_declarations(facts: Facts) -> list[Asked]:
    party, asked = facts.parties.requested, []
    if "dual_criminality_at_disclosure" in facts.kind.grounds and facts.is_outside_convention:
        if party.reserves_dual_criminality is None:
            asked.append(Asked("reservation_42_5", False))
        elif party.reserves_dual_criminality and not _is_criminal_there(facts):
            asked.append(Asked("reservation_42_5", True))
    if facts.kind.id == "mla_realtime_traffic" and party.reserves_traffic_data is not False:
        asked.append(Asked("reservation_23_3", party.reserves_traffic_data is True))
    if "not_permitted_by_treaty_or_law" in facts.kind.grounds and party.interceptable is None:
        asked.append(Asked("interceptable_not_stated", False))
    if party.languages is None and any(
        r.field == "language" and r.rule == "required" for r in facts.kind.contents
    ):
        asked.append(Asked("languages_not_stated", False))
    elif is_language_refused(facts):
        asked.append(Asked("language_not_accepted", True))
    return asked


def _is_criminal_there(facts: Facts) -> bool:
    law = facts.parties.requested.law
    terms = facts.draft.conduct_terms
    return law is not None and any(law.dual_criminality(terms, o) == "yes" for o in facts.draft.offences)


def _on_persons(facts: Facts) -> list[Asked]:
    if "nationality_prosecute_instead" not in facts.kind.grounds:
        return []
    requested, nationalities = facts.parties.requested, facts.draft.nationalities
    if nationalities is None:
        return [] if requested.extradites_nationals else [Asked("nationality_not_stated", False)]
    if requested.code in nationalities and requested.extradites_nationals is None:
        return [Asked("nationals_may_not_be_extradited", True)]
    return []


def _on_channel(facts: Facts) -> list[Asked]:
    asked = []
    if any(authority is None for _, authority, _ in roles(facts).values()):
        asked.append(Asked("authority_not_chosen", False))
    if _awaits_designation(facts):
        asked.append(Asked("is_it_designated", False))
    return asked


def _on_form(facts: Facts) -> list[Asked]:
    contents, asked = facts.draft.contents, []
    warrant = " ".join(texts(contents.get("arrest_warrant_or_judgment"))).casefold()
    if "no_certified_warrant" in facts.kind.errors and warrant and "certif" not in warrant:
        asked.append(Asked("is_the_copy_certified", False))
    participants = " ".join(texts(contents.get("participants"))).casefold()
    if "no_leader" in facts.kind.errors and participants and "lead" not in participants:
        asked.append(Asked("who_leads", False))
    if "order_not_final" in facts.kind.errors and not asks_to_enforce(facts):
        asked.append(Asked("own_order_or_theirs", False))
    if "data_too_broad" in facts.kind.errors and has_bounds_in_words(facts):
        asked.append(Asked("bounds_in_words", False))
    if _level(facts) in ("urgent", "emergency") and _lacks_reasons(facts, "urgency"):
        asked.append(Asked("urgency_without_reasons", False))
    if _lacks_reasons(facts, "deadline_and_reasons"):
        asked.append(Asked("deadline_without_reasons", False))
    return asked


def _level(facts: Facts) -> str:
    said = facts.draft.contents.get("urgency")
    return str(said.get("level") or "") if isinstance(said, Mapping) else ""


def _lacks_reasons(facts: Facts, name: str) -> bool:
    said = facts.draft.contents.get(name)
    return isinstance(said, Mapping) and is_blank(said.get("reasons"))


def _on_parent(facts: Facts) -> list[Asked]:
    parent = facts.draft.parent
    if parent is None or parent.type not in facts.book.types:
        return []
    asked = []
    if facts.kind.id not in facts.book.types[parent.type].enables:
        asked.append(Asked("does_it_follow", False, parent.type))
    if parent.status == "lapsed":
        asked.append(Asked("parent_has_lapsed", True, parent.type))
    return asked


def questions_on_contents(facts: Facts) -> tuple[tuple[str, ContentsRule], ...]:
    """Return the conditional rules that the draft leaves open, each with the id of its question.

    A rule whose condition the draft decides is a gap or nothing; all others are put to the drafter.
    """
    return tuple(
        (rule.rule, rule)
        for rule in facts.kind.contents
        if rule.rule in CONDITIONAL and not facts.states(rule.field) and not _is_decided(facts, rule)
    )


def _is_decided(facts: Facts, rule: ContentsRule) -> bool:
    if rule.condition == "offence_outside_convention":
        return bool(facts.draft.offences)
    return rule.condition == "has_parent"


# -- grounds ---------------------------------------------------------------------------------------------


class Weighed(NamedTuple):
    """What the examination has found before it looks for grounds. `defects` are errors that weigh."""

    gaps: Collection[str]
    defects: Collection[str]
    criminality: CriminalityInBoth
    basis: Basis


# A wrong desk or a wrong basis is no defect of form.
_NOT_OF_FORM = frozenset({"wrong_authority", "offence_not_in_convention"})
_CONDITIONS_BY_GAP = frozenset({"legal_basis", "arrest_warrant_or_judgment"})
_CONDITIONS_BY_ERROR = frozenset({"no_agreement", "no_consent"})


def grounds_shown(facts: Facts, weighed: Weighed) -> tuple[str, ...]:
    """Return the grounds of refusal that the draft gives reason for, in the order of the type.

    Without a basis nothing else is reached. Grounds that need facts which no draft shows (essential
    interests, discrimination, ...) are left to the requested State.
    """
    if weighed.basis.is_shut:
        return ("no_basis",)
    return tuple(g for g in facts.kind.grounds if g in _GROUNDS and _GROUNDS[g](facts, weighed))


def _form(_: Facts, weighed: Weighed) -> bool:
    return bool(weighed.gaps) or bool(set(weighed.defects) - _NOT_OF_FORM)


def _no_dual_criminality(facts: Facts, weighed: Weighed) -> bool:
    state, applies = weighed.criminality.state, weighed.criminality.applies
    if state == "fails":
        return True
    bears = applies == "required" or (
        applies == "discretionary_ground" and not facts.states("dual_criminality_statement")
    )
    return state == "in_question" and bears and bool(facts.draft.offences)


def _at_disclosure(facts: Facts, _: Weighed) -> bool:
    reserved = facts.parties.requested.reserves_dual_criminality is True
    return facts.is_outside_convention and reserved and not _is_criminal_there(facts)


def _domestic_law_limits(facts: Facts, weighed: Weighed) -> bool:
    # Police information is no evidence; who asks for evidence stands before the wrong door.
    as_evidence = facts.draft.contents.get("evidential_status") == "evidence"
    return as_evidence or _fails_without_ground_of_its_own(facts, weighed)


def _fails_without_ground_of_its_own(facts: Facts, weighed: Weighed) -> bool:
    return weighed.criminality.state == "fails" and "no_dual_criminality" not in facts.kind.grounds


def _not_an_emergency(facts: Facts, _: Weighed) -> bool:
    return not facts.states("emergency_description") or _level(facts) in ("routine", "urgent")


def _not_available_in_similar_case(facts: Facts, _: Weighed) -> bool:
    return facts.kind.id == "mla_realtime_traffic" and facts.parties.requested.reserves_traffic_data is True


def _not_permitted(facts: Facts, _: Weighed) -> bool:
    # Of a crime outside Articles 7 to 17 the list says nothing.
    listed, named = facts.parties.requested.interceptable, facts.book.offences.keys() & facts.draft.offences
    return listed is not None and bool(named) and not listed & named


def _minimum_penalty(facts: Facts, _: Weighed) -> bool:
    penalty, least = facts.draft.maximum_penalty, facts.parties.requested.minimum_penalty_years
    return least is not None and isinstance(penalty, int | float) and penalty < least


def _nationality(facts: Facts, _: Weighed) -> bool:
    requested = facts.parties.requested
    return requested.extradites_nationals is False and requested.code in (facts.draft.nationalities or ())


def _conditions(facts: Facts, weighed: Weighed) -> bool:
    lacking = _CONDITIONS_BY_GAP & set(weighed.gaps) or _CONDITIONS_BY_ERROR & set(weighed.defects)
    return bool(lacking) or _fails_without_ground_of_its_own(facts, weighed)


_GROUNDS: Mapping[str, Callable[[Facts, Weighed], bool]] = {
    "form": _form,
    "no_dual_criminality": _no_dual_criminality,
    "dual_criminality_at_disclosure": _at_disclosure,
    "domestic_law_limits": _domestic_law_limits,
    "not_an_emergency": _not_an_emergency,
    "not_available_in_similar_case": _not_available_in_similar_case,
    "not_permitted_by_treaty_or_law": _not_permitted,
    "minimum_penalty": _minimum_penalty,
    "nationality_prosecute_instead": _nationality,
    "domestic_or_treaty_conditions": _conditions,
    "insufficient_or_late_evidence": lambda facts, _: not facts.states("facts_for_order"),
    "third_party_rights": lambda _, weighed: "no_third_party_notice" in weighed.defects,
}
