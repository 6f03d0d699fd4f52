"""Appending to the chains: of a request, of a desk, of the exercise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from cooperation.eventlog import Entry, instant_text, link
from requests_app.agenda.batch import Batch
from requests_app.workflow.models import AssistanceRequest, Event
from requests_app.world.models import Authority


class Actor(NamedTuple):
    """Who acts: a seat of an authority of a State. The log names seats, never persons."""

    state: str
    authority: str
    seat: str

    @property
    def facts(self) -> dict[str, str | None]:
        """The actor as the log writes it; the clock and control have three nulls."""
        return {"state": self.state or None, "authority": self.authority or None, "seat": self.seat or None}


CLOCK = Actor("", "", "")


def append_to_request(
    batch: Batch, request: AssistanceRequest, actor: Actor, act: str, contents: Mapping[str, Any]
) -> Event:
    """Add an event to the chain that both sides of a request may see."""
    request.version += 1
    entry = link(
        request.chain_head,
        request.version,
        _facts(batch, request.reference, None, actor, act, contents, request.status),
    )
    request.chain_head = entry.hash
    return _add(batch, entry, actor, act, contents, request.status, request=request)


def append_to_desk(
    batch: Batch, authority: Authority, actor: Actor, act: str, contents: Mapping[str, Any]
) -> Event:
    """Add an event to a desk's own chain: drafts, internal steps, readings and notes."""
    authority.chain_seq += 1
    entry = link(
        authority.chain_head,
        authority.chain_seq,
        _facts(batch, None, authority.desk, actor, act, contents, None),
    )
    authority.chain_head = entry.hash
    batch.change(authority)
    return _add(batch, entry, actor, act, contents, None, desk=authority.desk)


def append_to_exercise(batch: Batch, act: str, contents: Mapping[str, Any]) -> Event:
    """Add an event to the chain that control alone sees: clock, injects, seats."""
    exercise = batch.exercise
    exercise.chain_seq += 1
    entry = link(
        exercise.chain_head, exercise.chain_seq, _facts(batch, None, None, CLOCK, act, contents, None)
    )
    exercise.chain_head = entry.hash
    return _add(batch, entry, CLOCK, act, contents, None)


def _facts(
    batch: Batch,
    reference: str | None,
    desk: str | None,
    actor: Actor,
    act: str,
    contents: Mapping[str, Any],
    status: str | None,
) -> dict[str, Any]:
    return {
        "exercise": batch.exercise.log_name,
        "request": reference,
        "desk": desk,
        "act": act,
        "actor": actor.facts,
        "at": instant_text(batch.at),
        "contents": contents,
        "status": status,
    }


def _add(
    batch: Batch,
    entry: Entry,
    actor: Actor,
    act: str,
    contents: Mapping[str, Any],
    status: str | None,
    *,
    request: AssistanceRequest | None = None,
    desk: str = "",
) -> Event:
    batch.events += 1
    return batch.add(
        Event(
            exercise=batch.exercise,
            request=request,
            desk=desk,
            seq=entry.seq,
            act=act,
            actor_state=actor.state,
            actor_authority=actor.authority,
            actor_seat=actor.seat,
            at=_whole(batch.at),
            contents=contents,
            status=status or "",
            prev=entry.prev,
            hash=entry.hash,
            content=entry.content,
            recorded_at=batch.recorded_at,
        )
    )


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)
