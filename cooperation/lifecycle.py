"""The life of a request: which act is permitted from where, and what it does to status and stages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cooperation.document import Entries, Fault
from cooperation.words import DRAFT, Refused, sentence

BACK = "back"
UNCHANGED = "unchanged"
OPEN = "open"
STEP = "step"
SIDES = ("requesting", "requested", "either", "clock")
ORAL, KEEP = GUARDS = ("oral_unconfirmed", "keep_not_open")
WHO = {
    "requesting": sentence("the requesting State"),
    "requested": sentence("the requested State"),
    "either": sentence("one of the two States"),
    "clock": sentence("the clock"),
}


# The stage in which a State answers what it was asked for.
DECIDE = "decide"


@dataclass(frozen=True, slots=True)
class Word:
    """A status, outcome, stage, event or act: its id, label and where it comes from."""

    id: str
    label: str
    source: str
    confidence: str
    meaning: str = ""
    recorded_by: str = ""
    types: frozenset[str] | None = None  # in whose life a step that is recorded makes sense; None = all
    done: str = ""
    contents: tuple[tuple[str, str], ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Transition:
    """One way in which an act may be done, and what follows from it."""

    act: str
    side: str
    from_: frozenset[str]
    to: str
    source: str
    confidence: str
    types: frozenset[str] | None = None
    when: tuple[tuple[str, Any], ...] = ()
    needs: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()
    closes: tuple[str, ...] = ()
    suspends: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    outcome: str = ""
    raises: tuple[str, ...] = ()
    line: int = 0

    def is_for(self, request_type: str) -> bool:
        """Return whether this row is meant for requests of this type."""
        return self.types is None or request_type in self.types

    def is_of(self, side: str) -> bool:
        """Return whether this side may use this row; `either` means the two States, and not the clock."""
        return self.side == side or (self.side == "either" and side != "clock")

    def says(self, contents: Mapping[str, Any]) -> bool:
        """Return whether this row is meant for an act with these contents."""
        return all(contents.get(key) == value for key, value in self.when)


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The whole table, with its words in the order of the data."""

    statuses: Mapping[str, Word]
    ends: frozenset[str]
    outcomes: Mapping[str, Word]
    stages: Mapping[str, Word]
    events: Mapping[str, Word]
    acts: Mapping[str, Word]
    transitions: tuple[Transition, ...]
    stages_of_types: Mapping[str, tuple[str, ...]]
    rows: Mapping[tuple[str, str], tuple[Transition, ...]] = field(repr=False, default_factory=dict)

    @property
    def open_statuses(self) -> frozenset[str]:
        """The statuses that are neither draft nor an end."""
        return frozenset(self.statuses) - self.ends - {DRAFT}

    def opened_stages(self, transition: Transition, request_type: str) -> tuple[str, ...]:
        """Return the stages that this row opens on a request of this type."""
        only = self.stages_of_types.get(request_type)
        return transition.opens if only is None else tuple(s for s in transition.opens if s in only)

    def steps_of(self, side: str, request_type: str) -> tuple[Word, ...]:
        """Return the steps that a side may record and that make sense in the life of a request of this type."""
        return tuple(
            event
            for event in self.events.values()
            if event.recorded_by in (side, "either") and (event.types is None or request_type in event.types)
        )

    def is_decided(self, request_type: str) -> bool:
        """Return whether the other State decides on a request of this type, as it does not on what is only told."""
        only = self.stages_of_types.get(request_type)
        return only is None or DECIDE in only


@dataclass(frozen=True, slots=True)
class Standing:
    """What the table needs to know about one request before an act."""

    request_type: str
    status: str
    oral_unconfirmed: bool = False
    keep_open: bool = False
    acts: frozenset[str] | None = None  # those that the type uses; None = all

    def uses(self, act: str) -> bool:
        """Return whether the type of the request uses this act."""
        return self.acts is None or act in self.acts


def decide(
    lifecycle: Lifecycle, standing: Standing, *, side: str, act: str, contents: Mapping[str, Any]
) -> Transition:
    """Return the row that permits this act; raise Refused with a reason a trainee can read.

    side      "requesting", "requested" or "clock"
    contents  what is said with the act; some acts must say something (reasons of a refusal)
    """
    for row in _rows_for(lifecycle, standing, side, act):
        if row.says(contents):
            _check_contents(lifecycle, act, contents)
            return row
    raise _refusal(lifecycle, standing, side, act, contents)


def permitted_acts(
    lifecycle: Lifecycle, standing: Standing, side: str, acts: Iterable[str]
) -> tuple[str, ...]:
    """Return those of `acts` that this side may do now, whatever it says with them."""
    return tuple(act for act in acts if any(_rows_for(lifecycle, standing, side, act)))


def _rows_for(lifecycle: Lifecycle, standing: Standing, side: str, act: str) -> Iterator[Transition]:
    """Yield the rows that permit an act but for what is said with it."""
    if standing.uses(act):
        for row in lifecycle.rows.get((act, standing.status), ()):
            if row.is_for(standing.request_type) and row.is_of(side) and not _guard(row, standing):
                yield row


