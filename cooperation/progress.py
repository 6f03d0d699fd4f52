"""What an act does to one request: its status, its stages and the events that deadlines run between.

The door applies it to rows; `fold` applies it to the stored events, so that rows can be held against them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cooperation.lifecycle import BACK, STEP, UNCHANGED, Lifecycle, Standing, Transition, decide
from cooperation.words import DRAFT

# Where a question or a consultation was raised is remembered, so that its answer can lead back there.
ASIDE = ("more_information_requested", "consultation")
ORAL = "urgent_oral_request"
WRITTEN = "written_confirmation_sent"
FOLLOWED_UP = "mla_request_received"
FOLLOW_UP_ENDED = "follow_up_ended"


@dataclass(slots=True)
class Progress:
    """How far one request has come."""

    status: str = DRAFT
    back: str = ""
    oral_unconfirmed: bool = False
    followed_up: bool = False

    def standing(
        self, request_type: str, open_stages: Collection[str], acts: frozenset[str] | None = None
    ) -> Standing:
        """Return what the lifecycle asks about the request; `acts` are those its type uses."""
        return Standing(request_type, self.status, self.oral_unconfirmed, "keep" in open_stages, acts)


@dataclass(frozen=True, slots=True)
class Consequences:
    """What follows from one act, in the order in which it is applied."""

    progress: Progress
    closes: tuple[tuple[str, str], ...]  # stage, outcome ("" where the stage has none)
    resumes: tuple[str, ...]
    suspends: tuple[str, ...]
    opens: tuple[str, ...]
    raised: tuple[str, ...]
    ends: bool


def consequences(
    lifecycle: Lifecycle,
    row: Transition,
    progress: Progress,
    *,
    request_type: str,
    open_stages: Collection[str],
    contents: Mapping[str, Any],
    also_raised: str | None = None,
) -> Consequences:
    """Return what follows when the row is carried out on a request with these open stages.

    also_raised  what receipt of a request of its type raises besides
    """
    raised = tuple(str(contents.get("step", "")) if event == STEP else event for event in row.raises)
    raised += (also_raised,) if also_raised else ()
    after = _progress_after(lifecycle, row, progress, raised)
    ends = after.status in lifecycle.ends
    closing = [stage for stage in open_stages if ends or stage in row.closes]
    opens = tuple(
        s for s in lifecycle.opened_stages(row, request_type) if s not in open_stages or s in closing
    )
    closes = tuple((stage, _outcome(stage, row)) for stage in closing)
    if "keep" in opens and progress.followed_up:
        # The follow-up was there before the data was confirmed: nothing is waiting for it.
        closes += (("keep", row.outcome),)
    return Consequences(after, closes, row.resumes, row.suspends, opens, raised, ends)


def _progress_after(
    lifecycle: Lifecycle, row: Transition, progress: Progress, raised: Collection[str]
) -> Progress:
    status, back = progress.status, progress.back
    if row.to == BACK:
        status, back = progress.back, ""
    elif row.to != UNCHANGED:
        status = row.to
        if status in ASIDE and progress.status not in ASIDE:
            back = progress.status
        elif status not in ASIDE:
            back = ""
    oral = (progress.oral_unconfirmed or ORAL in raised) and WRITTEN not in raised
    followed = (progress.followed_up or FOLLOWED_UP in raised) and FOLLOW_UP_ENDED not in raised
    return Progress(status, back, oral and status not in lifecycle.ends, followed)


def _outcome(stage: str, row: Transition) -> str:
    if stage == "whole":
        return row.outcome
    return (row.outcome or "answered") if stage == "keep" else ""


class Counting:
    """How a stage, or a row shaped like one, is suspended, resumed and closed. Instants are exercise time, UTC."""

    __slots__ = ()

    closed_at: Any
    suspended_seconds: Any
    suspended_since: Any
    outcome: Any

    def suspend(self, at: datetime) -> None:
        """Stop counting; a stage already suspended stays as it is."""
        if self.suspended_since is None:
            self.suspended_since = at

    def resume(self, at: datetime) -> None:
        """Count again."""
        if self.suspended_since is not None:
            self.suspended_seconds += int((at - self.suspended_since).total_seconds())
            self.suspended_since = None

    def close(self, at: datetime, outcome: str) -> None:
        """End the stage; a suspension still running ends with it."""
        self.resume(at)
        self.closed_at = at
        self.outcome = outcome


@dataclass(slots=True)
class Stage(Counting):
    """One stage of one request: open while `closed_at` is None."""

    stage: str
    opened_at: datetime
    closed_at: datetime | None = None
    suspended_seconds: int = 0
    suspended_since: datetime | None = None
    outcome: str = ""


@dataclass(slots=True)
class Folded:
    """A request rebuilt from its events."""

    progress: Progress = field(default_factory=Progress)
    stages: list[Stage] = field(default_factory=list)
    raised: list[tuple[str, datetime]] = field(default_factory=list)

    def open_stages(self) -> dict[str, Stage]:
        """Return the stages still open, by name."""
        return {s.stage: s for s in self.stages if s.closed_at is None}


def apply_to_stages(found: Consequences, stages: list[Any], at: datetime, opened: Any) -> list[Any]:
    """Carry the consequences out on stages (or rows shaped like them); return those that changed or came.

    opened  makes a new stage: called with its name and instant
    """
    open_now = {s.stage: s for s in stages if s.closed_at is None}
    touched: list[Any] = []
    for name in found.resumes:
        if name in open_now:
            open_now[name].resume(at)
            touched.append(open_now[name])
    for name, outcome in found.closes:
        if name in open_now:
            open_now[name].close(at, outcome)
            touched.append(open_now.pop(name))
    for name in found.suspends:
        if name in open_now:
            open_now[name].suspend(at)
            touched.append(open_now[name])
    for name in found.opens:
        stage = opened(name, at)
        for closing, outcome in found.closes:
            if closing == name == "keep":
                stage.close(at, outcome)
        stages.append(stage)
        touched.append(stage)
    return list({id(stage): stage for stage in touched}.values())


def fold(
    lifecycle: Lifecycle, request_type: str, events: Iterable[tuple[str, str, Mapping[str, Any], datetime]]
) -> Folded:
    """Rebuild a request from its events; raise Refused where the table does not permit one.

    events  (side, act, contents, exercise instant) in the order of the chain
    """
    folded = Folded()
    for side, act, contents, at in events:
        open_now = folded.open_stages()
        standing = folded.progress.standing(request_type, open_now)
        row = decide(lifecycle, standing, side=side, act=act, contents=contents)
        found = consequences(
            lifecycle,
            row,
            folded.progress,
            request_type=request_type,
            open_stages=open_now,
            contents=contents,
        )
        apply_to_stages(found, folded.stages, at, Stage)
        folded.progress = found.progress
        folded.raised.extend((event, at) for event in found.raised)
    return folded
