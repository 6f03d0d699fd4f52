"""All requests of the exercise, for control: looked for by text, type and standing."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import F
from django.utils.translation import gettext_lazy

from cooperation.rulebook import rulebook
from cooperation.words import DRAFT
from requests_app.web import names
from requests_app.web.control_room import CONTROL
from requests_app.web.desk import ROWS_ON_A_PAGE, TEXT_AT_MOST, address_of
from requests_app.web.seated import SeatedPage
from requests_app.workflow.lists import STANDINGS, Wanted, only, with_due

STANDING_WORDS = {
    "draft": gettext_lazy("Drafts"),
    "open": gettext_lazy("Open"),
    "ended": gettext_lazy("Ended"),
}


class AllRequests(SeatedPage):
    """Every request, those due first on top."""

    template = "web/all_requests.html"
    link = "requests"
    roles = CONTROL

    def facts(self, **_: Any) -> dict[str, Any]:
        """Return the requests looked for; what is looked for stands in the address."""
        kept = {
            name: self.request.GET[name] for name in ("q", "type", "standing") if self.request.GET.get(name)
        }
        found = only(self.visible.requests(), _wanted(kept), self.seat)
        drafts, rows = found.filter(status=DRAFT).count(), with_due(found)
        rows = rows.defer("contents", "questions", "acts_done").order_by(
            F("due_at").asc(nulls_last=True), F("received_at").desc(nulls_last=True), "reference", "id"
        )
        page = Paginator(rows, ROWS_ON_A_PAGE).get_page(self.request.GET.get("page"))
        handle = self.seat.exercise.handle
        return {
            "page": page,
            "rows": [(one, names.type_name(one.request_type), address_of(handle, one)) for one in page],
            "drafts": drafts,
            "asked": kept,
            "query": f"{urlencode(kept)}&" if kept else "",
            "types": names.types_by_pillar(),
            "standings": [(name, STANDING_WORDS[name]) for name in STANDINGS],
        }


def _wanted(kept: dict[str, str]) -> Wanted:
    kind, standing = kept.get("type"), kept.get("standing")
    return Wanted(
        text=kept.get("q", "").replace("\0", "").strip()[:TEXT_AT_MOST] or None,
        request_type=kind if kind in rulebook().types else None,
        standing=standing if standing in STANDINGS else None,
    )
