"""Verifying the archive of an exercise by itself, with no database: what anybody can do who has the file."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from cooperation.document import BadInput
from cooperation.eventlog import FIRST, canonical, checkpoint, digest, order
from cooperation.evidence.artefacts import make
from cooperation.evidence.bags import Hostile
from cooperation.evidence.receipts import Opened, open_envelope
from cooperation.evidence.told import ACQUIRE, REDACT
from cooperation.moments import instant
from cooperation.progress import fold
from cooperation.rulebook import rulebook
from cooperation.words import Refused
from requests_app.evidence.bag_reader import Holder
from requests_app.evidence.keys import CONTROL, holds
from requests_app.workflow.verify_evidence import Failure
from requests_app.workflow.witness import compared

SCHEMA = "comity.exercise/1"
MANIFEST, LOG, SIGNED, TABLES = "manifest.json", "log.jsonl", "checkpoint.json", "tables/"
_JUDGED = frozenset({"Event", "AssistanceRequest", "Interval", "EvidenceItem"})
_TABLE = re.compile(r"tables/([A-Za-z]{1,40})\.jsonl")
_RECEIPT = re.compile(r"receipts/[A-Z]{2}-[A-Z]{2}-[0-9]{4,6}-[0-9]{1,6}\.json")
LINE_BYTES_AT_MOST = 4_000_000


def bundle_failures(holder: Holder, name: str, kept: Mapping[str, Opened] | None = None) -> Iterator[Failure]:
    """Yield what does not hold in the archive of an exercise.

    name  of the file, as failures show it
    kept  receipts and checkpoints that somebody kept outside, by the names of their files
    """
    try:
        yield from _files(holder, name)
    except Hostile as hostile:
        yield Failure(f"{name}: {hostile.reason}", "a whole archive of an exercise", str(hostile))
        return
    try:
        yield from _contents(holder, name, kept or {})
    except (Hostile, BadInput, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        yield Failure(name, "an archive as Comity writes it", f"{type(error).__name__}: {error}"[:300])


def rows_of_table(holder: Holder, name: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a model, as they are read; none where there is no table of this name."""
    file = f"{TABLES}{name}.jsonl"
    if file in holder.files:
        yield from map(json.loads, _lines(holder, file))


