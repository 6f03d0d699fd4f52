"""Custody at a page, in real browsers: a broken hash is seen, reported and mended; outside tools accept what is left."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from django.core.management import call_command

from tests.browser.looking import accessibility_faults, is_wider_than_the_window
from tests.browser.play import expect
from tests.browser.stage import HOUR_A_SECOND, hospital

ARVANIA, BORLAND = "XA/central_authority", "XB/central_authority"
LOG = b"2027-03-01T10:00:00+07:00 192.0.2.7:5151 account 12345678\n" * 400


@pytest.fixture
def under_way(transactional_db):
    """The hospital's exercise, with people at both central authorities and a request in execution."""
    from tests.requests_app.api.conftest import sits

    exercise = hospital(days=1, rate=HOUR_A_SECOND)
    anna, bela = sits("anna", exercise, ARVANIA), sits("bela", exercise, BORLAND)
    key = anna.files("mla_stored_data", to=BORLAND)
    for act in ("acknowledge", "accept", "start_execution"):
        bela.does(act, key)
    return exercise, key


def presses(page, button):
    """Press a button that sends a form, and wait for the whole page that answers."""
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name=button, exact=True).click()


def sends(page, items):
    for item in items:
        page.get_by_label(item).check()
    presses(page, "Send the evidence")
    expect(page.get_by_text("The evidence is sent.")).to_be_visible()


def test_a_broken_hash_is_seen_reported_and_mended_and_what_is_signed_for_stands_outside(
    under_way, opens, tmp_path
):
    from requests_app.exercises.planting import plant_break
    from requests_app.world.present import wall_now

    exercise, key = under_way
    path = f"/exercises/{exercise.handle}/requests/{key}/evidence/"
    reference = exercise.requests.get(pk=key).reference
    item = f"{reference}/XB-1"
    borland, arvania = opens("bela"), opens("anna", width=390)

    # Borland takes a file in, seals it and sends it; on the way it is changed.
    borland.goto(path)
    borland.get_by_label("File", exact=True).set_input_files(
        {"name": "connections.log", "mimeType": "text/plain", "buffer": LOG}
    )
    said = {
        "Name of the source": "Code Nest",
        "Legal authority": "Order 7",
        "Tool of acquisition": "export 2.1",
    }
    for label, text in said.items():
        borland.get_by_label(label).fill(text)
    presses(borland, "Acquire")
    expect(borland.get_by_text(f"Acquired as {item}.")).to_be_visible()
    borland.get_by_label("Number of the seal").fill("S-4711")
    presses(borland, f"Seal {item}")
    plant_break(exercise.pk, wall_now(), reference, "changed_file")
    sends(borland, [f"{item}: connections.log"])
    assert accessibility_faults(borland) == []

    # Arvania hashes again, sees the break, does not sign, and reports it.
    arvania.goto(path)
    presses(arvania, "Verify: hash again")
    expect(arvania.get_by_text("The file is not the one that was announced", exact=True)).to_be_visible()
    assert arvania.get_by_role("button", name="Sign the receipt").count() == 0
    assert accessibility_faults(arvania) == []
    assert not is_wider_than_the_window(arvania)
    presses(arvania, "Report the mismatch")
    expect(arvania.get_by_text("The mismatch is reported.")).to_be_visible()

    # A good copy comes; it agrees, is signed for, and the receipt is kept outside.
    borland.goto(path)
    sends(borland, [f"{item}: connections.log"])
    arvania.goto(path)
    presses(arvania, "Verify: hash again")
    expect(arvania.get_by_text("All of it is what was announced.")).to_be_visible()
    presses(arvania, "Sign the receipt")
    expect(arvania.get_by_text("You have signed the receipt.")).to_be_visible()
    with arvania.expect_download() as download:
        arvania.get_by_role("link", name="Receipt signed by Arvania: Central authority for MLA").click()
    receipt = tmp_path / "receipt.json"
    download.value.save_as(receipt)
    assert json.loads(receipt.read_text())

    call_command("verify", exercise.handle, "--against", str(receipt), verbosity=0)
    package = tmp_path / "package"
    call_command("export_evidence", exercise.handle, reference, "--out", str(package), verbosity=0)
    bag = next(one.parent for one in [*package.glob("bagit.txt"), *package.glob("*/bagit.txt")])
    for tool in (
        [sys.executable, "-m", "bagit", "--validate", str(bag)],
        ["sha256sum", "-c", "manifest-sha256.txt"],
    ):
        done = subprocess.run(tool, cwd=bag, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    assert LOG in [one.read_bytes() for one in (bag / "data").rglob("*.log")]
