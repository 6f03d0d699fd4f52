"""Messages between a desk and control."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperation.words import Refused
from requests_app.exercises.messages import TEXT_AT_MOST, write_to_control, write_to_desk, write_to_people
from requests_app.web.forms import PageForm
from requests_app.web.seated import SeatedPage
from requests_app.world.models import Authority
from requests_app.world.roles import ACT, RUN, desk_of, exercise_run_by, may

SHOWN = 100


class WriteForm(PageForm):
    """What is written."""

    text = forms.CharField(
        label=gettext_lazy("Message"), max_length=TEXT_AT_MOST, widget=forms.Textarea(attrs={"rows": 4})
    )


class Messages(SeatedPage):
    """A desk's thread with control; for control, one of the desks, and which others there are."""

    template = "web/messages.html"
    link = "messages"
    parts = ("thread",)

    def facts(self, form: WriteForm | None = None, **_: Any) -> dict[str, Any]:
        """Return the newest messages, oldest of them first."""
        desk, desks = self._desk(), [] if may(self.seat, ACT) else self._desks()
        rows = self.visible.messages().select_related("authority__state")
        if not may(self.seat, ACT):
            rows = rows.filter(authority=desk) if desk else rows
        newest = list(rows.order_by("-at", "-number")[:SHOWN])
        return {
            "thread": newest[::-1],
            "desk": desk,
            "desks": desks,
            "form": form or WriteForm(),
            "with_people": [one for one in desks if not one.simulated],
            "may_write": not self.seat.exercise.ended and (may(self.seat, ACT) or may(self.seat, RUN)),
            "stream": f"/api/v1/exercises/{self.seat.exercise.handle}/stream/",
        }

    def post(self, request: HttpRequest) -> HttpResponse:
        """Write one."""
        form = WriteForm(request.POST)
        if not form.is_valid():
            return self.shown(self.facts(form), status=422)
        text, key = form.cleaned_data["text"], self.said_key()
        back = reverse("messages", args=(self.seat.exercise.handle,))
        if may(self.seat, ACT):
            write_to_control(desk_of(self.seat), text, key=key, now=self.wall)
        else:
            exercise = exercise_run_by(self.seat)
            desk = request.GET.get("desk", "")
            if desk:
                state, _sign, authority = desk.partition("/")
                write_to_desk(exercise, state, authority, text, key=key, now=self.wall)
                back += f"?desk={state}/{authority}"
            else:
                write_to_people(exercise, text, key=key, now=self.wall)
        messages.success(request, _("Your message is sent."))
        return redirect(back)

    def refused(self, refused: Refused, **_: Any) -> HttpResponse:
        """Show the page again with what was written."""
        form = WriteForm(self.request.POST)
        return self.shown({**self.facts(form), "refused": refused}, status=422)

    def _desk(self) -> Authority | None:
        """Return the desk of the thread: one's own, or the one that control names in the address."""
        if self.seat.seat is not None:
            return self.seat.seat.authority
        state, _sign, kind = self.request.GET.get("desk", "").partition("/")
        rows = Authority.objects.select_related("state").filter(state__exercise=self.seat.exercise)
        return rows.filter(state__code=state, kind=kind).first()

    def _desks(self) -> list[Authority]:
        rows = Authority.objects.select_related("state").filter(state__exercise=self.seat.exercise)
        return list(rows.order_by("simulated", "-state__is_team", "state__code", "kind"))
