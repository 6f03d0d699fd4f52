"""Finding an exercise by its handle."""

from __future__ import annotations

from cooperation.document import BadInput, Fault
from requests_app.workflow.models import AssistanceRequest
from requests_app.world.models import Exercise

NAMED_AT_MOST = 10


def exercise_named(handle: str) -> Exercise:
    """Return the exercise with this handle; raise BadInput naming those that exist."""
    found = Exercise.objects.filter(handle=handle).first()
    if found is not None:
        return found
    known = list(Exercise.objects.order_by("handle").values_list("handle", flat=True)[:NAMED_AT_MOST])
    mend = "known: " + ", ".join(known) if known else "run one first: run_exercise hospital-ransomware"
    raise BadInput([Fault(handle, 0, "", "there is no exercise with this handle", mend)])


def request_named(exercise: Exercise, reference: str) -> AssistanceRequest:
    """Return the request with this reference; raise BadInput naming those that exist."""
    requests = AssistanceRequest.objects.filter(exercise=exercise).exclude(reference="")
    found = requests.select_related("exercise").filter(reference=reference).first()
    if found is not None:
        return found
    known = list(requests.order_by("reference").values_list("reference", flat=True)[:NAMED_AT_MOST])
    mend = "known: " + ", ".join(known) if known else "none has been sent yet"
    raise BadInput([Fault(reference, 0, "", f"{exercise.handle} has no such request", mend)])
