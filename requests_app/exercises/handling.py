"""How simulated desks handle evidence: they acquire and seal what they send, and hash again what comes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from cooperation.behaviour import behaviours
from cooperation.chance import Stream
from cooperation.eventlog import instant_text
from cooperation.evidence.artefacts import token_size
from cooperation.evidence.receiving import Digests, digests
from cooperation.evidence.rules import TOKENS_ONLY, Artefact, artefact_of
from cooperation.evidence.told import ACQUIRE, SEAL
from cooperation.moments import instant, span
from cooperation.words import sentence
from requests_app.agenda.batch import Batch
from requests_app.evidence.models import EvidenceItem
from requests_app.evidence.reading import made
from requests_app.exercises.script import script_of
from requests_app.workflow.custody import facts_of, items_of, new_item, on_desk
from requests_app.workflow.handing_over import verify_copies
from requests_app.workflow.models import AssistanceRequest
from requests_app.workflow.records import holder, seat_at
from requests_app.world.models import Authority

TOOLS = (sentence("imager 4.2 (write-blocked)"), sentence("export of the provider"), sentence("clerk's scan"))
IDENTIFIERS_AT_MOST, IDENTIFIER_LENGTH = 5, 80
BEFORE = timedelta(days=30)


def prepared(batch: Batch, request: AssistanceRequest, contents: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a simulated desk sends, the items acquired and sealed first; those it has are sent again."""
    desk = holder(batch, request, "requested")
    own = {i.kind: i for i in items_of(batch, request) if i.authority_id == desk.pk and not i.destroyed_at}
    words = [str(word) for word in contents.get("items", ())]
    new = _acquired(batch, request, desk, [word for word in words if word not in own])
    own |= {item.kind: item for item in new}
    sent = [own[word].reference for word in words]
    if not sent:
        return dict(contents)
    batch.memory[f"accident {request.pk}"] = _accident(batch, request)
    conditions = _conditions(batch, request)
    said = {**contents, "evidence": sent}
    return {**said, "conditions_of_use": conditions} if conditions else said


def found_broken(batch: Batch, request: AssistanceRequest) -> tuple[str, ...]:
    """Hash again what has come to a simulated desk; return the items in which it finds a break.

    A desk that never reports a mismatch looks at hashes only, because a program shows them.
    """
    desk = holder(batch, request, "requesting")
    looks = _behaviour(batch, desk).chances["mismatch"] > 0
    return tuple(
        f"{item}: {wrong}" for item, wrong in verify_copies(batch, request, seat_at(desk), examines=looks)
    )


def _acquired(
    batch: Batch, request: AssistanceRequest, desk: Authority, words: list[str]
) -> list[EvidenceItem]:
    if not words:
        return []
    stream = Stream(batch.exercise.seed, desk.state.code, _name(request), "evidence")
    flawed = stream.choice(words) if not items_of(batch, request) else ""
    items = [_made(batch, request, desk, word, word == flawed) for word in words]
    actor = seat_at(desk)
    said = {"request": request.reference, "items": [facts_of(item) for item in items]}
    on_desk(batch, desk, actor, ACQUIRE, said, items)
    seal = f"S-{int(stream.uniform() * 900_000) + 100_000}"
    for item in items:
        item.seal = seal
    sealed = [{"item": item.reference, "seal": seal} for item in items]
    on_desk(batch, desk, actor, SEAL, {"request": request.reference, "items": sealed}, items)
    return items


