"""The script of two clients, as the README shows it, against web, worker and beat as they are run."""

from __future__ import annotations

import subprocess
import sys

from requests_app.management.sign_ins import sign_ins
from requests_app.workflow.models import AssistanceRequest, Event
from requests_app.workflow.verify import failures
from requests_app.world.models import Exercise
from tests.faults.clients import CENTRAL
from tests.faults.installation import ROOT, Installation

TO_EXECUTION = ("acknowledge", "accept", "start_execution")


def test_two_clients_play_to_the_end_and_the_report_shows_it(installation: Installation) -> None:
    sign_ins(installation.folder / "sign-ins.txt")
    installation.start_beat()
    installation.start_worker(processes=1)
    address = installation.start_web()

    kept = ["--sign-ins", str(installation.folder / "sign-ins.txt")]
    played = subprocess.run(
        [sys.executable, "-S", "script/two_desks.py", address, *kept],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
    )

    assert played.returncode == 0, f"{played.stdout}\n{played.stderr}\n{installation.logs()}"
    lines = played.stdout.splitlines()
    report = lines[lines.index("The report of intimate-images-3:") + 1 :]
    assert [line.split()[0] for line in report] == [
        "acknowledge", "decide", "execute", "inform", "confirm", "keep", "whole",
    ]  # fmt: skip
    exercise = Exercise.objects.get(handle="intimate-images-3")
    control = Event.objects.filter(exercise=exercise, request=None, desk="").values_list("act", flat=True)
    assert {"pause", "resume", "take_seat"} <= set(control)
    kept, path, asked = AssistanceRequest.objects.filter(
        exercise=exercise, requesting_code="XA", requesting_kind=CENTRAL, requested_code="XB"
    ).order_by("submitted_at")
    assert {request.status for request in (kept, path, asked)} == {"closed"}
    # While the clock stood still the simulation's desk was taken over where it was.
    assert {"confirm_preservation", "disclose_path"} <= set(acts(kept))
    assert acts(path) == ["submit", *TO_EXECUTION, "disclose_path", "transmit", "confirm_receipt", "close"]
    question = ["ask_for_information", "provide_information"]
    answered = ["accept", "start_execution", "transmit", "confirm_receipt", "close"]
    assert acts(asked) == ["submit", "acknowledge", *question, *answered]
    assert list(failures(exercise)) == []


def acts(request: AssistanceRequest) -> list[str]:
    return list(request.events.order_by("seq").values_list("act", flat=True))
