"""Live boards: a stream that tells a seat what kind of thing changed, and the same to be asked for."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Any, ClassVar
from uuid import UUID

from asgiref.sync import sync_to_async
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.models import User
from django.db import Error, close_old_connections, connection
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.utils.crypto import constant_time_compare
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cooperation.words import Refused
from requests_app.api.reports import ByAsItIs
from requests_app.api.seated import SeatedView
from requests_app.exercises.changes import (
    KINDS,
    changed_since,
    facts_of,
    mark_from,
    mark_of,
    pulses_of,
)
from requests_app.world.models import SeatHolder
from requests_app.world.present import wall_now

# How often the streams of a process look, all together by one small query, whether anything has happened in
# their exercises. Where it has, one asks for each desk what a mark is made of, yet not more often than every few
# looks.
LOOK_S = 0.25
LOOKS_A_MARK = 2
# A stream asks for its mark now and then in any case, and whether its reader may still: well below the five
# seconds within which a revoked session or seat must read nothing more.
LOOKS_A_CHECK = 12
LOOKS_A_COMMENT = 60
# A reader comes again by itself: no stream needs to live for ever.
LOOKS_AT_MOST = 3_600
RETRY_MS = 2_000
STREAMS_OF_A_PERSON, STREAMS_AT_MOST = 8, 400
MARK_AT_MOST = 200
EVENT_STREAM = "text/event-stream"
log = logging.getLogger(__name__)
# Streams that are open in this process, by person and by exercise.
_open: Counter[Any] = Counter()
_watched: Counter[UUID] = Counter()


Pulse = tuple[object, ...]
Facts = dict[str, object]
# A desk of an exercise; None for control.
Desk = tuple[UUID, UUID | None]


class _Shared:
    """What the streams of this process see together.

    read_s  when the pulses were last read (seconds, monotonic)
    facts   of a desk, asked for at this pulse and instant (seconds, monotonic) by the stream that came first
    """

    read_s = float("-inf")
    pulses: ClassVar[dict[UUID, Pulse]] = {}
    facts: ClassVar[dict[Desk, tuple[Pulse | None, float, asyncio.Future[Facts | None]]]] = {}


class SinceIn(serializers.Serializer[Any]):
    """What was seen last."""

    since = serializers.CharField(required=False, default="", max_length=MARK_AT_MOST, allow_blank=True)


class ChangesOut(serializers.Serializer[Any]):
    """What changed."""

    mark = serializers.CharField(help_text="For `since` the next time.")
    changed = serializers.ListField(child=serializers.ChoiceField(KINDS))


class ChangesView(SeatedView):
    """What changed since one last looked."""

    @extend_schema(operation_id="list_changes", parameters=[SinceIn], responses=ChangesOut)
    def get(self, request: Request, handle: str) -> Response:
        """Tell which kinds of things changed for one's seat; all of them without `since`. Two queries."""
        said = SinceIn(data=request.query_params)
        said.is_valid(raise_exception=True)
        mark = mark_of(self.seat(handle))
        return Response({"mark": mark, "changed": changed_since(said.validated_data["since"], mark)})


class StreamView(SeatedView):
    """The same as server-sent events."""

    content_negotiation_class = ByAsItIs

    @extend_schema(exclude=True)
    def get(self, request: Request, handle: str) -> HttpResponse | StreamingHttpResponse:
        """Stream which kinds of things changed; `id` is the mark, honoured in Last-Event-ID."""
        seat = self.seat(handle)
        person = request.user.pk
        if _open[person] >= STREAMS_OF_A_PERSON or _open.total() >= STREAMS_AT_MOST:
            raise Refused(
                "too_many_streams", "too many streams are open", mend="close some, or ask changes/ instead"
            )
        headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        if request.method == "HEAD":
            return HttpResponse(content_type=EVENT_STREAM, headers=headers)
        before = request.headers.get("Last-Event-ID", "")[:MARK_AT_MOST]
        lines = _stream(person, seat, _asker(request), before)
        return StreamingHttpResponse(lines, content_type=EVENT_STREAM, headers=headers)


