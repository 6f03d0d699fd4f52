"""A scenario: who cooperates, on what case, what is filed, what happens on the way, what is expected."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cooperation.calendars import state_calendars
from cooperation.document import BadInput, Entries, Fault, read_file, read_text
from cooperation.examination.truth import Truth
from cooperation.moments import instant, moment, span
from cooperation.scenario.check import DEFAULT_PROFILE, check_meaning
from cooperation.scenario.shape import Findings, check_shape
from cooperation.scenario.truths import TruthEntry, read_truth, truth_for
from cooperation.world.laws import DEFAULT_LAW

if TYPE_CHECKING:
    from cooperation.rulebook.values import RuleBook

_DATA = Path(__file__).parents[1] / "data"
FOLDER = _DATA / "scenarios"
DEFAULT_RATE = 3600
NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class ActPattern:
    """An act that is waited for; a filter left None fits everything.

    of            id of a planned request
    from_state    the State that does the act, to_state the other one
    """

    act: str
    of: str | None = None
    from_state: str | None = None
    to_state: str | None = None
    request_type: str | None = None

    def matches(
        self,
        act: str,
        planned_id: str | None,
        from_state: str | None,
        to_state: str | None,
        request_type: str | None,
    ) -> bool:
        """Return whether an act is the one waited for. An act of the clock has no States."""
        return (
            self.act == act
            and self.of in (None, planned_id)
            and self.from_state in (None, from_state)
            and self.to_state in (None, to_state)
            and self.request_type in (None, request_type)
        )


@dataclass(frozen=True, slots=True)
class When:
    """When a request is filed: at an instant, UTC, or `plus` after the first act that fits a pattern."""

    at: datetime | None
    pattern: ActPattern | None
    plus: timedelta = NONE


@dataclass(frozen=True, slots=True)
class Trigger:
    """What fires an inject, once: an instant, an act (`plus` later), or no such act before `nothing_by`."""

    at: datetime | None
    pattern: ActPattern | None
    plus: timedelta = NONE
    nothing_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class StateEntry:
    """One State: a team's (`seat`) or simulated (`behaviour`).

    transit  how long a request is under way to it
    law      the law profile it is played with; no Member State's own law is stated (exercise rule)
    """

    code: str
    name: str
    calendar: str
    seat: str | None
    behaviour: str | None
    officers: Mapping[str, int]
    transit: timedelta
    law: str = DEFAULT_LAW


@dataclass(frozen=True, slots=True)
class Treaty:
    """Another assistance treaty that binds two of the States; its rules govern between them (Art. 40(7))."""

    id: str
    name: str
    states: frozenset[str]
    note: str


@dataclass(frozen=True, slots=True)
class Provider:
    """A service provider and the State in which it can be reached."""

    id: str
    name: str
    state: str


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """One case of one State. `truth` is what happened in fact, and for control only."""

    id: str
    state: str
    title: str
    offences: tuple[str, ...]
    maximum_penalty_years: float | str | None
    facts: str
    truth: str


@dataclass(frozen=True, slots=True)
class PlannedRequest:
    """A request that a simulated seat files by itself. A content that is None is left out on purpose.

    evidence  how what is sent is to be used, and the `break` planted in it (which `item` of evidence_returned)
    """

    id: str
    when: When
    from_state: str
    from_authority: str
    to_state: str
    to_authority: str
    type: str
    case: str | None
    parent: str | None
    contents: Mapping[str, Any]
    oral: bool = False
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Inject:
    """A piece of news and the States that get it."""

    id: str
    trigger: Trigger
    to: tuple[str, ...]
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Milestone:
    """A point of the story, reached with the first act that fits."""

    id: str
    pattern: ActPattern


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a team is expected to do, `within` a time from an inject, an act, or (both None) the start.

    or_acts  acts that do as well
    without  typical errors, by id, and `gap`: what the request must not show when the act is done
    """

    id: str
    state: str
    pattern: ActPattern
    within: timedelta
    of_inject: str | None
    of_act: ActPattern | None
    points: int
    why: str
    debrief: str
    or_acts: tuple[str, ...] = ()
    without: frozenset[str] = frozenset()

    @property
    def acts(self) -> tuple[str, ...]:
        """Every act that meets it."""
        return (self.pattern.act, *self.or_acts)

    def is_met_by(self, act: str, *facts: str | None) -> bool:
        """Return whether an act meets it; `facts` as `ActPattern.matches` takes them."""
        return act in self.acts and self.pattern.matches(self.pattern.act, *facts)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole scenario; instants are UTC, `rate` is exercise seconds for one second of wall time."""

    id: str
    title: str
    summary: str
    objectives: tuple[str, ...]
    deadline_profile: str
    starts_at: datetime
    ends_at: datetime
    rate: int
    states: tuple[StateEntry, ...]
    treaties: tuple[Treaty, ...]
    providers: tuple[Provider, ...]
    cases: Mapping[str, CaseEntry]
    requests: tuple[PlannedRequest, ...]
    injects: tuple[Inject, ...]
    milestones: tuple[Milestone, ...]
    expectations: tuple[Expectation, ...]
    text: str = field(repr=False)
    truths: tuple[TruthEntry, ...] = ()

    def state(self, code: str) -> StateEntry:
        """Return one State of the scenario; KeyError if it has none of this code."""
        for entry in self.states:
            if entry.code == code:
                return entry
        raise KeyError(code)

    def truth(self, *, planned: str | None, case: str | None, to_state: str, request_type: str) -> Truth:
        """Return what is so in fact for one request. For control only: no seat sees it before the end."""
        return truth_for(
            self.truths, planned=planned, case=case, to_state=to_state, request_type=request_type
        )


def read_scenario(
    source: Path | bytes, name: str, rulebook: RuleBook, behaviours: Collection[str]
) -> Scenario:
    """Return the scenario in a file or in bytes; raise BadInput with every fault.

    name        of the file, as faults show it; without its ending it must be the scenario's id
    behaviours  the names that simulated States may have
    """
    if isinstance(source, bytes):
        document, text = read_text(source, name), source.decode("utf-8-sig")
    else:
        document = read_file(source, called=name)
        text = source.read_text(encoding="utf-8-sig")
    if not isinstance(document, Entries):
        raise BadInput([Fault(name, 1, "", "is not a mapping of keys", "begin with scenario: ID")])
    findings = Findings(name, document)
    check_shape(document, findings)
    check_meaning(document, findings, rulebook, behaviours)
    findings.refuse_if_any()
    return _scenario(document, text)


def read_checked(text: str, name: str) -> Scenario:
    """Return the scenario of a text that `read_scenario` has taken before; most of the time goes into checks."""
    return _scenario(read_text(text.encode(), name), text)


@cache
def shipped() -> Mapping[str, Path]:
    """Return the files of the scenarios that ship, by id."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.yaml"))}


