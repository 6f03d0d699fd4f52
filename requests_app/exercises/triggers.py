"""What the scenario does when something happens: injects, milestones, expectations, planned requests."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TypeVar

from cooperation.examination.shown import shown_by
from cooperation.rulebook import rulebook
from cooperation.scenario import ActPattern
from cooperation.words import OTHER_SIDE
from requests_app.agenda.batch import Batch
from requests_app.agenda.models import AgendaItem
from requests_app.exercises.drafts import draft_of, parties_between, truth_of
from requests_app.exercises.models import Expectation, Inject, Milestone
from requests_app.exercises.script import Script, script_of
from requests_app.workflow.log import append_to_exercise
from requests_app.workflow.models import AssistanceRequest
from requests_app.workflow.notices import notify, tell
from requests_app.workflow.records import load_states, parent_of, state_of
from requests_app.world.models import Authority

RANK_INJECT, RANK_FILE, RANK_EXPECTATION = 5, 8, 80

R = TypeVar("R", Inject, Milestone, Expectation)


def follow(batch: Batch, request: AssistanceRequest, act: str, side: str) -> None:
    """Let everything that waited for this act happen."""
    script = script_of(batch.exercise.pk)
    if side == "clock":
        states: tuple[str | None, str | None] = (None, None)
    else:
        states = (request.code_of(side), request.code_of(OTHER_SIDE[side]))

    facts = (request.planned or None, *states, request.request_type)

    def fits(pattern: ActPattern | None) -> bool:
        return pattern is not None and pattern.matches(act, *facts)

    for milestone in script.milestones.get(act, ()):
        if fits(milestone.pattern):
            _reach(batch, milestone.id)
    for expectation in script.expected.get(act, ()):
        if expectation.is_met_by(act, *facts) and not _shows(batch, script, request, expectation.without):
            _meet(batch, script, expectation.id)
    for expectation in script.counted_from.get(act, ()):
        if fits(expectation.of_act):
            _begin(batch, script, expectation.id)
    for inject in script.held_back_by.get(act, ()):
        if fits(inject.trigger.pattern):
            batch.drop(f"inject/{inject.id}")
    for inject in script.fired_after.get(act, ()):
        if fits(inject.trigger.pattern):
            _put_once(batch, "inject", inject.id, inject.trigger.plus, RANK_INJECT)
    for planned in script.filings.get(act, ()):
        if fits(planned.when.pattern):
            _put_once(batch, "file", planned.id, planned.when.plus, RANK_FILE)


def _shows(batch: Batch, script: Script, request: AssistanceRequest, errors: Collection[str]) -> bool:
    """Return whether a request, as it now stands, shows one of these errors."""
    if not errors:
        return False
    requesting, requested = (state_of(batch, request.code_of(side)) for side in OTHER_SIDE)
    parties = parties_between(script.scenario, requesting, requested)
    draft = draft_of(request, parent=parent_of(batch, request), case=request.case)
    truth = truth_of(script.scenario, request, parties)
    return not set(errors).isdisjoint(
        shown_by(rulebook(), draft, parties, truth, at=request.submitted_at or batch.at)
    )


def put_first_rows(batch: Batch, script: Script) -> None:
    """Put on the agenda what happens at an instant that the scenario itself names."""
    for inject in script.scenario.injects:
        at = inject.trigger.nothing_by or inject.trigger.at
        if at is not None:
            batch.put("inject", f"inject/{inject.id}", at, rank=RANK_INJECT, payload={"inject": inject.id})
    for planned in script.scenario.requests:
        if planned.when.at is not None:
            key = f"file/{planned.id}"
            batch.put("file", key, planned.when.at, rank=RANK_FILE, payload={"file": planned.id})
    for expectation in script.scenario.expectations:
        if expectation.of_inject is None and expectation.of_act is None:
            _begin(batch, script, expectation.id)


def fire(batch: Batch, row: AgendaItem) -> None:
    """An inject is due: it comes, unless control holds it back or has skipped it."""
    inject = injects(batch)[row.payload["inject"]]
    if inject.status == Inject.PLANNED:
        bring(batch, inject)


def bring(batch: Batch, inject: Inject) -> None:
    """Bring an inject into the exercise: on control's chain, and to the desks of the States it is for."""
    inject.status, inject.fired_at = Inject.FIRED, batch.at
    batch.change(inject)
    append_to_exercise(batch, "inject", {"inject": inject.name, "to": inject.to, "title": inject.title})
    load_states(batch)
    for desk in batch.known(Authority):
        if desk.state.code in inject.to:
            notify(batch, desk, "inject", {"inject": inject.name})
    script = script_of(batch.exercise.pk)
    for expectation in script.scenario.expectations:
        if expectation.of_inject == inject.name:
            _begin(batch, script, expectation.id)


