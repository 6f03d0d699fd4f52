"""The base of every page of a seat. How a page is made stands in `docs/pages.md`."""

from __future__ import annotations

import re
import uuid
from typing import Any, ClassVar

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from cooperation.words import Refused
from requests_app.exercises.noticing import unseen
from requests_app.exercises.own_seats import seats_of
from requests_app.web.kept_form import sign_in_with
from requests_app.web.parts import rendered_part
from requests_app.web.place import Place, place_of
from requests_app.workflow.models import AssistanceRequest
from requests_app.workflow.visible import Visible, visible_to
from requests_app.world.models import ROLES, SeatHolder
from requests_app.world.present import wall_now

KEY = re.compile(r"[\x21-\x7e]{1,200}")
# A refusal is the answer to a form: the page comes back with it. Some reasons say more to a program.
STATUS = {"stale_version": 409, "not_found": 404, "not_your_role": 403, "too_many": 429}
REFUSED = 422


class SeatedPage(LoginRequiredMixin, View):
    """A page of one seat in one exercise; whoever has no seat of these roles there gets 404.

    template  of the whole page
    link      the row of the navigation that is the current one: a name in `urls.py`
    parts     blocks of the template that htmx may ask for alone, by the id of what it replaces
    roles     who has this page
    """

    template: ClassVar[str]
    link: ClassVar[str] = ""
    parts: ClassVar[tuple[str, ...]] = ()
    roles: ClassVar[tuple[str, ...]] = ROLES

    seat: SeatHolder
    visible: Visible
    place: Place

    def dispatch(self, request: HttpRequest, *args: Any, handle: str, **kwargs: Any) -> HttpResponseBase:
        """Find the seat, let the zone be its own, and show what is refused where it was asked."""
        if not request.user.is_authenticated:
            # A part of a page must not be replaced by the page on which one signs in.
            if getattr(request, "htmx", None):
                return HttpResponse(status=401)
            return sign_in_with(request) or self.handle_no_permission()
        seat = seats_of(request.user).filter(exercise__handle=handle, role__in=self.roles).first()
        if seat is None:
            raise Http404
        self.seat, self.visible = seat, visible_to(seat)
        self.wall = wall_now()
        self.place = place_of(seat, self.wall)
        with timezone.override(self.place.zone):
            try:
                return super().dispatch(request, *args, **kwargs)
            except Refused as refused:
                if refused.reason == "not_found":
                    raise Http404 from None
                # What was done meanwhile has its instant: the page is of the present after it.
                self.place = place_of(seat, wall_now())
                return self.refused(refused, **kwargs)

    def facts(self, *_: Any, **__: Any) -> dict[str, Any]:
        """Return what the template shows; the arguments are those of the address."""
        return {}

    def get(self, _: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Show the page."""
        return self.shown(self.facts(**kwargs))

    def refused(self, refused: Refused, **kwargs: Any) -> HttpResponse:
        """Show the page again, with what was refused and what was typed."""
        status = STATUS.get(refused.reason, REFUSED)
        return self.shown({**self.facts(**kwargs), "refused": refused}, status=status)

    def shown(self, facts: dict[str, Any], status: int = 200) -> HttpResponse:
        """Answer with the page, or with the part that htmx asks for."""
        context = {"place": self.place, "link": self.link, "key": str(uuid.uuid4()), **facts}
        part = self.asked_part()
        if part:
            # A part that says what is wrong is put in like any other: htmx takes 2xx only.
            response = HttpResponse(rendered_part(self.request, self.template, part, context))
        else:
            context["unseen"] = unseen(self.seat) if self.seat.seat else 0
            response = render(self.request, self.template, context, status=status)
        response["Cache-Control"] = "no-store" if self.request.method == "POST" else "private, no-cache"
        response["Vary"] = "HX-Request, Cookie, Accept-Language"
        return response

    def asked_part(self) -> str:
        """Return which part htmx asks for; empty for the whole page."""
        htmx = getattr(self.request, "htmx", None)
        if not htmx or htmx.boosted or htmx.history_restore_request:
            return ""
        target = htmx.target or ""
        return target if target in self.parts else ""

    def said_key(self) -> str:
        """Return the key under which a form is sent, so that a double click does it once."""
        said = self.request.POST.get("key", "")
        if KEY.fullmatch(said) is None:
            raise Refused("bad_key", "the form has lost its key", mend="load the page anew")
        return said

    def said_number(self, name: str) -> int:
        """Return a whole number of the form, like the version that was seen."""
        said = self.request.POST.get(name, "")
        if not re.fullmatch(r"[0-9]{1,9}", said):
            raise Refused("bad_version", "the form does not say what was seen", mend="load the page anew")
        return int(said)

    def seen(self, request_id: uuid.UUID) -> AssistanceRequest:
        """Return a request that this seat sees; 404 for every other."""
        found = self.visible.requests().select_related("case", "parent").filter(pk=request_id).first()
        if found is None:
            raise Http404
        return found
