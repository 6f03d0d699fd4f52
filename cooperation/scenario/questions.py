"""The small questions that every part of a scenario is asked: does this word, State, id or instant exist."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cooperation.document import Entries
from cooperation.moments import instant, moment, span
from cooperation.scenario.shape import Findings, KeyPath

if TYPE_CHECKING:
    from cooperation.rulebook.values import RuleBook

LISTS = ("treaties", "providers", "cases", "requests", "injects", "milestones", "expectations", "decisions")


class Questions:
    """One pass over a document, with the words that its parts may use."""

    def __init__(
        self, document: Entries, findings: Findings, rulebook: RuleBook, behaviours: Collection[str]
    ) -> None:
        self.document = document
        self.findings = findings
        self.rulebook = rulebook
        self.behaviours = behaviours
        self.acts = rulebook.lifecycle.acts
        self.articles = {str(number) for number in rulebook.articles}
        self.offences = [*rulebook.offences, rulebook.serious_crime.id]
        self.states: Mapping[str, Any] = self._mapping("states")
        self.ids = {section: self._ids(section) for section in LISTS}
        self.requests: dict[str, Mapping[str, Any]] = {}
        for _, entry in self._sound("requests"):
            self.requests.setdefault(entry["id"], entry)
        self.start, self.end = self._period()

    # what there is

    def _mapping(self, section: str) -> Mapping[str, Any]:
        found = self.document.get(section)
        return found if isinstance(found, Mapping) else {}

    def _items(self, section: str) -> list[Any]:
        found = self.document.get(section)
        return found if isinstance(found, list) else []

    def _ids(self, section: str) -> list[str]:
        named = (item.get("id") for item in self._items(section) if isinstance(item, Mapping))
        return [name for name in named if isinstance(name, str)]

    def _sound(self, section: str) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
        """Yield the entries of a section whose structure is right, each with its path."""
        for index, item in enumerate(self._items(section)):
            if self.findings.is_sound(section, index):
                yield (section, index), item

    def _period(self) -> tuple[datetime | None, datetime | None]:
        try:
            start = instant(self.document["start"]) if self._is_fit("start") else None
        except ValueError as reason:
            self.findings.add(("start",), str(reason))
            start = None
        length = self._span(("length",), self.document["length"]) if self._is_fit("length") else None
        return start, start + length if start and length else None

    def _is_fit(self, key: str) -> bool:
        return key in self.document and self.findings.is_sound(key)

    # the small questions that every part asks

    def _named(self, path: KeyPath, word: str, words: Collection[str], what: str) -> bool:
        if word in words:
            return True
        self.findings.add(path, f"{what} {word} does not exist", self.findings.allowed(word, words))
        return False

    def _id(self, path: KeyPath, name: str, section: str, what: str) -> bool:
        # a section that cannot be read at all has been told; what names its entries is not at fault
        return not self.findings.is_sound(section) or self._named(path, name, self.ids[section], what)

    def _state(self, path: KeyPath, code: str) -> bool:
        if code in self.states or not self.findings.is_sound("states"):
            return True
        mend = self.findings.allowed(code, self.states)
        self.findings.add(path, f"{code} is not a State of this scenario", mend)
        return False

    def _span(self, path: KeyPath, text: str) -> Any:
        return self._read(path, lambda: span(text))

    def _read(self, path: KeyPath, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except ValueError as reason:
            self.findings.add(path, str(reason))
            return None

    def _instant(self, path: KeyPath, text: str) -> datetime | None:
        start, end = self.start, self.end
        if start is None:
            return None
        at: datetime | None = self._read(path, lambda: moment(text, start))
        if at and end and not start <= at <= end:
            self.findings.add(
                path, f"{text} lies outside the exercise", f"it runs from {_iso(start)} to {_iso(end)}"
            )
            return None
        return at

    def _pattern(self, path: KeyPath, entry: Mapping[str, Any], act_key: str, type_key: str = "type") -> None:
        """Check the filters of an act that is waited for: they exist, and such an act can happen."""
        for key in ("from", "to"):
            if key in entry:
                self._state((*path, key), entry[key])
        types = []
        if "of" in entry and self._id((*path, "of"), entry["of"], "requests", "the request"):
            named = self.requests.get(entry["of"])
            types += [named["type"]] if named else []
        if type_key in entry and self._named(
            (*path, type_key), entry[type_key], self.rulebook.types, "the request type"
        ):
            types.append(entry[type_key])
        act = entry[act_key]
        if not self._named((*path, act_key), act, self.acts, "the act"):
            return
        for name in types:
            known = self.rulebook.types.get(name)
            if known is not None and act not in known.acts:
                mend = self.findings.allowed(act, sorted(known.acts))
                self.findings.add((*path, act_key), f"a request of the type {name} knows no act {act}", mend)
                break


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
