"""What people do with evidence at their desk: each reading is an event, as is each step.

What concerns the other State (sending, signing, reporting a mismatch) is an act, and goes through the door.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from cooperation.eventlog import canonical, digest
from cooperation.evidence.conditions import check_passing_on
from cooperation.evidence.rules import TOKENS_ONLY
from cooperation.evidence.told import ACQUIRE, REDACT, SEAL
from cooperation.words import Refused
from requests_app.agenda.batch import Batch
from requests_app.agenda.present import at_present
from requests_app.evidence import store
from requests_app.evidence.listing import listing
from requests_app.evidence.models import EvidenceItem, ReceivedCopy
from requests_app.evidence.reading import arrived, blocks_of
from requests_app.workflow.conditions import destroy_copy
from requests_app.workflow.custody import facts_of, items_of, new_item, on_desk, take_step
from requests_app.workflow.door import at_desk, check_not_ended, keep_answer, kept_answer, person_at
from requests_app.workflow.evidence_facts import TEXTS, checked
from requests_app.workflow.handing_over import check_kept, current_copies, verify_copies
from requests_app.workflow.log import Actor
from requests_app.workflow.models import AssistanceRequest, Event
from requests_app.workflow.records import authority_of, load_requests
from requests_app.world.models import Authority, Seat

STEPS_OF_PEOPLE = ("identified", "preserved", "collected", "examined", "sealed", "returned", "destroyed")


class Reading(NamedTuple):
    """A file that somebody reads: its name, its size (None where it may differ), and its bytes."""

    name: str
    size: int | None
    blocks: Iterator[bytes]


@contextmanager
def _at_desk(request_id: UUID, by: Seat, now: datetime) -> Iterator[tuple[Batch, AssistanceRequest, str]]:
    exercise_id = by.authority.state.exercise_id
    assert exercise_id is not None
    with at_present(exercise_id, now) as batch:
        check_not_ended(batch)
        request, side = at_desk(batch, request_id, by)
        if not request.reference:
            raise Refused(
                "not_sent", "evidence belongs to a request that has been sent", mend="send it first"
            )
        yield batch, request, side


def _desk(batch: Batch, by: Seat) -> Authority:
    return authority_of(batch, by.authority.state.code, by.authority.kind)


# -- acquiring -------------------------------------------------------------------------------------------


def acquire(
    request_id: UUID, *, by: Seat, facts: Mapping[str, Any], blocks: Iterable[bytes], key: str, now: datetime
) -> EvidenceItem:
    """Take a file in as an evidence item of a request, once for each key; the file comes block by block.

    facts  name, source_type, source, legal_authority, category, tool; period_from, period_to, zone,
           media_type and kind where they are known
    now    wall instant

    Raises Refused: bad_evidence, tokens_only, not_found, other_desk, ended, key_reused, catching_up, and what
    the store says.
    """
    said = checked(facts)
    with _at_desk(request_id, by, now) as (_, request, _side):
        _check_tokens(request, said["category"])
    return _keep(request_id, by, said, blocks, key, now, origin=None, reason="")


def redact(
    item_id: UUID,
    *,
    by: Seat,
    facts: Mapping[str, Any],
    reason: str,
    blocks: Iterable[bytes],
    key: str,
    now: datetime,
) -> EvidenceItem:
    """Take in a redacted file as a new item, derived from an item of this desk; the original stays as it is.

    Raises Refused: no_reason, not_found, and what `acquire` does.
    """
    origin = EvidenceItem.objects.filter(pk=item_id, authority=by.authority).first()
    if origin is None:
        raise Refused("not_found", "there is no such evidence item at this desk")
    if not reason.strip():
        raise Refused("no_reason", "a redaction has a reason", article="36", mend="say why")
    own = {
        name: getattr(origin, name)
        for name in (*TEXTS, "source_type", "category", "period_from", "period_to", "zone")
    }
    said = checked({**own, **facts})
    return _keep(origin.request_id, by, said, blocks, key, now, origin=origin, reason=reason.strip()[:500])


def _check_tokens(request: AssistanceRequest, category: str) -> None:
    stated = request.contents.get("offence")
    named = stated if isinstance(stated, list) else [stated]
    offences = {*map(str, named), *(request.case.offences if request.case else ())}
    if category == "content" and offences & set(TOKENS_ONLY):
        raise Refused(
            "tokens_only",
            "in a case of the abuse of children no content is ever taken in: opaque tokens stand for it",
            article="exercise rule",
            mend="work with the token, its hash and its size",
        )


def _keep(
    request_id: UUID,
    by: Seat,
    said: dict[str, str],
    blocks: Iterable[bytes],
    key: str,
    now: datetime,
    *,
    origin: EvidenceItem | None,
    reason: str,
) -> EvidenceItem:
    """Store the file, outside of any lock, and then write its row and its event."""
    exercise_id = by.authority.state.exercise_id
    assert exercise_id is not None
    kept = store.keep(str(exercise_id), blocks, bytes_left=store.bytes_left_of(exercise_id))
    found = listing(store.path_of(str(exercise_id), kept.sha256), kept.sniffed_type)
    asked = digest(canonical({**said, "request": str(request_id), "sha256": kept.sha256, "reason": reason}))
    with _at_desk(request_id, by, now) as (batch, request, _):
        earlier = kept_answer(batch, by, key, asked) if key else None
        if earlier is not None:
            own = [i for i in items_of(batch, request) if i.authority_id == by.authority_id]
            return next(i for i in own if i.steps and _number(i) == earlier.seq)
        desk = _desk(batch, by)
        item = new_item(
            batch,
            request,
            desk,
            **said,
            size=kept.size,
            sniffed_type=kept.sniffed_type,
            sha256=kept.sha256,
            sha512=kept.sha512,
            is_stored=True,
            listing=found,
            derived_from=origin,
            reason=reason,
        )
        told = {"request": request.reference, "items": [facts_of(item)]}
        on_desk(batch, desk, person_at(by), REDACT if origin else ACQUIRE, told, [item])
        if key:
            keep_answer(batch, by, key, asked, request, _number(item))
    return item


def _number(item: EvidenceItem) -> int:
    return int(item.reference.rpartition("-")[2])


# -- steps -----------------------------------------------------------------------------------------------


def step(item_id: UUID, *, by: Seat, step: str, facts: Mapping[str, str], now: datetime) -> EvidenceItem:
    """Take one step with an item of this desk: examine, seal, return or destroy it, and the like.

    now  wall instant

    Raises Refused: unknown_custody_step, step_says_too_little, destroyed, not_found, ended, catching_up.
    """
    if step not in STEPS_OF_PEOPLE:
        raise Refused(
            "unknown_custody_step",
            f"there is no such step to take: {step[:40]}",
            mend=f"use one of: {', '.join(STEPS_OF_PEOPLE)}",
        )
    said = {name: str(value).strip()[:300] for name, value in facts.items() if str(value).strip()}
    odd = set(said) - {"place", "tool", "what", "seal", "to", "reason"}
    if odd:
        raise Refused(
            "unknown_field",
            f"a step says no {', '.join(sorted(odd))}",
            mend="say what, why, where and with which tool",
        )
    request_id = _request_of(EvidenceItem, item_id, by)
    with _at_desk(request_id, by, now) as (batch, request, _):
        item = next(i for i in items_of(batch, request) if i.pk == item_id)
        if item.destroyed_at is not None:
            raise Refused(
                "destroyed", f"{item.reference} has been destroyed", mend="nothing can be done with it"
            )
        desk, actor = _desk(batch, by), person_at(by)
        if step == "sealed":
            _seal(batch, request, item, desk, actor, said)
        else:
            take_step(batch, item, desk, actor, step, said)
        if step == "destroyed":
            item.destroyed_at = batch.at
            batch.change(item)
    return item


def _seal(
    batch: Batch,
    request: AssistanceRequest,
    item: EvidenceItem,
    desk: Authority,
    actor: Actor,
    said: Mapping[str, str],
) -> None:
    if not said.get("seal"):
        raise Refused(
            "step_says_too_little",
            "sealing says the number of the seal",
            article="ISO/IEC 27037",
            mend="add: seal",
        )
    item.seal = said["seal"][:60]
    batch.change(item)
    told = {"request": request.reference, "items": [{"item": item.reference, "seal": item.seal}]}
    on_desk(batch, desk, actor, SEAL, told, [item])


def verify(request_id: UUID, *, by: Seat, now: datetime) -> list[tuple[str, str]]:
    """Hash again what has come to this desk; return each item with each break found in it. `now`: wall instant.

    Raises Refused: nothing_came, not_found, other_desk, ended, catching_up.
    """
    with _at_desk(request_id, by, now) as (batch, request, side):
        if side != "requesting" or not current_copies(batch, request):
            raise Refused(
                "nothing_came", "no evidence has come to this desk on this request", mend="wait for it"
            )
        return verify_copies(batch, request, person_at(by))


def destroy_received(copy_id: UUID, *, by: Seat, reason: str, now: datetime) -> None:
    """Destroy a copy that this desk received. `now`: wall instant.

    Raises Refused: step_says_too_little, destroyed, not_found, ended, catching_up.
    """
    if not reason.strip():
        raise Refused("step_says_too_little", "destroying says why", article="36", mend="add a reason")
    request_id = _request_of(ReceivedCopy, copy_id, by)
    with _at_desk(request_id, by, now) as (batch, request, _):
        copy = _copy(batch, request, copy_id)
        if copy.destroyed_at is not None:
            raise Refused("destroyed", "this copy has been destroyed")
        destroy_copy(batch, copy, _desk(batch, by), person_at(by), reason.strip()[:300])


def pass_on(copy_id: UUID, *, by: Seat, to: UUID, now: datetime) -> EvidenceItem:
    """Make what was received an item of another request, to be sent on under it; return the new item.

    to   the request that this desk is asked in
    now  wall instant

    Raises Refused: onward_transfer_forbidden, no_consent, nothing_came, destroyed, not_found, ended.
    """
    source = _request_of(ReceivedCopy, copy_id, by)
    with _at_desk(to, by, now) as (batch, request, side):
        load_requests(batch, [source])
        origin = batch.find(AssistanceRequest, source)
        assert origin is not None
        copy = _copy(batch, origin, copy_id)
        if side != "requested":
            raise Refused(
                "not_asked",
                "evidence is passed on to a State that asks for it",
                mend="name a request of theirs",
            )
        _check_may_pass_on(copy, origin, batch.at)
        desk, item = _desk(batch, by), copy.item
        names = (
            "name",
            "kind",
            "source_type",
            "source",
            "legal_authority",
            "category",
            "zone",
            "size",
            "media_type",
        )
        more = ("sniffed_type", "sha256", "sha512", "recipe", "is_token", "is_stored", "tool", "listing")
        made = new_item(
            batch,
            request,
            desk,
            **{name: getattr(item, name) for name in (*names, *more)},
            derived_from=None,
            reason=f"passed on from {item.reference} with consent",
            conditions=dict(item.conditions),
        )
        on_desk(
            batch,
            desk,
            person_at(by),
            ACQUIRE,
            {"request": request.reference, "items": [facts_of(made)]},
            [made],
        )
    return made


def _check_may_pass_on(copy: ReceivedCopy, origin: AssistanceRequest, at: datetime) -> None:
    if copy.verified_at is None or copy.wrong:
        raise Refused(
            "not_verified", "only what was verified and agrees is passed on", mend="verify it first"
        )
    if copy.destroyed_at is not None:
        raise Refused("destroyed", "this copy has been destroyed")
    check_kept(copy.item.conditions, at)
    answer = Event.objects.filter(request=origin.pk, act="answer_other_use").order_by("-seq").first()
    consent = answer is not None and answer.contents.get("consent") is True
    check_passing_on(copy.item.conditions, consent=consent, sender=origin.requested_code)


# -- reading ---------------------------------------------------------------------------------------------


def read_item(item_id: UUID, *, by: Seat, now: datetime) -> Reading:
    """Give the file of an item of this desk; the reading is written first. `now`: wall instant.

    Raises Refused: token_only, destroyed, file_gone, not_found, ended, catching_up.
    """
    request_id = _request_of(EvidenceItem, item_id, by)
    with _at_desk(request_id, by, now) as (batch, request, _):
        item = next(i for i in items_of(batch, request) if i.pk == item_id)
        blocks = blocks_of(item)
        take_step(batch, item, _desk(batch, by), person_at(by), "read", {})
    return Reading(item.name, item.size, blocks)


def read_copy(copy_id: UUID, *, by: Seat, now: datetime) -> Reading:
    """Give the file of a copy as it came; the reading is written first. `now`: wall instant.

    Raises Refused: no_file_came, to_be_destroyed, token_only, destroyed, file_gone, not_found, ended.
    """
    request_id = _request_of(ReceivedCopy, copy_id, by)
    with _at_desk(request_id, by, now) as (batch, request, _):
        copy = _copy(batch, request, copy_id)
        if copy.destroyed_at is not None:
            raise Refused("destroyed", "this copy has been destroyed")
        check_kept(copy.item.conditions, batch.at)
        blocks = arrived(copy)
        if blocks is None:
            raise Refused(
                "no_file_came", f"of {copy.item.reference} no file came", mend="report the mismatch"
            )
        take_step(batch, copy.item, _desk(batch, by), person_at(by), "read", {})
    return Reading(copy.item.name, None, blocks)


def _copy(batch: Batch, request: AssistanceRequest, copy_id: UUID) -> ReceivedCopy:
    current_copies(batch, request)
    found = batch.find(ReceivedCopy, copy_id)
    assert found is not None
    return found


def _request_of(model: type[EvidenceItem] | type[ReceivedCopy], key: UUID, by: Seat) -> UUID:
    """Return the request of a row that this desk holds; raise Refused where it holds none with this key."""
    found = (
        model._default_manager.filter(pk=key, authority=by.authority)
        .values_list("request_id", flat=True)
        .first()
    )
    if found is None:
        raise Refused("not_found", "there is no such evidence at this desk")
    return UUID(str(found))
