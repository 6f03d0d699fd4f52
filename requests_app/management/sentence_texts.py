"""The sentences that the practice and the door say to people: refusals, and what is marked as a sentence.

They are written in English where they are raised, with what they speak of filled in. In the catalogue what is
filled in stands in braces, under the last name that leads to it: `f"no case {case.name}"` is `no case {name}`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from cooperation.texts import Text

SHELL = Path(__file__).resolve().parents[1]
PRACTICE = SHELL.parent / "cooperation"
# What is refused over HTTP and on the command line alone stays English, as do the names of what it speaks of.
ROOMS = ("agenda", "evidence", "exercises", "reports", "web", "workflow", "world")
# Methods that change how a text looks, and not what it is of.
OF_TEXT = ("join", "lower", "replace", "strip", "isoformat")
FILLED_IN = re.compile(r"\{[a-z0-9_]+\}")
REFUSED, SENTENCE, MEND = "Refused", "sentence", "mend"


def sentence_texts() -> tuple[Text, ...]:
    """Return each sentence once, in the order of the files, with the first file it stands in.

    Two that differ in the names of what is filled in alone are one.
    """
    found: dict[str, Text] = {}
    for path in sentence_files():
        name = path.relative_to(SHELL.parent).as_posix()
        for text in sentences_of(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(FILLED_IN.sub("{}", text), Text("", text, name, 0))
    return tuple(found.values())


def sentences_of(tree: ast.AST) -> Iterator[str]:
    """Yield what is said in a module, with what is filled in in braces."""
    for node in ast.walk(tree):
        for said in _said(node):
            for one in _alternatives(said):
                text = _pattern(one)
                if text:
                    yield text


def unreadable(tree: ast.AST) -> Iterator[int]:
    """Yield the lines at which something is said that is not written there, and so is found by nobody."""
    for node in ast.walk(tree):
        for said in _said(node):
            if any(_pattern(one) is None for one in _alternatives(said)):
                yield said.lineno


def sentence_files() -> list[Path]:
    """Return the modules that speak to people."""
    folders = (PRACTICE, *(SHELL / room for room in ROOMS))
    return [path for folder in folders for path in sorted(folder.rglob("*.py"))]


def _said(node: ast.AST) -> Iterator[ast.expr]:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return
    if node.func.id == SENTENCE:
        yield from node.args[:1]
    if node.func.id == REFUSED:
        yield from node.args[1:2]
        yield from (one.value for one in node.keywords if one.arg == MEND)


def _alternatives(said: ast.expr) -> Iterator[ast.expr]:
    if isinstance(said, ast.IfExp):
        yield from (*_alternatives(said.body), *_alternatives(said.orelse))
    else:
        yield said


def _pattern(said: ast.expr) -> str | None:
    """Return the sentence, empty for one that was marked where it was made; None for what cannot be read."""
    if isinstance(said, ast.Constant):
        return str(said.value)
    if isinstance(said, ast.Call) and isinstance(said.func, ast.Name) and said.func.id == SENTENCE:
        return ""
    if not isinstance(said, ast.JoinedStr):
        return None
    told, names = "", set[str]()
    for part in said.values:
        if isinstance(part, ast.Constant):
            told += str(part.value)
        elif isinstance(part, ast.FormattedValue):
            name = _unlike(_named(part.value), names)
            names.add(name)
            told += "{" + name + "}"
    return told


def _named(value: ast.expr) -> str:
    """Return the name of what an expression shows, in small letters."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        of_text = value.func.attr in OF_TEXT
        return (
            _named(value.args[0] if value.func.attr == "join" else value.func.value)
            if of_text
            else _name(value.func.attr)
        )
    if isinstance(value, ast.Call) and value.args:
        return _named(value.args[0])
    if isinstance(value, ast.Subscript | ast.BoolOp | ast.GeneratorExp):
        inner = {ast.Subscript: "value", ast.BoolOp: "values", ast.GeneratorExp: "elt"}[type(value)]
        found = getattr(value, inner)
        return _named(found[0] if isinstance(found, list) else found)
    if isinstance(value, ast.Attribute):
        return _name(value.attr)
    return _name(value.id) if isinstance(value, ast.Name) else "value"


def _name(name: str) -> str:
    return name.lower().strip("_")


def _unlike(name: str, taken: set[str]) -> str:
    while name in taken:
        name = f"{name}_too"
    return name