def _judged(holder: Holder) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of the models that are judged here; those of the others must be readable, and are not kept."""
    found = {}
    for file in holder.files:
        table = _TABLE.fullmatch(file)
        if table:
            found[table[1]] = [row for row in rows_of_table(holder, table[1]) if table[1] in _JUDGED]
    return found


def _files(holder: Holder, name: str) -> Iterator[Failure]:
    if MANIFEST not in holder.files:
        raise Hostile("no_archive", f"{name} has no {MANIFEST}")
    try:
        told = json.loads(holder.text(MANIFEST))
        expected = dict(told["sha256"])
        if told["schema"] != SCHEMA:
            raise ValueError(told["schema"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Hostile("no_archive", f"{MANIFEST} is none of an exercise") from None
    for file in sorted({*expected, *holder.files} - {MANIFEST}):
        if file not in holder.files:
            yield Failure(f"{name}: {file}", "a file", "none")
            continue
        found = hashlib.sha256()
        for block in holder.blocks(file):
            found.update(block)
        if expected.get(file) != found.hexdigest():
            yield Failure(f"{name}: {file}", f"SHA-256 {expected.get(file)}", found.hexdigest())


def _contents(holder: Holder, name: str, kept: Mapping[str, Opened]) -> Iterator[Failure]:
    events = [json.loads(line) for line in _lines(holder, LOG)]
    if events != sorted(events, key=order):
        yield Failure(f"{name}: {LOG}", "events in their order", "another order")
    chains: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in events:
        chains[event["request"] or event["desk"] or CONTROL].append(event)
    heads = {}
    for chain, found in sorted(chains.items()):
        found.sort(key=lambda e: int(e["seq"]))
        heads[chain] = found[-1]["hash"]
        yield from _chain(name, chain, found)
    tables = _judged(holder)
    yield from _rows_of_events(name, tables["Event"], events)
    yield from _statuses(name, tables, chains)
    yield from _evidence(holder, name, tables, events)
    hashes = {chain: {e["seq"]: e["hash"] for e in found} for chain, found in chains.items()}
    papers = {file: open_envelope(b"".join(holder.blocks(file)), file) for file in _papers(holder)}
    signed = papers[SIGNED].said
    if signed["checkpoint"] != checkpoint(heads.values()):
        yield Failure(f"{name}: {SIGNED}", f"checkpoint {signed['checkpoint']}", checkpoint(heads.values()))
    for file, opened in {**papers, **kept}.items():
        if not holds(opened.body, opened.signature, opened.public_key):
            yield Failure(f"{name}: {file}, signature", f"of the key {opened.public_key}", "another")
        there = {chain: hashes.get(chain, {}) for chain in opened.said["heads"]}
        yield from compared(name, opened.said["heads"], there, file)


def _papers(holder: Holder) -> list[str]:
    return [SIGNED, *sorted(file for file in holder.files if _RECEIPT.fullmatch(file))]


def _chain(name: str, chain: str, events: list[dict[str, Any]]) -> Iterator[Failure]:
    head = FIRST
    for number, event in enumerate(events, start=1):
        place = f"{name}: {chain}, event {number}"
        said = {key: value for key, value in event.items() if key != "hash"}
        found = digest(canonical(said))
        if (event["seq"], event["prev"]) != (number, head):
            yield Failure(
                place, f"event {number} after {head}", f"event {event['seq']} after {event['prev']}"
            )
            return
        if found != event["hash"]:
            yield Failure(place, f"hash {event['hash']}", found)
            return
        head = found


def _rows_of_events(name: str, rows: list[dict[str, Any]], events: list[dict[str, Any]]) -> Iterator[Failure]:
    logged, stored = {event["hash"] for event in events}, {row["hash"] for row in rows}
    for hash_ in sorted(logged ^ stored)[:1]:
        yield Failure(f"{name}: {TABLES}Event.jsonl", "the events of the log", f"one more or less: {hash_}")


def _statuses(
    name: str, tables: Mapping[str, list[dict[str, Any]]], chains: Mapping[str, list[dict[str, Any]]]
) -> Iterator[Failure]:
    intervals: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in tables["Interval"]:
        intervals[row["request_id"]].append(row)
    for row in tables["AssistanceRequest"]:
        events = chains.get(row["reference"]) if row["reference"] else None
        if not events:
            continue
        facts = [(_side(row, e), e["act"], e["contents"], instant(e["at"])) for e in events]
        try:
            folded = fold(rulebook().lifecycle, row["request_type"], facts)
        except Refused as refused:
            yield Failure(f"{name}: {row['reference']}", "acts that the lifecycle permits", str(refused))
            continue
        if {folded.progress.status} != {row["status"], events[-1]["status"]}:
            yield Failure(f"{name}: {row['reference']}, status", folded.progress.status, row["status"])
        stages = sorted((s.stage, s.opened_at, s.outcome) for s in folded.stages)
        own = intervals[row["id"]]
        stored = sorted((r["stage"], instant(r["opened_at"]), r["outcome"]) for r in own)
        if stages != stored:
            yield Failure(f"{name}: {row['reference']}, intervals", str(stages[:1]), str(stored[:1]))


def _side(row: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    state = event["actor"]["state"]
    return "clock" if not state else "requesting" if state == row["requesting_code"] else "requested"


def _evidence(
    holder: Holder, name: str, tables: Mapping[str, list[dict[str, Any]]], events: list[dict[str, Any]]
) -> Iterator[Failure]:
    told = {
        entry["item"]: entry
        for event in events
        if event["act"] in (ACQUIRE, REDACT)
        for entry in event["contents"]["items"]
    }
    for row in tables["EvidenceItem"]:
        place = f"{name}: evidence {row['reference']}"
        entry = told.pop(row["reference"], None)
        if entry is None or entry["sha256"] != row["sha256"]:
            yield Failure(place, str(entry and entry["sha256"]), row["sha256"])
        elif row["recipe"] is not None and digest(make(row["recipe"])) != row["sha256"]:
            yield Failure(f"{place}, file", f"SHA-256 {row['sha256']}", "another")
        elif (
            row["is_stored"]
            and row["destroyed_at"] is None
            and f"evidence/{row['sha256']}" not in holder.files
        ):
            yield Failure(f"{place}, file", f"SHA-256 {row['sha256']}", "no file")
    for reference in told:
        yield Failure(f"{name}: evidence {reference}", "the item that was acquired", "none")
    for file in holder.files:
        if file.startswith("evidence/"):
            found = hashlib.sha256()
            for block in holder.blocks(file):
                found.update(block)
            if f"evidence/{found.hexdigest()}" != file:
                yield Failure(f"{name}: {file}", "what its name says", found.hexdigest())


def _lines(holder: Holder, file: str) -> Iterator[bytes]:
    left = b""
    for block in holder.blocks(file):
        *lines, left = (left + block).split(b"\n")
        if len(left) > LINE_BYTES_AT_MOST:
            raise Hostile("too_large", f"{file}: a line has more than {LINE_BYTES_AT_MOST:,} bytes")
        yield from (line for line in lines if line)
    if left:
        yield left
