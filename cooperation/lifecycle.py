"""The life of a request: which act is permitted from where, and what it does to status and stages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cooperation.document import Entries, Fault
from cooperation.words import DRAFT, Refused

BACK = "back"
UNCHANGED = "unchanged"
OPEN = "open"
STEP = "step"
SIDES = ("requesting", "requested", "either", "clock")
GUARDS = ("oral_unconfirmed", "keep_not_open")


@dataclass(frozen=True, slots=True)
class Word:
    """A status, outcome, stage, event or act: its id, label and where it comes from."""

    id: str
    label: str
    source: str
    confidence: str
    meaning: str = ""
    recorded_by: str = ""
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

    def fits(self, request_type: str, contents: Mapping[str, Any]) -> bool:
        """Return whether this row is meant for this type with these contents."""
        if self.types is not None and request_type not in self.types:
            return False
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


@dataclass(frozen=True, slots=True)
class Standing:
    """What the table needs to know about one request before an act."""

    request_type: str
    status: str
    oral_unconfirmed: bool = False
    keep_open: bool = False
    acts: frozenset[str] | None = None  # those that the type uses; None = all


def decide(
    lifecycle: Lifecycle, standing: Standing, *, side: str, act: str, contents: Mapping[str, Any]
) -> Transition:
    """Return the row that permits this act; raise Refused with a reason a trainee can read.

    side      "requesting", "requested" or "clock"
    contents  what is said with the act; some acts must say something (reasons of a refusal)
    """
    unused = standing.acts is not None and act not in standing.acts
    for row in () if unused else lifecycle.rows.get((act, standing.status), ()):
        if row.side != side and (row.side != "either" or side == "clock"):
            continue
        if row.fits(standing.request_type, contents) and _guards_hold(row, standing):
            _check_contents(lifecycle, act, contents)
            return row
    raise _refusal(lifecycle, standing, side, act, contents)


def permitted_acts(
    lifecycle: Lifecycle, standing: Standing, side: str, acts: Iterable[str]
) -> tuple[str, ...]:
    """Return those of `acts` that this side may do now, whatever it says with them."""
    found = []
    for act in acts:
        for row in lifecycle.rows.get((act, standing.status), ()):
            sides_agree = row.side == side or (row.side == "either" and side != "clock")
            types_agree = row.types is None or standing.request_type in row.types
            if sides_agree and types_agree and _guards_hold(row, standing):
                found.append(act)
                break
    return tuple(found)


def _guards_hold(row: Transition, standing: Standing) -> bool:
    for guard in row.needs:
        if guard == "oral_unconfirmed" and not standing.oral_unconfirmed:
            return False
        if guard == "keep_not_open" and standing.keep_open:
            return False
    return True


def _check_contents(lifecycle: Lifecycle, act: str, contents: Mapping[str, Any]) -> None:
    for name, source in lifecycle.acts[act].contents:
        if contents.get(name) in (None, "", [], {}):
            raise Refused(
                "missing_contents", f"to {act} must say: {name}", article=source, mend=f"add {name}"
            )


def _refusal(
    lifecycle: Lifecycle, standing: Standing, side: str, act: str, contents: Mapping[str, Any]
) -> Refused:
    if act not in lifecycle.acts:
        return Refused(
            "unknown_act", f"there is no act {act}", mend=f"use one of: {', '.join(lifecycle.acts)}"
        )
    if standing.acts is not None and act not in standing.acts:
        return Refused("wrong_type", f"{act} has no place in a request of the type {standing.request_type}")
    status = standing.status
    rows = lifecycle.rows.get((act, status), ())
    if not rows:
        known = [t for t in lifecycle.transitions if t.act == act]
        allowed = sorted({s for t in known for s in t.from_}, key=list(lifecycle.statuses).index)
        return Refused(
            "wrong_status",
            f"a request that is {status} cannot be answered with {act}",
            article=known[0].source if known else "",
            mend=f"it may be done when the request is {' or '.join(allowed)}",
        )
    on_side = [r for r in rows if r.side == side or (r.side == "either" and side != "clock")]
    if not on_side:
        return Refused("wrong_side", f"only the {rows[0].side} State may {act}", article=rows[0].source)
    of_type = [r for r in on_side if r.types is None or standing.request_type in r.types]
    if not of_type:
        return Refused("wrong_type", f"{act} has no place in a request of the type {standing.request_type}")
    row = of_type[0]
    if "oral_unconfirmed" in row.needs and not standing.oral_unconfirmed:
        return Refused(
            "not_oral", f"{act} follows only once, and only after an oral request", article=row.source
        )
    if "keep_not_open" in row.needs and standing.keep_open:
        return Refused(
            "keep_open",
            "the preserved data still waits for its follow-up",
            article="42(8)",
            mend="file the follow-up request, or let the preservation lapse",
        )
    return Refused(
        "wrong_contents", f"{act} does not fit these contents: {dict(contents)}", article=row.source
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
        allowed = {"id", "label", "meaning", "end", "recorded_by", "done", "contents", "source", "confidence"}
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
        missing = [
            key
            for key in ("act", "side", "from", "to", "source", "confidence")
            if entry.get(key) in (None, "", [])
        ]
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
