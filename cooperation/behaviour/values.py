"""What a simulated State is, what it knows of a request, and what comes of its work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from cooperation.chance import Stream
from cooperation.examination.draft import Draft, Parties, Party
from cooperation.examination.truth import Truth
from cooperation.rulebook import RequestType, RuleBook

QUICK, ROUTINE = "quick", "routine"
EMERGENCY, PRESERVATION, REST = 0, 1, 2
TASKS = (
    *("acknowledge", "check", "decide", "start", "execute", "resume", "report_status", "send_again"),
    *("answer_use", "inform", "consult", "agree", "confirm", "feedback", "close", "write"),
)
CHANCES = (
    *("leave_out", "forget", "ask", "forward", "refuse", "consult", "relent", "postpone", "conditions"),
    *("agree", "nothing_found", "in_parts", "path", "mismatch", "feedback", "ask_status"),
)
DRAW_HOURS_AT_MOST = 24 * 365 * 3
UNKNOWN_TO_EACH_OTHER = Parties(Party(""), Party(""), treaties=())
NOTHING_TOLD = Truth()


@dataclass(frozen=True, slots=True)
class Effort:
    """What a task costs: office hours of an officer, after elapsed hours in which nobody is bound.

    Medians; a spread is the standard deviation of the logarithm.
    """

    work_hours: float
    work_spread: float
    wait_hours: float
    wait_spread: float

    def draw(self, stream: Stream) -> tuple[timedelta, timedelta]:
        """Return the wait and the work of one task, in whole seconds."""
        return (
            _hours(self.wait_hours, self.wait_spread, stream),
            _hours(self.work_hours, self.work_spread, stream),
        )


def _hours(median: float, spread: float, stream: Stream) -> timedelta:
    drawn = stream.lognormal(median, spread) if median else 0.0
    return timedelta(seconds=round(min(drawn, DRAW_HOURS_AT_MOST) * 3600))


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a State works. `fitted_to` names the published figures and proposals its waits were fitted to."""

    name: str
    title: str
    about: str
    source: str
    confidence: str
    officers: Mapping[str, int]
    opens: time
    closes: time
    efforts: Mapping[str, Mapping[str, Effort]]
    chances: Mapping[str, float]
    forgotten_for_days: float
    ask_status_after_days: float
    fitted_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Matter:
    """What one side knows of a request when it works on it.

    misdirected  it went to a body that its type does not name
    asked_by     name of the State that asks
    draft        the request as an examination reads it; `offences` and `penalty` are in it
    truth        what is so in fact: whoever reads or executes a request comes upon it
    sent_at      exercise time, UTC
    broken       what hashing the evidence again showed; None where nobody looked
    """

    kind: RequestType
    status: str
    draft: Draft
    acts_done: Mapping[str, int]
    misdirected: bool = False
    path_awaited: bool = False
    asked_by: str = ""
    between: Parties = UNKNOWN_TO_EACH_OTHER
    truth: Truth = NOTHING_TOLD
    sent_at: datetime | None = None
    broken: tuple[str, ...] | None = None

    @property
    def contents(self) -> Mapping[str, Any]:
        """What the request says."""
        return self.draft.contents

    def times(self, act: str) -> int:
        """Return how often an act was done."""
        return int(self.acts_done.get(act, 0))


@dataclass(frozen=True, slots=True)
class Deed:
    """What comes of a task: acts with what is said, and the tasks that follow at the same desk."""

    acts: tuple[tuple[str, dict[str, Any]], ...] = ()
    then: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hand:
    """An officer at work on a matter."""

    book: RuleBook
    behaviour: Behaviour
    matter: Matter
    stream: Stream


def pace(kind: RequestType, contents: Mapping[str, Any]) -> str:
    """Return whether a request is worked on at once or in its turn."""
    return QUICK if priority(kind, contents) < REST else ROUTINE


def priority(kind: RequestType, contents: Mapping[str, Any]) -> int:
    """Return the place in a queue: emergencies, then preservation, then the rest."""
    if kind.id == "emergency_data" or urgency(contents) == "emergency":
        return EMERGENCY
    return PRESERVATION if kind.pillar == "emergency_preservation" else REST


def urgency(contents: Mapping[str, Any]) -> str:
    """Return the level of urgency that a request states."""
    value = contents.get("urgency")
    level = value.get("level") if isinstance(value, Mapping) else value
    return str(level or "routine")