@cache
def behaviours_shipped() -> frozenset[str]:
    """Return the names that the behaviours of the rule book go by."""
    return frozenset(path.stem for path in (_DATA / "behaviours").glob("*.yaml"))


def find(name_or_path: str) -> Path:
    """Return the file that somebody means by an id or a path; raise BadInput naming what ships."""
    if name_or_path in shipped():
        return shipped()[name_or_path]
    path = Path(name_or_path)
    try:
        is_there = path.exists()
    except (OSError, ValueError):  # a name too long, or with a null byte
        is_there = False
    if is_there:
        return path
    mend = "name a file, or one of: " + ", ".join(shipped())
    raise BadInput([Fault(name_or_path, 0, "", "is neither a file nor a scenario that ships", mend)])


def _scenario(document: Mapping[str, Any], text: str) -> Scenario:
    start = instant(document["start"])
    return Scenario(
        id=document["scenario"],
        title=document["title"],
        summary=document.get("summary", ""),
        objectives=tuple(document.get("objectives", ())),
        deadline_profile=document.get("deadline_profile", DEFAULT_PROFILE),
        starts_at=start,
        ends_at=start + span(document["length"]),
        rate=int(document.get("clock", {}).get("rate", DEFAULT_RATE)),
        states=tuple(_state(code, entry) for code, entry in document["states"].items()),
        treaties=tuple(map(_treaty, document.get("treaties", ()))),
        providers=tuple(Provider(**entry) for entry in document.get("providers", ())),
        cases={entry["id"]: _case(entry) for entry in document.get("cases", ())},
        requests=tuple(_request(entry, start) for entry in document.get("requests", ())),
        injects=tuple(_inject(entry, start) for entry in document.get("injects", ())),
        milestones=tuple(Milestone(e["id"], _pattern(e["when"])) for e in document.get("milestones", ())),
        expectations=tuple(map(_expectation, document.get("expectations", ()))),
        text=text,
        truths=tuple(read_truth(entry, start) for entry in document.get("truths", ())),
    )