def injects(batch: Batch) -> dict[str, Inject]:
    """Return the injects of the exercise by name."""
    return _rows(batch, Inject)


def expectations(batch: Batch) -> dict[str, Expectation]:
    """Return the expectations of the exercise by name."""
    return _rows(batch, Expectation)


def judge(batch: Batch, row: AgendaItem) -> None:
    """The time for an expectation is over."""
    expectation = _rows(batch, Expectation)[row.payload["expectation"]]
    if expectation.status == Expectation.RUNNING:
        _decide(batch, expectation, Expectation.MISSED)


def end(batch: Batch, _: AgendaItem) -> None:
    """The exercise has reached its end."""
    finish(batch)


def finish(batch: Batch) -> None:
    """The exercise is over: what was expected and has not come is missed, unless nobody could have met it."""
    script = script_of(batch.exercise.pk)
    for expectation in _rows(batch, Expectation).values():
        if expectation.status in (Expectation.PENDING, Expectation.RUNNING):
            could_be_met = _could_be_met(batch, script, expectation)
            _decide(batch, expectation, Expectation.MISSED if could_be_met else Expectation.UNCOUNTED)
    batch.exercise.ended = True
    append_to_exercise(batch, "end", {})
    tell(batch, "publish", {})


def _could_be_met(batch: Batch, script: Script, expectation: Expectation) -> bool:
    """Return whether its time is over, and control did not keep back the news that asks for it."""
    if batch.at < batch.exercise.ends_at:
        return False
    news = script.expectations[expectation.name].of_inject
    kept_back = news is not None and injects(batch)[news].status in (Inject.HELD, Inject.SKIPPED)
    return expectation.status == Expectation.RUNNING or not kept_back


def _put_once(batch: Batch, kind: str, name: str, plus: timedelta, rank: int) -> None:
    key = f"{kind}/{name}"
    if not batch.is_put(key):
        batch.put(kind, key, batch.at + plus, rank=rank, payload={kind: name})


def _reach(batch: Batch, name: str) -> None:
    milestone = _rows(batch, Milestone)[name]
    if milestone.reached_at is None:
        milestone.reached_at = batch.at
        batch.change(milestone)
        append_to_exercise(batch, "milestone", {"milestone": name})


def _begin(batch: Batch, script: Script, name: str) -> None:
    """Count an expectation's time from now, if it has not begun."""
    expectation = _rows(batch, Expectation)[name]
    if expectation.began_at is not None or expectation.status != Expectation.PENDING:
        return
    due: datetime = batch.at + script.expectations[name].within
    expectation.began_at, expectation.due_at, expectation.status = batch.at, due, Expectation.RUNNING
    batch.change(expectation)
    batch.put("expectation", f"expectation/{name}", due, rank=RANK_EXPECTATION, payload={"expectation": name})


def _meet(batch: Batch, script: Script, name: str) -> None:
    """What was expected has been done. Before the news that asks for it is early, not wrong."""
    expectation = _rows(batch, Expectation)[name]
    early = expectation.status == Expectation.PENDING and script.expectations[name].of_act is None
    if early or expectation.status == Expectation.RUNNING:
        batch.drop(f"expectation/{name}")
        _decide(batch, expectation, Expectation.MET)


def _decide(batch: Batch, expectation: Expectation, status: str) -> None:
    expectation.status, expectation.decided_at = status, batch.at
    batch.change(expectation)
    append_to_exercise(batch, "expectation", {"expectation": expectation.name, "status": status})


def _rows(batch: Batch, model: type[R]) -> dict[str, R]:
    key = f"rows of {model.__name__}"
    if key not in batch.memory:
        batch.load(model.objects.filter(exercise=batch.exercise))
        batch.memory[key] = {row.name: row for row in batch.known(model)}
    found: dict[str, R] = batch.memory[key]
    return found