def _guard(row: Transition, standing: Standing) -> str:
    """Return the guard of the row that does not hold, or nothing."""
    if ORAL in row.needs and not standing.oral_unconfirmed:
        return ORAL
    return KEEP if KEEP in row.needs and standing.keep_open else ""


def _check_contents(lifecycle: Lifecycle, act: str, contents: Mapping[str, Any]) -> None:
    for name, source in lifecycle.acts[act].contents:
        if contents.get(name) in (None, "", [], {}):
            raise Refused(
                "missing_contents",
                f"to {act} must say: {name}",
                article=source,
                mend=f"add {name}",
                field=name,
            )


def _refusal(
    lifecycle: Lifecycle, standing: Standing, side: str, act: str, contents: Mapping[str, Any]
) -> Refused:
    """Return why no row permits the act, the most general reason first."""
    if act not in lifecycle.acts:
        return Refused(
            "unknown_act", f"there is no act {act}", mend=f"use one of: {', '.join(lifecycle.acts)}"
        )
    of_type = [t for t in lifecycle.transitions if t.act == act and t.is_for(standing.request_type)]
    if not of_type or not standing.uses(act):
        return Refused(
            "wrong_type",
            f"{act} has no place in a request of the type {standing.request_type}",
            mend="choose an act that the type uses",
        )
    here = [t for t in of_type if standing.status in t.from_]
    if not here:
        from_ = [s for s in lifecycle.statuses if any(s in t.from_ for t in of_type)]
        return Refused(
            "wrong_status",
            f"a request that is {standing.status} cannot be answered with {act}",
            article=of_type[0].source,
            mend=f"it may be done when the request is {' or '.join(from_)}",
        )
    of_side = [t for t in here if t.is_of(side)]
    if not of_side:
        who = WHO[here[0].side]
        return Refused(
            "wrong_side", f"only {who} may {act}", article=here[0].source, mend=f"leave it to {who}"
        )
    article = of_side[0].source
    guard = _guard(of_side[0], standing)
    if guard == ORAL:
        return Refused(
            "not_oral",
            f"{act} follows only once, and only after an oral request",
            article=article,
            mend="nothing is left to confirm",
        )
    if guard == KEEP:
        return Refused(
            "keep_open",
            "the preserved data still waits for its follow-up",
            article="42(8)",
            mend="file the follow-up request, or let the preservation lapse",
        )
    fitting = " or ".join(", ".join(f"{k}: {v}" for k, v in t.when) for t in of_side)
    return Refused(
        "wrong_contents",
        f"{act} does not fit these contents: {dict(contents)}",
        article=article,
        mend=f"say {fitting}",
    )


def read_lifecycle(entries: Entries, name: str) -> tuple[Lifecycle, list[Fault]]:
    """Build the table from its document; return it with every fault found in it."""
    return _Reader(entries, name).read()


