"""What requests may contain, as a page: every field by group, and the categories of data."""

from __future__ import annotations

from cooperation.pages.markdown import codes, page, printed_from, source_link, table
from cooperation.rulebook.values import Field, RuleBook


def fields_page(book: RuleBook) -> str:
    """Return the page in Markdown."""
    groups = dict.fromkeys(field.group for field in book.fields.values())
    parts = []
    for group in groups:
        parts += [
            f"## {group.replace('_', ' ').capitalize()}",
            table(
                ("field", "what to write", "type", "required by", "source", "confidence"),
                (_row(f, book) for f in book.fields.values() if f.group == group),
            ),
        ]
    return page(
        "# Fields",
        printed_from("`cooperation/data/fields.yaml`"),
        "Label and help are ours (exercise rule); the source names a rule that asks for the field. Which type needs"
        " which field stands with [each type](request-types.md).",
        *parts,
        "## Categories of data",
        table(
            ("category", "how deep it reaches, 1 to 3", "source", "confidence"),
            (
                (f"{c.name} (`{c.id}`)", str(c.intrusiveness), source_link(c.source), c.confidence)
                for c in book.data_categories.values()
            ),
        ),
    )


def _row(field: Field, book: RuleBook) -> tuple[str, ...]:
    told = f"{field.help} One of: {codes(field.choices)}." if field.choices else field.help
    required = sum(field.id in t.required for t in book.types.values())
    return (
        f"{field.label} (`{field.id}`)",
        told,
        field.type.replace("_", " "),
        f"{required} type{'s' * (required > 1)}" if required else "none",
        source_link(field.source),
        field.confidence,
    )
