"""Holding what is stored against what can be recomputed: chains, statuses, intervals, deadlines, agenda."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from cooperation.calendars import calendar
from cooperation.deadlines import Allowance, Pause, due_at
from cooperation.document import BadInput
from cooperation.eventlog import FIRST, Broken, Entry, checkpoint, instant_text, verify
from cooperation.progress import Folded, Stage, fold
from cooperation.rulebook import DeadlineRule, rulebook
from cooperation.words import DRAFT, Refused
from requests_app.agenda.models import OPEN, SET_ASIDE, AgendaItem
from requests_app.workflow.models import AssistanceRequest, Deadline, Event, Interval, Suspension
from requests_app.workflow.verify_evidence import Failure, evidence_failures
from requests_app.world.models import Authority, Exercise


def failures(exercise: Exercise) -> Iterator[Failure]:
    """Yield what does not hold in an exercise, the first broken event of each chain first."""
    requests = {r.pk: r for r in AssistanceRequest.objects.filter(exercise=exercise)}
    chains = _chains(exercise)
    broken: set[Any] = set()
    for place, events in chains.items():
        for failure in _chain(exercise, _named(place, requests), events):
            broken.add(place)
            yield failure
    yield from _heads(exercise, requests, chains)
    yield from _requests(exercise, requests, {k: v for k, v in chains.items() if k not in broken})
    yield from _deadlines(exercise, requests)
    yield from _agenda(exercise)
    if not broken:
        # Where a chain does not hold, what evidence is held against is not worth more than the evidence.
        yield from evidence_failures(exercise, {_named(k, requests): v for k, v in chains.items()})


def request_failures(request: AssistanceRequest) -> Iterator[Failure]:
    """Yield what does not hold in the chain of one request: hashes, columns, head, and what the acts made of it."""
    exercise = request.exercise
    events = list(Event.objects.filter(request=request).order_by("seq"))
    broken = list(_chain(exercise, request.reference, events))
    if broken:
        yield from broken
        return
    head = events[-1].hash if events else FIRST
    if head != request.chain_head:
        yield Failure(f"{exercise.handle}: {request.reference}", f"head {head}", f"head {request.chain_head}")
    yield from _requests(exercise, {request.pk: request}, {(request.pk, ""): events})


def heads(exercise: Exercise) -> list[str]:
    """Return the heads of all chains that hold an event."""
    found = [exercise.chain_head]
    found += AssistanceRequest.objects.filter(exercise=exercise).values_list("chain_head", flat=True)
    found += Authority.objects.filter(state__exercise=exercise).values_list("chain_head", flat=True)
    return [head for head in found if head != FIRST]


def checkpoint_of(exercise: Exercise) -> str:
    """Return the checkpoint of an exercise: equal for equal seeds."""
    return checkpoint(heads(exercise))


# -- chains ----------------------------------------------------------------------------------------------

Place = tuple[Any, str]  # request key and desk; both empty for the exercise's own chain


def _chains(exercise: Exercise) -> dict[Place, list[Event]]:
    chains: dict[Place, list[Event]] = defaultdict(list)
    events = Event.objects.filter(exercise=exercise).order_by("request_id", "desk", "seq")
    for event in events.iterator(chunk_size=5_000):
        chains[event.request_id, event.desk].append(event)
    return chains


def _named(place: Place, requests: dict[Any, AssistanceRequest]) -> str:
    key, desk = place
    if key is None:
        return desk or "control"
    return requests[key].reference if key in requests else f"request {key}"


def _chain(exercise: Exercise, name: str, events: list[Event]) -> Iterator[Failure]:
    try:
        verify(Entry(e.seq, bytes(e.content), e.hash, e.prev) for e in events)
    except Broken as broken:
        yield Failure(f"{exercise.handle}: {name}, event {broken.seq}", broken.expected, broken.found)
        return
    for event in events:
        for column, (expected, found) in _columns(exercise, name, event).items():
            yield Failure(
                f"{exercise.handle}: {name}, event {event.seq}, {column}", repr(expected), repr(found)
            )
            return


def _columns(exercise: Exercise, name: str, event: Event) -> dict[str, tuple[Any, Any]]:
    """Return the columns that do not say what the hashed bytes say."""
    hashed = _said(bytes(event.content))
    if hashed is None:
        return {"content": ("an event as canonical JSON", bytes(event.content[:40]))}
    is_desk = event.request_id is None and event.desk
    stored = {
        "exercise": exercise.log_name,
        "request": name if event.request_id is not None else None,
        "desk": event.desk if is_desk else None,
        "seq": event.seq,
        "act": event.act,
        "actor": {
            "state": event.actor_state or None,
            "authority": event.actor_authority or None,
            "seat": event.actor_seat or None,
        },
        "at": instant_text(event.at),
        "contents": event.contents,
        "status": event.status or None,
        "prev": event.prev,
    }
    if hashed == stored:
        return {}
    keys = hashed.keys() | stored.keys()
    return {k: (hashed.get(k), stored.get(k)) for k in sorted(keys) if hashed.get(k) != stored.get(k)} or {
        "content": (sorted(stored), sorted(hashed))
    }


def _said(content: bytes) -> dict[str, Any] | None:
    """Return what the bytes of an event say; None where they are no event."""
    try:
        said = json.loads(content)
    except ValueError:
        return None
    return said if isinstance(said, dict) and isinstance(said.get("contents"), dict) else None


def _heads(
    exercise: Exercise, requests: dict[Any, AssistanceRequest], chains: dict[Place, list[Event]]
) -> Iterator[Failure]:
    """A chain that ends before its owner says is one whose tail was taken away."""
    owners: list[tuple[str, Place, int, str]] = [
        ("control", (None, ""), exercise.chain_seq, exercise.chain_head)
    ]
    owners += [
        (r.reference or f"draft {r.pk}", (r.pk, ""), r.version, r.chain_head) for r in requests.values()
    ]
    for desk in Authority.objects.filter(state__exercise=exercise).select_related("state"):
        owners.append((desk.desk, (None, desk.desk), desk.chain_seq, desk.chain_head))
    for name, place, seq, head in owners:
        events = chains.get(place, [])
        found_seq, found_head = (events[-1].seq, events[-1].hash) if events else (0, FIRST)
        if (seq, head) != (found_seq, found_head):
            yield Failure(
                f"{exercise.handle}: {name}", f"{seq} events, head {head}", f"{found_seq}, {found_head}"
            )
    known = {place for _, place, _, _ in owners}
    for place in chains.keys() - known:
        yield Failure(f"{exercise.handle}: {_named(place, requests)}", "a chain that somebody owns", "none")


# -- requests --------------------------------------------------------------------------------------------


def _requests(
    exercise: Exercise, requests: dict[Any, AssistanceRequest], chains: dict[Place, list[Event]]
) -> Iterator[Failure]:
    intervals: dict[Any, list[Interval]] = defaultdict(list)
    for interval in Interval.objects.filter(request__exercise=exercise):
        intervals[interval.request_id].append(interval)
    for key, request in requests.items():
        if request.status == DRAFT and request.version == 0:
            continue
        events = chains.get((key, ""))
        if events is None:
            continue
        place = f"{exercise.handle}: {request.reference}"
        try:
            folded = _folded(request, events)
        except Refused as refused:
            yield Failure(place, "acts that the lifecycle permits", str(refused))
            continue
        yield from _compare(place, request, events, folded)
        expected = sorted(map(_stage, folded.stages))
        found = sorted(map(_stage, intervals[key]))
        if expected != found:
            odd = [row for row in expected if row not in found] or [r for r in found if r not in expected]
            yield Failure(f"{place}, intervals", str(expected[:1] or "none"), str(odd[:1] or found))


def _folded(request: AssistanceRequest, events: list[Event]) -> Folded:
    def side(event: Event) -> str:
        if not event.actor_state:
            return "clock"
        return "requesting" if event.actor_state == request.requesting_code else "requested"

    used = rulebook().types[request.request_type].acts
    for event in events:
        if event.act not in used:
            raise Refused("wrong_type", f"{event.act} has no place in a {request.request_type}")
    facts = [(side(e), e.act, e.contents, e.at) for e in events]
    return fold(rulebook().lifecycle, request.request_type, facts)


def _compare(
    place: str, request: AssistanceRequest, events: list[Event], folded: Folded
) -> Iterator[Failure]:
    if folded.progress != request.progress:
        yield Failure(f"{place}, status", str(folded.progress), str(request.progress))
    if events[-1].status != folded.progress.status:
        yield Failure(f"{place}, event {events[-1].seq}, status", folded.progress.status, events[-1].status)
    said = events[0].contents
    stored = {
        "request_type": request.request_type,
        "received_at": instant_text(request.received_at) if request.received_at else None,
        "from": f"{request.requesting_code}/{request.requesting_kind}",
    }
    for column, value in stored.items():
        if said.get(column) != value:
            yield Failure(f"{place}, {column}", str(said.get(column)), str(value))


def _stage(row: Stage | Interval) -> tuple[str, ...]:
    return (
        instant_text(row.opened_at),
        row.stage,
        instant_text(row.closed_at) if row.closed_at else "",
        str(row.suspended_seconds),
        instant_text(row.suspended_since) if row.suspended_since else "",
        row.outcome,
    )


# -- deadlines and the agenda ----------------------------------------------------------------------------


def _deadlines(exercise: Exercise, requests: dict[Any, AssistanceRequest]) -> Iterator[Failure]:
    pauses: dict[Any, list[Pause]] = defaultdict(list)
    for row in Suspension.objects.filter(deadline__request__exercise=exercise):
        pauses[row.deadline_id].append(Pause(row.began_at, row.ended_at))
    rules: dict[tuple[str, str], DeadlineRule] = {}
    for kind in rulebook().types:
        for rule in rulebook().profiles[exercise.deadline_profile].for_type(kind):
            rules[kind, rule.id] = rule
    staged: dict[tuple[Any, str], list[Deadline]] = defaultdict(list)
    for deadline in Deadline.objects.filter(request__exercise=exercise).order_by("number"):
        request = requests[deadline.request_id]
        place = f"{exercise.handle}: {request.reference}, deadline {deadline.rule}"
        rule_of = rules.get((request.request_type, deadline.rule))
        if rule_of is None:
            yield Failure(place, f"a rule for {request.request_type}", "none of this name")
            continue
        if (deadline.amount, deadline.unit or None) != (rule_of.amount, rule_of.unit):
            yield Failure(
                place, f"{rule_of.amount} {rule_of.unit}", f"{deadline.amount} {deadline.unit or None}"
            )
        due = _due(deadline, rule_of, pauses)
        if deadline.suspended_since is None and deadline.due_at != due:
            yield Failure(place, f"due {due}", f"due {deadline.due_at}")
        expected = _status(exercise, deadline)
        if expected and deadline.status != expected:
            yield Failure(place, expected, deadline.status)
        if deadline.stage and deadline.is_counted:
            staged[deadline.request_id, deadline.stage].append(deadline)
    for interval in Interval.objects.filter(request__exercise=exercise):
        # A stage may come again (a second sending is confirmed anew): each has the deadline that began with it.
        own = (d for d in staged[interval.request_id, interval.stage] if d.starts_at >= interval.opened_at)
        first = next(own, None)
        if first is not None and interval.due_at != first.due_at:
            place = f"{exercise.handle}: {requests[interval.request_id].reference}, interval {interval.stage}"
            yield Failure(place, f"due {first.due_at}", f"due {interval.due_at}")


def _due(deadline: Deadline, rule: DeadlineRule, pauses: dict[Any, list[Pause]]) -> Any:
    if deadline.until is not None or deadline.amount is None:
        return deadline.until
    try:
        allowance = Allowance(deadline.amount, deadline.unit)
        owner = calendar(deadline.calendar)
        return due_at(deadline.starts_at, allowance, owner, pauses[deadline.pk], roll=rule.roll)
    except (BadInput, ValueError, OverflowError) as error:
        return f"nowhere ({error})"


def _status(exercise: Exercise, deadline: Deadline) -> str:
    """Return what a counted deadline must be by its dates; nothing where they leave it open."""
    if not deadline.is_counted or deadline.due_at is None or deadline.status == Deadline.DROPPED:
        return ""
    if deadline.ended_at is not None:
        return Deadline.MET if deadline.ended_at <= deadline.due_at else Deadline.MISSED
    return Deadline.MISSED if deadline.due_at < exercise.advanced_to else ""


def _agenda(exercise: Exercise) -> Iterator[Failure]:
    rows = AgendaItem.objects.filter(exercise=exercise)
    late = rows.filter(status=OPEN, due_at__lt=exercise.advanced_to)
    if exercise.ended:
        late = rows.filter(status=OPEN, due_at__lte=exercise.advanced_to)
    for row in late[:5]:
        yield Failure(f"{exercise.handle}: agenda {row.key}", f"performed at {row.due_at}", "still open")
    for row in rows.filter(status=SET_ASIDE)[:5]:
        yield Failure(f"{exercise.handle}: agenda {row.key}", "performed", f"set aside: {row.error}")
    for row in rows.filter(status="done", due_at__gt=exercise.advanced_to)[:5]:
        yield Failure(f"{exercise.handle}: agenda {row.key}", "nothing performed before its time", "done")
