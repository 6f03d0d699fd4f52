"""The world as a page: the States with what is known of them, and the laws that invented States may have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from cooperation.calendars import weekend
from cooperation.pages.markdown import table
from cooperation.rulebook.values import RuleBook
from cooperation.world import competence, where_designated
from cooperation.world.laws import MEASURES, LawProfile, OffenceLaw
from cooperation.world.values import NOT_STATED, PLAYED_AS_IF, MemberState, TreatyStep, World

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def world_page(world: World, book: RuleBook) -> str:
    """Return the page in Markdown."""
    parts = [
        "# The world",
        "Printed from `cooperation/data/world/` by `python manage.py print_docs`; change the data, not this page.",
        f'What no source shows is "{NOT_STATED}", and nothing is guessed. Whatever the treaty status, every exercise'
        f" is played {PLAYED_AS_IF} (exercise rule).",
        "## Treaty status",
        _status(world),
        "### Sources",
        _publications(world),
        "## The Member States",
        _facts(world),
        _states(world),
        "## What a State may declare",
        _declarations(world),
        "## Who sends and receives what",
        "Read from the request types of the rule book, for every State alike.",
        _competence(book),
        "## The laws of invented States",
        "A scenario gives an invented State a law by `law:`. All of them are made up (exercise rule). A law is asked"
        " whether the conduct would be an offence there too, whatever it is called (Art. 35(3)): *no* where it is not"
        " punishable or a term it needs is ruled out, *yes* where the facts show all that it needs, else a"
        " *question*.",
        _laws(world.laws.values()),
        *(_law(law, book) for law in world.laws.values()),
        "## Terms of the conduct",
        _terms(world),
    ]
    return "\n\n".join(parts) + "\n"


def _status(world: World) -> str:
    signed = sum(state.signature.is_stated for state in world.states.values())
    later = [
        s.name
        for s in world.states.values()
        if s.signature.on > world.ceremony.last_day and s.signature.is_stated
    ]
    ratified = [state.name for state in world.states.values() if state.ratification.is_stated]
    others = ", ".join(f"{name} ({step.on})" for name, step in world.other_signatories.values())
    return "\n".join(
        [
            f"- Signed in Hanoi from {world.ceremony.first_day} to {world.ceremony.last_day}:"
            f" {world.ceremony.signatories} by the depositary's count, all of them named here.",
            f"- Member States that some source shows as signatories, as at {world.as_at}: {signed}, of which after the"
            f" ceremony {', '.join(later) or 'none'}; for {len(world.states) - signed} it is {NOT_STATED}.",
            f"- Signatories that are no Member States: {others}.",
            f"- Reported as ratified: {', '.join(ratified)}.",
        ]
    )


def _publications(world: World) -> str:
    head = ("source", "publisher", "title", "published", "evidence", "note")
    rows = (
        (
            f"`{p.id}`",
            p.publisher,
            f"[{p.title}]({p.address})" if p.address.startswith("http") else p.title,
            p.published,
            p.evidence,
            p.note,
        )
        for p in world.publications.values()
    )
    return table(head, rows)


def _facts(world: World) -> str:
    given = "; ".join(f"`{fact.fact}`: {fact.source} ({fact.evidence})" for fact in world.facts)
    in_groups = Counter(state.group for state in world.states.values())
    groups = ", ".join(f"{name} {in_groups[group]}" for group, name in world.groups.items())
    return (
        f"{len(world.states)} Member States: {groups}. {given}. English name, capital and zone stand with the"
        " calendars; the weekend is the pinned holidays library's. Steps marked *verify* need a look at the Treaty"
        " Collection."
    )


def _states(world: World) -> str:
    head = ("", "", "State", "in Vietnamese", "group", "capital", "zone", "weekend", "signed", "ratified")
    return table(head, (_state(state) for state in world.states.values()))


def _state(state: MemberState) -> tuple[str, ...]:
    name = f"{state.name} ({state.remark})" if state.remark else state.name
    days = ", ".join(WEEKDAYS[day] for day in weekend(state.code))
    steps = (_step(state.signature), _step(state.ratification))
    return (
        state.code,
        state.alpha3,
        name,
        state.name_vi,
        state.group,
        state.capital,
        state.zone,
        days,
        *steps,
    )


def _step(step: TreatyStep) -> str:
    if not step.is_stated:
        return NOT_STATED
    day = step.on if step.on != NOT_STATED else f"day {NOT_STATED}"
    doubt = "" if step.confidence == "high" else f", *{step.confidence}*: {step.note}"
    return f"{day} ({', '.join(f'`{source}`' for source in step.sources)}{doubt})"


def _declarations(world: World) -> str:
    rows = []
    for subject in world.subjects.values():
        stated = [
            f"{state.name}: {state.declared[subject.id].says} ({state.declared[subject.id].source})"
            for state in world.states.values()
            if state.declared[subject.id].is_stated
        ]
        declared = "; ".join(stated) or f"{NOT_STATED} for any State"
        rows.append((subject.name, subject.source, subject.confidence, declared))
    as_at = f"As at {world.declarations_as_at}. Declarations under other treaties do not count here."
    return as_at + "\n\n" + table(("subject", "source", "confidence", "declared"), rows)


def _competence(book: RuleBook) -> str:
    rows = []
    for kind in book.authorities.values():
        can = competence(book, kind.id)
        cells = (can.sends, can.receives, where_designated(book, kind.id))
        rows.append((kind.name, *(", ".join(f"`{t}`" for t in types) for types in cells)))
    return table(("authority", "sends", "receives", "both, where its State designates it"), rows)


def _laws(laws: Iterable[LawProfile]) -> str:
    head = (
        "law",
        "nationals",
        *(f"{m.replace('_', ' ')} from" for m in MEASURES),
        "languages",
        "reservations",
    )
    rows = (
        (
            f"`{law.id}`",
            law.nationals.replace("_", " "),
            *(_years(law.threshold_years[measure]) for measure in MEASURES),
            ", ".join(law.languages),
            ", ".join(law.reservations) or "none",
        )
        for law in laws
    )
    return table(head, rows)


def _law(law: LawProfile, book: RuleBook) -> str:
    rows = ((book.offences[o.offence].name, _penalty(o), _needs(o)) for o in law.offences.values())
    note = f" Its nationals: {law.nationals_note}" if law.nationals_note else ""
    return f"### {law.name}\n\n{law.summary}{note}\n\n" + table(("offence", "maximum", "needs"), rows)


def _penalty(law: OffenceLaw) -> str:
    if law.maximum_penalty is None:
        return "not punishable"
    if isinstance(law.maximum_penalty, str):
        return law.maximum_penalty
    return _years(law.maximum_penalty)


def _years(years: float) -> str:
    return f"{years:g} year{'' if years == 1 else 's'}"


def _needs(law: OffenceLaw) -> str:
    if law.covered_by:
        return "reached as " + " or ".join(f"`{offence}`" for offence in law.covered_by)
    return ", ".join(f"`{term}`" for term in sorted(law.needs))


def _terms(world: World) -> str:
    head = ("term", "meaning", "offences", "source", "confidence")
    rows = (
        (f"`{t.id}`", t.meaning, ", ".join(f"`{o}`" for o in t.offences), t.source, t.confidence)
        for t in world.terms.values()
    )
    return table(head, rows)
