"""Reading data files key by key: what is wrong is noted with its line, and reading goes on."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from cooperation.document import Entries, Fault, Items
from cooperation.rulebook.values import UNITS, article_number

T = TypeVar("T")

TEXT_AT_MOST = 4_000
AMOUNT_AT_MOST = 10_000
TOLD_AT_MOST = 20
MISSING = "(missing)"


@dataclass(frozen=True, slots=True)
class Mention:
    """A word that must exist elsewhere in the rule book, and where it was written."""

    kind: str
    word: str
    file: str
    line: int
    key: str


class Notes:
    """The faults found so far, and the words that are to be looked up once everything is read."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.mentions: list[Mention] = []
        self.unread: set[str] = set()
        self.places: dict[str, tuple[str, int]] = {}

    def fault(self, file: str, line: int, key: str, problem: str, mend: str = "") -> None:
        self.faults.append(Fault(file, line, key, problem, mend))

    def look_up(self, known: Mapping[str, Collection[str]]) -> None:
        """Note a fault for every mention of a word that is not known.

        Kinds whose own file could not be read, or holds none, are left out: that is told already, and
        every mention would tell it again.
        """
        for mention in self.mentions:
            words = known.get(mention.kind)
            if not words or mention.kind in self.unread or mention.word in words:
                continue
            problem = f"{shown(mention.word)} is none of the {mention.kind.replace('_', ' ')}"
            self.fault(mention.file, mention.line, mention.key, problem, allowed(words, mention.word))


def shown(value: Any) -> str:
    """Return a value as a fault may quote it: short, on one line."""
    text = str(value) if not isinstance(value, dict | list) else type(value).__name__.lower()
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "..."


def allowed(words: Collection[str], instead_of: str = "") -> str:
    """Return which words are allowed, the likeliest alone where there are many."""
    if instead_of.isdecimal():
        numbers = [int(word) for word in words if word.isdecimal()]
        return f"from {min(numbers)} to {max(numbers)}" if numbers else ""
    near = difflib.get_close_matches(instead_of[:60], list(words), n=1)
    if near:
        return f"did you mean {near[0]}?"
    listed = sorted(words)
    return (
        "allowed: " + ", ".join(listed[:12]) + (f" and {len(listed) - 12} more" if len(listed) > 12 else "")
    )


