"""One request: who holds the ball, until when and why, what was said, and what may be done now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from cooperation.rulebook import rulebook
from cooperation.timetable import VALIDITY
from cooperation.turn import turn_of
from cooperation.words import Refused
from requests_app.exercises.model_request import Comparison, beside_model
from requests_app.web import names
from requests_app.web.act_forms import ActForm
from requests_app.web.seated import SeatedPage
from requests_app.web.telling import contents_told, value_told
from requests_app.workflow import door
from requests_app.workflow.lists import is_turn_of, is_turn_of_state
from requests_app.workflow.models import AssistanceRequest, Deadline, Event, Suspension
from requests_app.workflow.one_instant import one_instant
from requests_app.workflow.possible import PossibleAct, acts_of
from requests_app.workflow.verify import request_failures
from requests_app.workflow.why import why
from requests_app.world.languages import said
from requests_app.world.models import State
from requests_app.world.roles import ACT, desk_of, may

SUBMISSIONS = ("submit", "submit_orally")
# The end of what is preserved comes near.
NEAR, SOON = timedelta(days=20), timedelta(days=7)
PRESERVES = "preservation_expedited"
# What these say of evidence, item by item, is opened by who wants to read it.
SAY_MUCH = ("transmit", "confirm_receipt")
LINES_AT_ONCE = 6


class RequestPage(SeatedPage):
    """A request that has been sent, as one of its two States sees it; control sees both."""

    template = "web/request.html"
    link = "desk"
    parts = ("thread",)

    def facts(self, request_id: UUID, *_: Any, **__: Any) -> dict[str, Any]:
        """Return the request, its thread, its clocks and the acts possible now."""
        found = self.seen(request_id)
        events = list(self.visible.events().filter(request=found).order_by("seq").defer("content"))
        zones = dict(State.objects.filter(exercise=self.seat.exercise).values_list("code", "zone"))
        own = self.seat.seat.authority.state.code if self.seat.seat else ""
        side = turn_of(found.status)
        states = names.state_names(self.seat.exercise)
        desk = self.seat.seat.authority if self.seat.seat else None
        is_elsewhere = desk is not None and is_turn_of_state(desk, found) and not is_turn_of(desk, found)
        acts = self._acts(found)
        return {
            "found": found,
            "is_newer": self.request.GET.get("seen", "") not in ("", str(found.version)),
            "title": names.type_name(found.request_type),
            "sender": f"{states[found.requesting_code]}, {names.authority_name(found.requesting_kind)}",
            "receiver": f"{states[found.requested_code]}, {names.authority_name(found.requested_kind)}",
            "holder": _holder(found, states, is_elsewhere=is_elsewhere),
            "is_own_turn": desk is not None and is_turn_of(desk, found),
            "since": _since(events, side),
            # Where clocks show another hour: on the other side; for control, on either.
            "elsewhere": [
                (states[code], zones[code])
                for code in dict.fromkeys((found.requesting_code, found.requested_code))
                if code != own and zones[code] != self.place.zone.key
            ],
            "thread": [self._told(one, states) for one in reversed(events)],
            "says": contents_told(found.contents),
            "clocks": self._clocks(found),
            "chain": self._chain(found),
            "acts": [one for one in acts if one["why_not"] is None],
            "acts_not": [one for one in acts if one["why_not"] is not None],
            "lies_elsewhere": bool(own) and not acts and not self.seat.exercise.ended,
            "checked": self._checked(found, events),
            "comparison": self._comparison(found),
        }

    def post(self, _request: HttpRequest, request_id: UUID) -> HttpResponse:
        """Do an act."""
        found = self.seen(request_id)
        act = self.request.POST.get("act", "")
        if act not in rulebook().lifecycle.acts:
            raise Refused("unknown_act", "there is no such act", mend="choose one of those on the page")
        form = self._form(found, act, self.request.POST)
        if not form.is_valid():
            return self.shown({**self.facts(request_id), "form": form}, status=422)
        door.act(
            request_id,
            by=desk_of(self.seat),
            act=act,
            contents=form.contents(),
            version=self.said_number("version"),
            key=self.said_key(),
            now=self.wall,
        )
        messages.success(self.request, _("Done: %(act)s.") % {"act": names.act_name(act)})
        return redirect("request", handle=self.seat.exercise.handle, request_id=request_id)

    def _acts(self, found: AssistanceRequest) -> list[dict[str, Any]]:
        """Return the acts of this side, each with its form; the form that was sent keeps what was typed."""
        if self.seat.seat is None or self.seat.exercise.ended or not may(self.seat, ACT):
            return []
        stages = self.visible.intervals().filter(request=found, closed_at=None)
        sent = self.request.POST.get("act", "")
        return [
            self._act(found, one, sent)
            for one in acts_of(found, self.seat.seat, list(stages.values_list("stage", flat=True)))
            if self._makes_sense(found, one.act)
        ]

    def _form(self, found: AssistanceRequest, act: str, posted: Any) -> ActForm:
        return ActForm(found, self._side(found), act, self.place.zone, self.place.now, posted)

    def _side(self, found: AssistanceRequest) -> str:
        own = desk_of(self.seat).authority.state.code
        return "requesting" if found.requesting_code == own else "requested"

    def _makes_sense(self, found: AssistanceRequest, act: str) -> bool:
        """Return whether there is something to do the act about: a step to record, a question to answer."""
        if act == "record_step":
            return bool(rulebook().lifecycle.steps_of(self._side(found), found.request_type))
        if act == "answer_other_use":
            return found.times("ask_other_use") > found.times("answer_other_use")
        return True

    def _act(self, found: AssistanceRequest, one: PossibleAct, sent: str) -> dict[str, Any]:
        is_sent = one.act == sent
        form = self._form(found, one.act, self.request.POST if is_sent else None)
        return {
            "act": one.act,
            "label": said(one.label),
            "article": one.article,
            "why_not": one.why_not,
            "form": form,
            "is_open": is_sent,
            "is_grave": one.act in ("refuse", "withdraw", "return_misdirected"),
        }

    def _told(self, event: Event, states: dict[str, str]) -> dict[str, Any]:
        """Return one event as the thread tells it."""
        is_submission = event.act in SUBMISSIONS
        said_with = {} if is_submission else dict(event.contents)
        note = said_with.pop("note", "")
        return {
            "act": names.act_name(event.act),
            "who": states.get(event.actor_state, "") or _("The clock"),
            "authority": names.authority_name(event.actor_authority) if event.actor_authority else "",
            "is_own": self.seat.seat is not None and event.actor_state == self.seat.seat.authority.state.code,
            "is_clock": not event.actor_state,
            "at": event.at,
            "note": note,
            "says": [
                (*pair, event.act in SAY_MUCH and pair[1].count("\n") >= LINES_AT_ONCE)
                for pair in contents_told(said_with)
            ],
            "article": _article(event.act),
            "status": event.status,
            "seq": event.seq,
            "hash": event.hash,
        }

    def _clocks(self, found: AssistanceRequest) -> list[dict[str, Any]]:
        """Return the deadlines, those that run first, each with its working."""
        profile = rulebook().profiles[self.seat.exercise.deadline_profile]
        rules = {rule.id: rule for rule in profile.for_type(found.request_type)}
        ledger = Prefetch("suspensions", Suspension.objects.order_by("began_at"))
        rows = self.visible.deadlines().filter(request=found).prefetch_related(ledger)
        clocks: list[dict[str, Any]] = []
        for row in rows.order_by("ended_at", "due_at", "starts_at"):
            rule = rules[row.rule]
            if row.due_at is None and row.suspended_since is None and row.ended_at is None:
                continue
            clocks.append(
                {
                    "row": row,
                    "label": said(rule.label),
                    "owed_by": found.code_of(rule.owed_by)
                    if rule.owed_by in ("requesting", "requested")
                    else "",
                    "source": rule.source,
                    "to_verify": rule.verify,
                    "standing": _standing(row, self.place.now),
                    "why": why(row, rule),
                }
            )
        running = [one for one in clocks if one["row"].ended_at is None]
        return running + [one for one in clocks if one["row"].ended_at is not None]

    def _chain(self, found: AssistanceRequest) -> list[dict[str, Any]]:
        """Return preservation, path and assistance as one line; empty where nothing was preserved."""
        first = found
        while first.parent is not None and first.request_type != PRESERVES:
            first = first.parent
        if first.request_type != PRESERVES:
            return []
        visible = self.visible.requests()
        follow_ups = list(visible.filter(parent=first).exclude(status="draft").order_by("submitted_at"))
        ends = self.visible.deadlines().filter(request=first, kind__in=VALIDITY, ended_at=None)
        until = ends.order_by("due_at").values_list("due_at", flat=True).first()
        disclosed = bool(first.times("disclose_path"))
        steps = [self._step(first, found, until, self.place.now)]
        steps.append(
            {"name": _("Provider and path"), "is_done": disclosed, "text": "", "colour": "", "address": ""}
        )
        if follow_ups:
            steps += [self._step(one, found, None, self.place.now) for one in follow_ups]
        else:
            steps.append(
                {
                    "name": _("Request for assistance"),
                    "is_done": False,
                    "text": _("not sent yet"),
                    "colour": "",
                    "address": "",
                }
            )
        return steps

    def _step(
        self, one: AssistanceRequest, found: AssistanceRequest, until: datetime | None, now: datetime
    ) -> dict[str, Any]:
        address = reverse("request", args=(self.seat.exercise.handle, one.pk)) if one.pk != found.pk else ""
        left = until - now if until else None
        colour = "" if left is None else "red" if left < SOON else "amber" if left < NEAR else "green"
        return {
            "name": names.type_name(one.request_type),
            "is_done": one.status in rulebook().lifecycle.ends or one.status == "evidence_transmitted",
            "text": names.status_name(one.status),
            "until": until,
            "colour": colour,
            "address": address,
        }

    def _checked(self, found: AssistanceRequest, events: Sequence[Event]) -> dict[str, Any] | None:
        """Return what recomputing the chain found, where it was asked for."""
        if self.request.GET.get("verify") != "1":
            return None
        with one_instant():
            now = AssistanceRequest.objects.get(pk=found.pk)
            return {"failures": [str(one) for one in request_failures(now)], "events": len(events)}

    def _comparison(self, found: AssistanceRequest) -> dict[str, Any] | None:
        """Return the request beside its model, for the desk that sent it, where the author wrote one."""
        if self.seat.seat is not None and found.requesting_code != self.seat.seat.authority.state.code:
            return None
        try:
            beside: Comparison = beside_model(found, self.seat)
        except Refused:
            return None
        if beside.model is None:
            return None
        verdicts = {
            "same": _("the same"),
            "differs": _("said otherwise"),
            "only yours": _("only in yours"),
            "only the model": _("missing in yours"),
            "neither": _("missing in both, and required"),
        }
        return {
            "rows": [
                {
                    "label": said(one.label),
                    "yours": value_told(one.yours, one.field),
                    "model": value_told(one.model, one.field),
                    "verdict": verdicts[one.verdict],
                    "is_lacking": one.verdict in ("only the model", "neither"),
                }
                for one in beside.fields
            ]
        }


def _holder(found: AssistanceRequest, states: dict[str, str], *, is_elsewhere: bool) -> str:
    """Return who must act: a State, by its authority too where it is the reader's own; empty after the end."""
    side = turn_of(found.status)
    if side is None:
        return ""
    state = states[found.code_of(side)]
    return f"{state}, {names.authority_name(found.kind_of(side))}" if is_elsewhere else state


def _since(events: Sequence[Event], side: str | None) -> datetime | None:
    """Return since when the side that must act has had to."""
    since = None
    for event in reversed(events):
        if turn_of(event.status) != side:
            break
        since = event.at
    return since


def _article(act: str) -> str:
    word = rulebook().lifecycle.acts.get(act)
    return word.source if word else ""


def _standing(row: Deadline, now: datetime) -> str:
    if row.suspended_since is not None and row.ended_at is None:
        return "suspended"
    if row.status == Deadline.RUNNING:
        return "late" if row.due_at is not None and row.due_at < now else "running"
    return row.status
