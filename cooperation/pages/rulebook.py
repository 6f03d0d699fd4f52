"""The first page of the printed rule book: where to find what, the pillars and the authorities."""

from __future__ import annotations

from cooperation.pages.markdown import bullets, page, printed_from, source_link, table
from cooperation.rulebook.values import RuleBook


def rulebook_page(book: RuleBook) -> str:
    """Return the page in Markdown."""
    return page(
        "# The rule book",
        printed_from("`cooperation/data/`"),
        "What the Convention fixes names its article; what an exercise adds says *exercise rule*; advice from"
        " practice says *practice*. The confidence of each entry stands beside it:"
        " [what the marks mean](words.md#confidences).",
        bullets(
            [
                f"[Articles](articles.md): all {len(book.articles)}, in our own words",
                f"[Request types](request-types.md): {len(book.types)}, each with contents, duties and deadlines",
                f"[Deadline profiles](deadline-profiles.md): {len(book.profiles)}, side by side",
                "[The life of a request](../lifecycle.md): acts, statuses, stages",
                f"[Fields](fields.md): {len(book.fields)} things that a request may contain",
                f"[Grounds of refusal](grounds.md): {len(book.grounds)}",
                f"[Duties](duties.md): {len(book.duties)}",
                f"[Safeguards](safeguards.md): {len(book.safeguards)}",
                f"[Offences](offences.md): {len(book.offences)}, and serious crime",
                f"[Typical errors](errors.md): {len(book.errors)}",
                "[Words](words.md): what the data files mean by them",
                "[The world](../world.md): States and treaty status",
            ]
        ),
        "## Pillars",
        table(
            ("pillar", "articles", "types", "source", "confidence"),
            (
                (
                    p.name,
                    ", ".join(f"[{n}](articles.md#article-{n})" for n in p.articles),
                    str(sum(t.pillar == p.id for t in book.types.values())),
                    p.source,
                    p.confidence,
                )
                for p in book.pillars.values()
            ),
        ),
        "## Authorities",
        table(
            ("authority", "note", "source", "confidence"),
            (
                (f"{a.name} (`{a.id}`)", a.note, source_link(a.source), a.confidence)
                for a in book.authorities.values()
            ),
        ),
    )
