"""Writing a request: the choice of State, authority and type; the draft, what it lacks, and its submission."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from cooperation.examination.advice import advice
from cooperation.examination.choosing import choosing
from cooperation.examination.unclear import unclear
from cooperation.rulebook import rulebook
from cooperation.words import DRAFT, Refused
from cooperation.world import competence, where_designated
from requests_app.exercises.directory import directory
from requests_app.exercises.preview import previewed
from requests_app.web import names, story
from requests_app.web.content_fields import PARTS
from requests_app.web.draft_form import DraftForm
from requests_app.web.search import fits
from requests_app.web.seated import SeatedPage
from requests_app.web.sentences import told
from requests_app.web.telling import value_told
from requests_app.workflow import door
from requests_app.workflow.drafting import edit_draft, recast_draft, write_draft
from requests_app.workflow.models import AssistanceRequest
from requests_app.world.languages import said
from requests_app.world.models import TRAINEE, Exercise
from requests_app.world.roles import desk_of

POINT = "contact_point_24_7"
TEXT_AT_MOST = 200
ANSWERS_AT_MOST = 20


class NewRequest(SeatedPage):
    """What do you need, from whom, how fast: which type of request that is, and to which authority it goes."""

    template = "web/new_request.html"
    link = "new_request"
    roles = (TRAINEE,)
    parts = ("types",)

    def facts(self, *_: Any, **__: Any) -> dict[str, Any]:
        """Return the types that fit, and to whom the chosen one may go."""
        asked = self.request.POST if self.request.method == "POST" else self.request.GET
        kind = rulebook().types.get(asked.get("type", ""))
        text = asked.get("q", "").replace("\0", "").strip()[:TEXT_AT_MOST]
        is_fast = asked.get("fast") == "on"
        return {
            "q": text,
            "fast": is_fast,
            "pillars": self._pillars(text, is_fast),
            "chosen": kind,
            "chosen_name": names.type_name(kind.id) if kind else "",
            "plain": said(kind.plain) if kind else "",
            "channel": said(kind.channel_note) if kind else "",
            "receivers": receivers(self, kind.id) if kind else [],
            "cases": cases_of(self),
            "parents": self._parents(),
            "asked": asked,
            "guide": self._guide(asked["help"]) if "help" in asked and kind is None else None,
        }

    def post(self, _request: HttpRequest) -> HttpResponse:
        """Put the draft on the desk."""
        asked = self.request.POST
        state, _slash, kind = asked.get("to", "").partition("/")
        if not state:
            raise Refused(
                "unknown_authority", "no authority is chosen", mend="choose to whom the request goes"
            )
        made = write_draft(
            by=desk_of(self.seat),
            request_type=asked.get("type", ""),
            to=(state, kind),
            contents=self._first_contents(asked.get("type", ""), (state, kind)),
            case=asked.get("case") or None,
            parent=_uuid(asked.get("parent", "")),
            key=self.said_key(),
            now=self.wall,
        )
        return redirect("draft", handle=self.seat.exercise.handle, request_id=made.pk)

    def _first_contents(self, request_type: str, to: tuple[str, str]) -> dict[str, Any]:
        """Return what follows from who asks whom of which case: nobody should have to type it."""
        kind = rulebook().types.get(request_type)
        asks_for = {rule.field for rule in kind.contents} if kind else set()
        case = self.visible.cases().filter(name=self.request.POST.get("case", "")).first()
        desk = desk_of(self.seat).authority
        known: dict[str, Any] = {
            "requesting_authority": _signed(desk.state.code, desk.kind, self.seat.exercise),
            "requested_authority": _signed(*to, self.seat.exercise),
            "offence": list(case.offences) if case else [],
            "case_reference": f"{desk.state.code}/{case.name}" if case else "",
        }
        return {name: value for name, value in known.items() if name in asks_for and value}

    def _pillars(self, text: str, is_fast: bool) -> list[dict[str, Any]]:
        book = rulebook()
        own = desk_of(self.seat).authority.kind
        able = {*competence(book, own).sends, *where_designated(book, own)}
        found = []
        for pillar in book.pillars.values():
            types = [
                {
                    "id": one.id,
                    "name": names.type_name(one.id),
                    "plain": said(one.plain),
                    "articles": names.articles_in_words(one.articles[:3]),
                    "is_ours": one.id in able,
                    "senders": ", ".join(names.authority_name(kind) for kind in sorted(one.send)),
                }
                for one in book.types.values()
                if one.pillar == pillar.id
                and (not is_fast or POINT in one.receive)
                and fits(text, (names.type_name(one.id), said(one.plain), one.plain, *one.articles))
            ]
            if types:
                types.sort(key=lambda one: not one["is_ours"])
                found.append({"name": said(pillar.name), "types": types})
        return found

    def _guide(self, answered: str) -> dict[str, Any]:
        """Return how far one has come, question by question; `answered` is like data/get/soon."""
        words = answered.split("/") if answered else []
        way = choosing().way(words[:ANSWERS_AT_MOST])
        given = [answer.id for _question, answer in way.steps]
        last = way.steps[-1][1] if way.steps else None
        ends = last if last is not None and way.next is None else None
        rows = {row["id"]: row for pillar in self._pillars("", is_fast=False) for row in pillar["types"]}
        receive = {one: rulebook().types[one].receive for one in ends.types} if ends else {}
        return {
            "steps": [
                {
                    "question": said(question.question),
                    "answer": said(answer.label),
                    "back": "/".join(given[:place]),
                }
                for place, (question, answer) in enumerate(way.steps)
            ],
            "question": said(way.next.question) if way.next else "",
            "answers": [
                {"label": said(one.label), "on": "/".join([*given, one.id])}
                for one in (way.next.answers.values() if way.next else ())
            ],
            "note": said(ends.note) if ends else "",
            "source": ends.source if ends else "",
            "types": [
                {**rows[one], "receivers": ", ".join(map(names.authority_name, sorted(receive[one])))}
                for one in (ends.types if ends else ())
            ],
        }

    def _parents(self) -> list[tuple[str, str]]:
        own = desk_of(self.seat).authority.state.code
        rows = self.visible.requests().filter(requesting_code=own).exclude(status=DRAFT)
        return [
            (str(one.pk), f"{one.reference} · {names.type_name(one.request_type)}")
            for one in rows.order_by("-submitted_at")[:100]
        ]


class DraftPage(SeatedPage):
    """The draft: its fields, and beside them what the other side's reader would find."""

    template = "web/draft.html"
    link = "desk"
    roles = (TRAINEE,)
    parts = ("findings",)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show what was sent meanwhile as what it is now."""
        self.form: DraftForm | None = None
        self.conflict: AssistanceRequest | None = None
        return super().dispatch(request, *args, **kwargs)

    def facts(self, request_id: UUID, *_: Any, **__: Any) -> dict[str, Any]:
        """Return the form and the findings."""
        found = self.seen(request_id)
        kind = rulebook().types[found.request_type]
        form = self.form or DraftForm(kind, found.contents, self.place.zone, self.place.now)
        contents = self._typed(form, found)
        tab = self.request.POST.get("tab") or str(uuid.uuid4())
        return {
            "found": found,
            "draft_form": form,
            "groups": form.groups(),
            "title": names.type_name(found.request_type),
            "plain": said(kind.plain),
            "to_desk": f"{found.requested_code}/{found.requested_kind}",
            "to": f"{story.state_name(found.requested_code, self.seat.exercise)}: "
            f"{names.authority_name(found.requested_kind)}",
            "may_be_oral": "submit_orally" in kind.acts,
            "findings": self._findings(found, contents),
            "conflict": self._beside(found, contents) if self.conflict is not None else [],
            "is_saved": self.request.method == "POST" and self.conflict is None,
            "was_saved": "saved" in self.request.GET,
            "tab": tab,
            "types": names.types_by_pillar(),
            "receivers": receivers(self, found.request_type),
            "cases": cases_of(self),
        }

    def get(self, _: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        """Show the draft; what has been sent is shown as a request."""
        found = self.seen(kwargs["request_id"])
        if found.status != DRAFT:
            return redirect("request", handle=self.seat.exercise.handle, request_id=found.pk)
        return super().get(self.request, **kwargs)

    def post(self, _request: HttpRequest, request_id: UUID) -> HttpResponse:
        """Save what is typed; then check, submit, or recast it."""
        found = self.seen(request_id)
        if found.status != DRAFT:
            return redirect("request", handle=self.seat.exercise.handle, request_id=found.pk)
        kind, place = rulebook().types[found.request_type], self.place
        self.form = form = DraftForm(kind, found.contents, place.zone, place.now, self.request.POST)
        if not form.is_valid():
            return self.shown({**self.facts(request_id), "form": form}, status=422)
        do = self.request.POST.get("do", "check")
        saved = self._save(found, form.contents())
        if do in ("submit", "submit_orally"):
            return self._submit(saved, do)
        if do == "recast":
            return self._recast(saved)
        return self.shown(self.facts(request_id))

    def _save(self, found: AssistanceRequest, contents: dict[str, Any]) -> AssistanceRequest:
        """Keep what is typed. A tab that saved last itself is not in its own way."""
        if contents == found.contents:
            return found
        place = f"draft-{found.pk}"
        last = self.request.session.get(place, {})
        is_own = last == {"tab": self.request.POST.get("tab"), "edition": found.edition}
        edition = found.edition if is_own else self.said_number("edition")
        try:
            saved = edit_draft(
                found.pk,
                by=desk_of(self.seat),
                contents=contents,
                version=self.said_number("version"),
                edition=edition,
                now=self.wall,
            )
        except Refused as refused:
            if refused.reason == "stale_version":
                self.conflict = found
            raise
        self.request.session[place] = {"tab": self.request.POST.get("tab"), "edition": saved.edition}
        return saved

    def _submit(self, saved: AssistanceRequest, do: str) -> HttpResponse:
        door.act(
            saved.pk,
            by=desk_of(self.seat),
            act=do,
            contents={},
            version=saved.version,
            edition=saved.edition,
            key=self.said_key(),
            now=self.wall,
        )
        messages.success(self.request, _("Your request has been submitted."))
        return redirect("request", handle=self.seat.exercise.handle, request_id=saved.pk)

    def _recast(self, saved: AssistanceRequest) -> HttpResponse:
        asked = self.request.POST
        state, _slash, kind = asked.get("to", "").partition("/")
        recast = recast_draft(
            saved.pk,
            by=desk_of(self.seat),
            request_type=asked.get("type", ""),
            to=(state, kind),
            case=asked.get("case") or None,
            version=saved.version,
            edition=saved.edition,
            now=self.wall,
        )
        self._address_anew(saved, recast)
        messages.info(self.request, _("What fits the new type was kept; the rest stands at the end."))
        return redirect(f"{reverse('draft', args=(self.seat.exercise.handle, saved.pk))}?saved")

    def _address_anew(self, before: AssistanceRequest, recast: AssistanceRequest) -> None:
        """Let the authority addressed be the one now chosen, unless somebody wrote it in words of their own."""
        exercise = self.seat.exercise
        was, now = (_signed(one.requested_code, one.requested_kind, exercise) for one in (before, recast))
        if was == now or before.contents.get("requested_authority") != was:
            return
        edit_draft(
            recast.pk,
            by=desk_of(self.seat),
            contents={**recast.contents, "requested_authority": now},
            version=recast.version,
            edition=recast.edition,
            now=self.wall,
        )

    def _typed(self, form: DraftForm, found: AssistanceRequest) -> Mapping[str, Any]:
        if not form.is_bound:
            stored: Mapping[str, Any] = found.contents
            return stored
        return form.contents() if form.is_valid() else found.contents

    def _findings(self, found: AssistanceRequest, contents: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the other side's reader would find, in the reader's language."""
        examined = previewed(
            self.visible,
            desk_of(self.seat),
            self.seat.exercise,
            request_type=found.request_type,
            to=f"{found.requested_code}/{found.requested_kind}",
            contents=contents,
            case=found.case.name if found.case else None,
            parent=found.parent_id,
        )
        likely = {name: said(one.label) for name, one in advice().responses.items()}
        obscure = unclear(rulebook(), contents, self.place.now, self.place.zone)
        is_spotless = examined.admissible == "yes" and examined.likely == "none"
        kind = rulebook().types[found.request_type]
        required = [rule.field for rule in kind.contents if rule.rule == "required"]
        return {
            "admissible": "questionable" if obscure and examined.admissible == "yes" else examined.admissible,
            "likely": _("It is worked on as it stands") if is_spotless else likely[examined.likely],
            "unclear": [
                {
                    "label": names.field_name(one.field),
                    "part": names.part_name(one.part) if one.part else "",
                    "address": f"#{field_address(one.field, one.part)}",
                    "why": said(one.why),
                    "article": one.source,
                }
                for one in obscure
            ],
            "gaps": [
                {
                    "label": names.field_name(one.field),
                    "address": f"#{field_address(one.field)}",
                    "article": one.article,
                    "why": said(one.why),
                    "likely": likely[one.response],
                }
                for one in examined.gaps
            ],
            "errors": [
                {
                    "label": said(one.label),
                    "article": one.article,
                    "mend": said(one.mend),
                    "likely": likely[one.response],
                }
                for one in examined.errors
            ],
            "questions": [
                {"asks": told(one.asks), "why": said(one.why), "article": one.article}
                for one in examined.questions
            ],
            "grounds": [
                {"label": said(one.label), "article": one.article, "cure": said(one.cure)}
                for one in examined.grounds
            ],
            "advised": [
                {
                    "label": names.field_name(one.field),
                    "address": f"#{field_address(one.field)}",
                    "why": said(one.why),
                }
                for one in examined.advised
            ],
            "filled": len(required) - len([one for one in examined.gaps if one.field in required]),
            "required": len(required),
        }

    def _beside(self, found: AssistanceRequest, typed: Mapping[str, Any]) -> list[dict[str, str]]:
        """Return the fields in which what is typed and what was stored meanwhile differ."""
        both = [name for name in rulebook().fields if typed.get(name) != found.contents.get(name)]
        return [
            {
                "label": names.field_name(name),
                "yours": value_told(typed.get(name), name),
                "theirs": value_told(found.contents.get(name), name),
            }
            for name in both
        ]