class Entry:
    """One mapping of a data file. Every key that is read is ticked off; `finish` faults the rest."""

    def __init__(self, value: Entries, file: str, notes: Notes, *, absent: bool = False) -> None:
        self.value = value
        self.file = file
        self.notes = notes
        self.absent = absent  # it stands for a mapping that is not there, which has been told already
        self.ticked: set[str] = set()

    @property
    def line(self) -> int:
        """The line on which the entry begins."""
        return self.value.line

    def fault(self, key: str, problem: str, mend: str = "") -> None:
        """Note what is wrong with the value of a key."""
        self.notes.fault(self.file, self.value.lines.get(key, self.line), shown(key), problem, mend)

    def has(self, key: str) -> bool:
        """Return whether the key was written."""
        return key in self.value

    def _take(self, key: str, what: str, needed: bool) -> Any:
        self.ticked.add(key)
        if key not in self.value and needed and not self.absent:
            self.fault(key, "is missing", f"write {what}")
        return self.value.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; a number is taken as its digits, as in `source: 42`."""
        value = self._take(key, "a text", default is None)
        if key not in self.value:
            return default if default is not None else MISSING
        if isinstance(value, bool) or not isinstance(value, str | int) or str(value).strip() == "":
            self.fault(key, f"must be a text, not {shown(value)!r}", "write a text, in quotes if need be")
            return MISSING
        if len(str(value)) > TEXT_AT_MOST:
            self.fault(key, f"is longer than {TEXT_AT_MOST:,} characters", "shorten it")
            return MISSING
        return str(value)

    def flag(self, key: str, default: bool | None = None) -> bool:
        """Return true or false."""
        value = self._take(key, "true or false", default is None)
        if key not in self.value:
            return bool(default)
        if not isinstance(value, bool):
            self.fault(key, f"must be true or false, not {shown(value)!r}")
            return False
        return value

    def number(self, key: str, at_least: int = 0, at_most: int = AMOUNT_AT_MOST) -> int:
        """Return a whole number within bounds."""
        value = self._take(key, f"a whole number from {at_least} to {at_most}", True)
        if key in self.value and (isinstance(value, bool) or not isinstance(value, int)):
            self.fault(key, f"must be a whole number, not {shown(value)!r}", f"{at_least} to {at_most}")
            return at_least
        if key in self.value and not at_least <= value <= at_most:
            self.fault(key, f"{shown(value)} is out of bounds", f"{at_least} to {at_most}")
            return at_least
        return value if key in self.value else at_least

    def items(self, key: str, needed: bool = True) -> list[tuple[Any, int]]:
        """Return the items of a list, each with its line."""
        value = self._take(key, "a list", needed)
        if key not in self.value:
            return []
        if not isinstance(value, Items):
            self.fault(key, "must be a list", "write [one, two] or one item a line with a dash")
            return []
        return list(zip(value, value.lines, strict=True))

    def words(self, key: str, of: str = "", needed: bool = True, empty: bool = True) -> tuple[str, ...]:
        """Return a list of words, each one of the kind `of` and none of them twice."""
        found: list[str] = []
        items = self.items(key, needed)
        for value, line in items:
            if isinstance(value, bool) or not isinstance(value, str | int) or len(str(value)) > TEXT_AT_MOST:
                self.notes.fault(self.file, line, key, f"{shown(value)} is not a word")
                continue
            if str(value) in found:
                self.notes.fault(self.file, line, key, f"{shown(value)} stands twice", "keep one of the two")
                continue
            found.append(str(value))
            self.mention(of, str(value), key, line)
        if isinstance(self.value.get(key), Items) and not items and not empty:
            self.fault(key, "is an empty list", "name at least one")
        return tuple(found)

    def word(self, key: str, of: str, default: str | None = None) -> str:
        """Return one word of the kind `of`."""
        value = self.text(key, default)
        if key in self.value and value != MISSING:
            self.mention(of, value, key, self.value.lines[key])
        return value

    def article(self, key: str) -> int:
        """Return the number of an article that must exist."""
        number = self.number(key, 1, 99)
        if self.has(key):
            self.mention("articles", str(number), key, self.value.lines[key])
        return number

    def mention(self, kind: str, word: str, key: str, line: int) -> None:
        """Remember a word that is to be looked up; article references and sources are read as such."""
        if kind == "article_references":
            number = article_number(word)
            if number is None:
                self.notes.fault(
                    self.file, line, key, f"{shown(word)} names no article", 'write 42(1) or "42"'
                )
                return
            kind, word = "articles", str(number)
        if kind:
            self.notes.mentions.append(Mention(kind, word, self.file, line, key))

    def source(self, convention: bool = True, default: str | None = None) -> str:
        """Return where the entry comes from; each article of the Convention that it names must exist."""
        source = self.text("source", default)
        if convention and self.has("source"):
            for part in source.replace(";", ",").split(","):
                number = article_number(part)
                if number is not None:
                    self.mention("articles", str(number), "source", self.value.lines["source"])
        return source

    def confidence(self, default: str | None = None) -> str:
        """Return how sure the entry is."""
        return self.word("confidence", "confidences", default)

    def period(self, needed: bool = False) -> tuple[int | None, str | None]:
        """Return amount and unit of a period such as "10 working days"; both None where there is none."""
        if not self.has("period") and not needed:
            self.ticked.add("period")
            return None, None
        text = self.text("period")
        amount, _, unit = text.partition(" ")
        unit = unit if unit.endswith("s") else f"{unit}s"
        if text != MISSING and not (amount.isdecimal() and amount.isascii() and unit in UNITS):
            self.fault(
                "period", f"{shown(text)!r} is no period", f"a whole number and one of: {', '.join(UNITS)}"
            )
            return None, None
        if text != MISSING and not 1 <= int(amount[:9]) <= AMOUNT_AT_MOST:
            self.fault("period", f"{shown(text)!r} is out of bounds", f"1 to {AMOUNT_AT_MOST}")
            return None, None
        return (None, None) if text == MISSING else (int(amount), unit)

    def entry(self, key: str) -> Entry:
        """Return the mapping under a key; an empty one where it is missing or something else."""
        value = self._take(key, "a mapping", True)
        if key in self.value and not isinstance(value, Entries):
            self.fault(key, "must be a mapping", "write key: value pairs")
        if isinstance(value, Entries):
            return Entry(value, self.file, self.notes)
        return Entry(Entries(self.value.lines.get(key, self.line)), self.file, self.notes, absent=True)

    def texts(self, key: str) -> dict[str, str]:
        """Return a mapping of texts."""
        if not self.has(key):
            self.ticked.add(key)
            return {}
        inner = self.entry(key)
        return {name: inner.text(name) for name in inner.value}

    def each(self, key: str, build: Callable[[Entry], T], needed: bool = True) -> list[T]:
        """Return what `build` makes of every mapping in a list."""
        found: list[T] = []
        for value, line in self.items(key, needed):
            if not isinstance(value, Entries):
                self.notes.fault(
                    self.file, line, key, f"{shown(value)} is not a mapping", "write {id: ..., ...}"
                )
                continue
            inner = Entry(value, self.file, self.notes)
            found.append(build(inner))
            inner.finish()
        return found

    def by_id(
        self, key: str, build: Callable[[Entry], T], named: str = "id", needed: bool = True
    ) -> dict[str, T]:
        """Return the mappings of a list by their ids, which must differ."""
        found: dict[str, T] = {}

        def keep(entry: Entry) -> None:
            word = entry.text(named)
            if word in found and word != MISSING:
                entry.fault(named, f"{shown(word)} stands twice in {key}", "give each its own")
            found[word] = build(entry)

        self.each(key, keep, needed)
        found.pop(MISSING, None)
        return found

    def finish(self) -> None:
        """Note a fault for every key that nobody asked for."""
        strange = [key for key in self.value if key not in self.ticked]
        for key in strange[:TOLD_AT_MOST]:
            self.fault(key, "is not a key here", allowed(self.ticked, key))
        if len(strange) > TOLD_AT_MOST:
            self.fault("", f"and {len(strange) - TOLD_AT_MOST:,} more keys that do not belong here")
