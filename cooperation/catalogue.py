"""Gettext catalogues: the texts to translate as a template, and a language's catalogue kept up with it."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from cooperation.document import BadInput, Fault
from cooperation.texts import Text

_ESCAPES: Mapping[str, str] = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_UNESCAPES: Mapping[str, str] = {written: char for char, written in _ESCAPES.items()}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_PLACEHOLDER = re.compile(r"\{[a-z_]+\}")
_PERCENT = re.compile(r"%\([a-z_]+\)s")
_KEYWORD = re.compile(r"msgctxt|msgid_plural|msgid|msgstr(\[[0-9]\])?")
BRACES, PERCENT = "python-brace-format", "python-format"
FUZZY = "fuzzy"

# No date of creation: the same texts give the same bytes.
_TEMPLATE_HEADER = (
    "Project-Id-Version: Comity\n"
    "PO-Revision-Date: YEAR-MO-DA HO:MI+ZONE\n"
    "Last-Translator: FULL NAME <EMAIL@ADDRESS>\n"
    "Language-Team: LANGUAGE <LL@li.org>\n"
    "Language: \n"
    "MIME-Version: 1.0\n"
    "Content-Type: text/plain; charset=UTF-8\n"
    "Content-Transfer-Encoding: 8bit\n"
)


@dataclass(frozen=True, slots=True)
class Translation:
    """What a catalogue says of one text. `before` is the English that a fuzzy translation was made of."""

    context: str
    text: str
    translated: str = ""
    is_fuzzy: bool = False
    before: str = ""
    comments: tuple[str, ...] = ()
    plural: str = ""
    # One for each number that the language tells apart; the first stands in `translated` too.
    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A language's catalogue as it was found; the header belongs to its translators."""

    header: str
    translations: tuple[Translation, ...] = ()


def template(texts: Iterable[Text]) -> str:
    """Return the .pot file of these texts."""
    notice = "# Texts of Comity, in English. Extracted from the data: change them there.\n"
    return _written(notice, _TEMPLATE_HEADER, ((text, _empty(text)) for text in texts))


def empty_catalogue(language: str) -> Catalogue:
    """Return the catalogue of a language that nobody has begun to translate."""
    header = _TEMPLATE_HEADER.replace("YEAR-MO-DA HO:MI+ZONE", "not translated yet")
    header = header.replace("FULL NAME <EMAIL@ADDRESS>", "nobody yet")
    return Catalogue(
        header.replace("LANGUAGE <LL@li.org>", "none yet").replace("Language: ", f"Language: {language}")
    )


def kept_up(texts: Iterable[Text], found: Catalogue) -> str:
    """Return a language's .po file with exactly these texts, and what was translated of them.

    A translation whose English has changed, or which stood in another place, is kept and marked fuzzy.
    """
    by_context = {(t.context, t.text): t for t in found.translations}
    of_context = {t.context: t for t in found.translations if t.translated}
    of_text = {t.text: t for t in found.translations if t.translated}

    def carried(text: Text) -> Translation:
        same = by_context.get((text.context, text.text))
        if same is not None:
            return same
        near = of_text.get(text.text) or (of_context.get(text.context) if text.context else None)
        if near is None:
            return _empty(text)
        before = near.text if near.text != text.text else near.before
        return replace(near, context=text.context, text=text.text, is_fuzzy=True, before=before)

    notice = "# Texts of Comity. `python manage.py extract_texts` keeps this file up with the data.\n"
    return _written(notice, found.header, ((text, carried(text)) for text in texts))


def _empty(text: Text) -> Translation:
    return Translation(text.context, text.text, plural=text.plural)


def _written(notice: str, header: str, entries: Iterable[tuple[Text, Translation]]) -> str:
    blocks = [f'{notice}msgid ""\n{_field("msgstr", header)}']
    blocks += [_entry(text, translation) for text, translation in entries]
    return "\n\n".join(blocks) + "\n"


