"""Evidence over HTTP: taken in block by block, sealed, verified, read, receipted. Sending and signing are acts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from cooperation.evidence.rules import CATEGORIES, SOURCES, custody
from cooperation.words import Refused
from requests_app.api.parsing import Strict
from requests_app.api.preconditions import KEY_IF_WANTED, key_of
from requests_app.api.seated import SeatedView, desk_of, exercise_run_by
from requests_app.evidence import store
from requests_app.evidence.serving import KEPT_FROM_RUNNING, OCTETS, attached, served
from requests_app.exercises.planting import plant_break
from requests_app.workflow import evidence_acts
from requests_app.workflow.evidence_acts import STEPS_OF_PEOPLE
from requests_app.workflow.evidence_facts import checked
from requests_app.workflow.evidence_seen import evidence_seen
from requests_app.workflow.handing_out import receipt_file
from requests_app.workflow.visible import visible_to
from requests_app.world.models import SeatHolder
from requests_app.world.present import wall_now

FACTS = (
    *("name", "source_type", "source", "legal_authority", "category", "tool", "period_from", "period_to"),
    *("zone", "media_type", "kind"),
)
_WORDS = {"source_type": SOURCES, "category": CATEGORIES}
UPLOAD = [
    OpenApiParameter(
        name,
        str,
        required=name in ("name", "source_type", "source", "legal_authority", "category", "tool"),
        enum=_WORDS.get(name),
    )
    for name in FACTS
]
REDACTION = [
    OpenApiParameter("reason", str, required=True, description="Why something was left out."),
    *(OpenApiParameter(name, str, enum=_WORDS.get(name)) for name in FACTS),
]


class Octets(BaseParser):
    """What comes is read by the view itself, block by block."""

    media_type = OCTETS

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:  # noqa: ARG002
        """Return the stream as it is."""
        return stream


class CustodyStepOut(serializers.Serializer[Any]):
    """One step of custody that this seat may know of."""

    step = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    source = serializers.CharField()  # type: ignore[assignment]
    at = serializers.DateTimeField(help_text="Exercise time.")
    desk = serializers.CharField()
    chain = serializers.CharField(help_text="A request's reference, or a desk.")
    seq = serializers.IntegerField()
    hash = serializers.CharField(help_text="Of the event that tells it.")
    facts = serializers.DictField()


class EvidenceItemOut(serializers.Serializer[Any]):
    """An evidence item that this desk holds."""

    id = serializers.UUIDField()
    reference = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField(allow_blank=True)
    source_type = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    legal_authority = serializers.CharField()
    category = serializers.CharField()
    period_from = serializers.CharField(allow_blank=True)
    period_to = serializers.CharField(allow_blank=True)
    zone = serializers.CharField(allow_blank=True)
    size = serializers.IntegerField(help_text="Bytes.")
    media_type = serializers.CharField(allow_blank=True, help_text="As told; never trusted.")
    sniffed_type = serializers.CharField(allow_blank=True, help_text="As the first bytes say.")
    sha256 = serializers.CharField()
    sha512 = serializers.CharField()
    is_token = serializers.BooleanField()
    listing = serializers.DictField(help_text="Of an archive: files, bytes, names; never unpacked.")
    derived_from = serializers.CharField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)
    acquired_at = serializers.DateTimeField(help_text="Exercise time.")
    tool = serializers.CharField()
    seal = serializers.CharField(allow_blank=True)
    conditions_of_use = serializers.DictField()
    destroyed_at = serializers.DateTimeField(allow_null=True, help_text="Exercise time.")
    custody = CustodyStepOut(many=True)


class BreakOut(serializers.Serializer[Any]):
    """A break that was found."""

    def get_fields(self) -> dict[str, Any]:
        """Return the fields; one has the name of a keyword."""
        return {"break": serializers.CharField(), "label": serializers.CharField()}


class ReceivedEvidenceOut(serializers.Serializer[Any]):
    """An item as it came to this desk with one sending."""

    id = serializers.UUIDField()
    reference = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField(allow_blank=True)
    source_type = serializers.CharField(allow_blank=True)
    source = serializers.CharField(  # type: ignore[assignment]
        allow_blank=True, help_text="As its sender says."
    )
    legal_authority = serializers.CharField(allow_blank=True, help_text="As its sender says.")
    tool = serializers.CharField(allow_blank=True, help_text="As its sender says.")
    period_from = serializers.CharField(allow_blank=True)
    period_to = serializers.CharField(allow_blank=True)
    category = serializers.CharField()
    media_type = serializers.CharField(allow_blank=True)
    size = serializers.IntegerField(help_text="As announced.")
    zone = serializers.CharField(allow_blank=True)
    seal = serializers.CharField(allow_blank=True)
    sha256 = serializers.CharField(help_text="As announced.")
    sha512 = serializers.CharField(help_text="As announced.")
    is_token = serializers.BooleanField()
    sending = serializers.IntegerField(help_text="The event of the request's chain that sent it.")
    is_latest = serializers.BooleanField()
    verified_at = serializers.DateTimeField(allow_null=True, help_text="Exercise time.")
    found_sha256 = serializers.CharField(allow_blank=True, help_text="As hashed again.")
    wrong = BreakOut(many=True)
    conditions_of_use = serializers.DictField()
    destroyed_at = serializers.DateTimeField(allow_null=True, help_text="Exercise time.")
    custody = CustodyStepOut(many=True)


class ReceiptOut(serializers.Serializer[Any]):
    """A receipt that was signed."""

    seq = serializers.IntegerField(help_text="Of the confirmation on the request's chain.")
    at = serializers.DateTimeField(help_text="Exercise time.")
    desk = serializers.CharField()
    public_key = serializers.CharField()


class EvidenceOut(serializers.Serializer[Any]):
    """The evidence of a request as one seat sees it."""

    held = EvidenceItemOut(many=True)
    received = ReceivedEvidenceOut(many=True)
    receipts = ReceiptOut(many=True)


class StepIn(Strict):
    """A step to be taken with an item; `sealed` says the number of the seal."""

    step = serializers.ChoiceField(STEPS_OF_PEOPLE)
    facts = serializers.DictField(child=serializers.CharField(max_length=300), default=dict)


class ReasonIn(Strict):
    """Why a copy is destroyed."""

    reason = serializers.CharField(max_length=300)


class PassOnIn(Strict):
    """The request under which a copy is to be sent on."""

    to = serializers.UUIDField()


class BrokenItemOut(serializers.Serializer[Any]):
    """What hashing again showed: each break in each item; none where all agrees."""

    item = serializers.CharField()
    wrong = serializers.CharField()


class PlantIn(Strict):
    """A break for the next sending on a request."""

    request = serializers.RegexField(r"^[A-Z]{2}-[A-Z]{2}-[0-9]{4,6}$", help_text="Like XA-XB-0001.")
    what = serializers.ChoiceField([], help_text="The break.")
    item = serializers.RegexField(
        r"^[a-z0-9_]{1,60}$", required=False, help_text="A word of evidence_returned."
    )

    def get_fields(self) -> dict[str, Any]:
        """Return the fields, their words from the data."""
        fields = super().get_fields()
        fields["what"] = serializers.ChoiceField(list(custody().breaks))
        return fields


class EvidenceView(SeatedView):
    """The evidence of a request."""

    parser_classes = (Octets,)

    @extend_schema(operation_id="list_evidence", responses=EvidenceOut)
    def get(self, request: Request, request_id: UUID) -> Response:  # noqa: ARG002
        """Show what one's desk holds and received on a request, with its custody, and the receipts."""
        _seat, visible, asked = self.seen(request_id)
        return Response(evidence_seen(visible, asked))

    @extend_schema(
        operation_id="acquire_evidence",
        parameters=[KEY_IF_WANTED, *UPLOAD],
        request={OCTETS: OpenApiTypes.BINARY},
        responses={201: EvidenceItemOut},
    )
    def post(self, request: Request, request_id: UUID) -> Response:
        """Take a file in as an evidence item; the body is the file, and what is known of it stands in the address."""
        seat, _, _ = self.seen(request_id)
        desk = desk_of(seat)
        facts = _facts(request)
        checked(facts)
        made = evidence_acts.acquire(
            request_id,
            by=desk,
            facts=facts,
            blocks=store.blocks_of(_body(request)),
            key=key_of(request, is_needed=False),
            now=wall_now(),
        )
        return Response(_held(seat, made.pk), status=status.HTTP_201_CREATED)


