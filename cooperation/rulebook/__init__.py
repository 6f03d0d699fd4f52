"""The rule book: all that a lawyer may change, read from the data files once and checked as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from cooperation.document import BadInput, Entries, read_file
from cooperation.rulebook import files
from cooperation.rulebook.check import check_counts, check_errors, check_lives, settle_profiles
from cooperation.rulebook.reading import MISSING, Entry, Notes
from cooperation.rulebook.values import (
    ALL,
    ALL_MLA,
    UNITS,
    Article,
    AuthorityKind,
    ComparisonStep,
    ContentsRule,
    DataCategory,
    DeadlineProfile,
    DeadlineRule,
    DualCriminality,
    Duty,
    Field,
    FixedPeriod,
    Ground,
    Instrument,
    Offence,
    OffenceModifier,
    Pillar,
    RequestType,
    RuleBook,
    Safeguard,
    SeriousCrime,
    Term,
    TimeRule,
    TypicalError,
    article_number,
)

__all__ = [
    "UNITS",
    "Article",
    "AuthorityKind",
    "ComparisonStep",
    "ContentsRule",
    "DataCategory",
    "DeadlineProfile",
    "DeadlineRule",
    "DualCriminality",
    "Duty",
    "Field",
    "FixedPeriod",
    "Ground",
    "Instrument",
    "Offence",
    "OffenceModifier",
    "Pillar",
    "RequestType",
    "RuleBook",
    "Safeguard",
    "SeriousCrime",
    "Term",
    "TimeRule",
    "TypicalError",
    "article_number",
    "load",
    "rulebook",
]

DATA = Path(__file__).parents[1] / "data"

FILES = (
    "manifest",
    "terms",
    "articles",
    "pillars",
    "authorities",
    "offences",
    "fields",
    "grounds",
    "duties",
    "safeguards",
    "errors",
    "contents",
    "lifecycle",
    "deadline_comparison",
)
# The kinds of words that a file defines: when it cannot be read, they are not looked up.
DEFINES: Mapping[str, tuple[str, ...]] = {
    "terms": (*files.TERMS, "scopes_or_all"),
    "articles": ("articles", "chapters"),
    "offences": ("offences",),
    "pillars": ("pillars",),
    "authorities": ("authorities",),
    "fields": ("fields", "data_categories"),
    "grounds": ("grounds",),
    "duties": ("duties",),
    "errors": ("errors",),
    "contents": ("sets_of_contents",),
    "lifecycle": ("acts", "events"),
}
FILES_AT_MOST = 500

T = TypeVar("T")


@cache
def rulebook() -> RuleBook:
    """Return the rule book that ships, read once."""
    return load()


def load(folder: Path = DATA) -> RuleBook:
    """Return the rule book in a folder; raise BadInput with every fault found.

    Each file is read by itself and the words it mentions are looked up in the others; what hangs
    together (lives, deadlines, counts) is looked at only when that holds, for else it would blame the
    wrong place.
    """
    return _Loading(folder).rulebook()


class _Loading:
    """One reading of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notes = Notes()
        self.digest = hashlib.sha256()

    def rulebook(self) -> RuleBook:
        self._check_folder()
        at = {name: self._open(f"{name}.yaml", f"comity.{name.replace('_', '-')}/1") for name in FILES}
        terms = files.read_terms(at["terms"])
        chapters = files.read_chapters(at["articles"])
        articles = files.read_articles(at["articles"], chapters)
        sets = files.read_contents_sets(at["contents"])
        types = self._each(
            "request_types", "comity.request-type/1", lambda e, stem: files.read_request_type(e, stem, sets)
        )
        written = self._each("deadline_profiles", "comity.deadline-profile/1", files.read_profile)
        life = files.read_life(at["lifecycle"])
        if life is None:
            self.notes.unread.update(DEFINES["lifecycle"])
        book: dict[str, Any] = {
            "instrument": files.read_instrument(at["articles"]),
            "articles": articles,
            "terms": terms,
            "pillars": files.read_pillars(at["pillars"]),
            "authorities": files.read_authorities(at["authorities"]),
            "offences": files.read_offences(at["offences"], articles),
            "offence_modifiers": files.read_modifiers(at["offences"]),
            "serious_crime": files.read_serious_crime(at["offences"]),
            "data_categories": files.read_data_categories(at["fields"]),
            "fields": files.read_fields(at["fields"]),
            "grounds": files.read_grounds(at["grounds"]),
            "never_sufficient": files.read_never_sufficient(at["grounds"]),
            "duties": files.read_duties(at["duties"]),
            "safeguards": files.read_safeguards(at["safeguards"]),
            "errors": files.read_errors(at["errors"], types),
            "comparison": files.read_comparison(at["deadline_comparison"]),
        }
        exactly, at_least = files.read_manifest(at["manifest"])
        for entry in at.values():
            entry.finish()
        deadlines = [rule.id for profile, _ in written.values() for rule in profile.deadlines]
        self.notes.look_up(
            {
                **{group: set(words) for group, words in terms.items()},
                **{
                    kind: set(book[kind])
                    for kind in ("pillars", "authorities", "offences", "fields", "grounds")
                },
                **{kind: set(book[kind]) for kind in ("duties", "errors", "data_categories")},
                "articles": {str(number) for number in articles},
                "chapters": set(chapters),
                "scopes_or_all": {ALL, *terms.get("scopes", {})},
                "sets_of_contents": set(sets),
                "request_types": (known := self._stems("request_types")),
                "request_types_or_groups": known | {ALL, ALL_MLA},
                "deadline_profiles": self._stems("deadline_profiles"),
                "deadlines": set(deadlines),
                "acts": set(life.acts) if life else set(),
                "events": set(life.events) if life else set(),
            }
        )
        counted: dict[str, Collection[Any]] = {
            "chapters": chapters,
            "request_types": types,
            "deadline_profiles": written,
            **{
                kind: book[kind]
                for kind in ("articles", "pillars", "authorities", "offences", "errors", "safeguards")
            },
        }
        self._raise_faults()
        assert life is not None
        check_counts(exactly, at_least, {kind: len(found) for kind, found in counted.items()}, self.notes)
        check_lives(life, types, self.notes)
        check_errors(book["errors"], types, self.notes)
        profiles = settle_profiles(written, life, types, self.notes)
        self._raise_faults()
        return RuleBook(
            **book,
            chapters={number: title for number, (title, _) in chapters.items()},
            types=types,
            lifecycle=life,
            profiles=profiles,
            digest=self.digest.hexdigest(),
        )

    def _raise_faults(self) -> None:
        if self.notes.faults:
            raise BadInput(dict.fromkeys(self.notes.faults))

    def _check_folder(self) -> None:
        if not self.folder.is_dir():
            self.notes.fault(str(self.folder), 0, "", "is not a folder", "name a folder of data files")
            self._raise_faults()
        known = {f"{name}.yaml" for name in FILES}
        for path in sorted(self.folder.glob("*.y*ml")):
            if path.name not in known:
                self.notes.fault(
                    path.name, 0, "", "is not a file of the rule book", "rename it or take it away"
                )
        for kind in ("request_types", "deadline_profiles"):
            for path in sorted((self.folder / kind).glob("*.yml")):
                self.notes.fault(
                    f"{kind}/{path.name}", 0, "", "would not be read", "let its name end in .yaml"
                )

    def _paths(self, kind: str) -> list[Path]:
        paths = sorted((self.folder / kind).glob("*.yaml"))
        if len(paths) > FILES_AT_MOST:
            self.notes.fault(kind, 0, "", f"holds more than {FILES_AT_MOST} files", "take some away")
        return paths[:FILES_AT_MOST]

    def _stems(self, kind: str) -> set[str]:
        return {path.stem for path in self._paths(kind)}

    def _open(self, name: str, schema: str) -> Entry:
        """Return the document of a file; where it cannot be read, note why and return an absent one."""
        path = self.folder / name
        absent = Entry(Entries(0), name, self.notes, absent=True)
        try:
            document = read_file(path, called=name)
        except BadInput as bad:
            self.notes.faults.extend(bad.faults)
            self.notes.unread.update(DEFINES.get(Path(name).stem, ()))
            return absent
        if not isinstance(document, Entries):
            self.notes.fault(name, 1, "", "must be a mapping", f"begin with schema: {schema}")
            self.notes.unread.update(DEFINES.get(Path(name).stem, ()))
            return absent
        self.digest.update(f"{name}\n".encode() + path.read_bytes())
        entry = Entry(document, name, self.notes)
        if entry.text("schema") not in (schema, MISSING):
            entry.fault("schema", "is not the schema of this file", f"write {schema}")
        return entry

    def _each(self, kind: str, schema: str, build: Callable[[Entry, str], T]) -> dict[str, T]:
        """Return what every readable file of a folder holds, by its stem."""
        found: dict[str, T] = {}
        for path in self._paths(kind):
            entry = self._open(f"{kind}/{path.name}", schema)
            if entry.absent:
                self.notes.unread.update(("deadlines",) if kind == "deadline_profiles" else ())
                continue
            found[path.stem] = build(entry, path.stem)
            for key in ("acts", "errors"):
                line = entry.value.lines.get(key, entry.line)
                self.notes.places[f"{key} of {path.stem}"] = (entry.file, line)
            entry.finish()
        return found
