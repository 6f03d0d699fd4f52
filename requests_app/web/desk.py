"""The desk: what needs an act now, sorted by how soon it hurts, and all else that lies there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy

from cooperation.rulebook import rulebook
from requests_app.web import names, story
from requests_app.web.seated import SeatedPage
from requests_app.workflow.lists import (
    ELSEWHERE,
    OTHER,
    OWN,
    RECEIVED,
    SENT,
    Wanted,
    counts,
    is_turn_of,
    is_turn_of_state,
    only,
    with_due,
)
from requests_app.workflow.models import AssistanceRequest
from requests_app.world.models import TRAINEE, State

ROWS_ON_A_PAGE = 25
TEXT_AT_MOST = 200
NEWS_SHOWN = 5
# What stands first in the address, and what it looks for.
NOW, WAITING, DRAFTS, ENDED, ALL = "now", "waiting", "drafts", "ended", "all"
VIEWS = {
    NOW: (gettext_lazy("Needs an act now"), {"turn": OWN}),
    WAITING: (gettext_lazy("Waits for the other side"), {"turn": OTHER}),
    DRAFTS: (gettext_lazy("Drafts"), {"standing": "draft"}),
    ELSEWHERE: (gettext_lazy("With another authority of your State"), {"turn": ELSEWHERE}),
    ENDED: (gettext_lazy("Ended"), {"standing": "ended"}),
    ALL: (gettext_lazy("All requests"), {}),
}
AFTER_THE_END = (ALL, ENDED, DRAFTS)


@dataclass(frozen=True)
class Row:
    """One request on the desk. `due_at` is the earliest deadline that is still owed.

    is_elsewhere  another authority of the same State must act
    owed_by       the other State, by its name, where that deadline is its own; empty where it is not
    """

    request: AssistanceRequest
    address: str
    title: str
    other: str
    is_sent: bool
    is_own_turn: bool
    is_elsewhere: bool
    due_at: datetime | None
    owed_by: str
    other_zone: str


class Desk(SeatedPage):
    """The desk of a trainee."""

    template = "web/desk.html"
    link = "desk"
    roles = (TRAINEE,)
    parts = ("rows",)

    def facts(self, *_: Any, **__: Any) -> dict[str, Any]:
        """Return the requests looked for, and what came."""
        asked = self.request.GET
        # After the end nothing needs an act any more: what lies there is only read.
        views = {name: VIEWS[name] for name in (AFTER_THE_END if self.seat.exercise.ended else VIEWS)}
        view = asked.get("view", "")
        view = view if view in views else next(iter(views))
        wanted = _wanted(asked, view)
        rows = only(self.visible.requests(), wanted, self.seat)
        page = Paginator(_sorted(rows, view), ROWS_ON_A_PAGE).get_page(asked.get("page"))
        kept = {name: asked[name] for name in ("q", "type", "direction") if asked.get(name)}
        owed_by = rulebook().profiles[self.seat.exercise.deadline_profile].owed_by
        zones = dict(State.objects.filter(exercise=self.seat.exercise).values_list("code", "zone"))
        return {
            "view": view,
            "views": [
                (name, text, f"?{urlencode({**kept, 'view': name})}") for name, (text, _) in views.items()
            ],
            "counts": counts(self.visible.requests(), self.seat, self.place.now),
            "page": page,
            "rows": [self._row(one, zones, owed_by) for one in page],
            "query": f"{urlencode({**kept, 'view': view})}&",
            "asked": kept,
            "types": names.types_by_pillar(),
            "news": list(
                self.visible.injects().order_by("-fired_at").values("title", "body", "fired_at")[:NEWS_SHOWN]
            ),
            "messages_came": list(self.visible.messages().order_by("-at", "-number")[:NEWS_SHOWN]),
        }

    def _row(self, one: AssistanceRequest, zones: Mapping[str, str], owed_by: Mapping[str, str]) -> Row:
        assert self.seat.seat is not None
        desk = self.seat.seat.authority
        own = desk.state.code
        is_sent = one.requesting_code == own
        other, kind = (
            (one.requested_code, one.requested_kind)
            if is_sent
            else (one.requesting_code, one.requesting_kind)
        )
        zone = zones.get(other, "")
        goes_on = not self.seat.exercise.ended
        return Row(
            request=one,
            address=address_of(self.seat.exercise.handle, one),
            title=names.type_name(one.request_type),
            other=f"{story.state_name(other, self.seat.exercise)}: {names.authority_name(kind)}",
            is_sent=is_sent,
            is_own_turn=goes_on and is_turn_of(desk, one),
            is_elsewhere=goes_on and is_turn_of_state(desk, one) and not is_turn_of(desk, one),
            due_at=getattr(one, "due_at", None),
            owed_by=story.state_name(other, self.seat.exercise) if _owes(other, one, owed_by) else "",
            other_zone=zone if zone != self.place.zone.key else "",
        )


def address_of(handle: str, one: AssistanceRequest) -> str:
    """Return where a request is looked at; a draft is where it is written."""
    return reverse("draft" if one.status == "draft" else "request", args=(handle, one.pk))


def _owes(code: str, one: AssistanceRequest, owed_by: Mapping[str, str]) -> bool:
    """Return whether the deadline that stands on the row of a request is owed by this State."""
    side = owed_by.get(getattr(one, "due_rule", None) or "")
    return side in ("requesting", "requested") and one.code_of(side) == code


def _wanted(asked: Any, view: str) -> Wanted:
    text = asked.get("q", "").replace("\0", "").strip()[:TEXT_AT_MOST]
    kind, direction = asked.get("type"), asked.get("direction")
    looked_for: dict[str, str] = VIEWS[view][1]
    return Wanted(
        text=text or None,
        request_type=kind if kind in rulebook().types else None,
        direction=direction if direction in (SENT, RECEIVED) else None,
        turn=looked_for.get("turn"),
        standing=looked_for.get("standing"),
    )


def _sorted(rows: QuerySet[AssistanceRequest], view: str) -> QuerySet[AssistanceRequest]:
    """Sort by what is due first; what has ended, by when it was sent."""
    rows = with_due(rows).defer("contents", "questions", "acts_done")
    if view in (ENDED, DRAFTS):
        return rows.order_by(F("submitted_at").desc(nulls_first=True), "reference", "id")
    soonest = F("due_at").asc(nulls_last=True), F("received_at").asc(nulls_last=True)
    return rows.order_by(*soonest, "reference", "id")