class RedactionsView(SeatedView):
    """Redacted items."""

    parser_classes = (Octets,)

    @extend_schema(
        operation_id="redact_evidence",
        parameters=[KEY_IF_WANTED, *REDACTION],
        request={OCTETS: OpenApiTypes.BINARY},
        responses={201: EvidenceItemOut},
    )
    def post(self, request: Request, item_id: UUID) -> Response:
        """Take in a redacted file as a new item, derived from this one, which stays as it is."""
        seat = self.holder_of("evidence", item_id)
        made = evidence_acts.redact(
            item_id,
            by=desk_of(seat),
            facts=_facts(request),
            reason=request.query_params.get("reason", ""),
            blocks=store.blocks_of(_body(request)),
            key=key_of(request, is_needed=False),
            now=wall_now(),
        )
        return Response(_held(seat, made.pk), status=status.HTTP_201_CREATED)


class StepsView(SeatedView):
    """Steps of custody."""

    @extend_schema(operation_id="take_custody_step", request=StepIn, responses={201: EvidenceItemOut})
    def post(self, request: Request, item_id: UUID) -> Response:
        """Take one step with an item: seal it, examine it, return or destroy it, and the like."""
        seat = self.holder_of("evidence", item_id)
        desk = desk_of(seat)
        said = StepIn(data=request.data)
        said.is_valid(raise_exception=True)
        evidence_acts.step(item_id, by=desk, **said.validated_data, now=wall_now())
        return Response(_held(seat, item_id), status=status.HTTP_201_CREATED)


