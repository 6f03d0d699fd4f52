"""The documents: their links lead somewhere, and every sentence that comes from data names its source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from cooperation.document import Entries, Items, read_file
from cooperation.pages.markdown import mark, source_link, table
from cooperation.rulebook import DATA, rulebook
from requests_app.management.commands.print_docs import pages

DOCS = Path(__file__).resolve().parents[1] / "docs"
PRINTED = {name: text for name, text in pages().items() if name.startswith("rulebook/")}

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


# ---- links


def documents() -> dict[str, str]:
    return {path.relative_to(DOCS).as_posix(): path.read_text() for path in sorted(DOCS.rglob("*.md"))}


def anchors(text: str) -> set[str]:
    """Return what a link into a page may name: its headings, as they are turned into anchors."""
    headings = re.findall(r"^#{1,6} (.+)$", _FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(name: str, text: str) -> list[str]:
    dead = []
    for target in _LINK.findall(_FENCE.sub("", text)):
        place, _, anchor = target.partition("#")
        path = (DOCS / name).parent / place if place else DOCS / name
        if place.startswith(("http:", "https:")):
            continue
        if not path.exists() or (anchor and anchor not in anchors(path.read_text())):
            dead.append(target)
    return dead


@pytest.mark.parametrize("name", documents())
def test_every_link_of_a_document_leads_somewhere(name):
    assert dead_links(name, documents()[name]) == []


def test_a_dead_link_would_be_seen():
    text = "# A page\n\n[gone](gone.md), [no anchor](index.md#nowhere), [here](#a-page), [there](index.md)\n"

    assert dead_links("a.md", text) == ["gone.md", "index.md#nowhere", "#a-page"]


def test_every_document_can_be_reached_from_the_first_page():
    seen, waiting = set(), ["index.md"]
    while waiting:
        name = waiting.pop()
        seen.add(name)
        for target in _LINK.findall(documents()[name]):
            path = ((DOCS / name).parent / target.partition("#")[0]).resolve()
            if path.suffix == ".md" and path.is_relative_to(DOCS) and path.exists():
                found = path.relative_to(DOCS).as_posix()
                waiting += [found] if found not in seen and found not in waiting else []

    assert set(documents()) - seen == set()


# ---- sources of what is shown

# What shows where a sentence comes from: an article (or another text's), practice, an exercise rule.
NAMES_A_SOURCE = re.compile(
    r"exercise rule|practice|A/RES/|CETS|ETS|Regulation|\d\(\d|; \*\w+|as the type, above"
)
# These lead to sources that stand elsewhere on the same page, or show none of the data.
LEADS_ON = (
    "Printed from",
    "What the sources say of time.",
    "To compare with:",
    "Periods of the treaty itself",
)


def blocks(text: str) -> list[str]:
    return [block for block in text.split("\n\n") if block.strip() and not block.startswith("#")]


@pytest.mark.parametrize("name", PRINTED)
def test_every_row_that_is_shown_names_its_source(name):
    for block in blocks(PRINTED[name]):
        lines = block.splitlines()
        if not lines[0].startswith("|"):
            continue
        head = [cell.strip() for cell in lines[0].strip("|").split(" | ")]
        if head[0] == "step":
            assert name == "rulebook/deadline-profiles.md", (
                "the comparison alone leaves sources to its profiles"
            )
            continue
        at = head.index("source")
        rows = [re.split(r" (?<!\\)\| ", row[2:-2]) for row in lines[2:]]
        assert [row for row in rows if not row[at].strip()] == []


@pytest.mark.parametrize("name", PRINTED)
def test_every_sentence_that_is_shown_names_its_source(name):
    sourceless = [
        line
        for block in blocks(PRINTED[name])
        if not block.startswith(("|", *LEADS_ON))
        for line in block.splitlines()
        if not NAMES_A_SOURCE.search(line)
        and not stands_under_its_article(name, line)
        and not leads_to_a_page(name, line)
    ]

    assert sourceless == []


def stands_under_its_article(name: str, line: str) -> bool:
    return name == "rulebook/articles.md" and (line.startswith("- ") or "(Article " in line)


def leads_to_a_page(name: str, line: str) -> bool:
    return name == "rulebook/README.md" and line.startswith("- [")


# ---- sources of what is in the data

SOURCES = ("source", "sources", "publisher", "articles")


def sentences_without_source(value: Any, place: str, is_traced: bool = False) -> Iterator[str]:
    """Yield where a text of three words or more stands with no source at it or above it.

    An article is its own source, a request type rests on its articles, and `facts` gives the sources of a
    whole file.
    """
    if isinstance(value, Entries):
        is_traced = is_traced or any(key in value for key in (*SOURCES, "facts"))
        is_traced = is_traced or {"number", "title"} <= value.keys()
        for key, inner in value.items():
            yield from sentences_without_source(inner, f"{place}: {key}", is_traced)
    elif isinstance(value, Items):
        for inner, line in zip(value, value.lines, strict=True):
            yield from sentences_without_source(inner, f"{place} (line {line})", is_traced)
    elif isinstance(value, str) and len(value.split()) >= 3 and not is_traced:
        yield place


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(DATA.rglob("*.yaml")) if "scenarios" not in path.parts],
    ids=lambda path: path.relative_to(DATA).as_posix(),
)
def test_every_sentence_of_the_data_can_be_traced_to_a_source(path):
    assert list(sentences_without_source(read_file(path), path.name)) == []


def test_a_sentence_without_source_would_be_seen(tmp_path):
    path = tmp_path / "rules.yaml"
    path.write_text(
        "schema: x\nrules:\n"
        "  - {id: a, label: Preserve it at once, source: 42(4)}\n"
        "  - {id: b, label: Somebody once said so}\n"
    )

    assert list(sentences_without_source(read_file(path), "rules.yaml")) == [
        "rules.yaml: rules (line 4): label"
    ]


# ---- what the pages show


def test_the_articles_are_all_there_with_what_is_not_sure_of_them():
    text = PRINTED["rulebook/articles.md"]

    assert re.findall(r"^### Article (\d+)$", text, re.MULTILINE) == [str(n) for n in range(1, 69)]
    assert "### Article 42\n\n**International request for expedited preservation of stored data.** " in text
    assert text.count("- To be compared with the certified text: ") == sum(
        bool(article.verify) for article in rulebook().articles.values()
    )


def test_a_type_shows_who_sends_it_what_it_needs_and_its_deadlines():
    text = PRINTED["rulebook/types/preservation_expedited.md"]

    assert "- Sent by: 24/7 contact point, Central authority for MLA, Law-enforcement agency (" in text
    assert (
        "| Statement that an MLA request will follow (`intent_to_follow_up`) | required |  |"
        " [42(3)(f)](../articles.md#article-42) | verify |" in text
    )
    assert (
        "| Preserved data is kept at least | 60 days |  | [Art. 42(8)-(9)](../articles.md#article-42) |"
        in text
    )


def test_where_an_instrument_gives_no_figure_none_is_shown():
    text = PRINTED["rulebook/deadline-profiles.md"]
    step = next(line for line in text.splitlines() if line.startswith("| decision |"))

    assert step == (
        "| decision | no figure | 45 days to serve | no figure | 30 days | no figure | 30 calendar days |"
    )


def test_every_type_has_a_page_and_every_profile_a_table():
    assert {name for name in PRINTED if name.startswith("rulebook/types/")} == {
        f"rulebook/types/{kind}.md" for kind in rulebook().types
    }
    profiles = re.findall(r"^## (\w+)$", PRINTED["rulebook/deadline-profiles.md"], re.MULTILINE)
    assert profiles == list(rulebook().profiles)


def test_a_page_that_is_printed_no_more_is_told_and_taken_away(tmp_path, capsys):
    call_command("print_docs", folder=str(tmp_path))
    old = tmp_path / "rulebook" / "types" / "telegram.md"
    old.write_text("# A type that is gone\n")

    with pytest.raises(SystemExit):
        call_command("print_docs", check=True, folder=str(tmp_path))
    assert "rulebook/types/telegram.md is stale" in capsys.readouterr().err
    call_command("print_docs", folder=str(tmp_path))
    assert not old.exists()


# ---- the pieces of a page


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("42(1)", "[42(1)](articles.md#article-42)"),
        ("Art. 2, 35(1)(c)", "[Art. 2](articles.md#article-2), [35(1)(c)](articles.md#article-35)"),
        ("practice; 40(15)(d)", "practice; [40(15)(d)](articles.md#article-40)"),
        ("practice (ISO/IEC 27037)", "practice (ISO/IEC 27037)"),
        ("exercise rule", "exercise rule"),
    ],
    ids=["an article", "two articles", "practice and an article", "practice", "ours"],
)
def test_a_source_leads_to_each_article_that_it_names(source, shown):
    assert source_link(source) == shown


def test_a_mark_says_where_a_sentence_comes_from_and_how_sure_it_is():
    assert mark("6(1)", "verify", "../") == "([6(1)](../articles.md#article-6); *verify*)"


def test_a_cell_cannot_break_its_table():
    assert table(("a", "b"), [("one | two", "three\nfour")]) == (
        "| a | b |\n| --- | --- |\n| one \\| two | three four |"
    )
    assert table(("a", "b"), []) == ""
