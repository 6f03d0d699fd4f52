"""The typical errors that only the course of a request shows. Each detector is filed under the error's id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cooperation.examination.truth import Truth
from cooperation.lifecycle import STEP
from cooperation.rulebook.values import RuleBook

# Time for a written confirmation, and for the papers after a provisional arrest, where the exercise's profile
# gives none: exercise rules.
WRITTEN_WITHIN = timedelta(hours=24)
PAPERS_WITHIN = timedelta(days=40)
FOLLOW_UPS_OF_PRESERVATION = ("mla_request_received", "preservation_extended")


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a request. at, received_at: exercise time, UTC; `received_at` where it travelled."""

    act: str
    at: datetime
    contents: Mapping[str, Any] = field(default_factory=dict)
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A request that names this one as its parent."""

    type: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Course:
    """What became of one request until now.

    events             in their order
    until              the instant up to which events are known, UTC
    is_ended           whether the request has ended; what has not been done by then is not done any more
    parent_expires_at  until when the earlier preservation lasts or lasted, UTC; None = no such parent
    due_at             due instants that the deadlines give, by the event that would meet them
    """

    type: str
    events: tuple[Happened, ...]
    until: datetime
    is_ended: bool = False
    follow_ups: tuple[FollowUp, ...] = ()
    parent_expires_at: datetime | None = None
    due_at: Mapping[str, datetime] = field(default_factory=dict)
    truth: Truth = field(default_factory=Truth)

    def first(self, *acts: str) -> Happened | None:
        """Return the first event of these acts."""
        return next((event for event in self.events if event.act in acts), None)

    def step(self, *names: str) -> Happened | None:
        """Return the first recorded step of these names."""
        return next(
            (e for e in self.events if e.act == "record_step" and e.contents.get(STEP) in names), None
        )

    def received_at(self) -> datetime | None:
        """Return when the request was received, UTC."""
        sent = self.first("submit", "submit_orally")
        return None if sent is None else sent.received_at or sent.at

    def is_missed(self, met_at: datetime | None, due_at: datetime) -> bool:
        """Return whether something was done too late, or is no longer done in time."""
        if met_at is not None:
            return met_at > due_at
        return self.is_ended or self.until > due_at


def in_the_course(book: RuleBook, course: Course) -> tuple[str, ...]:
    """Return the ids of the errors that the course of a request shows, in the order of the rule book."""
    return tuple(
        error.id
        for error in book.errors.values()
        if error.found_by == "events" and course.type in error.types and DETECTORS[error.id](course)
    )


def _no_followup_before_lapse(course: Course) -> bool:
    lapsed, followed = course.first("lapse"), course.step(*FOLLOW_UPS_OF_PRESERVATION)
    return lapsed is not None and (followed is None or followed.at > lapsed.at)


def _received_after_expiry(course: Course) -> bool:
    received_at, expires_at = course.received_at(), course.parent_expires_at
    return received_at is not None and expires_at is not None and received_at > expires_at


def _not_confirmed_in_writing(course: Course) -> bool:
    oral = course.first("submit_orally")
    if oral is None:
        return False
    written = course.first("confirm_in_writing")
    due_at = course.due_at.get("written_confirmation_sent", oral.at + WRITTEN_WITHIN)
    return course.is_missed(None if written is None else written.at, due_at)


def _freezing_asked_too_late(course: Course) -> bool:
    freezes = [
        follow_up.sent_at for follow_up in course.follow_ups if follow_up.type == "freezing_or_seizure"
    ]
    gone_at = course.truth.funds_gone_at
    return gone_at is not None and gone_at <= course.until and (not freezes or min(freezes) > gone_at)


def _full_request_late(course: Course) -> bool:
    arrested, full = course.step("arrest_effected"), course.step("extradition_request_received")
    if arrested is None:
        return False
    due_at = course.due_at.get("extradition_request_received", arrested.at + PAPERS_WITHIN)
    return course.is_missed(None if full is None else full.at, due_at)


def _used_as_evidence(course: Course) -> Happened | None:
    return next((event for event in course.events if event.contents.get("used_as") == "evidence"), None)


def _has_consent(course: Course, at: datetime) -> bool:
    return any(
        event.act == "answer_other_use" and event.contents.get("consent") is True and event.at <= at
        for event in course.events
    )


def _treated_as_evidence(course: Course) -> bool:
    used = _used_as_evidence(course)
    return used is not None and not _has_consent(course, used.at)


def _police_information_used_in_court(course: Course) -> bool:
    used = _used_as_evidence(course)
    if used is None or _has_consent(course, used.at):
        return False
    return not any(f.type.startswith("mla_") and f.sent_at <= used.at for f in course.follow_ups)


def _too_slow(course: Course) -> bool:
    received_at, gone_at = course.received_at(), course.truth.funds_gone_at
    return received_at is not None and gone_at is not None and received_at > gone_at


DETECTORS: Mapping[str, Callable[[Course], bool]] = {
    "no_followup_before_lapse": _no_followup_before_lapse,
    "sent_after_lapse": _received_after_expiry,
    "preservation_lapsed": _received_after_expiry,
    "no_written_follow_up": _not_confirmed_in_writing,
    "freezing_asked_too_late": _freezing_asked_too_late,
    "full_request_late": _full_request_late,
    "treated_as_evidence": _treated_as_evidence,
    "police_information_used_in_court": _police_information_used_in_court,
    "too_slow": _too_slow,
    "formal_request_never_followed": _not_confirmed_in_writing,
}
