"""What a scenario consists of, as values. Instants are UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cooperation.examination.truth import Truth
from cooperation.scenario.truths import TruthEntry, truth_for
from cooperation.world.laws import DEFAULT_LAW

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
class Decision:
    """What a team has to decide on the way, and what practice says of it; told after the end only.

    of_request, of_inject  what puts it: at most one of them is named
    """

    id: str
    state: str
    of_request: str | None
    of_inject: str | None
    question: str
    options: tuple[str, ...]
    practice: str


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
    decisions: tuple[Decision, ...] = ()

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
