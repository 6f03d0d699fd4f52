"""The articles of the Convention as a page, each with what is sure of it and what is not."""

from __future__ import annotations

from cooperation.pages.markdown import bullets, page, printed_from, table
from cooperation.rulebook.values import Article, RuleBook, article_number


def articles_page(book: RuleBook) -> str:
    """Return the page in Markdown."""
    instrument = book.instrument
    return page(
        "# The articles",
        printed_from("`cooperation/data/articles.yaml`"),
        "In our own words (exercise rule); not the text of the treaty, and no legal advice. The text that counts is"
        " the certified one, in the United Nations Treaty Collection, chapter XVIII no. 16.",
        f"**{instrument.name}** ({instrument.informal_name}), adopted {instrument.adopted_on} by"
        f" {instrument.resolution}. Enters into force on the {instrument.entry_into_force_rule}."
        f" {instrument.status} {instrument.status_note} {instrument.companion_text}"
        f" ({instrument.source}; *{instrument.confidence}*)",
        "## How sure each article is",
        table(
            ("confidence", "meaning", "articles", "source"),
            (
                (f"*{term.id}*", term.meaning, str(_count(book, term.id)), term.source)
                for term in book.terms["confidences"].values()
            ),
        ),
        "Beside that, an article names which of its parts were recalled without the certified text and wait for a"
        " comparison with it (exercise rule).",
        *_chapters(book),
    )


def _count(book: RuleBook, confidence: str) -> int:
    return sum(article.confidence == confidence for article in book.articles.values())


def _chapters(book: RuleBook) -> list[str]:
    parts = []
    for number, title in book.chapters.items():
        parts.append(f"## Chapter {number}: {title}")
        parts += [_article(book, a) for a in book.articles.values() if a.chapter == number]
    return parts


def _article(book: RuleBook, article: Article) -> str:
    return page(
        f"### Article {article.number}",
        f"**{article.title}.** {article.summary} (Article {article.number}; *{article.confidence}*)",
        bullets(_facts(book, article)),
    ).rstrip("\n")


def _facts(book: RuleBook, article: Article) -> list[str]:
    facts = [f"Paragraph {number}: {text}" for number, text in article.paragraphs.items()]
    if article.defined_terms:
        facts.append(f"Terms: {', '.join(article.defined_terms)}")
    if article.offence:
        facts.append(f"Offence: [{book.offences[article.offence].name}](offences.md)")
    if article.budapest_parallel:
        facts.append(f"Parallel in the Budapest Convention: {article.budapest_parallel}")
    if article.note:
        facts.append(f"Note: {article.note}")
    if article.verify:
        facts.append(f"To be compared with the certified text: {', '.join(article.verify)}")
    facts.append(f"Here: {article.relevance} ({book.terms['relevances'][article.relevance].meaning})")
    resting = [t.id for t in book.types.values() if article.number in map(article_number, t.articles)]
    if resting:
        facts.append("Request types: " + ", ".join(f"[`{t}`](types/{t}.md)" for t in resting))
    return facts
