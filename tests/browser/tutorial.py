"""The tutorials, done step by step in a browser just as they are written.

Of a tutorial's numbered steps three kinds of marks are read, in the order in which they stand:

**Use this**       a button, a link, a box or a fold of the page: it is pressed; **...** (`...`) in that row only
_Pace_ `a day`     a field by its label: this is written there, or chosen; without `...` the reader knows what
"has begun"        words that the page shows by now

A picture after a step shows the page as it then is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.browser.play import PATIENCE_MS, expect

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "tutorials"
KINDS = ("press", "field", "see", "picture")
STEP = re.compile(r"^\d+\. ")
MARKS = re.compile(
    r"\*\*(?P<press>[^*]+)\*\*(?P<row> \(`[^`]+`\))?"
    r"|(?<!\w)_(?P<field>[^_]+)_(?!\w)(?P<value>[^`*_\"]*`[^`]+`)?"
    r'|"(?P<see>[^"]+)"'
    r"|!\[[^\]]*\]\(images/(?P<picture>[a-z-]+)\.png\)"
)


@dataclass(frozen=True)
class Mark:
    """One thing to do or to see.

    value  what belongs into a field, empty where the reader knows; the row of what is pressed, if it has one
    """

    kind: str
    text: str
    value: str = ""


def marks(name: str) -> list[Mark]:
    """Return what a tutorial's steps ask for, in order."""
    found, is_step = [], False
    for part in _parts((FOLDER / f"{name}.md").read_text()):
        is_step = bool(STEP.match(part)) or (is_step and part.startswith("!["))
        if not is_step:
            continue
        for one in MARKS.finditer(part):
            kind = next(name for name in KINDS if one[name])
            value = (one["value"] or one["row"] or "").rpartition("`")[0].rpartition("`")[2]
            found.append(Mark(kind, str(one[kind]), value))
    return found


def follow(page: Any, name: str, known: Mapping[str, str], pictures: Path | None = None) -> Iterator[Mark]:
    """Do a tutorial's steps one by one; yield each after it is done.

    known     what the reader knows beside the tutorial: name, password, code; read at each step anew
    pictures  the folder into which pictures are put
    """
    page.set_default_timeout(PATIENCE_MS)
    for one in marks(name):
        if one.kind == "press":
            _pressed(page.locator("tr", has_text=one.value) if one.value else page, page, one.text)
        elif one.kind == "field":
            _said(page, one.text, one.value or known[one.text])
        elif one.kind == "see":
            expect(page.get_by_text(one.text).locator("visible=true").first).to_be_visible()
        elif pictures is not None:
            page.screenshot(path=pictures / f"{one.text}.png")
        yield one


def _parts(text: str) -> Iterator[str]:
    """Yield the paragraphs and steps of a page of Markdown, each in one line, with the pictures by themselves."""
    for block in re.split(r"\n\s*\n|\n(?=\d+\. )|(?<=\.png\))\n|\n(?=\s*!\[)", text):
        yield " ".join(block.split())


def _pressed(place: Any, page: Any, text: str) -> None:
    # A fold may say more to those who hear the page than to those who see it, after a colon.
    whole = re.compile(rf"^\s*{re.escape(text)}(:.*)?\s*$")
    # A link may say after a comma which of several it means.
    one_of_them = re.compile(rf"^{re.escape(text)}( ?, .*)?$")
    found = (
        place.get_by_role("button", name=text, exact=True)
        .or_(place.get_by_role("link", name=one_of_them))
        .or_(place.get_by_role("checkbox", name=text, exact=True))
        .or_(place.locator("summary").filter(has_text=whole))
        .locator("visible=true")
    )
    expect(found.first).to_be_visible()
    # What one works at stands below what leads to other pages.
    inside = found.and_(page.locator("main *"))
    (inside if inside.count() else found).first.click()
    page.wait_for_load_state()


def _said(page: Any, label: str, value: str) -> None:
    field = page.get_by_label(label, exact=True).locator("visible=true").first
    if field.evaluate("one => one.tagName") == "SELECT":
        field.select_option(label=value)
    else:
        field.fill(value)
