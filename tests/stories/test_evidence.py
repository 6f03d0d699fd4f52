"""Evidence from acquisition to a signed receipt, played by simulated States."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from cooperation.behaviour import behaviours
from cooperation.document import BadInput
from cooperation.rulebook import rulebook
from cooperation.scenario import read_scenario, shipped
from requests_app.evidence.keys import holds
from requests_app.evidence.models import EvidenceItem, PlantedBreak, Receipt, ReceivedCopy
from requests_app.exercises.run import make, play
from requests_app.workflow.models import Event
from requests_app.world.models import Exercise
from tests.builders import made

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


def small(what: str, **more: object) -> str:
    """Return a scenario in which one request is answered, and something goes wrong with the first sending."""
    return json.dumps(
        {
            "scenario": "one-sending",
            "title": "One sending",
            "start": "2027-03-01T00:00:00Z",
            "length": "400d",
            "states": {
                "XA": {"name": "Arvania", "calendar": "VN", "behaviour": "prompt"},
                "XB": {"name": "Borland", "calendar": "DE", "behaviour": "prompt"},
            },
            "cases": [
                {
                    "id": "port",
                    "state": "XA",
                    "title": "Ransomware at a port",
                    "offences": ["system_interference"],
                    "facts": "The systems of a port were encrypted.",
                }
            ],
            "requests": [
                {
                    "id": "the-log",
                    "when": "+1h",
                    "who": "XA/central_authority",
                    "whom": "XB/central_authority",
                    "type": "mla_stored_data",
                    "case": "port",
                    "contents": {},
                    "evidence": {"break": what, "item": "traffic_data", **more},
                }
            ],
        }
    )


@pytest.mark.parametrize("what", ["changed_file", "missing_file", "wrong_zone", "unsealed_medium"])
def test_each_planted_break_is_found_by_who_looks_and_a_good_copy_follows(what):
    conditions = {"purpose": "the case stated", "onward_transfer": "never", "delete_after": "30d"}
    exercise = made(small(what, **conditions), seed=3)
    play(exercise, exercise.ends_at)

    copies = list(ReceivedCopy.objects.filter(item__kind="traffic_data").order_by("sending"))
    assert [copy.wrong for copy in copies] == [[what], []]
    acts = list(Event.objects.filter(request__isnull=False).order_by("seq").values_list("act", flat=True))
    assert acts.count("report_mismatch") == 1
    assert acts.index("report_mismatch") < acts.index("confirm_receipt")
    # What the conditions say is timed: thirty days after each sending its copies are destroyed.
    assert all(
        copy.destroyed_at - copy.request.events.get(seq=copy.sending).at == timedelta(days=30)
        for copy in copies
    )
    assert copies[0].item.conditions["onward_transfer"] == "never"
    assert "destroyed" in [step.step for step in copies[0].item.custody.all()]


def test_a_scenario_whose_evidence_is_not_as_the_schema_says_is_refused_with_its_line():
    with pytest.raises(BadInput) as bad:
        made(small("lost_in_the_post"))

    assert "evidence.break" in str(bad.value)
    assert "changed_file" in str(bad.value)
