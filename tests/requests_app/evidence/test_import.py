"""A package from outside becomes evidence on the desk that was asked, and goes on from there."""

from __future__ import annotations

import hashlib

from requests_app.evidence.models import EvidenceItem
from requests_app.workflow.models import Event
from tests.builders import day, shell
from tests.requests_app.evidence.hostile import bag, zipped


def test_what_comes_in_a_package_is_acquired_and_can_be_handed_over(exercise, tmp_path):
    arvania, borland = exercise.desk("Arvania"), exercise.desk("Borland")
    request = arvania.files("mla_stored_data", to="Borland", on=day(0))
    for number, deed in enumerate((borland.acknowledges, borland.accepts, borland.starts_execution), start=1):
        deed(request, on=day(number))
    package = zipped(tmp_path / "provider.zip", bag({"logs/a.txt": b"a line\n", "b.txt": b"another\n"}))

    told = shell("import_evidence", str(package), "--into", "two-desks-7", "XA-XB-0001")

    assert told.code == 0, told.said
    first, second = EvidenceItem.objects.order_by("reference")
    assert (first.reference, first.name, first.source) == ("XA-XB-0001/XB-1", "b.txt", "package provider.zip")
    assert second.sha256 == hashlib.sha256(b"a line\n").hexdigest()
    acquired = Event.objects.get(act="acquire_evidence")
    assert (acquired.desk, len(acquired.contents["items"])) == ("XB/central_authority", 2)
    exercise.row.refresh_from_db()
    borland.transmits(request, on=day(5), evidence=[first.reference, second.reference])
    assert [row["sha256"] for row in request.row.events.get(act="transmit").contents["evidence"]] == [
        first.sha256,
        second.sha256,
    ]
    refused = borland.is_refused("transmit", request, on=day(5), evidence=["XA-XB-0001/XB-9"])
    assert refused.reason in ("unknown_evidence", "wrong_status")


def test_nothing_is_sent_that_the_desk_does_not_hold(exercise):
    arvania, borland = exercise.desk("Arvania"), exercise.desk("Borland")
    request = arvania.files("mla_stored_data", to="Borland", on=day(0))
    for number, deed in enumerate((borland.acknowledges, borland.accepts, borland.starts_execution), start=1):
        deed(request, on=day(number))

    for evidence, reason in (
        (["XA-XB-0001/XB-1"], "unknown_evidence"),
        ([], "bad_evidence"),
        ("XA-XB-0001/XB-1", "bad_evidence"),
        ([{"item": "XA-XB-0001/XB-1", "sha256": "00"}], "bad_evidence"),
        (["a", "a"], "bad_evidence"),
    ):
        assert borland.is_refused("transmit", request, on=day(4), evidence=evidence).reason == reason
    assert request.status == "in_execution"