class _Reader:
    """Reads the lifecycle document, collecting faults instead of stopping at the first."""

    NEEDED = ("act", "side", "from", "to", "source", "confidence")
    ROW_KEYS = frozenset(
        (*NEEDED, "types", "when", "needs", "opens", "closes", "suspends", "resumes", "outcome", "raises")
    )

    def __init__(self, entries: Entries, name: str) -> None:
        self.entries = entries
        self.name = name
        self.faults: list[Fault] = []

    def fault(self, line: int, key: str, problem: str, mend: str = "") -> None:
        self.faults.append(Fault(self.name, line, key, problem, mend))

    def read(self) -> tuple[Lifecycle, list[Fault]]:
        known = {
            "schema",
            "statuses",
            "outcomes",
            "stages",
            "events",
            "acts",
            "transitions",
            "stages_of_types",
        }
        for key in self.entries:
            if key not in known:
                self.fault(
                    self.entries.lines[key],
                    key,
                    "is not a key of the lifecycle",
                    "allowed: " + ", ".join(sorted(known)),
                )
        statuses = self.words("statuses")
        ends = frozenset(
            e["id"]
            for e in self.items("statuses")
            if isinstance(e, Entries) and e.get("end") is True and "id" in e
        )
        parts = {key: self.words(key) for key in ("outcomes", "stages", "events", "acts")}
        opened = frozenset(statuses) - ends - {DRAFT}
        transitions = tuple(
            row
            for entry in self.items("transitions")
            if (row := self.transition(entry, statuses, opened, parts)) is not None
        )
        rows: dict[tuple[str, str], tuple[Transition, ...]] = {}
        for row in transitions:
            for status in row.from_:
                # A row that speaks of particular contents is asked before one that does not.
                found = (*rows.get((row.act, status), ()), row)
                rows[row.act, status] = tuple(sorted(found, key=lambda t: (not t.when, t.types is None)))
        table = Lifecycle(
            statuses=statuses,
            ends=ends,
            transitions=transitions,
            stages_of_types=self.stages_of_types(parts["stages"]),
            rows=rows,
            **parts,
        )
        return table, self.faults

    def items(self, key: str) -> list[Any]:
        value = self.entries.get(key)
        if not isinstance(value, list):
            self.fault(self.entries.lines.get(key, self.entries.line), key, "is missing or is not a list")
            return []
        return value

    def words(self, key: str) -> dict[str, Word]:
        allowed = {
            "id",
            "label",
            "meaning",
            "end",
            "recorded_by",
            "types",
            "done",
            "contents",
            "source",
            "confidence",
        }
        found: dict[str, Word] = {}
        for entry in self.items(key):
            if not isinstance(entry, Entries) or not isinstance(entry.get("id"), str):
                self.fault(
                    getattr(entry, "line", self.entries.lines[key]),
                    key,
                    "needs an id",
                    "write {id: ..., label: ...}",
                )
                continue
            line, word = entry.line, entry["id"]
            for extra in entry.keys() - allowed:
                self.fault(
                    entry.lines[extra], extra, "is not a key here", "allowed: " + ", ".join(sorted(allowed))
                )
            for needed in ("source", "confidence"):
                if not entry.get(needed):
                    self.fault(line, word, f"has no {needed}")
            if word in found:
                self.fault(line, word, f"stands twice in {key}")
            says = entry.get("contents") or []
            found[word] = Word(
                id=word,
                label=str(entry.get("label", word.replace("_", " "))),
                source=str(entry.get("source", "")),
                confidence=str(entry.get("confidence", "")),
                meaning=str(entry.get("meaning", "")),
                recorded_by=str(entry.get("recorded_by", "")),
                types=frozenset(map(str, entry["types"])) if "types" in entry else None,
                done=str(entry.get("done", "")),
                contents=tuple(
                    (str(c.get("field")), str(c.get("source"))) for c in says if isinstance(c, Entries)
                ),
                line=line,
            )
        return found

    def transition(
        self, entry: Any, statuses: dict[str, Word], opened: frozenset[str], parts: dict[str, dict[str, Word]]
    ) -> Transition | None:
        if not isinstance(entry, Entries):
            self.fault(self.entries.lines["transitions"], "transitions", "holds something that is not a row")
            return None
        line = entry.line
        for extra in entry.keys() - self.ROW_KEYS:
            self.fault(
                entry.lines[extra],
                extra,
                "is not a key of a row",
                "allowed: " + ", ".join(sorted(self.ROW_KEYS)),
            )
        missing = [key for key in self.NEEDED if entry.get(key) in (None, "", [])]
        if missing:
            self.fault(line, str(entry.get("act", "row")), f"has no {', '.join(missing)}")
            return None

        def named(key: str, allowed: Iterable[str]) -> tuple[str, ...]:
            value = entry.get(key, [])
            if not isinstance(value, list):
                self.fault(entry.lines[key], key, "must be a list")
                return ()
            words = set(allowed)
            for word in value:
                if word not in words:
                    self.fault(
                        entry.lines[key],
                        key,
                        f"{word} does not exist",
                        "allowed: " + ", ".join(sorted(words)),
                    )
            return tuple(str(word) for word in value)

        def one(key: str, allowed: Iterable[str]) -> str:
            words = set(allowed)
            if entry[key] not in words:
                self.fault(
                    entry.lines[key],
                    key,
                    f"{entry[key]} does not exist",
                    "allowed: " + ", ".join(sorted(words)),
                )
            return str(entry[key])

        from_ = set(named("from", {*statuses, OPEN}))
        if OPEN in from_:
            from_ = (from_ - {OPEN}) | opened
        when = entry.get("when") or {}
        types = entry.get("types")
        return Transition(
            act=one("act", parts["acts"]),
            side=one("side", SIDES),
            from_=frozenset(from_),
            to=one("to", {*statuses, BACK, UNCHANGED}),
            source=str(entry["source"]),
            confidence=str(entry["confidence"]),
            types=frozenset(map(str, types)) if isinstance(types, list) else None,
            when=tuple(when.items()) if isinstance(when, dict) else (),
            needs=named("needs", GUARDS),
            opens=named("opens", parts["stages"]),
            closes=named("closes", parts["stages"]),
            suspends=named("suspends", parts["stages"]),
            resumes=named("resumes", parts["stages"]),
            outcome=one("outcome", parts["outcomes"]) if entry.get("outcome") else "",
            raises=named("raises", {*parts["events"], STEP}),
            line=line,
        )

    def stages_of_types(self, stages: dict[str, Word]) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for entry in self.items("stages_of_types"):
            for stage in entry.get("stages", []):
                if stage not in stages:
                    self.fault(
                        entry.line,
                        "stages_of_types",
                        f"{stage} does not exist",
                        "allowed: " + ", ".join(stages),
                    )
            for request_type in entry.get("types", []):
                found[str(request_type)] = tuple(entry.get("stages", []))
        return found
