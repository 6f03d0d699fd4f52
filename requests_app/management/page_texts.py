"""The texts of the pages: what templates and views say through gettext. Found without gettext's own tools."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.utils.translation.template import templatize

from cooperation.texts import Text

SHELL = Path(__file__).resolve().parents[1]
TEMPLATES, VIEWS, REPORTS, EXERCISES = (SHELL / name for name in ("templates", "web", "reports", "exercises"))
# What a report calls its columns, in the practice, which knows English only.
COLUMNS = SHELL.parent / "cooperation" / "reports"
# How many of the first arguments are text, and which part each is.
CALLS = {
    "_": ("text",),
    "gettext": ("text",),
    "gettext_lazy": ("text",),
    "gettext_noop": ("text",),
    "pgettext": ("context", "text"),
    "ngettext": ("text", "plural"),
    "ngettext_lazy": ("text", "plural"),
    "npgettext": ("context", "text", "plural"),
}
_STRING = r"u?(?:'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
_CALL = re.compile(rf"\b({'|'.join(CALLS)})\(\s*({_STRING}(?:\s*,\s*{_STRING})*)", re.DOTALL)
_ONE = re.compile(_STRING, re.DOTALL)


class _Said(NamedTuple):
    context: str
    text: str
    plural: str


def page_texts() -> tuple[Text, ...]:
    """Return every text of the pages once, in the order of the files, with the first file it stands in."""
    found: dict[tuple[str, str], Text] = {}
    for path in _files():
        name = path.relative_to(SHELL.parent).as_posix()
        said = _of_template(path) if path.suffix == ".html" else _of_python(path)
        for one in said:
            # A text that is counted in one place and not in another has one entry, the counted one.
            earlier = found.get((one.context, one.text))
            if earlier is None or (one.plural and not earlier.plural):
                found[one.context, one.text] = Text(one.context, one.text, name, 0, one.plural)
    return tuple(found.values())


def _files() -> list[Path]:
    folders = (VIEWS, REPORTS, EXERCISES, COLUMNS)
    return [
        *sorted(TEMPLATES.rglob("*.html")),
        *(path for one in folders for path in sorted(one.rglob("*.py"))),
    ]


def _of_template(path: Path) -> Iterator[_Said]:
    for call in _CALL.finditer(templatize(path.read_text(encoding="utf-8"), origin=path.name)):
        strings = [ast.literal_eval(one.group()) for one in _ONE.finditer(call.group(2))]
        yield _said(CALLS[call.group(1)], strings)


def _of_python(path: Path) -> Iterator[_Said]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        parts = CALLS.get(node.func.id, ())
        strings = [
            one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)
        ]
        if parts and len(strings) >= len(parts):
            yield _said(parts, strings)
        if node.func.id == "Column":
            yield from (_Said("", text, "") for text in strings[1:] if text)


def _said(parts: tuple[str, ...], strings: list[str]) -> _Said:
    values = dict(zip(parts, strings, strict=False))
    return _Said(values.get("context", ""), values["text"], values.get("plural", ""))