def _made(
    batch: Batch, request: AssistanceRequest, desk: Authority, word: str, is_flawed: bool
) -> EvidenceItem:
    form = artefact_of(word)
    name = [batch.exercise.seed, desk.state.code, _name(request), f"item-{word}"]
    is_token = form.category == "content" and _is_of_tokens(request)
    start, end = _period(request)
    zone = _zone(desk.state.zone, batch.at)
    item = new_item(
        batch,
        request,
        desk,
        name=f"token-{word}" if is_token else f"{word}.{form.ending}",
        kind=word,
        source_type=form.source,
        source=_source(request, form, desk),
        legal_authority=sentence(f"Request {request.reference}, under the law of {desk.state.name}"),
        category=form.category,
        period_from=start,
        period_to=end,
        zone="" if is_token else zone,
        size=0,
        media_type="application/octet-stream" if is_token else form.media_type,
        is_token=is_token,
        tool=TOOLS[("system", "provider", "person").index(form.source)],
        recipe=None
        if is_token
        else _recipe(request, name, word, form, zone, start or instant_text(batch.at - BEFORE), is_flawed),
    )
    found = _token_digests(name) if is_token else digests(made(item))
    item.sha256, item.sha512, item.size = found.sha256, found.sha512, found.size
    return item


def _recipe(
    request: AssistanceRequest,
    name: list[Any],
    word: str,
    form: Artefact,
    zone: str,
    at: str,
    is_flawed: bool,
) -> dict[str, Any]:
    return {
        "form": form.form,
        "stream": name,
        "title": f"{word.replace('_', ' ').capitalize()}, request {request.reference}",
        "identifiers": _identifiers(request),
        "zone": zone,
        "at": at,
        "flaw": is_flawed,
    }


def _token_digests(name: list[Any]) -> Digests:
    """Return a hash and a size for what is never here."""
    stream = Stream(*name)
    drawn = digests(f"token {stream.uniform()} {stream.uniform()}".encode())
    return Digests(drawn.sha256, drawn.sha512, token_size(stream))


def _is_of_tokens(request: AssistanceRequest) -> bool:
    stated = request.contents.get("offence")
    named = stated if isinstance(stated, list) else [stated]
    offences = {*map(str, named), *(request.case.offences if request.case else ())}
    return bool(offences & set(TOKENS_ONLY))


def _source(request: AssistanceRequest, form: Artefact, desk: Authority) -> str:
    custodian = request.contents.get("custodian_or_location")
    if form.source == "provider" and isinstance(custodian, str) and custodian:
        return custodian[:300]
    return f"{form.source} in {desk.state.name}"


def _identifiers(request: AssistanceRequest) -> list[str]:
    named = request.contents.get("identifiers")
    found = named if isinstance(named, list) else [named] if named else []
    return [str(entry)[:IDENTIFIER_LENGTH] for entry in found[:IDENTIFIERS_AT_MOST]]


def _period(request: AssistanceRequest) -> tuple[str, str]:
    period = request.contents.get("period_covered")
    if not isinstance(period, Mapping):
        return "", ""
    try:
        start, end = instant(str(period.get("from"))), instant(str(period.get("to")))
    except ValueError:
        return "", ""
    return instant_text(start), instant_text(end)


@lru_cache(maxsize=4096)
def _zone(zone: str, at: datetime) -> str:
    offset = at.astimezone(ZoneInfo(zone)).strftime("%z")
    return f"{offset[:3]}:{offset[3:5]}"


def _accident(batch: Batch, request: AssistanceRequest) -> bool:
    """Return whether a file changes on the way: as often as the receiver's behaviour says, and once only."""
    if request.times("report_mismatch"):
        return False
    receiver = holder(batch, request, "requesting")
    number = request.times("transmit") + 1
    stream = Stream(batch.exercise.seed, receiver.state.code, _name(request), f"arrival-{number}")
    return stream.happens(_behaviour(batch, receiver).chances["mismatch"])


def _conditions(batch: Batch, request: AssistanceRequest) -> dict[str, Any]:
    planned = script_of(batch.exercise.pk).requests.get(request.planned)
    said = dict(planned.evidence) if planned is not None else {}
    said.pop("break", None)
    said.pop("item", None)
    if "delete_after" in said:
        said["delete_by"] = instant_text(batch.at + span(said.pop("delete_after")))
    return said


def _behaviour(batch: Batch, desk: Authority) -> Any:
    return behaviours()[desk.state.behaviour or batch.exercise.teams]


def _name(request: AssistanceRequest) -> str:
    return request.planned or request.reference
