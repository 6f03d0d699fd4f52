"""The texts that people read in the data files, each with where it stands, so that they can be translated."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from cooperation.document import Entries, Items, read_file

DATA = Path(__file__).parent / "data"
# The way to the data in the repository, as references name it.
PLACE = PurePosixPath("cooperation/data")

SCENARIO_TEXTS = (
    *("title", "summary", "objectives", "name", "note", "facts", "truth", "body", "debrief"),
    *("question", "options", "practice"),
)
RULEBOOK_TEXTS = (
    *("about", "title", "name", "label", "plain", "summary", "help", "asks", "question", "advice", "meaning"),
    *("why", "mend", "note", "explanation", "channel_note", "standard", "trap"),
)
RULEBOOK_FILES = (
    *(
        "articles",
        "pillars",
        "authorities",
        "offences",
        "fields",
        "grounds",
        "duties",
        "safeguards",
        "errors",
    ),
    *("contents", "lifecycle", "terms"),
)
RULEBOOK_FOLDERS = ("request_types", "deadline_profiles", "advice", "behaviours", "evidence")
# Mappings whose keys are fields or numbers: what they say in words is text, the rest are codes, dates and names.
CONTENTS = ("contents", "paragraphs")
# A word under this key is a code, and a sentence under it is a text.
CODE_OR_TEXT = "rule"
# What may be chosen stands in the data as codes, and is read as words.
CHOICES = "choices"
# So many words, of small letters, make an item of a list a text.
WORDS_OF_A_TEXT, _WORD = 2, re.compile(r"(?<!\S)\(?[a-z]{2,}[,;)]?(?!\S)")
NAMED_BY = ("id", "number", "field", "error", "code")


@dataclass(frozen=True, slots=True)
class Text:
    """One text to translate. `context` is the file's id and the way to the text in it.

    line    0 where it would change with every edit and tell a translator nothing
    plural  what is said of other numbers than one, if the text counts something
    """

    context: str
    text: str
    file: str
    line: int
    plural: str = ""


def choice_in_words(choice: str) -> str:
    """Return what may be chosen as it is read: `in_person` is "in person"."""
    return choice.replace("_", " ")


def scenario_texts(folder: Path = DATA / "scenarios") -> tuple[Text, ...]:
    """Return every text of the scenarios in a folder; raise BadInput where one cannot be read."""
    return tuple(
        text
        for path in sorted(folder.glob("*.yaml"))
        for text in _texts(path, f"scenarios/{path.name}", SCENARIO_TEXTS)
    )


def rulebook_texts(folder: Path = DATA) -> tuple[Text, ...]:
    """Return titles, labels, questions and explanations of the rule book; raise BadInput as above."""
    paths = [folder / f"{name}.yaml" for name in RULEBOOK_FILES]
    paths += [path for kind in RULEBOOK_FOLDERS for path in sorted((folder / kind).glob("*.yaml"))]
    return tuple(
        text for path in paths for text in _texts(path, path.relative_to(folder).as_posix(), RULEBOOK_TEXTS)
    )


def _texts(path: Path, name: str, keys: Collection[str]) -> Iterator[Text]:
    of = path.stem if name.startswith("scenarios/") else name.removesuffix(".yaml")
    for way, text, line in _walk(read_file(path, called=name), (), keys):
        yield Text(f"{of}: {'/'.join(way)}", text, (PLACE / name).as_posix(), line)


def _walk(
    value: Any, way: tuple[str, ...], keys: Collection[str]
) -> Iterator[tuple[tuple[str, ...], str, int]]:
    """Yield way, text and line of every text below a value, in file order."""
    if isinstance(value, Entries):
        for key, inner in value.items():
            if key in CONTENTS and isinstance(inner, Entries):
                yield from _sentences(inner, (*way, key))
            elif isinstance(inner, str) and (key in keys or (key == CODE_OR_TEXT and " " in inner)):
                yield (*way, key), inner.strip(), value.lines[key]
            else:
                yield from _walk(inner, (*way, key), keys)
    elif isinstance(value, Items):
        for step, inner, line in zip(_steps(value), value, value.lines, strict=True):
            if isinstance(inner, str) and way[-1:] and way[-1] in keys:
                yield (*way, step), inner.strip(), line
            elif isinstance(inner, str) and way[-1:] == (CHOICES,):
                yield (*way, step), choice_in_words(inner), line
            else:
                yield from _walk(inner, (*way, step), keys)


def _sentences(contents: Entries, way: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str, int]]:
    """Yield what contents say in words: texts with a space in them, and the reasons beside a level or a date.

    Of lists only items of some words: the rest are addresses, accounts and names, alike in every language.
    """
    for key, inner in contents.items():
        if isinstance(inner, str) and " " in inner.strip():
            yield (*way, key), inner.strip(), contents.lines[key]
        elif isinstance(inner, Items):
            for step, item, line in zip(_steps(inner), inner, inner.lines, strict=True):
                if isinstance(item, str) and len(_WORD.findall(item)) >= WORDS_OF_A_TEXT:
                    yield (*way, key, step), item.strip(), line
        elif isinstance(inner, Entries) and isinstance(inner.get("reasons"), str):
            yield (*way, key, "reasons"), inner["reasons"].strip(), inner.lines["reasons"]


def _steps(items: Items) -> list[str]:
    """Return what each item of a list is called: its id where it has one of its own, else its place from 1."""
    named = [_name(item) for item in items]
    return [
        name if name and named.count(name) == 1 else str(place) for place, name in enumerate(named, start=1)
    ]


def _name(item: Any) -> str:
    if not isinstance(item, Entries):
        return ""
    return next((str(item[key]) for key in NAMED_BY if isinstance(item.get(key), str | int)), "")
