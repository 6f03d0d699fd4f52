"""Edits made by whoever owns the database, and what finds each of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from cooperation.eventlog import link
from cooperation.evidence.receipts import open_envelope
from requests_app.evidence import store
from requests_app.evidence.models import CustodyStep, EvidenceItem, Receipt, ReceivedCopy
from requests_app.evidence.reading import blocks_of
from requests_app.workflow.custody import facts_of, new_item, on_desk
from requests_app.workflow.handing_out import receipt_file
from requests_app.workflow.handing_over import verify_copies
from requests_app.workflow.log import append_to_desk
from requests_app.workflow.models import AssistanceRequest, Event
from requests_app.workflow.records import authority_of, holder, request_of, seat_at
from requests_app.workflow.verify import failures
from requests_app.workflow.witness import against, signed_checkpoint
from requests_app.world.models import Authority, Exercise
from tests.builders import Filed, day, without_guard

FILE = b"2027-03-01 10:00:00 192.0.2.7:5151 account 12345678\n" * 40


@pytest.fixture
def handed_over(exercise) -> tuple[Any, Filed]:
    """A request whose evidence, an uploaded file, was sealed, sent, verified and signed for."""
    arvania, borland = exercise.desk("Arvania"), exercise.desk("Borland")
    request = arvania.files("mla_stored_data", to="Borland", on=day(0))
    for number, deed in enumerate((borland.acknowledges, borland.accepts, borland.starts_execution), start=1):
        deed(request, on=day(number))
    acquired(exercise, request)
    borland.transmits(request, on=day(5), evidence=["XA-XB-0001/XB-1"])
    with exercise.present(day(6)) as batch:
        row = request_of(batch, request.key)
        assert verify_copies(batch, row, seat_at(holder(batch, row, "requesting"))) == []
    arvania.confirms_receipt(request, on=day(6))
    return exercise, request


def acquired(table: Any, request: Filed) -> None:
    kept = store.keep(str(table.row.pk), [FILE], bytes_left=10_000)
    with table.present(day(4)) as batch:
        row = request_of(batch, request.key)
        desk = holder(batch, row, "requested")
        item = new_item(
            batch,
            row,
            desk,
            name="traffic.log",
            source_type="provider",
            source="Code Nest",
            legal_authority="Order 7",
            category="traffic",
            size=kept.size,
            media_type="text/plain",
            sha256=kept.sha256,
            sha512=kept.sha512,
            is_stored=True,
            tool="export",
        )
        said = {"request": row.reference, "items": [facts_of(item)]}
        on_desk(batch, desk, seat_at(desk), "acquire_evidence", said, [item])


def events(place: str) -> list[Event]:
    found = (
        Event.objects.filter(desk=place) if "/" in place else Event.objects.filter(request__reference=place)
    )
    return list(found.order_by("seq"))


def changes(row: Event, **columns: Any) -> None:
    Event.objects.filter(pk=row.pk).update(**columns)


CHAIN = "XA-XB-0001"


def change(rows: list[Event]) -> None:
    changes(rows[1], contents={"note": "other"})


def delete_middle(rows: list[Event]) -> None:
    Event.objects.filter(pk=rows[2].pk).delete()


def delete_tail(rows: list[Event]) -> None:
    Event.objects.filter(pk=rows[-1].pk).delete()


def swap(rows: list[Event]) -> None:
    one, two = rows[1], rows[2]
    changes(one, seq=900)
    changes(two, seq=one.seq)
    changes(one, seq=two.seq)


def insert(rows: list[Event]) -> None:
    for row in reversed(rows[3:]):
        changes(row, seq=row.seq + 1)
    entry = link(rows[2].hash, 4, {"act": "ask_status", "contents": {}})
    Event.objects.create(
        **{f: getattr(rows[3], f) for f in ("exercise", "request", "at", "recorded_at", "status")},
        seq=4,
        act="ask_status",
        prev=entry.prev,
        hash=entry.hash,
        content=entry.content,
    )


def duplicate(rows: list[Event]) -> None:
    row = rows[-1]
    row.pk, row.seq = None, row.seq + 1
    row.save(force_insert=True)


def retime(rows: list[Event]) -> None:
    changes(rows[1], at=rows[1].at - timedelta(days=1))


def reattribute(rows: list[Event]) -> None:
    changes(rows[1], actor_seat="XB/central_authority/9")


def swap_file(_: list[Event]) -> None:
    item = EvidenceItem.objects.get()
    store.path_of(str(item.exercise_id), item.sha256).write_bytes(FILE.replace(b"192.0.2.7", b"192.0.2.8"))


def swap_file_and_row(_: list[Event]) -> None:
    item = EvidenceItem.objects.get()
    kept = store.keep(str(item.exercise_id), [FILE[:-9]], bytes_left=10_000)
    EvidenceItem.objects.update(sha256=kept.sha256, sha512=kept.sha512, size=kept.size)


def take_file_away(_: list[Event]) -> None:
    item = EvidenceItem.objects.get()
    store.path_of(str(item.exercise_id), item.sha256).unlink()


def change_custody_step(_: list[Event]) -> None:
    CustodyStep.objects.filter(step="sealed").delete()
    CustodyStep.objects.filter(step="transmitted").update(step="returned")


def take_receipt_away(_: list[Event]) -> None:
    Receipt.objects.all().delete()


def forge_receipt(_: list[Event]) -> None:
    Receipt.objects.update(signature="00" * 64)


EDITS: dict[str, tuple[Callable[[list[Event]], None], str]] = {
    "change": (change, f"{CHAIN}, event 2, contents"),
    "delete middle": (delete_middle, f"{CHAIN}, event 3"),
    "delete tail": (delete_tail, CHAIN),
    "swap": (swap, f"{CHAIN}, event 2"),
    "insert": (insert, f"{CHAIN}, event 5"),
    "duplicate": (duplicate, f"{CHAIN}, event 7"),
    "re-time": (retime, f"{CHAIN}, event 2, at"),
    "re-attribute": (reattribute, f"{CHAIN}, event 2, actor"),
    "swap file": (swap_file, "evidence XA-XB-0001/XB-1, file traffic.log, sha256"),
    "swap file and row": (swap_file_and_row, "evidence XA-XB-0001/XB-1, sha256"),
    "take a file away": (take_file_away, "evidence XA-XB-0001/XB-1, file traffic.log"),
    "change a custody step": (change_custody_step, "evidence XA-XB-0001/XB-1, custody step 2 (returned)"),
    "take a receipt away": (take_receipt_away, f"receipt of {CHAIN}, event 6"),
    "forge a receipt": (forge_receipt, f"receipt of {CHAIN}, event 6, signature"),
}


@pytest.mark.harmed
@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_found_and_its_place_is_named(name, handed_over):
    edit, place = EDITS[name]
    exercise = Exercise.objects.get()
    assert list(failures(exercise)) == []
    without_guard()

    edit(events(CHAIN))

    found = [failure.place for failure in failures(Exercise.objects.get())]
    assert f"{exercise.handle}: {place}" in found, found


# -- what only those find who kept something outside ------------------------------------------------------


def rewritten_from(seq: int, place: str, contents: dict[str, Any]) -> None:
    """Rewrite a chain from one event on, with all that is computed from it: nothing inside shows it."""
    rows = events(place)
    head = rows[seq - 2].hash if seq > 1 else "0" * 64
    for row in rows[seq - 1 :]:
        said = json.loads(bytes(row.content))
        told = contents if row.seq == seq else row.contents
        entry = link(
            head, row.seq, {**{k: v for k, v in said.items() if k not in ("prev", "seq")}, "contents": told}
        )
        CustodyStep.objects.filter(hash=row.hash).update(hash=entry.hash)
        changes(row, contents=told, content=entry.content, hash=entry.hash, prev=entry.prev)
        head = entry.hash
    AssistanceRequest.objects.filter(reference=place).update(chain_head=head)
    _head_of_desk(place, head)


def _head_of_desk(place: str, head: str, seq: int | None = None) -> None:
    for desk in Authority.objects.select_related("state"):
        if desk.desk == place:
            desk.chain_head = head
            desk.chain_seq = seq if seq is not None else desk.chain_seq
            desk.save()


def noted(table: Any, text: str, on: Any) -> None:
    with table.present(on) as batch:
        desk = authority_of(batch, "XB", "central_authority")
        append_to_desk(batch, desk, seat_at(desk), "note", {"text": text})


def told_by(paper: bytes) -> list[str]:
    exercise = Exercise.objects.get()
    assert list(failures(exercise)) == [], "nothing inside shows it"
    return [str(failure) for failure in against(exercise, open_envelope(paper, "kept.json"), "kept.json")]


def test_what_was_kept_agrees_as_long_as_nothing_is_rewritten(handed_over):
    table, _ = handed_over
    papers = [signed_checkpoint(table.row), receipt_file(Receipt.objects.get())]
    noted(table, "and on it goes", day(7))

    assert [told_by(paper) for paper in papers] == [[], []]


def test_a_chain_rewritten_forward_is_found(handed_over):
    table, _ = handed_over
    noted(table, "as it was", day(7))
    noted(table, "and more", day(8))
    paper = signed_checkpoint(table.row)
    without_guard()

    rewritten_from(
        len(events("XB/central_authority")) - 1, "XB/central_authority", {"text": "as it never was"}
    )

    assert "rewritten since it was kept" in told_by(paper)[0]
    assert "XB/central_authority, event" in told_by(paper)[0]


def test_a_chain_cut_off_and_grown_anew_is_found(handed_over):
    table, _ = handed_over
    noted(table, "as it was", day(7))
    paper = signed_checkpoint(table.row)
    without_guard()
    last = events("XB/central_authority")[-1]
    Event.objects.filter(pk=last.pk).delete()
    _head_of_desk("XB/central_authority", last.prev, last.seq - 1)

    noted(table, "something else", day(7))
    noted(table, "and more of it", day(8))

    assert "rewritten since it was kept" in told_by(paper)[0]


def test_a_database_rolled_back_is_found(handed_over):
    table, _ = handed_over
    with transaction.atomic():
        noted(table, "forgotten by a restore", day(7))
        paper = signed_checkpoint(Exercise.objects.get())
        transaction.set_rollback(True)
    table.row.refresh_from_db()

    assert "rolled back or cut off since it was kept" in told_by(paper)[0]


def test_a_forked_checkpoint_is_found(handed_over):
    table, _ = handed_over
    with transaction.atomic():
        noted(table, "what one was shown", day(7))
        paper = signed_checkpoint(Exercise.objects.get())
        transaction.set_rollback(True)
    table.row.refresh_from_db()

    noted(table, "what the other was shown", day(7))

    assert "rewritten since it was kept" in told_by(paper)[0]


@pytest.mark.harmed
def test_a_receipt_finds_that_its_own_request_was_rewritten(handed_over):
    paper = receipt_file(Receipt.objects.get())
    without_guard()
    rewritten_from(2, CHAIN, {"note": "acknowledged otherwise"})
    Receipt.objects.all().delete()  # which verify tells by itself, as long as the confirmation stands

    exercise = Exercise.objects.get()
    told = [str(f) for f in against(exercise, open_envelope(paper, "kept.json"), "kept.json")]

    assert [f.place for f in failures(exercise)] == [f"{exercise.handle}: receipt of {CHAIN}, event 6"]
    assert "rewritten since it was kept" in told[0]


def test_a_receipt_that_was_changed_is_none(handed_over):
    paper = receipt_file(Receipt.objects.get())
    changed = paper.replace(b"XA/central_authority", b"XC/central_authority")

    assert "signature" in told_by(changed)[0]
    assert b"".join(blocks_of(EvidenceItem.objects.get())) == FILE


@pytest.mark.harmed
@pytest.mark.parametrize(
    ("columns", "place", "expected"),
    [
        ({"conditions": {"onward_transfer": "with_consent"}}, "conditions of use", "{}"),
        ({"seal": "S-9"}, "seal", ""),
        ({"destroyed_at": day(7)}, "destroyed", "None"),
        ({"source": "Code Hive"}, "source", "'Code Nest'"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_an_item_stands_under_the_conditions_the_seal_and_the_end_that_its_chains_tell(
    handed_over, columns, place, expected
):
    table, _ = handed_over
    EvidenceItem.objects.update(**columns)

    found = [one for one in failures(table.row) if one.place.endswith(f"XA-XB-0001/XB-1, {place}")]

    assert [one.expected for one in found] == [expected]


@pytest.mark.harmed
def test_a_copy_is_destroyed_when_its_desk_says_so_and_not_before(handed_over):
    table, _ = handed_over
    ReceivedCopy.objects.update(destroyed_at=day(7))

    assert any("sending 5, destroyed" in one.place for one in failures(table.row))