async def _stream(
    person: Any, seat: SeatHolder, may_read: Callable[[], bool], before: str
) -> AsyncIterator[str]:
    """Yield what changes until the reader may read no more, or long enough; holds nothing between looks."""
    exercise, marked_at, marked = seat.exercise_id, 0, None
    desk = exercise, seat.seat.authority_id if seat.seat else None
    _open[person] += 1
    _watched[exercise] += 1
    try:
        yield f"retry: {RETRY_MS}\n\n"
        for number in range(LOOKS_AT_MOST):
            pulse = await _pulse(exercise)
            is_checked = number % LOOKS_A_CHECK == 0
            if is_checked or (pulse != marked and number - marked_at >= LOOKS_A_MARK):
                marked_at, marked = number, pulse
                if is_checked and not await sync_to_async(_holds)(seat.pk, may_read):
                    facts = None
                else:
                    facts = await _shared(desk, pulse, seat.pk)
                if facts is None:
                    yield 'event: end\ndata: {"reason": "signed out or unseated"}\n\n'
                    return
                mark = mark_from(seat.pk, facts)
                changed = changed_since(before, mark)
                if changed:
                    before = mark
                    yield f"id: {mark}\nevent: change\ndata: {json.dumps({'changed': changed})}\n\n"
                elif number % LOOKS_A_COMMENT == 0:
                    yield ": still here\n\n"
            await asyncio.sleep(LOOK_S)
    except Error:
        # The reader comes again; what failed is the database's to tell, not the stream's.
        log.warning("a stream ended because the database failed")
    finally:
        _Shared.facts.pop(desk, None)
        for counts, one in ((_open, person), (_watched, exercise)):
            counts[one] -= 1
            if counts[one] <= 0:
                del counts[one]


async def _pulse(exercise: UUID) -> Pulse | None:
    """Return what moves with an exercise: whoever comes first looks for all, the others take what was found."""
    now_s = time.monotonic()
    if now_s - _Shared.read_s >= LOOK_S:
        # Said before the look, not after it: one stream looks, and nobody waits for it.
        _Shared.read_s = now_s
        _Shared.pulses = await sync_to_async(_read_pulses)(list(_watched))
    return _Shared.pulses.get(exercise)


async def _shared(desk: Desk, pulse: Pulse | None, seat: UUID) -> Facts | None:
    """Return the facts of a desk at a pulse: whoever comes first asks, the others wait for the same answer.

    They are asked for anew now and then in any case, should something move that no pulse tells of.
    """
    now_s = time.monotonic()
    at, since_s, asked = _Shared.facts.get(desk, (None, now_s, None))
    is_old = at != pulse or now_s - since_s >= LOOKS_A_CHECK * LOOK_S
    if asked is None or is_old or asked.get_loop() is not asyncio.get_running_loop():
        asked = asyncio.ensure_future(sync_to_async(_facts)(seat))
        _Shared.facts[desk] = pulse, now_s, asked
    # One who leaves takes nothing away from those who wait; one who lost the seat, nothing but their own.
    return await asyncio.shield(asked) or await sync_to_async(_facts)(seat)


def _read_pulses(exercises: list[UUID]) -> dict[UUID, Pulse]:
    try:
        return pulses_of(exercises)
    finally:
        _leave_database()


def _holds(seat: UUID, may_read: Callable[[], bool]) -> bool:
    """Return whether a seat is still there, and its reader may read it."""
    try:
        return may_read() and _seated(seat).exists()
    finally:
        _leave_database()


def _facts(seat: UUID) -> Facts | None:
    """Return the facts of a seat's desk; None where it is there no more."""
    try:
        rows = _seated(seat).select_related("exercise", "seat__authority__state")
        found = rows.defer("exercise__scenario_text").first()
        return facts_of(found) if found is not None else None
    finally:
        _leave_database()


def _seated(seat: UUID) -> QuerySet[SeatHolder]:
    return SeatHolder.objects.filter(pk=seat, user__is_active=True)


def _leave_database() -> None:
    # No request ends here for a long time; inside a transaction it is not ours to close.
    if not connection.in_atomic_block:
        close_old_connections()


def _asker(request: Request) -> Callable[[], bool]:
    """Return what tells whether the token or the session of a request still holds."""
    if request.auth is not None:
        tokens = type(request.auth).objects.filter(pk=request.auth.pk, user__is_active=True)
        return lambda: tokens.filter(expiry__gt=wall_now()).exists()
    store, key, user = type(request.session), request.session.session_key, request.user

    def holds() -> bool:
        kept = store(key).get(HASH_SESSION_KEY) if key else None
        person = User.objects.filter(pk=user.pk or 0, is_active=True).first()
        return bool(kept and person and constant_time_compare(kept, person.get_session_auth_hash()))

    return holds
