"""What a scenario says, held against the rule book and against itself."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from graphlib import CycleError, TopologicalSorter
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from cooperation.calendars import state_calendars
from cooperation.document import Entries
from cooperation.examination.shown import GAP, MISLED
from cooperation.moments import instant, moment
from cooperation.scenario.questions import LISTS, Questions
from cooperation.scenario.shape import Findings, KeyPath
from cooperation.world.laws import laws_shipped

if TYPE_CHECKING:
    from cooperation.rulebook.values import RuleBook

DEFAULT_PROFILE = "training_default"
_CIRCLES_AT_MOST = 20
_TRIGGER_KEYS = {
    "at": {"at"},
    "after_act": {"after_act", "of", "from", "to", "type", "plus"},
    "if_nothing_by": {"if_nothing_by", "act", "of", "from", "to", "type"},
}


def check_meaning(
    document: Entries, findings: Findings, rulebook: RuleBook, behaviours: Collection[str]
) -> None:
    """Note every fault of meaning; entries whose structure is at fault are passed over."""
    _Check(document, findings, rulebook, behaviours).run()


class _Check(Questions):
    """One pass over the parts of a document."""

    def run(self) -> None:
        self._check_head()
        self._check_states()
        self._check_unique_ids()
        self._check_world()
        self._check_requests()
        self._check_parents()
        self._check_circles()
        self._check_injects()
        self._check_milestones()
        self._check_expectations()
        self._check_decisions()
        self._check_truths()

    # the parts

    def _check_head(self) -> None:
        stem = PurePath(self.findings.name).stem
        if self._is_fit("scenario") and self.document["scenario"] != stem:
            said = self.document["scenario"]
            mend = f"write scenario: {stem}, or name the file {said}.yaml"
            self.findings.add(("scenario",), f"{said} differs from the file's name", mend)
        if self._is_fit("deadline_profile") and "deadline_profile" in self.document:
            profile = self.document["deadline_profile"]
            self._named(("deadline_profile",), profile, self.rulebook.profiles, "the deadline profile")

    def _check_states(self) -> None:
        calendars = state_calendars()
        for code, entry in self.states.items():
            path = ("states", code)
            if not self.findings.is_sound(*path):
                continue
            if not re.fullmatch("X[A-Z]", code) and code not in calendars:
                mend = "write the alpha-2 code of a UN Member State, or XA to XZ for an invented one"
                self.findings.add(path, f"{code} is not a State", mend)
            if "calendar" in entry and entry["calendar"] not in calendars:
                problem = f"there is no calendar of {entry['calendar']}"
                self.findings.add((*path, "calendar"), problem, "write the alpha-2 code of a UN Member State")
            if "behaviour" in entry:
                self._named((*path, "behaviour"), entry["behaviour"], self.behaviours, "the behaviour")
            if "law" in entry:
                self._named((*path, "law"), entry["law"], sorted(laws_shipped()), "the law")
            for kind in entry.get("officers", {}):
                self._named((*path, "officers", kind), kind, self.rulebook.authorities, "the authority")
            if "transit" in entry:
                self._span((*path, "transit"), entry["transit"])

    def _check_unique_ids(self) -> None:
        for section in LISTS:
            seen = set()
            for index, item in enumerate(self._items(section)):
                name = item.get("id") if isinstance(item, Mapping) else None
                if not isinstance(name, str):
                    continue
                if name in seen:
                    self.findings.add((section, index), f"the id {name} stands twice", "give each its own")
                seen.add(name)

    def _check_world(self) -> None:
        for path, treaty in self._sound("treaties"):
            for index, code in enumerate(treaty["states"]):
                self._state((*path, "states", index), code)
        for path, provider in self._sound("providers"):
            self._state((*path, "state"), provider["state"])
        for path, case in self._sound("cases"):
            self._state((*path, "state"), case["state"])
            for index, offence in enumerate(case["offences"]):
                self._named((*path, "offences", index), offence, self.offences, "the offence")

    def _check_requests(self) -> None:
        for path, entry in self._sound("requests"):
            self._check_when((*path, "when"), entry["when"])
            for key in ("who", "whom"):
                code, kind = entry[key].split("/")
                self._state((*path, key), code)
                self._named((*path, key), kind, self.rulebook.authorities, "the authority")
            if entry["who"][:2] == entry["whom"][:2]:
                self.findings.add((*path, "whom"), "a State cannot ask itself", "name another State")
            if "case" in entry:
                self._id((*path, "case"), entry["case"], "cases", "the case")
            if self._named((*path, "type"), entry["type"], self.rulebook.types, "the request type"):
                self._check_oral(path, entry)
            if self.findings.is_sound(*path, "contents"):
                self._check_contents((*path, "contents"), entry.get("contents", {}))

    def _check_when(self, path: KeyPath, when: str | Mapping[str, Any]) -> None:
        if isinstance(when, str):
            self._instant(path, when)
            return
        self._pattern(path, when, "after_act")
        if "plus" in when:
            self._span((*path, "plus"), when["plus"])

    def _check_oral(self, path: KeyPath, entry: Mapping[str, Any]) -> None:
        if entry.get("oral") and "submit_orally" not in self.rulebook.types[entry["type"]].acts:
            self.findings.add((*path, "oral"), f"{entry['type']} is not submitted orally", "leave it out")

    def _check_contents(self, path: KeyPath, contents: Mapping[str, Any]) -> None:
        for field, value in contents.items():
            inside = (*path, field)
            if not self._named(inside, field, self.rulebook.fields, "the field") or value is None:
                continue
            if not self.findings.is_sound(*inside):
                continue
            if field == "offence":
                for index, offence in enumerate(value):
                    self._named((*inside, index), offence, self.offences, "the offence")
            if isinstance(value, Mapping):
                self._check_dates(inside, value)
            for index, item in enumerate(value if isinstance(value, list) else ()):
                if field == "legal_basis":
                    self._check_source((*inside, index), item)

    def _check_dates(self, path: KeyPath, value: Mapping[str, Any]) -> None:
        days = {key: self._day((*path, key), value[key]) for key in ("date", "from", "to") if key in value}
        first, last = days.get("from"), days.get("to")
        if first and last and last < first:
            self.findings.add(
                (*path, "to"), f"{value['to']} lies before {value['from']}", "put the two in order"
            )

    def _day(self, path: KeyPath, text: str) -> date | None:
        found: date | None = self._read(path, lambda: _date(text))
        return found

    def _check_source(self, path: KeyPath, source: str) -> None:
        number = source.split("(")[0]
        if number.isdigit() and number not in self.articles:
            self.findings.add(path, f"Article {number} does not exist", f"there are {len(self.articles)}")

    def _check_parents(self) -> None:
        for path, entry in self._sound("requests"):
            if "parent" not in entry:
                continue
            here = (*path, "parent")
            if not self._id(here, entry["parent"], "requests", "the request"):
                continue
            parent = self.requests.get(entry["parent"])
            if parent is None:
                continue
            pair, wanted = [(e["who"][:2], e["whom"][:2]) for e in (entry, parent)]
            if pair != wanted:
                problem = f"its parent {parent['id']} goes from {wanted[0]} to {wanted[1]}"
                mend = f"this one goes from {pair[0]} to {pair[1]}: a follow-up keeps States and direction"
                self.findings.add(here, problem, mend)
            if self._is_before(entry, parent):
                problem = f"is filed before its parent {parent['id']}"
                self.findings.add((*path, "when"), problem, "file the parent first")

    def _is_before(self, entry: Mapping[str, Any], parent: Mapping[str, Any]) -> bool:
        filed = []
        for when in (entry["when"], parent["when"]):
            if not isinstance(when, str) or self.start is None:
                return False
            try:
                filed.append(moment(when, self.start))
            except ValueError:
                return False
        return filed[0] < filed[1]

    def _check_circles(self) -> None:
        """Requests that wait for each other, as parents or for an act, would never be filed."""
        waits: dict[str, list[str]] = {}
        paths: dict[str, KeyPath] = {}
        for path, entry in self._sound("requests"):
            if entry["id"] in paths:
                continue
            paths[entry["id"]] = path
            when = entry["when"]
            named = [entry.get("parent"), when.get("of") if isinstance(when, Mapping) else None]
            waits[entry["id"]] = [name for name in named if name]
        for _ in range(_CIRCLES_AT_MOST):
            circle = _circle(waits)
            if not circle:
                break
            first = min((name for name in circle if name in paths), key=lambda name: paths[name][1])
            at = circle.index(first)
            story = " waits for ".join([*circle[at:], *circle[:at], first])
            self.findings.add(paths[first], f"can never be filed: {story}", "let one of them come first")
            for name in circle:
                waits[name] = []

    def _check_injects(self) -> None:
        for path, entry in self._sound("injects"):
            for index, code in enumerate(entry["to"]):
                self._state((*path, "to", index), code)
            trigger, here = entry["trigger"], (*path, "trigger")
            kind = next(key for key in _TRIGGER_KEYS if key in trigger)
            for key in trigger.keys() - _TRIGGER_KEYS[kind]:
                mend = "allowed: " + ", ".join(sorted(_TRIGGER_KEYS[kind]))
                self.findings.add((*here, key), f"does not go with {kind}", mend)
            if kind != "after_act":
                self._instant((*here, kind), trigger[kind])
            if kind != "at":
                self._pattern(here, trigger, "act" if kind == "if_nothing_by" else kind)
            if "plus" in trigger:
                self._span((*here, "plus"), trigger["plus"])

    def _check_milestones(self) -> None:
        for path, entry in self._sound("milestones"):
            self._pattern((*path, "when"), entry["when"], "act")

    def _check_expectations(self) -> None:
        for path, entry in self._sound("expectations"):
            if self._state((*path, "seat"), entry["seat"]):
                self._check_team((*path, "seat"), entry["seat"])
            # the `of` of an expectation says what it counts from, and is no filter of the act
            expected = {key: value for key, value in entry.items() if key != "of"}
            if "request" in entry and self._id(
                (*path, "request"), entry["request"], "requests", "the request"
            ):
                self._check_act_of(path, entry)
            self._pattern(path, expected, "act", "request_type")
            for index, act in enumerate(entry.get("or_acts", ())):
                self._named((*path, "or_acts", index), act, self.acts, "the act")
            self._check_without(path, entry)
            self._span((*path, "within"), entry["within"])
            self._check_base((*path, "of"), entry["of"])
            self._check_source((*path, "why"), entry["why"])

    def _check_decisions(self) -> None:
        for path, entry in self._sound("decisions"):
            code = entry["seat"]
            if self._state((*path, "seat"), code):
                self._check_team((*path, "seat"), code)
            if {"request", "inject"} <= entry.keys():
                self.findings.add(
                    (*path, "inject"), "does not go with request", "name what puts the decision"
                )
            if "inject" in entry and self._id((*path, "inject"), entry["inject"], "injects", "the inject"):
                self._check_reached(path, entry)
            if "request" in entry and self._id(
                (*path, "request"), entry["request"], "requests", "the request"
            ):
                named = self.requests.get(entry["request"])
                if named and code not in (named["who"][:2], named["whom"][:2]):
                    mend = f"it goes from {named['who'][:2]} to {named['whom'][:2]}"
                    self.findings.add((*path, "request"), f"{code} has no part in {named['id']}", mend)

    def _check_reached(self, path: KeyPath, entry: Mapping[str, Any]) -> None:
        for _, inject in self._sound("injects"):
            if inject["id"] == entry["inject"] and entry["seat"] not in inject["to"]:
                mend = "it goes to " + ", ".join(inject["to"])
                self.findings.add((*path, "inject"), f"{entry['seat']} does not get {inject['id']}", mend)

    def _check_act_of(self, path: KeyPath, entry: Mapping[str, Any]) -> None:
        """The act must be one of the named request's type, done by one of its two States."""
        named = self.requests.get(entry["request"])
        known = self.rulebook.types.get(named["type"]) if named else None
        if named is None or known is None:
            return
        if entry["act"] in self.acts and entry["act"] not in known.acts:
            problem = f"a request of the type {known.id} knows no act {entry['act']}"
            self.findings.add(
                (*path, "act"), problem, self.findings.allowed(entry["act"], sorted(known.acts))
            )
        pair = (named["who"][:2], named["whom"][:2])
        if entry["seat"] not in pair:
            mend = f"it goes from {pair[0]} to {pair[1]}"
            self.findings.add((*path, "request"), f"{entry['seat']} has no part in {named['id']}", mend)

    def _check_without(self, path: KeyPath, entry: Mapping[str, Any]) -> None:
        errors = self.rulebook.errors
        words = [GAP, MISLED, *(name for name, error in errors.items() if error.found_by != "events")]
        for index, word in enumerate(entry.get("without", ())):
            here = (*path, "without", index)
            if not self._named(here, word, words, "the error") or word in (GAP, MISLED):
                continue
            wanted = entry.get("request_type")
            if wanted in self.rulebook.types and wanted not in errors[word].types:
                mend = "it happens in: " + ", ".join(sorted(errors[word].types))
                self.findings.add(here, f"{word} does not happen in {wanted}", mend)

    def _check_truths(self) -> None:
        for path, entry in self._sound("truths"):
            for key, section, what in (("of", "requests", "the request"), ("case", "cases", "the case")):
                if key in entry:
                    self._id((*path, key), entry[key], section, what)
            if "type" in entry:
                self._named((*path, "type"), entry["type"], self.rulebook.types, "the request type")
            for key in ("to", "provider_state"):
                if key in entry:
                    self._state((*path, key), entry[key])
            for key in ("nationalities", "hosting_states", "invited_states"):
                for index, code in enumerate(entry.get(key, ())):
                    self._state((*path, key, index), code)
            for index, offence in enumerate(entry.get("interceptable", ())):
                self._named((*path, "interceptable", index), offence, self.offences, "the offence")
            for key in ("hearing_at", "funds_gone_at"):
                if key in entry:
                    self._instant((*path, key), entry[key])

    def _check_team(self, path: KeyPath, code: str) -> None:
        entry = self.states.get(code)
        if isinstance(entry, Mapping) and entry.get("seat") != "team":
            teams = [c for c, e in self.states.items() if isinstance(e, Mapping) and e.get("seat") == "team"]
            mend = "expectations are of teams: " + (", ".join(teams) or "give it `seat: team`")
            self.findings.add(path, f"{code} is a simulated State", mend)

    def _check_base(self, path: KeyPath, base: str | Mapping[str, Any]) -> None:
        if isinstance(base, str):
            return
        if "act" in base:
            self._pattern(path, base, "act")
            return
        self._id((*path, "inject"), base["inject"], "injects", "the inject")
        for key in base.keys() - {"inject"}:
            self.findings.add((*path, key), "does not go with inject", "allowed: inject")


def _circle(waits: Mapping[str, list[str]]) -> list[str]:
    """Return one circle among those who wait, without repeating its first, or an empty list."""
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        # graphlib names each node before the one that waits for it
        return list(reversed(error.args[1]))[:-1]
    return []


def _date(text: str) -> date:
    """Return the day of a date or of an instant with an offset, as its author counts days."""
    if "T" in text:
        return instant(text).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text} is not a date that exists") from None