class VerifyEvidenceView(SeatedView):
    """Hashing again what came."""

    @extend_schema(operation_id="verify_evidence", request=None, responses=BrokenItemOut(many=True))
    def post(self, request: Request, request_id: UUID) -> Response:  # noqa: ARG002
        """Hash again what came on a request, look at its seals and zones, and tell each break."""
        seat, _, _ = self.seen(request_id)
        found = evidence_acts.verify(request_id, by=desk_of(seat), now=wall_now())
        return Response([{"item": item, "wrong": wrong} for item, wrong in found])


class ItemFileView(SeatedView):
    """The file of an item."""

    @extend_schema(operation_id="read_evidence", responses={(200, OCTETS): OpenApiTypes.BINARY})
    def get(self, _: Request, item_id: UUID) -> StreamingHttpResponse:
        """Read the file of an item that one's desk holds; the reading is a step of its custody."""
        seat = self.holder_of("evidence", item_id)
        return served(*evidence_acts.read_item(item_id, by=desk_of(seat), now=wall_now()))


class CopyFileView(SeatedView):
    """The file of a copy that came."""

    @extend_schema(operation_id="read_received_evidence", responses={(200, OCTETS): OpenApiTypes.BINARY})
    def get(self, _: Request, copy_id: UUID) -> StreamingHttpResponse:
        """Read a file as it came to one's desk; the reading is a step of its custody."""
        seat = self.holder_of("received_copies", copy_id)
        return served(*evidence_acts.read_copy(copy_id, by=desk_of(seat), now=wall_now()))


class DestroyCopyView(SeatedView):
    """The end of a copy."""

    @extend_schema(operation_id="destroy_received_evidence", request=ReasonIn, responses={204: None})
    def post(self, request: Request, copy_id: UUID) -> Response:
        """Destroy a copy that came to one's desk, and say why."""
        seat = self.holder_of("received_copies", copy_id)
        desk = desk_of(seat)
        said = ReasonIn(data=request.data)
        said.is_valid(raise_exception=True)
        evidence_acts.destroy_received(copy_id, by=desk, **said.validated_data, now=wall_now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class PassOnView(SeatedView):
    """Onward transfer."""

    @extend_schema(operation_id="pass_evidence_on", request=PassOnIn, responses={201: EvidenceItemOut})
    def post(self, request: Request, copy_id: UUID) -> Response:
        """Make a copy that came an item of another request, where its conditions and its State allow it."""
        seat = self.holder_of("received_copies", copy_id)
        desk = desk_of(seat)
        said = PassOnIn(data=request.data)
        said.is_valid(raise_exception=True)
        made = evidence_acts.pass_on(copy_id, by=desk, **said.validated_data, now=wall_now())
        return Response(_held(seat, made.pk), status=status.HTTP_201_CREATED)


class ReceiptFileView(SeatedView):
    """A receipt as a file."""

    @extend_schema(
        operation_id="download_receipt", responses={(200, "application/json"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, request_id: UUID, seq: int) -> HttpResponse:  # noqa: ARG002
        """Download a receipt, to be kept outside: `verify --against` holds the log against it."""
        _seat, visible, found = self.seen(request_id)
        receipt = visible.receipts().filter(request=found, seq=seq).first()
        if receipt is None:
            raise Http404
        headers = {
            **KEPT_FROM_RUNNING,
            "Content-Disposition": attached(f"receipt-{found.reference}-{seq}.json"),
        }
        return HttpResponse(receipt_file(receipt), content_type="application/json", headers=headers)


class PlantedBreaksView(SeatedView):
    """Breaks that control plants."""

    @extend_schema(operation_id="plant_break", request=PlantIn, responses={204: None})
    def post(self, request: Request, handle: str) -> Response:
        """Let the next sending on a request arrive broken."""
        exercise = exercise_run_by(self.seat(handle))
        said = PlantIn(data=request.data)
        said.is_valid(raise_exception=True)
        asked = said.validated_data
        plant_break(exercise.pk, wall_now(), asked["request"], asked["what"], asked.get("item", ""))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _facts(request: Request) -> dict[str, str]:
    odd = set(request.query_params) - {*FACTS, "reason"}
    if odd:
        raise Refused(
            "unknown_field", f"no such field: {', '.join(sorted(odd))[:200]}", mend=f"use: {', '.join(FACTS)}"
        )
    return {name: str(value) for name, value in request.query_params.items() if name in FACTS}


def _body(request: Request) -> Any:
    """Return the stream of what is sent, which nobody has read yet."""
    if request.content_type.partition(";")[0].strip().lower() != OCTETS:
        raise Refused("unsupported_media_type", "a file is sent as it is", mend=f"send it as {OCTETS}")
    return request._request


def _held(seat: SeatHolder, item_id: UUID) -> dict[str, Any]:
    visible = visible_to(seat)
    item = visible.evidence().select_related("request").get(pk=item_id)
    return next(row for row in evidence_seen(visible, item.request)["held"] if row["id"] == item_id)
