"""The world: the Member States of the United Nations as reference, and the laws of invented States."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from cooperation.calendars import StateCalendar, state_calendars
from cooperation.document import BadInput, Entries, read_file
from cooperation.rulebook import rulebook
from cooperation.rulebook.reading import MISSING, Entry, Notes
from cooperation.rulebook.values import RuleBook
from cooperation.world import files
from cooperation.world.laws import DEFAULT_LAW, NATIONALS, ConductTerm, LawProfile
from cooperation.world.values import (
    EVIDENCES,
    NOT_STATED,
    Ceremony,
    Declaration,
    MemberState,
    Subject,
    TreatyStep,
    World,
)

FOLDER: Final = Path(__file__).parents[1] / "data" / "world"
SCHEMAS: Final[Mapping[str, str]] = {
    "states": "comity.states/1",
    "treaty_status": "comity.treaty-status/1",
    "declarations": "comity.declarations/1",
    "conduct_terms": "comity.conduct-terms/1",
}
# The kinds of words that a file defines: when it cannot be read, they are not looked up.
DEFINES: Final[Mapping[str, tuple[str, ...]]] = {
    "states": ("groups",),
    "treaty_status": ("sources", "others"),
    "declarations": ("subjects", "reservations"),
    "conduct_terms": ("conduct_terms",),
}
LAW_SCHEMA: Final = "comity.law/1"
LAWS_AT_MOST: Final = 100
RESERVATION: Final = "reservation_"


class Competence(NamedTuple):
    """The request types that a kind of authority sends and receives, in the rule book's order."""

    sends: tuple[str, ...]
    receives: tuple[str, ...]


def competence(book: RuleBook, kind: str) -> Competence:
    """Return what a kind of authority may send and receive; KeyError where the rule book has no such kind.

    What it may do only where its State designates it is not among them: see `where_designated`.
    """
    book.authorities[kind]
    return Competence(
        sends=tuple(t.id for t in book.types.values() if kind in t.send),
        receives=tuple(t.id for t in book.types.values() if kind in t.receive),
    )


def where_designated(book: RuleBook, kind: str) -> tuple[str, ...]:
    """Return the request types that a kind of authority sends and receives only if its State says so."""
    return tuple(t.id for t in book.types.values() if kind in t.where_designated)


@cache
def world() -> World:
    """Return the world that ships, read once."""
    return load()


def load(folder: Path = FOLDER, book: RuleBook | None = None) -> World:
    """Return the world in a folder; raise BadInput with every fault found.

    book  the rule book whose offences, articles and confidences it uses; without one, the one that ships
    """
    return _Loading(folder, book or rulebook(), state_calendars()).world()


