"""Behaviours as data files: read once, and refused with every fault and its line."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from datetime import time
from functools import cache
from pathlib import Path
from typing import Any

from cooperation.behaviour.values import CHANCES, QUICK, ROUTINE, TASKS, Behaviour, Effort
from cooperation.calibration import calibration
from cooperation.document import BadInput, Entries, Fault, line_of, read_file
from cooperation.rulebook import rulebook

FOLDER = Path(__file__).parents[1] / "data" / "behaviours"
SCHEMA = "comity.behaviour/1"
OFFICERS_AT_MOST = 500
EFFORT_AT_MOST = {"work_hours": 1000, "work_spread": 3, "wait_hours": 20000, "wait_spread": 3}


@cache
def behaviours() -> Mapping[str, Behaviour]:
    """Return the behaviours that ship, by name."""
    return {path.stem: read_behaviour(path) for path in sorted(FOLDER.glob("*.yaml"))}


def read_behaviour(path: Path) -> Behaviour:
    """Return the behaviour in a file; raise BadInput with every fault."""
    return _Reading(path).behaviour()


class _Reading:
    """One reading of a behaviour, collecting faults instead of stopping at the first."""

    KEYS = (
        *("schema", "behaviour", "about", "source", "confidence", "officers", "hours", "efforts", "chances"),
        *("forgotten_for_days", "ask_status_after_days"),
    )
    OPTIONAL = ("title", "fitted_to")

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.stem = path.stem
        self.faults: list[Fault] = []
        self.document = read_file(path, called=path.name)

    def behaviour(self) -> Behaviour:
        top = self.mapping(self.document, (), self.KEYS, self.OPTIONAL)
        self.word(top, "schema", (SCHEMA,))
        hours = self.inner(top, ("hours",), ("opens", "closes"))
        made = Behaviour(
            name=self.word(top, "behaviour", (self.stem,)),
            title=self.word(top, "title") or self.stem.replace("_", " "),
            about=self.word(top, "about"),
            source=self.word(top, "source"),
            confidence=self.word(top, "confidence", rulebook().terms["confidences"]),
            officers=self.officers(top),
            opens=self.hour(hours, "opens"),
            closes=self.hour(hours, "closes"),
            efforts=self.efforts(top),
            chances=self.chances(top),
            forgotten_for_days=self.number(top, ("forgotten_for_days",), 0, 1000),
            ask_status_after_days=self.number(top, ("ask_status_after_days",), 1, 1000),
            fitted_to=self.fitted_to(top),
        )
        if not self.faults and made.closes <= made.opens:
            self.fault(("hours", "closes"), "must come after it opens")
        if self.faults:
            raise BadInput(self.faults)
        return made

    def fault(self, path: tuple[str, ...], problem: str, mend: str = "") -> None:
        line = line_of(self.document, path)
        self.faults.append(Fault(self.name, line, ".".join(path), problem, mend))

    def mapping(
        self, value: Any, path: tuple[str, ...], keys: Collection[str], optional: Collection[str] = ()
    ) -> Entries:
        """Return a mapping of exactly these keys; what it lacks has been told, and reads as nothing."""
        allowed = "allowed: " + ", ".join((*keys, *optional))
        if not isinstance(value, Entries):
            self.fault(path, "must be a mapping of keys", allowed)
            return Entries(0)
        for key in value.keys() - set(keys) - set(optional):
            self.fault((*path, key), "is not known", allowed)
        for key in keys:
            if key not in value:
                self.fault((*path, key), "is missing", "add it")
        return value

    def inner(self, within: Entries, path: tuple[str, ...], keys: Collection[str]) -> Entries:
        """Return the mapping under the last key of the path; one that is missing has been told."""
        return self.mapping(within[path[-1]], path, keys) if path[-1] in within else Entries(0)

    def word(self, within: Entries, key: str, allowed: Collection[str] = ()) -> str:
        if key not in within:
            return ""
        value = within[key]
        if not isinstance(value, str) or not value:
            self.fault((key,), "must be text")
            return ""
        if allowed and value not in allowed:
            self.fault((key,), f"is {value}", "allowed: " + ", ".join(allowed))
        return value

    def number(self, within: Entries, path: tuple[str, ...], least: float, most: float) -> float:
        value = within.get(path[-1], least)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            self.fault(path, f"must be a number from {least} to {most}")
            return least
        return float(value)

    def fitted_to(self, top: Entries) -> tuple[str, ...]:
        given = top.get("fitted_to", [])
        if not isinstance(given, list) or any(not isinstance(name, str) for name in given):
            self.fault(("fitted_to",), "must be a list of ids", "write [one, two]")
            return ()
        known = calibration().ids
        for name in given:
            if name not in known:
                near = difflib.get_close_matches(name[:60], known, n=1)
                mend = f"did you mean {near[0]}?" if near else "name ids of calibration/figures.yaml"
                self.fault(("fitted_to",), f"names no figure or proposal: {name[:60]}", mend)
        if len(set(given)) < len(given):
            self.fault(("fitted_to",), "names one twice", "keep one of the two")
        return tuple(given)

    def officers(self, top: Entries) -> dict[str, int]:
        kinds = rulebook().authorities
        given = self.inner(top, ("officers",), kinds)
        for kind in given.keys() & kinds.keys():
            value = given[kind]
            if type(value) is not int or not 1 <= value <= OFFICERS_AT_MOST:
                self.fault(("officers", kind), f"must be a whole number from 1 to {OFFICERS_AT_MOST}")
        return dict(given)

    def hour(self, hours: Entries, name: str) -> time:
        if name not in hours:
            return time(0)
        try:
            found = time.fromisoformat(str(hours[name]))
        except ValueError:
            found = None
        if found is None or found.tzinfo is not None:
            self.fault(("hours", name), 'must be a local hour like "08:30"')
            return time(0)
        return found

    def chances(self, top: Entries) -> dict[str, float]:
        given = self.inner(top, ("chances",), CHANCES)
        return {name: self.number(given, ("chances", name), 0, 1) for name in CHANCES}

    def efforts(self, top: Entries) -> dict[str, dict[str, Effort]]:
        paces = self.inner(top, ("efforts",), (QUICK, ROUTINE))
        return {paced: self.efforts_of(paces, ("efforts", paced)) for paced in (QUICK, ROUTINE)}

    def efforts_of(self, paces: Entries, path: tuple[str, ...]) -> dict[str, Effort]:
        tasks = self.inner(paces, path, TASKS)
        return {task: self.effort(tasks, (*path, task)) for task in TASKS}

    def effort(self, tasks: Entries, path: tuple[str, ...]) -> Effort:
        parts = self.inner(tasks, path, EFFORT_AT_MOST)
        return Effort(*(self.number(parts, (*path, part), 0, most) for part, most in EFFORT_AT_MOST.items()))
