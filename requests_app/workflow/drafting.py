"""Drafts of people: written and changed at a desk, under a key and an edition, before they are sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from cooperation.eventlog import canonical, digest
from cooperation.rulebook import rulebook
from cooperation.words import DRAFT, Refused
from requests_app.agenda.batch import Batch
from requests_app.agenda.present import at_present
from requests_app.workflow.door import (
    at_desk,
    check_edition,
    check_not_ended,
    draft,
    keep_answer,
    kept_answer,
    may_receive,
    person_at,
)
from requests_app.workflow.log import append_to_desk
from requests_app.workflow.models import AssistanceRequest, Case
from requests_app.workflow.records import authority_of, has_authority, load_requests
from requests_app.world.models import Seat


def write_draft(
    *,
    by: Seat,
    request_type: str,
    to: tuple[str, str],
    contents: Mapping[str, Any],
    case: str | None,
    parent: UUID | None,
    key: str,
    now: datetime,
) -> AssistanceRequest:
    """Put a draft on the desk of a seat; with a key once, the same one when the key comes again.

    to    code of a State, kind of an authority
    case  its name in the scenario
    key   may be empty: then each call is a draft of its own
    now   wall instant

    Raises Refused: unknown_field, unknown_authority, no_case, no_parent, key_reused, ended, catching_up, or
    what the door says of drafts.
    """
    check_fields(contents)
    said = {
        "request_type": request_type,
        "to": list(to),
        "contents": dict(contents),
        "case": case,
        "parent": str(parent) if parent else None,
    }
    asked = digest(_canonical(said))
    exercise_id = by.authority.state.exercise_id
    assert exercise_id is not None
    with at_present(exercise_id, now) as batch:
        earlier = kept_answer(batch, by, key, asked) if key else None
        if earlier is not None:
            return AssistanceRequest.objects.get(pk=earlier.request_id)
        check_not_ended(batch)
        if not has_authority(batch, *to):
            raise Refused(
                "unknown_authority",
                f"there is no authority {'/'.join(to)} in this exercise",
                mend="choose one of the directory",
            )
        own = by.authority.state.code
        request = draft(
            batch,
            request_type=request_type,
            sender=authority_of(batch, own, by.authority.kind),
            receiver=authority_of(batch, *to),
            contents=contents,
            case=_case(batch, own, case),
            parent=_parent(batch, own, parent),
            actor=person_at(by),
        )
        if key:
            keep_answer(batch, by, key, asked, request, 0)
    return request


def edit_draft(
    request_id: UUID,
    *,
    by: Seat,
    contents: Mapping[str, Any],
    version: int,
    edition: int | None,
    now: datetime,
) -> AssistanceRequest:
    """Let a draft say these contents in place of what it said.

    version, edition  of the draft that the seat has seen
    now               wall instant

    Raises Refused: not_found, stale_version, not_a_draft, unknown_field, other_desk, ended, catching_up.
    """
    check_fields(contents)
    _canonical(dict(contents))
    exercise_id = by.authority.state.exercise_id
    assert exercise_id is not None
    with at_present(exercise_id, now) as batch:
        check_not_ended(batch)
        request, _ = at_desk(batch, request_id, by)
        if request.status != DRAFT:
            raise Refused(
                "not_a_draft",
                "what has been sent is changed by acts only",
                article="exercise rule",
                mend="provide information, or withdraw it and file another",
            )
        check_edition(request, version, edition)
        request.contents = dict(contents)
        request.edition += 1
        batch.change(request)
        desk = authority_of(batch, by.authority.state.code, by.authority.kind)
        told = {
            "request_type": request.request_type,
            "to": f"{request.requested_code}/{request.requested_kind}",
            "case": request.case.name if request.case else None,
            "contents": request.contents,
        }
        append_to_desk(batch, desk, person_at(by), "draft", told)
    return request


def recast_draft(
    request_id: UUID,
    *,
    by: Seat,
    request_type: str,
    to: tuple[str, str],
    case: str | None,
    version: int,
    edition: int,
    now: datetime,
) -> AssistanceRequest:
    """Let a draft become one of another type, to another authority or of another case; what it says is kept.

    to    code of a State, kind of an authority
    case  its name in the scenario
    now   wall instant

    Raises Refused: not_found, stale_version, not_a_draft, unknown_type, unknown_authority, same_state,
    other_pair, no_case, ended, catching_up.
    """
    exercise_id = by.authority.state.exercise_id
    assert exercise_id is not None
    with at_present(exercise_id, now) as batch:
        check_not_ended(batch)
        request, _ = at_desk(batch, request_id, by)
        if request.status != DRAFT:
            raise Refused("not_a_draft", "what has been sent keeps its type", mend="file another request")
        check_edition(request, version, edition)
        _check_way(batch, request, request_type, to)
        request.request_type = request_type
        request.requested_code, request.requested_kind = to
        request.misdirected = not may_receive(request_type, to[1])
        request.case = _case(batch, by.authority.state.code, case)
        request.edition += 1
        batch.change(request)
        desk = authority_of(batch, by.authority.state.code, by.authority.kind)
        told = {
            "request_type": request_type,
            "to": "/".join(to),
            "case": case,
            "contents": request.contents,
        }
        append_to_desk(batch, desk, person_at(by), "draft", told)
    return request


def _check_way(batch: Batch, request: AssistanceRequest, request_type: str, to: tuple[str, str]) -> None:
    if request_type not in rulebook().types:
        raise Refused("unknown_type", "there is no such request type", mend="choose one of the rule book")
    if not has_authority(batch, *to):
        raise Refused(
            "unknown_authority",
            f"there is no authority {'/'.join(to)} in this exercise",
            mend="choose one of the directory",
        )
    if to[0] == request.requesting_code:
        raise Refused("same_state", "a State does not ask itself for assistance", mend="choose another State")
    if request.parent_id and to[0] != request.requested_code:
        raise Refused(
            "other_pair",
            "a follow-up joins the same two States in the same direction as what it follows",
            article="exercise rule",
            mend="write a request of its own to the other State",
        )


def check_fields(contents: Mapping[str, Any]) -> None:
    """Raise Refused where contents hold what is no field of the rule book."""
    unknown = sorted(set(contents) - set(rulebook().fields))
    if unknown:
        raise Refused(
            "unknown_field",
            f"the rule book has no field {', '.join(unknown)}",
            mend="use the fields that the request type lists",
            field=unknown[0],
        )


def _canonical(said: Mapping[str, Any]) -> bytes:
    try:
        return canonical(said)
    except TypeError as error:
        raise Refused(
            "unwritable_contents",
            f"the contents cannot be written to the log: {error}",
            mend="use text and whole numbers",
        ) from None


def _case(batch: Batch, own: str, name: str | None) -> Case | None:
    if name is None:
        return None
    found = Case.objects.filter(exercise=batch.exercise, state_code=own, name=name).first()
    if found is None:
        raise Refused("no_case", f"your State has no case {name}", mend="choose one of its own cases")
    return found


def _parent(batch: Batch, own: str, parent: UUID | None) -> AssistanceRequest | None:
    if parent is None:
        return None
    load_requests(batch, [parent])
    found = batch.find(AssistanceRequest, parent)
    is_own = found is not None and found.exercise_id == batch.exercise.pk and found.requesting_code == own
    if not is_own or (found is not None and found.status == DRAFT):
        raise Refused("no_parent", "your State has sent no such request", mend="name one that it has sent")
    return found
