"""The evidence of a request: what this desk holds and what came, each with its custody, and what to do with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperation.evidence.rules import CATEGORIES, SOURCES, custody
from cooperation.words import Refused
from requests_app.evidence import store
from requests_app.evidence.serving import KEPT_FROM_RUNNING, attached, served
from requests_app.exercises.planting import plant_break
from requests_app.web import names
from requests_app.web.custody_picture import picture
from requests_app.web.forms import PageForm
from requests_app.web.seated import SeatedPage
from requests_app.web.words import source_in_words
from requests_app.workflow import door, evidence_acts
from requests_app.workflow.evidence_seen import evidence_seen
from requests_app.workflow.handing_out import receipt_file
from requests_app.workflow.models import AssistanceRequest
from requests_app.workflow.possible import acts_of
from requests_app.world.roles import ACT, RUN, desk_of, exercise_run_by, may

CATEGORY_NAMES = {
    "subscriber": gettext_lazy("Subscriber information"),
    "traffic": gettext_lazy("Traffic data"),
    "content": gettext_lazy("Content data"),
    "other": gettext_lazy("Other"),
}
SOURCE_NAMES = {
    "provider": gettext_lazy("a provider"),
    "system": gettext_lazy("a system"),
    "person": gettext_lazy("a person"),
}


class AcquireForm(PageForm):
    """A file, and what is known of it."""

    file = forms.FileField(label=gettext_lazy("File"))
    source_type = forms.ChoiceField(
        label=gettext_lazy("It comes from"), choices=[(word, SOURCE_NAMES[word]) for word in SOURCES]
    )
    source = forms.CharField(label=gettext_lazy("Name of the source"), max_length=300)
    legal_authority = forms.CharField(label=gettext_lazy("Legal authority"), max_length=300)
    category = forms.ChoiceField(
        label=gettext_lazy("Category of the data"),
        choices=[(word, CATEGORY_NAMES[word]) for word in CATEGORIES],
    )
    tool = forms.CharField(label=gettext_lazy("Tool of acquisition"), max_length=120)
    zone = forms.CharField(
        label=gettext_lazy("Zone of the times in it"),
        max_length=6,
        required=False,
        help_text=gettext_lazy("Like +07:00; empty where it has no times."),
    )


class SendForm(PageForm):
    """Which items are sent, and on which conditions."""

    items = forms.MultipleChoiceField(
        label=gettext_lazy("Items"), widget=forms.CheckboxSelectMultiple, choices=[]
    )
    part = forms.BooleanField(label=gettext_lazy("More will follow"), required=False)
    purpose = forms.CharField(label=gettext_lazy("Only for this purpose"), max_length=300, required=False)
    onward_transfer = forms.ChoiceField(
        label=gettext_lazy("Passing on"),
        choices=[
            ("with_consent", gettext_lazy("with our consent only")),
            ("never", gettext_lazy("never")),
        ],
    )

    def __init__(self, choices: list[tuple[str, str]], data: Any = None) -> None:
        super().__init__(data, prefix="send")
        field = self.fields["items"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = choices
        self.fields["purpose"].help_text = source_in_words("40(19)")
        self.fields["onward_transfer"].help_text = source_in_words("36")

    def contents(self) -> dict[str, Any]:
        """Return what is said with the sending."""
        said = self.cleaned_data
        conditions = {name: said[name] for name in ("purpose", "onward_transfer") if said[name]}
        told: dict[str, Any] = {"evidence": said["items"], "conditions_of_use": conditions}
        return {**told, "part": True} if said["part"] else told


class Evidence(SeatedPage):
    """Evidence and custody of one request."""

    template = "web/evidence.html"
    link = "desk"

    def facts(self, request_id: UUID, **_: Any) -> dict[str, Any]:
        """Return what is held and what came, and what this desk may do with it now."""
        found = self.seen(request_id)
        seen = evidence_seen(self.visible, found)
        own = self.visible.desk_name or ""
        for row in (*seen["held"], *seen["received"]):
            row["picture"] = picture(row["custody"], own)
        may_do = self._may_do(found)
        latest = [row for row in seen["received"] if row["is_latest"]]
        to_send = [
            (r["reference"], f"{r['reference']}: {r['name']}") for r in seen["held"] if not r["destroyed_at"]
        ]
        return {
            "found": found,
            "title": names.type_name(found.request_type),
            **seen,
            "categories": CATEGORY_NAMES,
            "acquire": AcquireForm(prefix="acquire"),
            "send": SendForm(to_send) if to_send and "transmit" in may_do else None,
            "may_acquire": bool(may_do) and not self.seat.exercise.ended,
            "breaks": list(custody().breaks.values())
            if may(self.seat, RUN) and not self.seat.exercise.ended
            else [],
            "to_verify": bool(may_do) and any(row["verified_at"] is None for row in latest),
            "to_report": [row for row in latest if row["wrong"]] if "report_mismatch" in may_do else [],
            "may_sign": "confirm_receipt" in may_do
            and bool(latest)
            and all(row["verified_at"] is not None and not row["wrong"] for row in latest),
        }

    def post(self, request: HttpRequest, request_id: UUID) -> HttpResponseBase:
        """Do what the form says."""
        deeds = {
            "acquire": self._acquire,
            "seal": self._seal,
            "read": self._read,
            "read_copy": self._read_copy,
            "send": self._send,
            "verify": self._verify,
            "report": self._report,
            "sign": self._sign,
            "plant": self._plant,
        }
        deed = deeds.get(request.POST.get("deed", ""))
        if deed is None:
            raise Refused("unknown_act", "there is no such deed", mend="choose one of those on the page")
        return deed(request_id) or redirect(
            "evidence", handle=self.seat.exercise.handle, request_id=request_id
        )

    def _may_do(self, found: AssistanceRequest) -> set[str]:
        if self.seat.seat is None or self.seat.exercise.ended or not may(self.seat, ACT):
            return set()
        stages = (
            self.visible.intervals().filter(request=found, closed_at=None).values_list("stage", flat=True)
        )
        return {one.act for one in acts_of(found, self.seat.seat, list(stages)) if one.why_not is None}

    def _acquire(self, request_id: UUID) -> HttpResponse | None:
        form = AcquireForm(self.request.POST, self.request.FILES, prefix="acquire")
        if not form.is_valid():
            return self.shown({**self.facts(request_id), "acquire": form, "form": form}, status=422)
        said = dict(form.cleaned_data)
        file = said.pop("file")
        made = evidence_acts.acquire(
            request_id,
            by=desk_of(self.seat),
            facts={**said, "name": file.name, "media_type": file.content_type or ""},
            blocks=file.chunks(store.BLOCK_BYTES),
            key=self.said_key(),
            now=self.wall,
        )
        messages.success(self.request, _("Acquired as %(item)s.") % {"item": made.reference})
        return None

    def _seal(self, _request_id: UUID) -> None:
        seal = self.request.POST.get("seal", "")
        facts = {"seal": seal}
        made = evidence_acts.step(
            self._item(), by=desk_of(self.seat), step="sealed", facts=facts, now=self.wall
        )
        messages.success(self.request, _("%(item)s is sealed.") % {"item": made.reference})

    def _read(self, _request_id: UUID) -> HttpResponseBase:
        return served(*evidence_acts.read_item(self._item(), by=desk_of(self.seat), now=self.wall))

    def _read_copy(self, _request_id: UUID) -> HttpResponseBase:
        return served(*evidence_acts.read_copy(self._item(), by=desk_of(self.seat), now=self.wall))

    def _send(self, request_id: UUID) -> HttpResponse | None:
        facts = self.facts(request_id)
        blank = facts["send"]
        if blank is None:
            raise Refused("wrong_status", "nothing can be sent now", mend="look at the request again")
        form = SendForm(list(blank.fields["items"].choices), self.request.POST)
        if not form.is_valid():
            return self.shown({**facts, "send": form, "form": form}, status=422)
        self._act(request_id, "transmit", form.contents())
        messages.success(self.request, _("The evidence is sent."))
        return None

    def _verify(self, request_id: UUID) -> None:
        found = evidence_acts.verify(request_id, by=desk_of(self.seat), now=self.wall)
        if found:
            items = ", ".join(sorted({item for item, _wrong in found}))
            messages.error(self.request, _("Something is wrong with: %(items)s.") % {"items": items})
        else:
            messages.success(self.request, _("All of it is what was announced."))

    def _report(self, request_id: UUID) -> None:
        rows = self.facts(request_id)["to_report"]
        broken = [f"{row['reference']}: {wrong['break']}" for row in rows for wrong in row["wrong"]]
        self._act(
            request_id, "report_mismatch", {"what": "What came is not what was announced.", "items": broken}
        )
        messages.success(self.request, _("The mismatch is reported."))

    def _sign(self, request_id: UUID) -> None:
        self._act(request_id, "confirm_receipt", {})
        messages.success(self.request, _("You have signed the receipt."))

    def _plant(self, request_id: UUID) -> None:
        exercise = exercise_run_by(self.seat)
        what = self.request.POST.get("what", "")
        plant_break(exercise.pk, self.wall, self.seen(request_id).reference, what)
        messages.success(self.request, _("The break is planted: nobody but control knows."))

    def _act(self, request_id: UUID, act: str, contents: dict[str, Any]) -> None:
        door.act(
            request_id,
            by=desk_of(self.seat),
            act=act,
            contents=contents,
            version=self.said_number("version"),
            key=self.said_key(),
            now=self.wall,
        )

    def _item(self) -> UUID:
        try:
            return UUID(self.request.POST.get("item", ""))
        except ValueError:
            raise Http404 from None


class ReceiptDownload(SeatedPage):
    """A receipt as a file."""

    template = "web/evidence.html"

    def get(self, _: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Give the receipt."""
        request_id, seq = kwargs["request_id"], kwargs["seq"]
        found = self.seen(request_id)
        receipt = self.visible.receipts().filter(request=found, seq=seq).first()
        if receipt is None:
            raise Http404
        name = f"receipt-{found.reference}-{seq}.json"
        headers = {**KEPT_FROM_RUNNING, "Content-Disposition": attached(name)}
        return HttpResponse(receipt_file(receipt), content_type="application/json", headers=headers)
