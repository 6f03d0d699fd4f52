"""What others keep as witnesses: signed checkpoints, and holding the chains against what was kept outside.

Whoever owns the database can rewrite chains and all that is computed from them. What was signed before and
lies elsewhere does not change with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cooperation.eventlog import FIRST
from cooperation.evidence.receipts import CHECKPOINT, Head, Opened, checkpoint_document, envelope
from requests_app.evidence.keys import CONTROL, holds, is_own, sign
from requests_app.workflow.models import AssistanceRequest, Event
from requests_app.workflow.verify_evidence import Failure
from requests_app.world.models import Authority, Exercise


def heads_of(exercise: Exercise) -> list[Head]:
    """Return the heads of all chains that hold an event, each by the name of its chain."""
    found = [Head(CONTROL, exercise.chain_seq, exercise.chain_head)]
    for request in AssistanceRequest.objects.filter(exercise=exercise).exclude(reference=""):
        found.append(Head(request.reference, request.version, request.chain_head))
    for desk in Authority.objects.filter(state__exercise=exercise).select_related("state"):
        found.append(Head(desk.desk, desk.chain_seq, desk.chain_head))
    return [head for head in found if head.hash != FIRST]


def signed_checkpoint(exercise: Exercise) -> bytes:
    """Return the checkpoint of an exercise as a file, signed by control."""
    body = checkpoint_document(exercise=exercise.log_name, at=exercise.present, heads=heads_of(exercise))
    return envelope(body, *sign(exercise.pk, CONTROL, body))


def hashes_of(exercise: Exercise, chain: str) -> dict[int, str]:
    """Return the hash of each event of a chain, by its number."""
    events = Event.objects.filter(exercise=exercise)
    if chain == CONTROL:
        events = events.filter(request=None, desk="")
    elif "/" in chain:
        events = events.filter(request=None, desk=chain)
    else:
        events = events.filter(request__reference=chain)
    return dict(events.values_list("seq", "hash"))


def against(exercise: Exercise, kept: Opened, name: str) -> Iterator[Failure]:
    """Yield what does not agree with a receipt or a checkpoint that somebody kept outside.

    name  of the file, as failures show it
    """
    said = kept.said
    signer = CONTROL if said["schema"] == CHECKPOINT else str(said["desk"])
    if not holds(kept.body, kept.signature, kept.public_key):
        yield Failure(f"{name}, signature", f"of the key {kept.public_key}", "another")
    elif not is_own(exercise.pk, signer, kept.public_key):
        yield Failure(f"{name}, key", f"a key of {signer}", kept.public_key)
    chains = {chain: hashes_of(exercise, chain) for chain in said["heads"]}
    yield from compared(exercise.handle, said["heads"], chains, name)


def compared(
    handle: str, kept: Mapping[str, list[object]], chains: Mapping[str, Mapping[int, str]], name: str
) -> Iterator[Failure]:
    """Yield each chain that is not a continuation of what was kept.

    kept    by chain: the number of its last event then, and the hash of it
    chains  by chain: hash by number, as they are now
    """
    for chain, (seq, hash_) in kept.items():
        now = chains[chain]
        place = f"{handle}: {chain}, event {seq}, against {name}"
        if seq not in now:
            last = max(now, default=0)
            yield Failure(
                place, f"at least {seq} events", f"{last}: rolled back or cut off since it was kept"
            )
        elif now[int(str(seq))] != hash_:
            yield Failure(place, f"hash {hash_}", f"{now[int(str(seq))]}: rewritten since it was kept")
