"""The offences as a page, how they may be committed, and what serious crime opens beyond them."""

from __future__ import annotations

from cooperation.pages.markdown import bullets, mark, page, printed_from, source_link, table
from cooperation.rulebook.values import RuleBook, SeriousCrime


def offences_page(book: RuleBook) -> str:
    """Return the page in Markdown."""
    return page(
        "# Offences",
        printed_from("`cooperation/data/offences.yaml`"),
        "The offences of Articles 14 and 15 are handled in the abstract: no material and no description of it is"
        " stored (exercise rule).",
        table(
            ("offence", "group", "source", "confidence"),
            (
                (f"{o.name} (`{o.id}`)", o.group.replace("_", " "), source_link(o.source), o.confidence)
                for o in book.offences.values()
            ),
        ),
        "## How they may be committed",
        table(
            ("form", "States may choose", "source", "confidence"),
            (
                (m.name, "yes" if m.optional_for_states else "no", source_link(m.source), m.confidence)
                for m in book.offence_modifiers.values()
            ),
        ),
        f"## {book.serious_crime.name}",
        _serious_crime(book.serious_crime, book),
    )


def _serious_crime(crime: SeriousCrime, book: RuleBook) -> str:
    rests = mark(crime.source, crime.confidence)
    opens = (
        ("Opens", crime.opens),
        ("Opens for electronic evidence only", crime.opens_for_electronic_evidence_only),
        ("Opens for some types only", crime.opens_by_type),
        ("Does not open", crime.does_not_open),
    )
    return bullets(
        [
            *(f"{text} {rests}" for text in (crime.rule, crime.trap, crime.death_penalty, crime.note)),
            *(
                f"{label}: {', '.join(book.pillars[p].name for p in pillars)} {rests}"
                for label, pillars in opens
            ),
        ]
    )
