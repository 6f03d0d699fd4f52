"""Control plants a break in evidence: something to be found by those who look."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from cooperation.evidence.rules import custody
from cooperation.words import Refused
from requests_app.agenda.present import at_present
from requests_app.evidence.models import PlantedBreak
from requests_app.exercises.control import BACKLOG_AT_MOST_S
from requests_app.workflow.door import check_not_ended
from requests_app.workflow.log import append_to_exercise
from requests_app.workflow.models import AssistanceRequest


def plant_break(exercise_id: UUID, wall: datetime, reference: str, what: str, kind: str = "") -> PlantedBreak:
    """Let the next sending on a request arrive broken.

    what  changed_file, missing_file, wrong_zone or unsealed_medium
    kind  a word of the type's evidence_returned: which item; any without it
    wall  wall instant

    Raises Refused: unknown_break, no_request, ended, catching_up.
    """
    if what not in custody().breaks:
        raise Refused(
            "unknown_break",
            f"there is no break {what[:40]}",
            mend=f"use one of: {', '.join(custody().breaks)}",
        )
    with at_present(exercise_id, wall, backlog_at_most_s=BACKLOG_AT_MOST_S) as batch:
        check_not_ended(batch)
        request = AssistanceRequest.objects.filter(exercise=exercise_id, reference=reference).first()
        if not reference or request is None:
            raise Refused(
                "no_request", f"there is no request {reference[:20]}", mend="name one that has been sent"
            )
        planted = PlantedBreak.objects.create(
            exercise=batch.exercise,
            request_type=request.request_type,
            requesting_code=request.requesting_code,
            requested_code=request.requested_code,
            what=what,
            kind=kind,
        )
        append_to_exercise(batch, "plant_break", {"request": reference, "what": what, "item": kind})
    return planted
