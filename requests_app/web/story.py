"""What a scenario waits for, in the reader's language: acts, requests and States by name, none by its id."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from cooperation.calendars import calendar
from cooperation.rulebook import rulebook
from cooperation.scenario import ActPattern, PlannedRequest, Scenario
from requests_app.exercises.after_action import ExpectationTold
from requests_app.exercises.script import script_of
from requests_app.web.names import act_name, authority_name, type_name
from requests_app.web.words import length_in_words
from requests_app.world.languages import said
from requests_app.world.models import Exercise


def state_name(code: str, exercise: Exercise) -> str:
    """Return what the scenario of an exercise calls a State."""
    return state_in_words(script_of(exercise.pk).scenario, code)


def milestone_name(name: str, exercise: Exercise) -> str:
    """Return what a milestone of an exercise waits for."""
    return milestones_in_words(script_of(exercise.pk).scenario)[name]


def expected_in_words(one: ExpectationTold, exercise: Exercise) -> str:
    """Return what is expected, like "Submit: Expedited preservation, to Borland"."""
    pattern = ActPattern(one.act, one.of or None, None, one.to_state or None, one.request_type or None)
    return awaited(script_of(exercise.pk).scenario, pattern)


def milestones_in_words(scenario: Scenario) -> dict[str, str]:
    """Return what each milestone waits for, by its id."""
    return {one.id: awaited(scenario, one.pattern) for one in scenario.milestones}


def expectations_in_words(scenario: Scenario) -> dict[str, str]:
    """Return who is expected to do what, by the expectation's id."""
    return {
        one.id: f"{state_in_words(scenario, one.state)}: {awaited(scenario, replace(one.pattern, from_state=None))}"
        for one in scenario.expectations
    }


def trigger_in_words(scenario: Scenario, name: str) -> str:
    """Return for which act an inject waits, or which would keep it out; empty where it comes by the clock alone."""
    inject = next((one for one in scenario.injects if one.id == name), None)
    if inject is None or inject.trigger.pattern is None:
        return ""
    act, trigger = awaited(scenario, inject.trigger.pattern), inject.trigger
    if trigger.nothing_by is not None:
        return _("unless before that: %(act)s") % {"act": act}
    if not trigger.plus:
        return _("at once after: %(act)s") % {"act": act}
    return _("%(length)s after: %(act)s") % {"length": length_in_words(trigger.plus), "act": act}


def desk_in_words(desk: str, exercise: Exercise) -> str:
    """Return what a desk like `XA/central_authority` is called, as `names.desk_name` says it of an authority."""
    state, _sign, kind = desk.partition("/")
    return f"{state_name(state, exercise)}: {authority_name(kind.partition('/')[0])}"


def planned_in_words(scenario: Scenario, name: str) -> str:
    """Return what a planned request is, like "Expedited preservation, Arvania asks Borland"."""
    planned = next((one for one in scenario.requests if one.id == name), None)
    return ", ".join((type_name(planned.type), _sides(scenario, planned))) if planned else name


def _sides(scenario: Scenario, planned: PlannedRequest) -> str:
    ways = {"one": planned.from_state, "other": planned.to_state}
    states = {name: state_in_words(scenario, code) for name, code in ways.items()}
    if rulebook().lifecycle.is_decided(planned.type):
        return _("%(one)s asks %(other)s") % states
    return _("from %(one)s to %(other)s") % states


def awaited(scenario: Scenario, pattern: ActPattern) -> str:
    """Return an act that is waited for, with the type of the request and the two States where they are known."""
    planned = next((one for one in scenario.requests if one.id == pattern.of), None)
    kind = pattern.request_type or (planned.type if planned else None)
    parts = [type_name(kind)] if kind else []
    if pattern.from_state:
        parts.append(_("from %(state)s") % {"state": state_in_words(scenario, pattern.from_state)})
    if pattern.to_state:
        parts.append(_("to %(state)s") % {"state": state_in_words(scenario, pattern.to_state)})
    if planned and not (pattern.from_state or pattern.to_state):
        parts.append(_sides(scenario, planned))
    told = act_name(pattern.act)
    if not kind:
        return " ".join((told, *parts))
    return f"{told}: {', '.join(parts)}"


def state_in_words(scenario: Scenario, code: str) -> str:
    """Return what a scenario calls a State; its code where it has none of it."""
    try:
        entry = scenario.state(code)
    except KeyError:
        return code
    return said(entry.name or calendar(code).name)
