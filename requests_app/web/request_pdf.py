"""A request on paper: tagged PDF, EXERCISE on every page."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from requests_app.web import names
from requests_app.web.request_page import SUBMISSIONS
from requests_app.web.seated import SeatedPage
from requests_app.web.telling import contents_told
from requests_app.web.words import moment_in_words, offset_of
from requests_app.workflow.models import Event
from requests_app.world.languages import said
from requests_app.world.typeset import typeset


class RequestPdf(SeatedPage):
    """The document of a request."""

    def get(self, _request: HttpRequest, request_id: UUID) -> HttpResponse:  # type: ignore[override]
        """Return the document."""
        found = self.seen(request_id)
        states = names.state_names(self.seat.exercise)
        events = self.visible.events().filter(request=found).order_by("seq").defer("content")
        zone = offset_of(self.place.now, self.place.zone)
        facts = [
            (_("Reference"), found.reference or _("Draft")),
            (_("From"), f"{states[found.requesting_code]}, {names.authority_name(found.requesting_kind)}"),
            (_("To"), f"{states[found.requested_code]}, {names.authority_name(found.requested_kind)}"),
            (_("Status"), names.status_name(found.status)),
            (_("Exercise time"), f"{moment_in_words(self.place.now)} ({zone})"),
        ]
        if found.case is not None:
            facts.insert(3, (_("Case"), said(found.case.title)))
        paper = {
            "language": get_language() or "en",
            "banner": _("EXERCISE - training, no real case"),
            "page_word": _("Page"),
            "title": names.type_name(found.request_type),
            "facts": [list(pair) for pair in facts],
            "says_title": _("What the request says"),
            "says": [list(pair) for pair in contents_told(found.contents)],
            "thread_title": _("What happened"),
            "head": [_("When"), _("Who"), _("Act")],
            "thread": [
                [
                    f"{moment_in_words(one.at)} ({offset_of(one.at, self.place.zone)})",
                    states.get(one.actor_state, _("The clock")),
                    names.act_name(one.act),
                    _said_with(one),
                ]
                for one in events
            ],
        }
        content = typeset("web/request.typ", paper, made_at=self.place.now)
        response = HttpResponse(content, content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="EXERCISE-{found.reference or "draft"}.pdf"'
        return response


def _said_with(event: Event) -> list[list[str]]:
    """Return what is said with an act beside what the request itself says: the message, and each content."""
    contents = {} if event.act in SUBMISSIONS else dict(event.contents)
    note = contents.pop("note", "")
    return [*([[_("Message"), note]] if note else []), *(list(pair) for pair in contents_told(contents))]
