"""Notices: what reached one's desk, seen or not; mail, quiet hours and the calendar of one's seat."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperation.rulebook import rulebook
from cooperation.words import Refused
from requests_app.exercises.calendar_feed import feed_made_at, make_feed, revoke_feed
from requests_app.exercises.noticing import change_settings, mark_seen, notices_of
from requests_app.web.forms import PageForm
from requests_app.web.seated import SeatedPage
from requests_app.workflow.models import Notice
from requests_app.world.languages import said
from requests_app.world.models import TRAINEE

NOTICES_A_PAGE = 50
DEADLINES = {
    "deadline_warning": gettext_lazy("Ends soon: %(deadline)s"),
    "deadline_missed": gettext_lazy("Missed: %(deadline)s"),
}


class MailForm(PageForm):
    """Whether, when and in which language one has mail."""

    wants_mail = forms.BooleanField(
        label=gettext_lazy("Write to me by mail when something reaches the desk"), required=False
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the mail"), choices=[("en", "English"), ("vi", "Tiếng Việt")]
    )
    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"),
        help_text=gettext_lazy("Like 22:00, in the zone of your State; then one mail tells everything."),
        required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input govuk-input--width-5"}),
    )
    quiet_until = forms.TimeField(
        label=gettext_lazy("Quiet until"),
        required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input govuk-input--width-5"}),
    )


class Notices(SeatedPage):
    """What reached the desk, and how one wants to be told."""

    template = "web/notices.html"
    link = "notices"
    roles = (TRAINEE,)

    def facts(self, form: MailForm | None = None, **_: Any) -> dict[str, Any]:
        """Return a page of notices, the newest first."""
        rows = notices_of(self.seat).select_related("request").order_by("-at", "-number", "-pk")
        page = Paginator(rows, NOTICES_A_PAGE).get_page(self.request.GET.get("page"))
        titles = dict(self.visible.injects().values_list("name", "title"))
        seat = self.seat
        profile = seat.exercise.deadline_profile
        return {
            "page": page,
            "rows": [(one, _told(one, titles, profile), self._address(one)) for one in page],
            "form": form or self._settings(),
            "feed_made_at": feed_made_at(seat),
            "has_address": bool(seat.user.email),
        }

    def _settings(self) -> MailForm | None:
        """Return how one wants to have mail; None without an address to which it could go."""
        seat = self.seat
        if not seat.user.email:
            return None
        names = ("wants_mail", "language", "quiet_from", "quiet_until")
        return MailForm(initial={name: getattr(seat, name) for name in names})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Mark as seen, keep the settings, or make or end the calendar's address."""
        do = request.POST.get("do", "")
        if do == "seen":
            mark_seen(self.seat, None, self.wall)
        elif do == "mail":
            return self._keep(request)
        elif do == "feed":
            return self._told_feed(request)
        elif do == "no_feed":
            revoke_feed(self.seat)
            messages.success(request, _("The calendar's address opens nothing any more."))
        else:
            raise Refused("unknown_act", "the form does not say what to do", mend="load the page anew")
        return redirect("notices", self.seat.exercise.handle)

    def _keep(self, request: HttpRequest) -> HttpResponse:
        form = MailForm(request.POST)
        if not form.is_valid():
            return self.shown(self.facts(form), status=422)
        try:
            change_settings(self.seat, **form.cleaned_data)
        except Refused as refused:
            return self.shown({**self.facts(form), "refused": refused}, status=422)
        messages.success(request, _("Your settings are kept."))
        return redirect("notices", self.seat.exercise.handle)

    def _told_feed(self, request: HttpRequest) -> HttpResponse:
        secret = make_feed(self.seat, self.wall)
        address = request.build_absolute_uri(reverse("api_feed_file", args=(secret,)))
        # Told once, in the answer itself: only its digest is kept.
        response = self.shown({**self.facts(), "feed": address})
        response.holds_secret = True  # type: ignore[attr-defined]
        return response

    def _address(self, notice: Notice) -> str:
        handle = self.seat.exercise.handle
        if notice.request_id is not None:
            return reverse("request", args=(handle, notice.request_id))
        return reverse("messages" if notice.kind == "message" else "desk", args=(handle,))


def _told(notice: Notice, titles: dict[str, str], profile: str) -> str:
    """Say what a notice is about."""
    facts = notice.facts
    if notice.kind == "act":
        return said(rulebook().lifecycle.acts[facts["act"]].label)
    if notice.kind == "inject":
        return said(titles.get(facts["inject"], ""))
    if notice.kind in DEADLINES and notice.request is not None:
        label = rulebook().profiles[profile].labels[notice.request.request_type, facts["rule"]]
        return str(DEADLINES[notice.kind]) % {"deadline": said(label)}
    return {
        "message": _("Control has written to you"),
        "evidence_deletion_warning": _("What was received must soon be destroyed"),
        "evidence_deletion_due": _("The day has come: what was received must be destroyed"),
    }.get(notice.kind, _("A notice"))