class _Loading:
    """One reading of a folder."""

    def __init__(self, folder: Path, book: RuleBook, calendars: Mapping[str, StateCalendar]) -> None:
        self.folder = folder
        self.book = book
        self.calendars = calendars
        self.notes = Notes()

    def world(self) -> World:
        self._check_folder()
        at = {name: self._open(f"{name}.yaml", schema) for name, schema in SCHEMAS.items()}
        groups = files.read_names(at["states"], "groups")
        rows = files.read_states(at["states"])
        publications = files.read_publications(at["treaty_status"])
        others = files.read_names(at["treaty_status"], "others")
        ceremony = files.read_ceremony(at["treaty_status"])
        signatures = files.read_steps(at["treaty_status"], "signatures")
        ratifications = files.read_steps(at["treaty_status"], "ratifications")
        subjects = files.read_subjects(at["declarations"])
        declared = files.read_declared(at["declarations"])
        terms = files.read_terms(at["conduct_terms"])
        laws = self._laws(terms)
        facts = files.read_facts(at["states"])
        as_at = at["treaty_status"].text("as_at")
        declarations_as_at = at["declarations"].text("as_at")
        for entry in at.values():
            entry.finish()
        self._look_up(groups, publications, others, subjects, terms)
        self._check_whole(at["states"], rows)
        self._check_ceremony(at["treaty_status"], ceremony, signatures)
        self._check_others(at["treaty_status"], others, signatures)
        self._raise_faults()
        unsigned = _not_among(ceremony)
        unratified = TreatyStep(NOT_STATED, (), NOT_STATED, "")
        return World(
            states={
                code: MemberState(
                    code=code,
                    alpha3=row.alpha3,
                    name=self.calendars[code].name,
                    name_vi=row.name_vi,
                    group=row.group,
                    capital=self.calendars[code].capital,
                    zone=self.calendars[code].zone,
                    remark=row.remark,
                    signature=signatures.of_states.get(code, unsigned),
                    ratification=ratifications.of_states.get(code, unratified),
                    declared={s: declared.get((code, s), Declaration()) for s in subjects},
                )
                for code, row in rows.items()
            },
            groups=groups,
            facts=facts,
            as_at=as_at,
            ceremony=ceremony,
            publications=publications,
            other_signatories={o: (name, signatures.of_others[o]) for o, name in others.items()},
            declarations_as_at=declarations_as_at,
            subjects=subjects,
            terms=terms,
            laws=laws,
        )

    def _look_up(
        self,
        groups: Collection[str],
        publications: Collection[str],
        others: Collection[str],
        subjects: Mapping[str, Subject],
        terms: Collection[str],
    ) -> None:
        self.notes.look_up(
            {
                "member_states": self.calendars,
                "groups": groups,
                "evidences": EVIDENCES,
                "sources": publications,
                "others": others,
                "subjects": subjects,
                "reservations": [s.source for s in subjects.values() if s.id.startswith(RESERVATION)],
                "conduct_terms": terms,
                "answers_on_nationals": NATIONALS,
                "offences": self.book.offences,
                "articles": {str(number) for number in self.book.articles},
                "confidences": self.book.terms["confidences"],
            }
        )

    def _check_whole(self, entry: Entry, rows: Mapping[str, files.StateRow]) -> None:
        missing = [code for code in self.calendars if code not in rows]
        if missing and entry.has("states"):
            entry.fault("states", f"has no {', '.join(missing)}", "give every Member State a row")

    def _check_ceremony(self, entry: Entry, ceremony: Ceremony, signatures: files.Steps) -> None:
        found = signatures.between(ceremony.first_day, ceremony.last_day)
        told_already = entry.absent or self.notes.faults
        if found != ceremony.signatories and not told_already:
            problem = f"{ceremony.signatories} are counted on the days of the ceremony, {found} are listed"
            entry.fault("signatures", problem, "name them all, or count again")

    def _check_others(self, entry: Entry, others: Mapping[str, str], signatures: files.Steps) -> None:
        for name in others:
            if name not in signatures.of_others:
                entry.fault("others", f"{name} has not signed", "give it a signature or take it away")

    def _laws(self, terms: Mapping[str, ConductTerm]) -> dict[str, LawProfile]:
        found: dict[str, LawProfile] = {}
        paths = sorted((self.folder / "laws").glob("*.yaml"))
        if len(paths) > LAWS_AT_MOST:
            self.notes.fault("laws", 0, "", f"holds more than {LAWS_AT_MOST} files", "take some away")
        for path in paths[:LAWS_AT_MOST]:
            entry = self._open(f"laws/{path.name}", LAW_SCHEMA)
            if not entry.absent:
                found[path.stem] = files.read_law(entry, path.stem, terms, self.book.offences)
                entry.finish()
        if DEFAULT_LAW not in {path.stem for path in paths}:
            self.notes.fault(
                f"laws/{DEFAULT_LAW}.yaml", 0, "", "is missing", "a State that names no law has this one"
            )
        return found

    def _check_folder(self) -> None:
        if not self.folder.is_dir():
            self.notes.fault(str(self.folder), 0, "", "is not a folder", "name a folder of data files")
            self._raise_faults()
        for path in sorted(self.folder.glob("*.y*ml")):
            if path.stem not in SCHEMAS or path.suffix != ".yaml":
                self.notes.fault(path.name, 0, "", "is not a file of the world", "rename it or take it away")
        for path in sorted((self.folder / "laws").glob("*.yml")):
            self.notes.fault(f"laws/{path.name}", 0, "", "would not be read", "let its name end in .yaml")

    def _open(self, name: str, schema: str) -> Entry:
        """Return the document of a file; where it cannot be read, note why and return an absent one."""
        try:
            document = read_file(self.folder / name, called=name)
            if isinstance(document, Entries):
                entry = Entry(document, name, self.notes)
                if entry.text("schema") not in (schema, MISSING):
                    entry.fault("schema", "is not the schema of this file", f"write {schema}")
                return entry
            self.notes.fault(name, 1, "", "must be a mapping", f"begin with schema: {schema}")
        except BadInput as bad:
            self.notes.faults.extend(bad.faults)
        self.notes.unread.update(DEFINES.get(Path(name).stem, ()))
        return Entry(Entries(0), name, self.notes, absent=True)

    def _raise_faults(self) -> None:
        if self.notes.faults:
            raise BadInput(dict.fromkeys(self.notes.faults))


def _not_among(ceremony: Ceremony) -> TreatyStep:
    """Return what can be said of a State that no source shows as a signatory."""
    note = f"not among the {ceremony.signatories} of the ceremony; whether it signed later is not stated"
    return TreatyStep(NOT_STATED, (), NOT_STATED, note)
