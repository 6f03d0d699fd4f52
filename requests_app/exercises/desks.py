"""Simulated desks: what reaches them waits in a queue, is worked on in office hours, and becomes an act.

A queue serves emergencies first, then preservation, then the rest, and within each who came first. An
officer who has finished takes the next only after what follows from the finished work has joined its queue.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from cooperation.behaviour import (
    Behaviour,
    Matter,
    answer_for,
    behaviours,
    carry_out,
    drafted,
    open_task,
    pace,
    priority,
    reaction,
    step,
)
from cooperation.calendars import ALWAYS_OPEN, OfficeHours, calendar, office_hours
from cooperation.chance import Stream
from cooperation.completeness import EMPTY, penalty_of
from cooperation.examination.draft import Draft, Parent, Parties
from cooperation.examination.truth import Truth
from cooperation.rulebook import rulebook
from cooperation.scenario import PlannedRequest
from cooperation.words import DRAFT, OTHER_SIDE, Refused, sentence
from requests_app.agenda.batch import Batch
from requests_app.agenda.models import OPEN, AgendaItem
from requests_app.exercises import triggers
from requests_app.exercises.drafts import draft_of, parties_between, truth_of
from requests_app.exercises.handling import found_broken, prepared
from requests_app.exercises.models import Work
from requests_app.exercises.script import awaits_path, script_of
from requests_app.workflow import door
from requests_app.workflow.log import append_to_desk
from requests_app.workflow.models import AssistanceRequest, Case
from requests_app.workflow.records import (
    authority_of,
    holder,
    load_requests,
    load_rows,
    parent_of,
    request_of,
    seat_at,
    state_of,
)
from requests_app.world.models import Authority

SIDES = tuple(OTHER_SIDE)
# Work for which the file is opened and read.
READING = ("check", "decide", "execute")
# Asked about these, a drafter looks them up again.
LOOKED_UP = ("custodian_or_location", "place_or_object", "language")
RANK_DONE, RANK_OPENS, RANK_READY, RANK_CHASE = 10, 12, 14, 16
# A request is remembered sooner than a letter is answered: after this share of the days.
LATE_SHARE = 10
POINT = "contact_point_24_7"
WAITS_FOR_AN_ANSWER = (
    *("sent", "forwarded", "acknowledged", "admissibility_check", "accepted", "in_execution"),
    "partly_executed",
)


# -- what the agenda calls -------------------------------------------------------------------------------


def load(batch: Batch, rows: list[AgendaItem]) -> None:
    """Load what the desks need for these rows."""
    load_rows(batch, rows)
    _load_work(batch)


def consider(batch: Batch, row: AgendaItem) -> None:
    """The other side, and the scenario, see an act."""
    request = request_of(batch, _key(row))
    act, by = row.payload["act"], row.payload["by"]
    if not row.payload.get("seen"):
        triggers.follow(batch, request, act, by)
    if request.status in rulebook().lifecycle.ends:
        _clear(batch, request)
        return
    if by != "clock":
        other = OTHER_SIDE[by]
        _give(batch, request, other, reaction(other, act, _matter(batch, request, other)))


def follow(batch: Batch, row: AgendaItem) -> None:
    """The scenario sees an act before it has arrived at the other side."""
    triggers.follow(batch, request_of(batch, _key(row)), row.payload["act"], row.payload["by"])


def ready(batch: Batch, row: AgendaItem) -> None:
    """What a task waited for is there; it joins the queue."""
    request = request_of(batch, _key(row))
    if request.status not in rulebook().lifecycle.ends:
        _enqueue(batch, request, row.payload["side"], row.payload["task"], row.payload["work_s"])


def done(batch: Batch, row: AgendaItem) -> None:
    """An officer has finished: the acts are done, what follows joins the queue, then the next is taken."""
    work = _work(batch, row.payload["work"])
    if batch.find(AssistanceRequest, _key(row)) is None:
        # Taken from a queue in this very batch: with it come all that officers have in hand by now.
        load_requests(
            batch, {w.request_id for w in batch.known(Work) if w.status == Work.IN_HAND and w.request_id}
        )
    request = request_of(batch, _key(row))
    queue = _queue(batch, authority_of(batch, row.payload["state"], row.payload["kind"]))
    if work is not None and queue.authority.simulated:
        _finish(batch, request, work)
    if work is not None:
        work.status = Work.DONE
        batch.change(work)
        queue.in_hand -= 1
    _serve(batch, queue)


def opens(batch: Batch, row: AgendaItem) -> None:
    """The office opens: free officers take what waits."""
    authority = authority_of(batch, row.payload["state"], row.payload["kind"])
    authority.opening_at = None
    batch.change(authority)
    _serve(batch, _queue(batch, authority))


def chase(batch: Batch, row: AgendaItem) -> None:
    """Ask how the request stands, if its answer is still awaited, and look again after as long."""
    request = request_of(batch, _key(row))
    desk = holder(batch, request, "requesting")
    if request.status in rulebook().lifecycle.ends or request.status == "evidence_transmitted":
        return
    if desk.simulated and request.status in WAITS_FOR_AN_ANSWER:
        _attempt(batch, request, "requesting", "ask_status", {})
    _put_chase(batch, request, row.payload["number"] + 1)


def file(batch: Batch, row: AgendaItem) -> None:
    """A simulated seat files a request that the scenario plans for it."""
    script = script_of(batch.exercise.pk)
    planned = script.requests[row.payload["file"]]
    sender = authority_of(batch, planned.from_state, planned.from_authority)
    if not sender.simulated:
        return
    hours = _hours(batch, sender)
    if not hours.is_open(batch.at):
        at = hours.next_opening(batch.at)
        batch.put("file", f"{row.key}/{at:%Y%m%d}", at, rank=triggers.RANK_FILE, payload=row.payload)
        return
    stream = _stream(batch, sender.state.code, planned.id, "file")
    if stream.happens(_behaviour(batch, sender).chances["forget"]) and not row.payload.get("late"):
        append_to_desk(batch, sender, seat_at(sender), "forget", {"planned": planned.id})
        if not planned.parent:
            _file_late(batch, row, sender, stream)
        return
    _file(batch, planned, sender, stream)


# -- tasks -----------------------------------------------------------------------------------------------


def _finish(batch: Batch, request: AssistanceRequest, work: Work) -> None:
    desk = holder(batch, request, work.side)
    matter = _matter(batch, request, work.side)
    if work.task in READING:
        matter = _opened(batch, request, matter)
    if work.task == "confirm":
        matter = replace(matter, broken=found_broken(batch, request))
    draws = _stream(batch, desk.state.code, _name(request), _mind(work.task, matter))
    deed = carry_out(rulebook(), _behaviour(batch, desk), work.task, matter, draws)
    for act, contents in deed.acts:
        said = _answers(batch, request) if act == "provide_information" else contents
        if act == "transmit":
            said = prepared(batch, request, contents)
        if not _attempt(batch, request, work.side, act, said):
            return
    if request.status in rulebook().lifecycle.ends:
        return
    for task in deed.then:
        _give(batch, request, work.side, task)
    if work.side == "requesting" and request.status == "receipt_verified":
        _close_parent(batch, request)


def _mind(task: str, matter: Matter) -> str:
    """A decision taken again is the same decision; other work is drawn anew each time."""
    return "decide" if task == "decide" else f"do-{step(task, matter)}"


def _attempt(batch: Batch, request: AssistanceRequest, side: str, act: str, contents: dict[str, Any]) -> bool:
    """Do an act if the table still permits it: the world may have moved on while an officer worked."""
    actor = seat_at(holder(batch, request, side))
    try:
        door.enact(batch, request, side=side, act=act, contents=contents, actor=actor)
    except Refused:
        return False
    return True


def take_up_what_stands_open(batch: Batch, desk: Authority) -> None:
    """Give a desk, simulated again, the tasks that people left on it; work already begun goes on."""
    ids = AssistanceRequest.objects.filter(exercise=batch.exercise).exclude(
        status__in=(DRAFT, *rulebook().lifecycle.ends)
    )
    load_requests(batch, ids.values_list("pk", flat=True))
    _load_work(batch)
    waiting = AgendaItem.objects.filter(exercise=batch.exercise, kind="ready", status=OPEN)
    begun = {(row.request_id, row.payload["side"]) for row in waiting}
    begun |= {(work.request_id, work.side) for work in batch.known(Work) if work.status != Work.DONE}
    for request in sorted(batch.known(AssistanceRequest), key=lambda r: r.reference):
        for side in SIDES:
            if (request.code_of(side), request.kind_of(side)) != (desk.state.code, desk.kind):
                continue
            if (request.pk, side) not in begun and request.received_at and request.received_at <= batch.at:
                _give(batch, request, side, open_task(side, _matter(batch, request, side)), again=True)
    _serve(batch, _queue(batch, desk))


def _give(batch: Batch, request: AssistanceRequest, side: str, task: str, *, again: bool = False) -> None:
    """Give a simulated desk a task: it waits for what it needs, then joins the queue."""
    desk = holder(batch, request, side)
    if not task or not desk.simulated:
        return
    behaviour = _behaviour(batch, desk)
    matter = _matter(batch, request, side)
    name = step(task, matter)
    stream = _stream(batch, desk.state.code, _name(request), f"{side}-{name}")
    wait, work = behaviour.efforts[pace(matter.kind, matter.contents)][task].draw(stream)
    if stream.happens(behaviour.chances["forget"]):
        wait += timedelta(days=behaviour.forgotten_for_days)
    number = f"/{batch.exercise.agenda_seq}" if again else ""
    if not wait:
        _enqueue(batch, request, side, task, int(work.total_seconds()))
        return
    batch.put(
        "ready",
        f"ready/{request.pk}/{side}/{name}/{request.version}{number}",
        batch.at + wait,
        rank=RANK_READY,
        request_id=request.pk,
        payload={"side": side, "task": task, "work_s": int(work.total_seconds())},
    )


def _answers(batch: Batch, request: AssistanceRequest) -> dict[str, Any]:
    """Answer each question that stands open."""
    facts = _facts(batch, request)
    return {"answers": {name: _answer(request, name, facts) for name in request.questions}}


def _answer(request: AssistanceRequest, name: str, facts: dict[str, Any]) -> Any:
    """What the request says already is said again; what it left open or should have looked up is written anew.

    A question in words of somebody's own is answered by what the file knows of the case.
    """
    if name not in rulebook().fields:
        return facts.get("facts_summary", sentence("Nothing more is known here than the request says."))
    if request.contents.get(name) not in EMPTY and not (name in LOOKED_UP and name in facts):
        return request.contents[name]
    if name == "offence" and request.case is not None and request.case.offences:
        return list(request.case.offences)
    return answer_for(name, rulebook(), facts)


def _close_parent(batch: Batch, request: AssistanceRequest) -> None:
    """With the evidence in hand, nobody needs the preservation any more."""
    parent = parent_of(batch, request)
    if parent is not None and parent.status == "evidence_transmitted":
        _attempt(batch, parent, "requesting", "close", {})


def _clear(batch: Batch, request: AssistanceRequest) -> None:
    """Take what waits for a request that has ended out of the queues."""
    for work in batch.group(Work, "request_id")[request.pk]:
        if work.status == Work.WAITING:
            work.status = Work.DONE
            batch.change(work)


# -- queues ----------------------------------------------------------------------------------------------


@dataclass
class _Queue:
    authority: Authority
    waiting: list[tuple[int, int, Work]] = field(default_factory=list)
    in_hand: int = 0


def _load_work(batch: Batch) -> None:
    if "work" not in batch.memory:
        batch.memory["work"] = {}
        rows = Work.objects.filter(exercise=batch.exercise).exclude(status=Work.DONE)
        batch.load(rows.order_by("seq"))
        for work in batch.known(Work):
            queues = batch.memory["work"].setdefault(work.authority_id, [[], 0])
            if work.status == Work.WAITING:
                queues[0].append((work.priority, work.seq, work))
            else:
                queues[1] += 1


def _queue(batch: Batch, authority: Authority) -> _Queue:
    _load_work(batch)
    found = batch.memory["work"].get(authority.pk, [[], 0])
    if not isinstance(found, _Queue):
        found = _Queue(authority, found[0], found[1])
        heapq.heapify(found.waiting)
        batch.memory["work"][authority.pk] = found
    return found


def _work(batch: Batch, key: str) -> Work | None:
    found: dict[str, Work] | None = batch.memory.get("work by key")
    if found is None or key not in found:
        found = batch.memory["work by key"] = {str(work.pk): work for work in batch.known(Work)}
    return found.get(key)


def _enqueue(batch: Batch, request: AssistanceRequest, side: str, task: str, work_s: int) -> None:
    desk = holder(batch, request, side)
    work = batch.add(
        Work(
            exercise=batch.exercise,
            authority=desk,
            request=request,
            reference=request.reference,
            side=side,
            task=task,
            priority=priority(rulebook().types[request.request_type], request.contents),
            seq=batch.next_number(),
            work_s=work_s,
            since=batch.at,
        )
    )
    queue = _queue(batch, desk)
    heapq.heappush(queue.waiting, (work.priority, work.seq, work))
    _serve(batch, queue)


def _serve(batch: Batch, queue: _Queue) -> None:
    """Let free officers take what waits; a closed office takes it when it opens."""
    desk = queue.authority
    while queue.waiting and queue.in_hand < desk.officers:
        if queue.waiting[0][2].status != Work.WAITING:
            heapq.heappop(queue.waiting)
            continue
        hours = _hours(batch, desk)
        if not hours.is_open(batch.at):
            _wait_for_opening(batch, desk, hours.next_opening(batch.at))
            return
        work = heapq.heappop(queue.waiting)[2]
        work.status = Work.IN_HAND
        batch.change(work)
        queue.in_hand += 1
        told = {"request": work.reference, "task": work.task}
        append_to_desk(batch, desk, seat_at(desk), "take_up", told)
        batch.put(
            "work_done",
            f"work/{work.pk}",
            hours.finish(batch.at, timedelta(seconds=work.work_s)),
            rank=RANK_DONE,
            request_id=work.request_id,
            payload={"work": str(work.pk), "state": desk.state.code, "kind": desk.kind},
        )


def _wait_for_opening(batch: Batch, desk: Authority, at: datetime) -> None:
    if desk.opening_at == at:
        return
    desk.opening_at = at
    batch.change(desk)
    batch.put(
        "office_opens",
        f"opens/{desk.pk}/{at:%Y%m%dT%H%M%S}",
        at,
        rank=RANK_OPENS,
        payload={"state": desk.state.code, "kind": desk.kind},
    )


# -- filing ----------------------------------------------------------------------------------------------


def _file_late(batch: Batch, row: AgendaItem, sender: Authority, stream: Stream) -> None:
    """What was forgotten is remembered some days later; a follow-up never is."""
    days = stream.lognormal(_behaviour(batch, sender).forgotten_for_days / LATE_SHARE, 0.5)
    at = batch.at + timedelta(seconds=round(days * 86_400))
    batch.put("file", f"{row.key}/late", at, rank=triggers.RANK_FILE, payload={**row.payload, "late": True})


def _file(batch: Batch, planned: PlannedRequest, sender: Authority, stream: Stream) -> None:
    receiver = authority_of(batch, planned.to_state, planned.to_authority)
    parent = _planned(batch, planned.parent)
    case = _case(batch, planned.case)
    script = script_of(batch.exercise.pk)
    between = parties_between(script.scenario, sender.state, receiver.state)
    truth = script.scenario.truth(
        planned=planned.id, case=planned.case, to_state=planned.to_state, request_type=planned.type
    )
    given = Draft(
        type=planned.type,
        contents=planned.contents,
        offences=tuple(case.offences) if case else (),
        maximum_penalty=penalty_of(case.maximum_penalty) if case else None,
        sender_kind=sender.kind,
        receiver_kind=receiver.kind,
        parent=Parent(parent.request_type, parent.status) if parent else None,
    )
    facts = _known_facts(sender, receiver, case, parent, truth, between)
    contents = drafted(rulebook(), _behaviour(batch, sender), given, facts, stream, between)
    request = door.draft(
        batch,
        request_type=planned.type,
        sender=sender,
        receiver=receiver,
        contents=contents,
        case=case,
        parent=parent,
        planned=planned.id,
    )
    if _attempt(batch, request, "requesting", "submit_orally" if planned.oral else "submit", {}):
        if planned.oral:
            _give(batch, request, "requesting", "write")
        if stream.happens(_behaviour(batch, sender).chances["ask_status"]):
            _put_chase(batch, request, 1)


def _put_chase(batch: Batch, request: AssistanceRequest, number: int) -> None:
    desk = holder(batch, request, "requesting")
    days = _behaviour(batch, desk).ask_status_after_days
    at = _hours(batch, desk).next_opening(batch.at + timedelta(days=days))
    key = f"chase/{request.pk}/{number}"
    batch.put("chase", key, at, rank=RANK_CHASE, request_id=request.pk, payload={"number": number})


def _planned(batch: Batch, name: str | None) -> AssistanceRequest | None:
    """Return the request that was filed for a planned one, if it was."""
    if name is None:
        return None
    for request in batch.known(AssistanceRequest):
        if request.planned == name:
            return request
    found = AssistanceRequest.objects.filter(exercise=batch.exercise, planned=name).values_list(
        "pk", flat=True
    )
    load_requests(batch, list(found))
    return next((r for r in batch.known(AssistanceRequest) if r.planned == name), None)


def _case(batch: Batch, name: str | None) -> Case | None:
    if name is None:
        return None
    if "cases" not in batch.memory:
        batch.memory["cases"] = {c.name: c for c in Case.objects.filter(exercise=batch.exercise)}
    found: Case = batch.memory["cases"][name]
    return found


# -- what a desk knows -----------------------------------------------------------------------------------


def _key(row: AgendaItem) -> Any:
    assert row.request_id is not None
    return row.request_id


def _name(request: AssistanceRequest) -> str:
    """A planned request is named by its plan, so that its draws do not hang on who filed first."""
    return request.planned or request.reference


def _stream(batch: Batch, code: str, request: str, name: str) -> Stream:
    return Stream(batch.exercise.seed, code, request, name)


def _behaviour(batch: Batch, desk: Authority) -> Behaviour:
    return behaviours()[desk.state.behaviour or batch.exercise.teams]


def _hours(batch: Batch, desk: Authority) -> OfficeHours:
    if desk.kind == POINT:
        return ALWAYS_OPEN
    behaviour = _behaviour(batch, desk)
    return office_hours(calendar(desk.state.calendar), behaviour.opens, behaviour.closes)


def _matter(batch: Batch, request: AssistanceRequest, side: str) -> Matter:
    script = script_of(batch.exercise.pk)
    return Matter(
        kind=rulebook().types[request.request_type],
        status=request.status,
        draft=draft_of(request),
        acts_done=request.acts_done,
        misdirected=request.misdirected,
        path_awaited=side == "requested" and awaits_path(script, request.planned, request.requested_code),
        asked_by=state_of(batch, request.requesting_code).name,
        sent_at=request.submitted_at,
    )


def _opened(batch: Batch, request: AssistanceRequest, matter: Matter) -> Matter:
    """Return the matter with what a reader needs beside it: the follow-up, both laws, and what is so."""
    between = _between(batch, request)
    truth = truth_of(script_of(batch.exercise.pk).scenario, request, between)
    draft = draft_of(request, parent=parent_of(batch, request))
    return replace(
        matter, draft=replace(draft, nationalities=truth.nationalities), between=between, truth=truth
    )


def _between(batch: Batch, request: AssistanceRequest) -> Parties:
    scenario = script_of(batch.exercise.pk).scenario
    requesting, requested = (state_of(batch, request.code_of(side)) for side in SIDES)
    return parties_between(scenario, requesting, requested)


def _facts(batch: Batch, request: AssistanceRequest) -> dict[str, Any]:
    sender = holder(batch, request, "requesting")
    receiver = holder(batch, request, "requested")
    between = _between(batch, request)
    truth = truth_of(script_of(batch.exercise.pk).scenario, request, between)
    return _known_facts(sender, receiver, request.case, parent_of(batch, request), truth, between)


def _known_facts(
    sender: Authority,
    receiver: Authority,
    case: Case | None,
    parent: AssistanceRequest | None,
    truth: Truth,
    between: Parties,
) -> dict[str, Any]:
    """What a drafter writes in from who, whom, case and parent, and from a look at who holds what."""
    book = rulebook()
    told = {
        "requesting_authority": f"{book.authorities[sender.kind].name}, {sender.state.name}",
        "requested_authority": f"{book.authorities[receiver.kind].name}, {receiver.state.name}",
        "language": (between.requested.languages or ("English",))[0],
    }
    if truth.custodians:
        told["custodian_or_location"] = truth.custodians[0]
    if truth.places:
        told["place_or_object"] = truth.places[0]
    if case is not None:
        told["case"] = case.title
        told["facts_summary"] = case.facts or case.title
        told["subject_and_nature"] = sentence(f"Investigation: {case.title}")
        if case.maximum_penalty:
            told["maximum_penalty_years"] = case.maximum_penalty
    if parent is not None:
        told["related_request"] = parent.reference
        told["preserved_data_reference"] = parent.reference
    return told
