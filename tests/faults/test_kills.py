"""Workers killed outright at the five points that matter: nothing is lost, nothing happens twice."""

from __future__ import annotations

import pytest

from requests_app.agenda.models import OutboxItem
from requests_app.reports.models import RollUp
from requests_app.workflow.models import Interval
from tests.faults.installation import Installation, rehearsed, runs
from tests.faults.worker import POINTS


@pytest.mark.parametrize("point", POINTS)
def test_an_exercise_goes_on_after_its_worker_is_killed(installation: Installation, point: str) -> None:
    rehearsal = rehearsed(seed=7)
    installation.start_beat()
    # Of ticks there are few, shared by two processes: each dies at the end of its first.
    after = "0" if point == "before_ack" else "1"
    doomed = installation.start_worker(COMITY_FAULT_POINT=point, COMITY_FAULT_AFTER=after)
    runs(rehearsal)
    installation.waits_for_death(doomed)

    installation.start_worker()
    installation.waits_for(lambda: rehearsal.row.ended, f"the exercise has ended after a kill at {point}")

    assert rehearsal.faults() == []


@pytest.mark.parametrize("point", ["after_event", "before_ack"])
def test_an_exercise_goes_on_in_the_same_worker_after_a_process_of_its_pool_is_killed(
    installation: Installation, point: str
) -> None:
    rehearsal = rehearsed(seed=7)
    installation.start_beat()
    # Each new process of the pool dies of its second time there.
    installation.start_worker(COMITY_FAULT_POINT=point, COMITY_FAULT_AFTER="1", COMITY_FAULT_REACH="child")
    runs(rehearsal)

    installation.waits_for(lambda: rehearsal.row.ended, "the exercise has ended")

    assert rehearsal.faults() == []


def test_each_item_of_the_outbox_is_taken_out_once_whatever_dies_on_the_way(
    installation: Installation,
) -> None:
    rehearsal = rehearsed(seed=7)
    installation.start_beat()
    doomed = installation.start_worker(COMITY_FAULT_POINT="before_commit", COMITY_FAULT_AFTER="2")
    runs(rehearsal)
    installation.waits_for_death(doomed)
    installation.start_worker()
    installation.waits_for(lambda: rehearsal.row.ended, "the exercise has ended")
    installation.waits_for(lambda: rehearsal.untold() == 0, "the outbox is empty")

    assert OutboxItem.objects.filter(exercise=rehearsal.key, kind="publish").count() == 1
    closed = Interval.objects.filter(request__exercise=rehearsal.key, closed_at__isnull=False).count()
    assert sum(RollUp.objects.values_list("closed", flat=True)) == closed > 0
    assert (installation.folder / "reports" / rehearsal.row.handle / "report.json").exists()
    assert rehearsal.faults() == []
