"""A whole exercise as one file: for the archive, and for another installation.

What is in it belongs to the exercise; who sat where, mails, sessions and other things of persons stay behind.
Keys of rows are drawn anew when it comes in, and with them every mention of a key.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import uuid
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, models, transaction

from cooperation.document import BadInput, Fault
from cooperation.evidence.bags import Hostile
from cooperation.words import Refused
from requests_app.agenda.models import AgendaItem
from requests_app.agenda.wake import set_wake
from requests_app.agenda.writing import insert
from requests_app.evidence import store
from requests_app.evidence.bag_reader import Holder, opened_zip
from requests_app.evidence.keys import CONTROL, take_over
from requests_app.evidence.models import CustodyStep, EvidenceItem, PlantedBreak, Receipt, ReceivedCopy
from requests_app.exercises.account import log_lines
from requests_app.exercises.bundle import (
    LOG,
    MANIFEST,
    SCHEMA,
    SIGNED,
    TABLES,
    bundle_failures,
    rows_of_table,
)
from requests_app.exercises.models import Expectation, Inject, Message, Milestone, Work
from requests_app.exercises.run import free_handle
from requests_app.workflow.handing_out import receipt_file
from requests_app.workflow.models import (
    AssistanceRequest,
    Case,
    Deadline,
    Event,
    Interval,
    KeptAnswer,
    Notice,
    Suspension,
)
from requests_app.workflow.verify import failures
from requests_app.workflow.witness import signed_checkpoint
from requests_app.world.models import Authority, ClockSegment, Exercise, Seat, State
from requests_app.world.planner import tell_planner

# Each model, and the way from it to its exercise; those that others point to come first.
HELD: Mapping[type[models.Model], str] = {
    Exercise: "pk",
    ClockSegment: "exercise",
    State: "exercise",
    Authority: "state__exercise",
    Seat: "authority__state__exercise",
    Case: "exercise",
    AssistanceRequest: "exercise",
    Event: "exercise",
    Deadline: "request__exercise",
    Suspension: "deadline__request__exercise",
    Interval: "request__exercise",
    AgendaItem: "exercise",
    Work: "exercise",
    Notice: "authority__state__exercise",
    KeptAnswer: "exercise",
    Inject: "exercise",
    Message: "exercise",
    Milestone: "exercise",
    Expectation: "exercise",
    EvidenceItem: "exercise",
    CustodyStep: "exercise",
    ReceivedCopy: "exercise",
    Receipt: "exercise",
    PlantedBreak: "exercise",
}
# Of persons, of the installation, or computed again from what is held.
LEFT_BEHIND = (
    *("CalendarFeed", "Guest", "Heartbeat", "ImportedPackage", "JoinCode", "Lateness", "Mail", "NoticeMail"),
    *("OutboxItem", "Rehearsal", "RollUp", "SeatHolder", "Seen", "Session"),
)
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
ROWS_AT_ONCE = 1_000


# -- out -------------------------------------------------------------------------------------------------


def export(exercise: Exercise, path: Path) -> int:
    """Write an exercise to a new file; return how many rows it holds.

    Raises Refused `running` while its clock runs: what is written must not move meanwhile.
    """
    clock = exercise.clock if exercise.is_live else None
    if clock is not None and not exercise.ended and clock.segments[-1].rate:
        raise Refused("running", f"the clock of {exercise.handle} is running", mend="pause it first")
    digests: dict[str, str] = {}
    number = 0
    draft = path.with_name(f"{path.name}.draft")
    try:
        with zipfile.ZipFile(draft, "x", zipfile.ZIP_DEFLATED) as out:
            for name, blocks in _parts(exercise):
                digest = hashlib.sha256()
                with out.open(_entry(name), "w", force_zip64=True) as target:
                    for block in blocks:
                        number += name.startswith(TABLES)
                        digest.update(block)
                        target.write(block)
                digests[name] = digest.hexdigest()
            told = {"schema": SCHEMA, "notice": "EXERCISE", "handle": exercise.handle, "sha256": digests}
            out.writestr(_entry(MANIFEST), json.dumps(told, indent=1, sort_keys=True))
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return number


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o100600 << 16
    return entry


def _parts(exercise: Exercise) -> Iterator[tuple[str, Iterator[bytes]]]:
    yield LOG, (line + b"\n" for line in log_lines(exercise))
    for model in HELD:
        yield f"{TABLES}{model.__name__}.jsonl", _rows(model, exercise)
    for receipt in Receipt.objects.filter(exercise=exercise).select_related("request"):
        name = f"receipts/{receipt.request.reference}-{receipt.seq}.json"
        yield name, iter([receipt_file(receipt)])
    yield SIGNED, iter([signed_checkpoint(exercise)])
    stored = EvidenceItem.objects.filter(exercise=exercise, is_stored=True, destroyed_at=None)
    for sha256 in sorted(set(stored.values_list("sha256", flat=True))):
        with store.opened(str(exercise.pk), sha256) as stream:
            yield f"evidence/{sha256}", store.blocks_of(stream)


def _rows(model: type[models.Model], exercise: Exercise) -> Iterator[bytes]:
    rows = model._default_manager.filter(**{HELD[model]: exercise.pk}).order_by("pk")
    for row in rows.iterator(chunk_size=ROWS_AT_ONCE):
        yield json.dumps(row_of(row), ensure_ascii=False, sort_keys=True).encode() + b"\n"


def row_of(row: models.Model) -> dict[str, Any]:
    """Return the columns of a row as JSON holds them."""
    return {field.attname: _plain(getattr(row, field.attname)) for field in row._meta.concrete_fields}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, bytes | memoryview | bytearray):
        return base64.b64encode(bytes(value)).decode()
    return value


# -- in --------------------------------------------------------------------------------------------------


def import_(path: Path, root: uuid.UUID | None = None) -> Exercise:
    """Bring in an exercise from a file, once all of it holds; return it.

    root  from which the keys of its rows are derived; a new one unless it is named

    Raises BadInput naming the first things that do not hold; nothing is kept then.
    """
    with opened_zip(path) as holder:
        found = list(bundle_failures(holder, path.name))
        if found:
            raise BadInput([Fault(path.name, 0, "", str(failure)) for failure in found[:20]])
        own = root or uuid.uuid4()
        try:
            with transaction.atomic():
                exercise = _insert(holder, own)
                tell_planner()
                _take_files(holder, exercise)
                broken = list(failures(exercise))
                if broken:
                    raise BadInput([Fault(path.name, 0, "", str(failure)) for failure in broken[:20]])
        except (ValidationError, DatabaseError, ValueError, TypeError, KeyError) as error:
            mend = "export it again with the version that runs here"
            raise BadInput([Fault(path.name, 0, "", f"does not fit: {error}"[:500], mend)]) from None
        except Hostile as hostile:
            raise BadInput([Fault(path.name, 0, hostile.reason, str(hostile))]) from None
    return exercise


def new_keys(own: uuid.UUID, keys: Iterable[str]) -> dict[str, str]:
    """Return the key that each of these gets in the exercise `own`."""
    return {key: str(uuid.uuid5(own, key)) for key in keys}


def renamed(text: str, anew: Mapping[str, str]) -> str:
    """Return a text in which each key that is drawn anew is the new one."""
    return _UUID.sub(lambda m: anew.get(m[0], m[0]), text)


def _insert(holder: Holder, own: uuid.UUID) -> Exercise:
    """Insert the rows of every table, some at a time; return the exercise.

    They are read twice instead of held: of 173,000 rows, that takes 445 MB instead of 765, and no longer.
    """
    tables = [rows_of_table(holder, model.__name__) for model in HELD]
    anew = new_keys(own, (row["id"] for rows in tables for row in rows if isinstance(row.get("id"), str)))
    numbered: dict[type[models.Model], dict[Any, Any]] = {}
    made: Exercise | None = None
    for model in HELD:
        rows = rows_of_table(holder, model.__name__)
        if model is Exercise:
            made = _exercise(_with_new_keys(rows, anew))
            continue
        while some := list(islice(rows, ROWS_AT_ONCE)):
            _insert_some(model, _with_new_keys(some, anew), numbered)
    assert made is not None
    return made


def _with_new_keys(rows: Iterable[dict[str, Any]], anew: Mapping[str, str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(renamed(json.dumps(list(rows)), anew))
    return found


def _insert_some(
    model: type[models.Model], rows: list[dict[str, Any]], numbered: dict[type[models.Model], dict[Any, Any]]
) -> None:
    built = [_built(model, row, numbered) for row in rows]
    if is_numbered(model):
        for one in built:
            one.pk = None
    if model is State:
        for row, one in zip(rows, built, strict=True):
            one.save(force_insert=True)
            numbered.setdefault(State, {})[row["id"]] = one.pk
    else:
        insert(model, built)


def _exercise(rows: list[dict[str, Any]]) -> Exercise:
    (row,) = rows
    exercise = _built(Exercise, row, {})
    assert isinstance(exercise, Exercise)
    if Exercise.objects.filter(handle=exercise.handle).exists():
        exercise.handle = free_handle(exercise.scenario, exercise.seed)
    exercise.save(force_insert=True)
    set_wake(exercise)
    exercise.save(update_fields=["wake_at"])
    return exercise


def _built(
    model: type[models.Model],
    row: Mapping[str, Any],
    numbered: Mapping[type[models.Model], Mapping[Any, Any]],
) -> models.Model:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    if set(row) != set(fields):
        odd = ", ".join(sorted(set(row) ^ set(fields))[:5])
        raise ValueError(f"{model.__name__} has other columns here: {odd}")
    values = {}
    for name, field in fields.items():
        value = row[name]
        if isinstance(field, models.BinaryField) and value is not None:
            value = base64.b64decode(value, validate=True)
        elif field.remote_field is not None and field.remote_field.model in numbered and value is not None:
            value = numbered[field.remote_field.model][value]
        elif value is not None and field.remote_field is None:
            value = field.to_python(value)
        values[name] = value
    return model(**values)


def is_numbered(model: type[models.Model]) -> bool:
    """Return whether the database gives a row its key."""
    return isinstance(model._meta.pk, models.AutoField | models.BigAutoField)


def _take_files(holder: Holder, exercise: Exercise) -> None:
    left = store.EXERCISE_BYTES_AT_MOST
    for name in sorted(holder.files):
        if name.startswith("evidence/"):
            sha256 = name.removeprefix("evidence/")
            store.keep(str(exercise.pk), holder.blocks(name), bytes_left=left, expected_sha256=sha256)
    for receipt in Receipt.objects.filter(exercise=exercise).select_related("authority__state").order_by():
        take_over(exercise.pk, receipt.authority.desk, receipt.public_key)
    take_over(exercise.pk, CONTROL, json.loads(b"".join(holder.blocks(SIGNED)))["public_key"])
