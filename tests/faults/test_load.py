"""Many people at once, for a moment: nobody is answered with a failure of ours. Speed: tests/benchmarks."""

from __future__ import annotations

from requests_app.workflow.verify import failures
from tests.faults.installation import Installation
from tests.faults.load import asks, seated


def test_eight_teams_at_once_are_all_answered(installation: Installation) -> None:
    exercise, people = seated(16)
    installation.start_beat()
    installation.start_worker(processes=1)
    address = installation.start_web()

    measured = asks(address, people, rate=8, for_s=10)

    assert measured.statuses.total() >= 70
    assert not measured.unanswered, installation.logs()
    assert [status for status in measured.statuses if status >= 500] == [], installation.logs()
    exercise.refresh_from_db()
    assert list(failures(exercise)) == []
