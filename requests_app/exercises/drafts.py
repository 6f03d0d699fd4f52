"""A request as the examination reads it: the draft, the two States, and what is so in fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from cooperation.examination.draft import Draft, Parent, Parties, Party, party_under
from cooperation.examination.truth import Truth
from cooperation.scenario import Scenario
from cooperation.world import world
from requests_app.workflow.models import AssistanceRequest, Case
from requests_app.world.models import State


def draft_of(
    request: AssistanceRequest,
    *,
    contents: Mapping[str, Any] | None = None,
    parent: AssistanceRequest | None = None,
    case: Case | None = None,
) -> Draft:
    """Return a request as a draft.

    contents  those it was sent with, where they are not its present ones
    case      where what the case says may fill in for the contents; the State asked does not know it
    """
    return Draft(
        type=request.request_type,
        contents=request.contents if contents is None else contents,
        offences=tuple(case.offences) if case else (),
        maximum_penalty=(case.maximum_penalty or None) if case else None,
        sender_kind=request.requesting_kind,
        receiver_kind=request.requested_kind,
        parent=Parent(parent.request_type, parent.status) if parent else None,
    )


def parties_between(scenario: Scenario, requesting: State, requested: State) -> Parties:
    """Return the two States with the laws they are played with and the treaties that bind them."""
    return Parties(
        party(requesting.code, requesting.law),
        party(requested.code, requested.law),
        treaties=treaties_between(scenario, requesting.code, requested.code),
    )


@lru_cache(maxsize=512)
def party(code: str, law: str) -> Party:
    """Return a State under a law profile; of one without, nothing is stated."""
    profile = world().laws.get(law)
    return party_under(code, profile) if profile else Party(code)


def treaties_between(scenario: Scenario, one: str, other: str) -> tuple[str, ...]:
    """Return the names of the other assistance treaties that bind two States."""
    return tuple(treaty.name for treaty in scenario.treaties if {one, other} <= treaty.states)


def truth_of(scenario: Scenario, request: AssistanceRequest, parties: Parties) -> Truth:
    """Return what is so in fact for a request. For control, for scores, and for everybody after the end."""
    found = scenario.truth(
        planned=request.planned or None,
        case=request.case.name if request.case else None,
        to_state=request.requested_code,
        request_type=request.request_type,
    )
    if found.interceptable is None:
        return replace(found, interceptable=parties.requested.interceptable)
    return found
