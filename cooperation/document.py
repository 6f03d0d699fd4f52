"""Data files: YAML 1.2 read into plain values that remember their lines, and the faults found in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

BYTES_AT_MOST = 2_000_000
DEPTH_AT_MOST = 40

DIGITS_AT_MOST = 18

_INTEGER = re.compile(r"[-+]?[0-9]+")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))([eE][-+]?[0-9]{1,2})?")
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong with a file that a person gave us, and how to mend it."""

    file: str
    line: int
    key: str
    problem: str
    mend: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        parts = [place, self.key, self.problem + (f" ({self.mend})" if self.mend else "")]
        return ": ".join(part for part in parts if part)


class BadInput(Exception):
    """A file or an option cannot be used; `faults` tells each reason in file order."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(sorted(faults))
        super().__init__("\n".join(map(str, self.faults)))


class Entries(dict[str, Any]):
    """A YAML mapping. Keys are text, as written; `lines` gives the line of each key."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class Items(list[Any]):
    """A YAML sequence; `lines` gives the line of each item."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []


def line_of(document: Any, path: Sequence[str | int]) -> int:
    """Return the line of the value at `path`, or of the nearest thing above it that has one."""
    line: int = getattr(document, "line", 1)
    for step in path:
        if isinstance(document, Entries) and step in document.lines:
            line, document = document.lines[str(step)], document[str(step)]
        elif isinstance(document, Items) and isinstance(step, int) and step < len(document.lines):
            line, document = document.lines[step], document[step]
        else:
            break
    return line


def read_file(path: Path, *, called: str | None = None, bytes_at_most: int = BYTES_AT_MOST) -> Any:
    """Return the one document in a YAML file; raise BadInput. `called` is the name used in faults."""
    name = called or str(path)
    try:
        with path.open("rb") as stream:
            content = stream.read(bytes_at_most + 1)
    except IsADirectoryError:
        raise BadInput([Fault(name, 0, "", "is a folder", "name a file")]) from None
    except OSError as error:
        raise BadInput([Fault(name, 0, "", f"cannot be read: {error.strerror}")]) from None
    if len(content) > bytes_at_most:
        raise BadInput([Fault(name, 0, "", f"is larger than {bytes_at_most:,} bytes", "split it")])
    return read_text(content, name)


def read_text(content: bytes, name: str) -> Any:
    """Return the one YAML 1.2 document in `content`.

    Refuses duplicate keys, keys that are not text, aliases, anchors, tags, a second document, and
    nesting beyond 40. Reads the parser's events with a stack of its own, because a composer that
    recurses dies of a hundred thousand nested brackets.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadInput([Fault(name, line, "", "is not UTF-8 text", "save it as UTF-8")]) from None
    try:
        return _compose(yaml.parse(text, Loader=yaml.CSafeLoader), name)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = f"is not YAML: {error.problem or error.context}"
        raise BadInput([Fault(name, mark.line + 1 if mark else 0, "", problem)]) from None
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise BadInput([Fault(name, line, "", "holds a character that YAML does not allow")]) from None


def _compose(events: Iterable[Any], name: str) -> Any:
    root: list[Any] = []
    stack: list[Entries | Items] = []
    keys: list[str | None] = []
    seen_document = False

    def refuse(event: Any, problem: str, mend: str = "", key: str = "") -> BadInput:
        return BadInput([Fault(name, event.start_mark.line + 1, key, problem, mend)])

    def put(value: Any, event: Any) -> None:
        line = event.start_mark.line + 1
        if not stack:
            root.append(value)
            return
        top = stack[-1]
        if isinstance(top, Items):
            top.append(value)
            top.lines.append(line)
            return
        key = keys[-1]
        if key is None:
            raise refuse(event, "a key must be a single word or text")
        top[key] = value
        keys[-1] = None

    for event in events:
        kind = type(event)
        if getattr(event, "anchor", None) is not None:
            raise refuse(event, "anchors and aliases (& and *) are not allowed", "write the value out")
        if kind is yaml.ScalarEvent:
            if event.tag is not None:
                raise refuse(event, f"the tag {event.tag} is not allowed", "leave it out")
            if stack and isinstance(stack[-1], Entries) and keys[-1] is None:
                if event.value in stack[-1]:
                    raise refuse(event, "stands twice", "keep one of the two", event.value)
                keys[-1] = event.value
                stack[-1].lines[event.value] = event.start_mark.line + 1
            else:
                if len(event.value) > DIGITS_AT_MOST and _is_number(event):
                    raise refuse(event, f"is a number of more than {DIGITS_AT_MOST} digits")
                put(_scalar(event), event)
        elif kind in (yaml.MappingStartEvent, yaml.SequenceStartEvent):
            if event.tag is not None:
                raise refuse(event, f"the tag {event.tag} is not allowed", "leave it out")
            if len(stack) >= DEPTH_AT_MOST:
                raise refuse(event, f"is nested deeper than {DEPTH_AT_MOST}")
            line = event.start_mark.line + 1
            value = Entries(line) if kind is yaml.MappingStartEvent else Items(line)
            put(value, event)
            stack.append(value)
            keys.append(None)
        elif kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
            stack.pop()
            keys.pop()
        elif kind is yaml.DocumentStartEvent:
            if seen_document:
                raise refuse(event, "holds a second document", "keep one document in a file")
            seen_document = True
    if not root or root[0] is None:
        raise BadInput([Fault(name, 0, "", "is empty")])
    return root[0]


def _is_number(event: Any) -> bool:
    is_plain: bool = event.implicit[0]
    return is_plain and bool(_INTEGER.fullmatch(event.value) or _DECIMAL.fullmatch(event.value))


def _scalar(event: Any) -> Any:
    text: str = event.value
    if not event.implicit[0]:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return text
