"""A scenario: who cooperates, on what case, what is filed, what happens on the way, what is expected."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cooperation.calendars import state_calendars
from cooperation.document import BadInput, Entries, Fault, read_file, read_text
from cooperation.moments import instant, moment, span
from cooperation.scenario.check import DEFAULT_PROFILE, check_meaning
from cooperation.scenario.shape import Findings, check_shape
from cooperation.scenario.truths import read_truth
from cooperation.scenario.values import (
    ActPattern,
    CaseEntry,
    Decision,
    Expectation,
    Inject,
    Milestone,
    PlannedRequest,
    Provider,
    Scenario,
    StateEntry,
    Treaty,
    Trigger,
    When,
)
from cooperation.world.laws import DEFAULT_LAW

if TYPE_CHECKING:
    from cooperation.rulebook.values import RuleBook

_DATA = Path(__file__).parents[1] / "data"
FOLDER = _DATA / "scenarios"
DEFAULT_RATE = 3600

__all__ = [
    "DEFAULT_RATE",
    "FOLDER",
    "ActPattern",
    "CaseEntry",
    "Decision",
    "Expectation",
    "Inject",
    "Milestone",
    "PlannedRequest",
    "Provider",
    "Scenario",
    "StateEntry",
    "Treaty",
    "Trigger",
    "When",
    "behaviours_shipped",
    "find",
    "read_checked",
    "read_scenario",
    "shipped",
]


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
        decisions=tuple(map(_decision, document.get("decisions", ()))),
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


def _decision(entry: Mapping[str, Any]) -> Decision:
    return Decision(
        id=entry["id"],
        state=entry["seat"],
        of_request=entry.get("request"),
        of_inject=entry.get("inject"),
        question=entry["question"].strip(),
        options=tuple(entry["options"]),
        practice=entry["practice"],
    )
