"""A request beside the model that the scenario's author wrote: what both say, and what only one of them does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cooperation.rulebook import rulebook
from cooperation.scenario import PlannedRequest
from cooperation.words import DRAFT, Refused
from requests_app.exercises.script import script_of
from requests_app.workflow.models import AssistanceRequest
from requests_app.world.models import SeatHolder

SAME, DIFFERS, ONLY_YOURS, ONLY_MODEL, NEITHER = "same", "differs", "only yours", "only the model", "neither"


@dataclass(frozen=True, slots=True)
class FieldBeside:
    """One field of both. `verdict`: same, differs, only yours, only the model, or neither (and required)."""

    field: str
    label: str
    required: bool
    yours: Any
    model: Any
    verdict: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A request beside its model; `model` is the scenario's id of it, None where the author wrote none."""

    model: str | None
    fields: tuple[FieldBeside, ...]


def beside_model(request: AssistanceRequest, seat: SeatHolder) -> Comparison:
    """Return a request beside its model, for the desk that sent it and for control.

    The author fixes only what matters in the story: what the model leaves open is no fault of the desk.

    Raises Refused: not_found for another desk's, not_submitted for a draft.
    """
    if seat.seat is not None:
        own = seat.seat.authority
        if (own.state.code, own.kind) != (request.requesting_code, request.requesting_kind):
            raise Refused("not_found", "there is no such request of this desk")
    if request.status == DRAFT:
        raise Refused(
            "not_submitted",
            "the model is shown once your own request has been sent",
            article="exercise rule",
            mend="submit it first",
        )
    model = _model(request)
    if model is None:
        return Comparison(None, ())
    said = {name: value for name, value in model.contents.items() if value is not None}
    required = set(rulebook().types[request.request_type].required)
    names = [
        name for name in rulebook().fields if name in said or name in request.contents or name in required
    ]
    return Comparison(
        model.id, tuple(_field(name, name in required, request.contents, said) for name in names)
    )


def _model(request: AssistanceRequest) -> PlannedRequest | None:
    """Return the planned request that it is, or that fits: of the same case, type and pair, in their order.

    The second request of a kind has the second model, so that none is shown before its turn.
    """
    script = script_of(request.exercise_id)
    if request.planned in script.requests:
        return script.requests[request.planned]
    case = request.case.name if request.case else None
    key = (request.request_type, request.requesting_code, request.requested_code, case)
    fitting = [
        one for one in script.scenario.requests if (one.type, one.from_state, one.to_state, one.case) == key
    ]
    earlier = AssistanceRequest.objects.filter(
        exercise=request.exercise_id,
        request_type=request.request_type,
        requesting_code=request.requesting_code,
        requested_code=request.requested_code,
        case=request.case_id,
        reference__lt=request.reference,
    ).exclude(status=DRAFT)
    return fitting[min(earlier.count(), len(fitting) - 1)] if fitting else None


def _field(name: str, required: bool, yours: dict[str, Any], model: dict[str, Any]) -> FieldBeside:
    own, other = yours.get(name), model.get(name)
    if own is None and other is None:
        verdict = NEITHER
    elif own is None:
        verdict = ONLY_MODEL
    elif other is None:
        verdict = ONLY_YOURS
    else:
        verdict = SAME if own == other else DIFFERS
    return FieldBeside(name, rulebook().fields[name].label, required, own, other, verdict)
