"""Evidence from acquisition to a signed receipt, played by simulated States."""

from __future__ import annotations

import pytest

from cooperation.behaviour import behaviours
from cooperation.rulebook import rulebook
from cooperation.scenario import read_scenario, shipped
from requests_app.evidence.keys import holds
from requests_app.evidence.models import EvidenceItem, PlantedBreak, Receipt, ReceivedCopy
from requests_app.exercises.run import make, play
from requests_app.workflow.models import Event
from requests_app.world.models import Exercise

pytestmark = pytest.mark.usefixtures("every_exercise_holds")


def played(name: str) -> Exercise:
    path = shipped()[name]
    scenario = read_scenario(path, path.name, rulebook(), behaviours().keys())
    exercise = make(scenario, seed=7, teams="typical")
    return play(exercise, exercise.ends_at)


def test_a_planted_break_is_found_reported_and_mended_and_the_good_copy_is_signed_for():
    exercise = played("phishing-kit-author")

    assert PlantedBreak.objects.get(exercise=exercise).used_at is not None
    item = EvidenceItem.objects.get(
        exercise=exercise, kind="content_data", request__planned="source-and-licences"
    )
    first, second = ReceivedCopy.objects.filter(item=item).order_by("sending")
    assert (first.broken_on_the_way, first.wrong) == ("changed_file", ["changed_file"])
    assert first.found_sha256 != item.sha256
    assert (second.broken_on_the_way, second.wrong, second.found_sha256) == ("", [], item.sha256)
    acts = Event.objects.filter(request=item.request).order_by("seq").values_list("act", flat=True)
    assert [act for act in acts if act in ("transmit", "report_mismatch", "confirm_receipt")] == [
        *("transmit", "report_mismatch", "transmit", "confirm_receipt"),
    ]
    mismatch = Event.objects.get(request=item.request, act="report_mismatch")
    assert mismatch.contents["items"] == [f"{item.reference}: changed_file"]
    assert [row.step for row in item.custody.all()] == [
        *("acquired", "sealed", "transmitted", "received", "verified"),
        *("transmitted", "received", "verified", "signed_for"),
    ]
    assert item.request.deadlines.get(rule="td_mismatch").status == "met"
    signed = Receipt.objects.get(request=item.request)
    assert holds(bytes(signed.body), signed.signature, signed.public_key)
    assert not holds(bytes(signed.body) + b" ", signed.signature, signed.public_key)


def test_of_the_abuse_of_children_there_is_a_token_with_a_hash_and_a_size_and_nothing_else():
    exercise = played("child-abuse-platform")

    content = EvidenceItem.objects.filter(exercise=exercise, category="content")
    assert content.count() >= 1
    for item in content:
        assert item.is_token
        assert item.recipe is None
        assert not item.is_stored
        assert len(item.sha256) == 64
        assert item.size > 0