def _entry(text: Text, t: Translation) -> str:
    flags = [FUZZY] if t.is_fuzzy else []
    flags += [BRACES] if _PLACEHOLDER.search(text.text) and not _PERCENT.search(text.text) else []
    flags += [PERCENT] if _PERCENT.search(text.text) else []
    lines = [*t.comments, f"#: {text.file}:{text.line}" if text.line else f"#: {text.file}"]
    lines += [f"#, {', '.join(flags)}"] if flags else []
    if t.is_fuzzy and t.before:
        lines += [f"#| {line}" for line in _field("msgid", t.before).splitlines()]
    lines += [_field("msgctxt", text.context)] if text.context else []
    lines += [_field("msgid", text.text)]
    if not text.plural:
        return "\n".join([*lines, _field("msgstr", t.translated)])
    lines += [_field("msgid_plural", text.plural)]
    forms = t.forms or (t.translated,)
    return "\n".join([*lines, *(_field(f"msgstr[{n}]", form) for n, form in enumerate(forms))])


def _field(keyword: str, value: str) -> str:
    """Return a keyword with its string, one line of the file for each line of the text."""
    lines = value.splitlines(keepends=True) if value.count("\n") else []
    if not lines:
        return f'{keyword} "{_escaped(value)}"'
    return "\n".join([f'{keyword} ""', *(f'"{_escaped(line)}"' for line in lines)])


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(char, char) for char in text)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: _UNESCAPES.get(found.group(0), found.group(1)), text)


# -- reading ---------------------------------------------------------------------------------------------


def read_catalogue(content: str, name: str) -> Catalogue:
    """Return what a .po file holds; raise BadInput with every line that is none of gettext's."""
    faults: list[Fault] = []
    entries = [_read_entry(block, first, name, faults) for first, block in _blocks(content)]
    if faults:
        raise BadInput(faults)
    found = [entry for entry in entries if entry is not None]
    headers = [entry.translated for entry in found if not entry.text]
    return Catalogue(
        headers[0] if headers else _TEMPLATE_HEADER, tuple(entry for entry in found if entry.text)
    )


def _blocks(content: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each entry's lines and the line it begins on; an empty line parts them."""
    block: list[str] = []
    for number, line in enumerate([*content.splitlines(), ""], start=1):
        if line.strip():
            block.append(line.strip())
        elif block:
            yield number - len(block), block
            block = []


def _read_entry(block: list[str], first: int, name: str, faults: list[Fault]) -> Translation | None:
    values: dict[str, str] = {}
    before, comments, flags, at = "", [], "", ""
    for number, line in enumerate(block, start=first):
        if line.startswith("#~"):
            return None  # given up by a translator's tool
        if line.startswith("#,"):
            flags = line
        elif line.startswith("#|"):
            before += _string(line)
        elif line.startswith("#"):
            comments += [] if line.startswith("#:") else [line]
        else:
            keyword = line.split(" ", 1)[0]
            at = keyword if not line.startswith('"') else at
            quoted = _QUOTED.fullmatch(line.removeprefix(keyword).strip() if line[0] != '"' else line)
            if _KEYWORD.fullmatch(at) is None or quoted is None:
                faults.append(Fault(name, number, "", "is no line of a catalogue", 'write msgstr "..."'))
                continue
            values[at] = values.get(at, "") + _unescaped(quoted.group(1))
    forms = tuple(said for keyword, said in sorted(values.items()) if keyword.startswith("msgstr["))
    return Translation(
        values.get("msgctxt", ""),
        values.get("msgid", ""),
        forms[0] if forms else values.get("msgstr", ""),
        FUZZY in flags,
        before,
        tuple(comments) if values.get("msgid") else (),
        values.get("msgid_plural", ""),
        forms,
    )


def _string(line: str) -> str:
    found = _QUOTED.search(line)
    return _unescaped(found.group(1)) if found else ""


# -- compiling -------------------------------------------------------------------------------------------


def compiled(found: Catalogue) -> bytes:
    """Return the .mo file of a catalogue: what is translated and not fuzzy, as gettext reads it."""
    said = {"": found.header}
    for one in found.translations:
        if one.translated and not one.is_fuzzy:
            key = f"{one.context}\4{one.text}" if one.context else one.text
            said[f"{key}\0{one.plural}" if one.plural else key] = "\0".join(one.forms or (one.translated,))
    pairs = sorted((key.encode(), value.encode()) for key, value in said.items())
    at = 28 + 16 * len(pairs)
    tables, contents = [b"", b""], b""
    for side in (0, 1):
        for pair in pairs:
            tables[side] += struct.pack("<2I", len(pair[side]), at + len(contents))
            contents += pair[side] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, at)
    return head + tables[0] + tables[1] + contents