def _state(code: str, entry: Mapping[str, Any]) -> StateEntry:
    return StateEntry(
        code=code,
        name=entry["name"] if "name" in entry else state_calendars()[code].name,
        calendar=entry.get("calendar", code),
        seat=entry.get("seat"),
        behaviour=entry.get("behaviour"),
        officers={kind: int(number) for kind, number in entry.get("officers", {}).items()},
        transit=span(entry.get("transit", "0m")),
        law=entry.get("law", DEFAULT_LAW),
    )


def _treaty(entry: Mapping[str, Any]) -> Treaty:
    return Treaty(entry["id"], entry["name"], frozenset(entry["states"]), entry.get("note", ""))


def _case(entry: Mapping[str, Any]) -> CaseEntry:
    return CaseEntry(
        id=entry["id"],
        state=entry["state"],
        title=entry["title"],
        offences=tuple(entry["offences"]),
        maximum_penalty_years=entry.get("maximum_penalty_years"),
        facts=entry["facts"],
        truth=entry.get("truth", ""),
    )


def _pattern(entry: Mapping[str, Any], act_key: str = "act") -> ActPattern:
    return ActPattern(entry[act_key], entry.get("of"), entry.get("from"), entry.get("to"), entry.get("type"))


def _when(when: str | Mapping[str, Any], start: datetime) -> When:
    if isinstance(when, str):
        return When(moment(when, start), None)
    return When(None, _pattern(when, "after_act"), span(when.get("plus", "0m")))


def _request(entry: Mapping[str, Any], start: datetime) -> PlannedRequest:
    from_state, from_authority = entry["who"].split("/")
    to_state, to_authority = entry["whom"].split("/")
    return PlannedRequest(
        id=entry["id"],
        when=_when(entry["when"], start),
        from_state=from_state,
        from_authority=from_authority,
        to_state=to_state,
        to_authority=to_authority,
        type=entry["type"],
        case=entry.get("case"),
        parent=entry.get("parent"),
        contents=_plain(entry.get("contents", {})),
        oral=entry.get("oral", False),
        evidence=_plain(entry.get("evidence", {})),
    )


def _plain(value: Any) -> Any:
    """Return the value without its lines, so that it compares, copies and prints as what it is."""
    if isinstance(value, Mapping):
        return {key: _plain(inside) for key, inside in value.items()}
    if isinstance(value, list):
        return [_plain(inside) for inside in value]
    return value


def _inject(entry: Mapping[str, Any], start: datetime) -> Inject:
    return Inject(
        id=entry["id"],
        trigger=_trigger(entry["trigger"], start),
        to=tuple(entry["to"]),
        title=entry["title"],
        body=entry.get("body", ""),
    )


def _trigger(entry: Mapping[str, Any], start: datetime) -> Trigger:
    if "at" in entry:
        return Trigger(moment(entry["at"], start), None)
    if "after_act" in entry:
        return Trigger(None, _pattern(entry, "after_act"), span(entry.get("plus", "0m")))
    return Trigger(None, _pattern(entry), nothing_by=moment(entry["if_nothing_by"], start))


def _expectation(entry: Mapping[str, Any]) -> Expectation:
    base = entry["of"] if isinstance(entry["of"], Mapping) else {}
    return Expectation(
        id=entry["id"],
        state=entry["seat"],
        pattern=ActPattern(
            entry["act"], entry.get("request"), entry["seat"], entry.get("to"), entry.get("request_type")
        ),
        within=span(entry["within"]),
        of_inject=base.get("inject"),
        of_act=_pattern(base) if "act" in base else None,
        points=int(entry["points"]),
        why=entry["why"],
        debrief=entry.get("debrief", ""),
        or_acts=tuple(entry.get("or_acts", ())),
        without=frozenset(entry.get("without", ())),
    )
