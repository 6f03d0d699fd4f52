"""The evidence of a request: what this desk holds and what came, each with its custody, and what to do with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from cooperation.evidence.rules import custody
from cooperation.rulebook import rulebook
from cooperation.words import Refused
from requests_app.evidence import store
from requests_app.evidence.serving import KEPT_FROM_RUNNING, attached, served
from requests_app.exercises.planting import plant_break
from requests_app.web import names
from requests_app.web.custody_picture import picture
from requests_app.web.evidence_forms import (
    AcquireForm,
    DestroyForm,
    PassOnForm,
    RedactForm,
    SendForm,
    StepForm,
)
from requests_app.web.forms import PageForm
from requests_app.web.seated import SeatedPage
from requests_app.workflow import door, evidence_acts
from requests_app.workflow.evidence_seen import evidence_seen
from requests_app.workflow.handing_out import receipt_file
from requests_app.workflow.models import AssistanceRequest
from requests_app.workflow.possible import acts_of
from requests_app.world.roles import ACT, RUN, desk_of, exercise_run_by, may


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
        if self._is_at_desk() and not self.seat.exercise.ended:
            self._offer(found, seen)
        return {
            "found": found,
            "title": names.type_name(found.request_type),
            **seen,
            "categories": names.IN_FEW_WORDS["category"],
            "acquire": AcquireForm(prefix="acquire"),
            "send": self._to_send(found, to_send) if to_send and "transmit" in may_do else None,
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
            "redact": self._redact,
            "step": self._step,
            "destroy": self._destroy,
            "destroy_copy": self._destroy_copy,
            "pass_on": self._pass_on,
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

    def _to_send(self, found: AssistanceRequest, items: list[tuple[str, str]]) -> SendForm:
        """Return the form of a sending; sent again, it goes on the conditions of the time before."""
        sendings = self.visible.events().filter(request=found, act="transmit").order_by("-seq")
        last = sendings.values_list("contents", flat=True).first() or {}
        return SendForm(items, self.place.zone, conditions=last.get("conditions_of_use") or {})

    def _is_at_desk(self) -> bool:
        return self.seat.seat is not None and may(self.seat, ACT)

    def _offer(self, found: AssistanceRequest, seen: dict[str, list[dict[str, Any]]]) -> None:
        """Put the forms of what may be done with an item or a copy beside it, each under the deed's name."""
        for row in seen["held"]:
            if row["destroyed_at"]:
                continue
            row["step"], row["destroy"] = StepForm(prefix=f"step-{row['id']}"), self._destroying(row)
            if not row["is_token"]:
                row["redact"] = RedactForm(prefix=f"redact-{row['id']}")
        to = self._asked_by_others(found)
        for row in seen["received"]:
            if row["destroyed_at"]:
                continue
            row["destroy_copy"] = self._destroying(row)
            if to and row["is_latest"] and row["verified_at"] and not row["wrong"]:
                row["pass_on"] = PassOnForm(to, prefix=f"pass_on-{row['id']}")

    def _destroying(self, row: dict[str, Any]) -> DestroyForm:
        return DestroyForm(prefix=f"destroy-{row['id']}")

    def _asked_by_others(self, found: AssistanceRequest) -> list[tuple[str, str]]:
        """Return the open requests that this desk was sent, under which something may be passed on."""
        desk = desk_of(self.seat).authority
        rows = self.visible.requests().filter(requested_code=desk.state.code, requested_kind=desk.kind)
        rows = rows.exclude(pk=found.pk).exclude(status__in=rulebook().lifecycle.ends).order_by("reference")
        return [(str(one.pk), f"{one.reference}: {names.type_name(one.request_type)}") for one in rows]

    def _asked(
        self, request_id: UUID, deed: str, prefix: str, make: Callable[..., PageForm]
    ) -> tuple[PageForm, HttpResponse | None]:
        """Return the form of a deed as it was sent, and the page with its errors where it has any."""
        form = make(self.request.POST, self.request.FILES, prefix=f"{prefix}-{self._item()}")
        if form.is_valid():
            return form, None
        facts = self.facts(request_id)
        for row in (*facts["held"], *facts["received"]):
            if row["id"] == self._item() and deed in row:
                row[deed], row["is_open"] = form, True
        return form, self.shown({**facts, "form": form}, status=422)

    def _may_do(self, found: AssistanceRequest) -> set[str]:
        if not self._is_at_desk() or self.seat.exercise.ended:
            return set()
        assert self.seat.seat is not None
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

    def _redact(self, request_id: UUID) -> HttpResponse | None:
        form, wrong = self._asked(request_id, "redact", "redact", RedactForm)
        if wrong is not None:
            return wrong
        said = form.cleaned_data
        file = said["file"]
        made = evidence_acts.redact(
            self._item(),
            by=desk_of(self.seat),
            facts={"name": file.name, "tool": said["tool"], "media_type": file.content_type or ""},
            reason=said["reason"],
            blocks=file.chunks(store.BLOCK_BYTES),
            key=self.said_key(),
            now=self.wall,
        )
        messages.success(
            self.request, _("Taken in as %(item)s; the original stays.") % {"item": made.reference}
        )
        return None

    def _step(self, request_id: UUID) -> HttpResponse | None:
        form, wrong = self._asked(request_id, "step", "step", StepForm)
        if wrong is not None:
            return wrong
        said = dict(form.cleaned_data)
        step = said.pop("step")
        made = evidence_acts.step(self._item(), by=desk_of(self.seat), step=step, facts=said, now=self.wall)
        messages.success(self.request, _("The step of %(item)s is written.") % {"item": made.reference})
        return None

    def _destroy(self, request_id: UUID) -> HttpResponse | None:
        form, wrong = self._asked(request_id, "destroy", "destroy", DestroyForm)
        if wrong is not None:
            return wrong
        facts = {"reason": form.cleaned_data["reason"]}
        made = evidence_acts.step(
            self._item(), by=desk_of(self.seat), step="destroyed", facts=facts, now=self.wall
        )
        messages.success(self.request, _("%(item)s is destroyed.") % {"item": made.reference})
        return None

    def _destroy_copy(self, request_id: UUID) -> HttpResponse | None:
        form, wrong = self._asked(request_id, "destroy_copy", "destroy", DestroyForm)
        if wrong is not None:
            return wrong
        reason = form.cleaned_data["reason"]
        evidence_acts.destroy_received(self._item(), by=desk_of(self.seat), reason=reason, now=self.wall)
        messages.success(self.request, _("The copy is destroyed."))
        return None

    def _pass_on(self, request_id: UUID) -> HttpResponse | None:
        to = self._asked_by_others(self.seen(request_id))
        form, wrong = self._asked(request_id, "pass_on", "pass_on", partial(PassOnForm, to))
        if wrong is not None:
            return wrong
        under = UUID(form.cleaned_data["to"])
        made = evidence_acts.pass_on(self._item(), by=desk_of(self.seat), to=under, now=self.wall)
        messages.success(
            self.request, _("It is %(item)s of that request now, to be sent.") % {"item": made.reference}
        )
        return redirect("evidence", handle=self.seat.exercise.handle, request_id=under)

    def _read(self, _request_id: UUID) -> HttpResponseBase:
        return served(*evidence_acts.read_item(self._item(), by=desk_of(self.seat), now=self.wall))

    def _read_copy(self, _request_id: UUID) -> HttpResponseBase:
        return served(*evidence_acts.read_copy(self._item(), by=desk_of(self.seat), now=self.wall))

    def _send(self, request_id: UUID) -> HttpResponse | None:
        facts = self.facts(request_id)
        blank = facts["send"]
        if blank is None:
            raise Refused("wrong_status", "nothing can be sent now", mend="look at the request again")
        form = SendForm(list(blank.fields["items"].choices), self.place.zone, self.request.POST)
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
