"""What each file of data/world/ holds, read entry by entry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from cooperation.rulebook.reading import MISSING, Entry, shown
from cooperation.world.laws import LIFE_AND_DEATH, MEASURES, ConductTerm, LawProfile, OffenceLaw, Penalty
from cooperation.world.values import (
    NOT_STATED,
    Ceremony,
    Declaration,
    FactSource,
    Publication,
    Subject,
    TreatyStep,
)

YEARS_AT_MOST = 100
_DAY_OR_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")


@dataclass(frozen=True, slots=True)
class StateRow:
    """What states.yaml says of a State; the rest stands with its calendar."""

    alpha3: str
    name_vi: str
    group: str
    remark: str


@dataclass(frozen=True, slots=True)
class Steps:
    """Signatures or ratifications: of Member States, and of others."""

    of_states: Mapping[str, TreatyStep]
    of_others: Mapping[str, TreatyStep]

    def between(self, first_day: str, last_day: str) -> int:
        """Return how many fall on these days, both included."""
        steps = (*self.of_states.values(), *self.of_others.values())
        return sum(first_day <= step.on <= last_day for step in steps)


def read_facts(entry: Entry) -> tuple[FactSource, ...]:
    """Return where the facts of the States come from."""
    return tuple(
        entry.each(
            "facts",
            lambda e: FactSource(e.text("fact"), e.text("source"), e.word("evidence", "evidences")),
        )
    )


def read_names(entry: Entry, key: str) -> dict[str, str]:
    """Return the names of a list of ids and names."""
    return entry.by_id(key, lambda e: e.text("name"))


def read_states(entry: Entry) -> dict[str, StateRow]:
    """Return the States by code; each code must have a calendar, and be the only one with its alpha-3 code."""
    taken: set[str] = set()

    def build(e: Entry) -> StateRow:
        e.word("code", "member_states")
        alpha3 = e.text("alpha3")
        if alpha3 != MISSING and not re.fullmatch("[A-Z]{3}", alpha3):
            e.fault("alpha3", f"{shown(alpha3)!r} is no alpha-3 code", "three capital letters")
        elif alpha3 in taken and alpha3 != MISSING:
            e.fault("alpha3", f"{alpha3} stands twice", "give each State its own")
        taken.add(alpha3)
        return StateRow(alpha3, e.text("name_vi"), e.word("group", "groups"), e.text("remark", ""))

    return entry.by_id("states", build, named="code")


def read_publications(entry: Entry) -> dict[str, Publication]:
    """Return the sources of the treaty status by id."""
    return entry.by_id(
        "sources",
        lambda e: Publication(
            e.text("id"),
            e.text("title"),
            e.text("publisher"),
            e.text("address"),
            e.text("published"),
            e.word("evidence", "evidences"),
            e.text("note", ""),
        ),
    )


def read_ceremony(entry: Entry) -> Ceremony:
    """Return when the Convention was opened for signature, and how many are counted."""
    e = entry.entry("ceremony")
    found = Ceremony(_when(e, "from"), _when(e, "to"), e.number("signatories"), e.word("source", "sources"))
    e.finish()
    return found


def read_steps(entry: Entry, key: str) -> Steps:
    """Return the signatures or the ratifications; each State stands once at most."""
    of_states: dict[str, TreatyStep] = {}
    of_others: dict[str, TreatyStep] = {}

    def keep(e: Entry) -> None:
        step = TreatyStep(
            _when(e, "on"), e.words("sources", "sources", empty=False), e.confidence(), e.text("note", "")
        )
        for kind, of, found in (("states", "member_states", of_states), ("others", "others", of_others)):
            for name in e.words(kind, of, needed=kind == "states"):
                if name in found:
                    e.fault(kind, f"{name} stands twice in {key}", "keep it in one row")
                found[name] = step

    entry.each(key, keep)
    return Steps(of_states, of_others)


def read_subjects(entry: Entry) -> dict[str, Subject]:
    """Return what a State may declare, by id."""
    return entry.by_id(
        "subjects", lambda e: Subject(e.text("id"), e.text("name"), e.source(), e.confidence())
    )


def read_declared(entry: Entry) -> dict[tuple[str, str], Declaration]:
    """Return what States have declared, by State and subject."""
    found: dict[tuple[str, str], Declaration] = {}

    def keep(e: Entry) -> None:
        key = (e.word("state", "member_states"), e.word("subject", "subjects"))
        if key in found and MISSING not in key:
            e.fault("subject", f"{key[0]} stands twice with {key[1]}", "keep the later one")
        evidence = e.word("evidence", "evidences")
        found[key] = Declaration(e.text("says"), _when(e, "on"), e.text("source"), evidence)

    entry.each("declared", keep)
    return found


def read_terms(entry: Entry) -> dict[str, ConductTerm]:
    """Return the conduct terms by id."""
    return entry.by_id(
        "terms",
        lambda e: ConductTerm(
            e.text("id"),
            e.text("meaning"),
            e.words("offences", "offences", empty=False),
            e.source(),
            e.confidence(),
        ),
    )


def read_law(
    entry: Entry, law_id: str, terms: Mapping[str, ConductTerm], offences: Iterable[str]
) -> LawProfile:
    """Return one law; it must say of every offence whether it is punishable."""
    thresholds = entry.entry("thresholds")
    rows = entry.by_id("offences", lambda e: _offence_law(e, terms), named="offence")
    for offence in offences:
        if offence not in rows and entry.has("offences"):
            entry.fault("offences", f"{offence} is missing", "say whether it is punishable")
    _check_covering(entry, rows)
    profile = LawProfile(
        id=law_id,
        name=entry.text("name"),
        summary=entry.text("summary"),
        nationals=entry.word("nationals", "answers_on_nationals"),
        nationals_note=entry.text("nationals_note", ""),
        threshold_years={m: thresholds.number(f"{m}_years", 0, YEARS_AT_MOST) for m in MEASURES},
        languages=_languages(entry),
        reservations=entry.words("reservations", "reservations"),
        offences=rows,
        source=entry.source(),
        confidence=entry.confidence(),
    )
    thresholds.finish()
    return profile


def _offence_law(e: Entry, terms: Mapping[str, ConductTerm]) -> OffenceLaw:
    offence = e.word("offence", "offences")
    is_punishable = e.flag("punishable")
    needs = e.words("needs", "conduct_terms", needed=False)
    for term in needs:
        if term in terms and offence not in terms[term].offences:
            e.fault("needs", f"{term} is no term of {offence}", _terms_of(offence, terms))
    penalty = _penalty(e, needed=is_punishable)
    for key in ("maximum_penalty_years", "needs"):
        if not is_punishable and e.has(key):
            e.fault(key, f"{offence} is not punishable", "leave it out")
    covered_by = e.words("covered_by", "offences", needed=False)
    return OffenceLaw(offence, is_punishable, penalty, frozenset(needs), covered_by)


def _terms_of(offence: str, terms: Mapping[str, ConductTerm]) -> str:
    fitting = [term.id for term in terms.values() if offence in term.offences]
    return "allowed: " + ", ".join(fitting) if fitting else "leave it out: there is none"


def _penalty(e: Entry, needed: bool) -> Penalty | None:
    key = "maximum_penalty_years"
    mend = f"years up to {YEARS_AT_MOST}, life or death"
    e.ticked.add(key)
    if not e.has(key):
        if needed and e.has("punishable"):
            e.fault(key, "is missing", f"write {mend}")
        return None
    value = e.value[key]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if value not in LIFE_AND_DEATH and not (is_number and 0 < value <= YEARS_AT_MOST):
        e.fault(key, f"{shown(value)!r} is no penalty", mend)
        return None
    return value if isinstance(value, str) else float(value)


def _check_covering(entry: Entry, rows: Mapping[str, OffenceLaw]) -> None:
    for row in rows.values():
        for other in row.covered_by:
            if other == row.offence or (other in rows and not rows[other].is_punishable):
                problem = f"{row.offence} cannot be covered by {other}"
                entry.fault("offences", problem, "name another offence that is punishable in this law")


def _languages(entry: Entry) -> tuple[str, ...]:
    found = entry.words("languages", empty=False)
    for language in found:
        if not re.fullmatch("[a-z]{2,3}", language):
            entry.fault("languages", f"{shown(language)!r} is no language code", "write en, fr, vi, ...")
    return found


def _when(e: Entry, key: str) -> str:
    """Return a day, a month or "not stated"."""
    text = e.text(key)
    if text in (MISSING, NOT_STATED):
        return text
    try:
        if not _DAY_OR_MONTH.fullmatch(text):
            raise ValueError
        date.fromisoformat(text if len(text) == 10 else f"{text}-01")
    except ValueError:
        e.fault(key, f"{shown(text)!r} is no day", f"write 2025-10-25, 2025-10 or {NOT_STATED}")
    return text