def _signed(state: str, authority: str, exercise: Exercise) -> str:
    """Return an authority as a letter names it, like "24/7 contact point, Arvania"."""
    return f"{names.authority_name(authority)}, {story.state_name(state, exercise)}"


def field_address(name: str, part: str = "") -> str:
    """Return the id of the input of a field on the page; of a field in parts, that of this part, or of the first."""
    parts = PARTS.get(rulebook().fields[name].type, ())
    return f"id_say-{name}.{part or parts[0]}" if parts else f"id_say-{name}"


def receivers(page: SeatedPage, request_type: str) -> list[dict[str, Any]]:
    """Return the authorities of other States, those that the type names first in each State."""
    own = page.seat.seat.authority.state.code if page.seat.seat else ""
    kind = rulebook().types[request_type]
    named = kind.receive | kind.where_designated
    found = []
    for state in directory(page.seat.exercise, page.place.now):
        if state.state.code == own:
            continue
        rows = sorted(state.authorities, key=lambda one: one.kind not in named)
        found.append(
            {
                "state": f"{said(state.state.name)} ({state.state.code})",
                "authorities": [
                    {
                        "desk": one.desk,
                        "name": names.authority_name(one.kind),
                        "is_named": one.kind in named,
                        "is_open": one.is_open,
                    }
                    for one in rows
                ],
            }
        )
    return found


def cases_of(page: SeatedPage) -> list[tuple[str, str]]:
    """Return the cases of the own State."""
    return [(one.name, said(one.title)) for one in page.visible.cases().order_by("name")]


def _uuid(text: str) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
