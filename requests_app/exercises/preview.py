"""What the other side's reader would find in a draft. Nothing is saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from cooperation.examination import Examination, examine
from cooperation.examination.draft import Draft, Parent, Parties, Party, party_under
from cooperation.rulebook import rulebook
from cooperation.words import Refused
from cooperation.world import world
from requests_app.exercises.script import script_of
from requests_app.workflow.drafting import check_fields
from requests_app.workflow.visible import Visible
from requests_app.world.models import Exercise, Seat, State


def previewed(
    visible: Visible,
    desk: Seat,
    exercise: Exercise,
    *,
    request_type: str,
    to: str,
    contents: Mapping[str, Any],
    case: str | None = None,
    parent: UUID | None = None,
) -> Examination:
    """Return what is found in what a desk has written so far.

    to    the desk addressed, like XB/central_authority
    case  its name in the scenario

    Raises Refused: unknown_type, unknown_field, unknown_authority, no_case, no_parent.
    """
    if request_type not in rulebook().types:
        raise Refused("unknown_type", "there is no such request type", mend="choose one of the rule book")
    check_fields(contents)
    code, _, kind = to.partition("/")
    parties = _parties(exercise, desk, code)
    found = visible.cases().filter(name=case).first() if case else None
    if case and found is None:
        raise Refused("no_case", "your State has no such case", mend="choose one of its own cases")
    earlier = visible.requests().filter(pk=parent).first() if parent else None
    if parent and earlier is None:
        raise Refused("no_parent", "your State has sent no such request", mend="name one that it has sent")
    draft = Draft(
        type=request_type,
        contents=contents,
        offences=tuple(found.offences) if found else (),
        maximum_penalty=(found.maximum_penalty or None) if found else None,
        sender_kind=desk.authority.kind,
        receiver_kind=kind,
        parent=Parent(earlier.request_type, earlier.status) if earlier else None,
    )
    return examine(rulebook(), draft, parties)


def _parties(exercise: Exercise, desk: Seat, code: str) -> Parties:
    other = State.objects.filter(exercise=exercise, code=code).first()
    if other is None or other.code == desk.authority.state.code:
        raise Refused(
            "unknown_authority",
            f"{code} is no other State of this exercise",
            mend="choose one of the directory",
        )
    own = desk.authority.state
    bound = [one for one in script_of(exercise.pk).scenario.treaties if {own.code, code} <= one.states]
    return Parties(_party(own), _party(other), treaties=tuple(treaty.name for treaty in bound))


def _party(state: State) -> Party:
    law = world().laws.get(state.law)
    return party_under(state.code, law) if law else Party(state.code)
