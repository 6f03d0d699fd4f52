"""To read and search: the directory of the exercise, and the rule book."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from cooperation.rulebook import RequestType, rulebook
from requests_app.exercises.directory import directory
from requests_app.web import names
from requests_app.web.lifecycle import lifecycle_in_words
from requests_app.web.search import fits
from requests_app.web.seated import SeatedPage
from requests_app.world.languages import said

TEXT_AT_MOST = 200


class Directory(SeatedPage):
    """States and authorities, open now or not, each with its local time."""

    template = "web/directory.html"
    link = "directory"
    parts = ("found",)

    def facts(self, *_: Any, **__: Any) -> dict[str, Any]:
        """Return the States that are looked for."""
        text = _text(self)
        states = [
            {
                "name": said(one.state.name),
                "code": one.state.code,
                "zone": one.state.zone,
                "today_off": _off_in_words(one.today_off),
                "is_own": self.seat.seat is not None and self.seat.seat.authority.state_id == one.state.pk,
                "authorities": [
                    {
                        "name": names.authority_name(authority.kind),
                        "desk": authority.desk,
                        "is_open": authority.is_open,
                        "opens_at": authority.opens_at,
                        "receives": [names.type_name(kind) for kind in authority.receives],
                    }
                    for authority in one.authorities
                ],
            }
            for one in directory(self.seat.exercise, self.place.now)
        ]
        return {"states": [one for one in states if fits(text, _words(one))], "text": text}


class RuleBookPage(SeatedPage):
    """Types, articles, grounds, safeguards and deadlines of the exercise, in one searchable page."""

    template = "web/rulebook.html"
    link = "rulebook"
    parts = ("found",)

    def facts(self, *_: Any, **__: Any) -> dict[str, Any]:
        """Return what is looked for; everything where nothing is."""
        book, text = rulebook(), _text(self)
        profile = book.profiles[self.seat.exercise.deadline_profile]
        by_pillar = [
            {
                "name": said(pillar.name),
                "types": [
                    kind
                    for kind in (_type_row(one) for one in book.types.values() if one.pillar == pillar.id)
                    if fits(text, (kind["name"], kind["plain"], kind["articles"], said(pillar.name)))
                ],
            }
            for pillar in book.pillars.values()
        ]
        return {
            "text": text,
            "pillars": [one for one in by_pillar if one["types"]],
            "articles": [
                one
                for one in book.articles.values()
                if fits(
                    text,
                    (
                        str(one.number),
                        said(one.title),
                        said(one.summary),
                        *map(said, one.paragraphs.values()),
                    ),
                )
            ],
            "grounds": [
                one
                for one in book.grounds.values()
                if fits(text, (said(one.label), said(one.advice), one.source))
            ],
            "safeguards": [
                one for one in book.safeguards.values() if fits(text, (said(one.asks), said(one.question)))
            ],
            "deadlines": [one for one in profile.deadlines if fits(text, (said(one.label), one.source))],
            "profile": said(profile.name),
            "steps": _steps() if not text else [],
            "life": lifecycle_in_words() if not text else None,
        }


class TypePage(SeatedPage):
    """One request type with its rules."""

    template = "web/request_type.html"
    link = "rulebook"

    def facts(self, type_id: str, *_: Any, **__: Any) -> dict[str, Any]:
        """Return the rules of a type; 404 where there is none."""
        book = rulebook()
        kind = book.types.get(type_id)
        if kind is None:
            raise Http404
        profile = book.profiles[self.seat.exercise.deadline_profile]
        return {
            "kind": kind,
            "name": names.type_name(type_id),
            "plain": said(kind.plain),
            "pillar": said(book.pillars[kind.pillar].name),
            "contents": [
                {
                    "label": names.field_name(rule.field),
                    "help": said(book.fields[rule.field].help),
                    "rule": _rule_in_words(rule.rule),
                    "source": rule.source,
                    "note": said(rule.note),
                }
                for rule in sorted(kind.contents, key=lambda one: one.rule != "required")
            ],
            "send": [names.authority_name(one) for one in sorted(kind.send)],
            "receive": [names.authority_name(one) for one in sorted(kind.receive)],
            "grounds": [book.grounds[one] for one in kind.grounds if one in book.grounds],
            "acts": [names.act_name(one) for one in book.lifecycle.acts if one in kind.acts],
            "deadlines": profile.for_type(type_id),
            "dual_criminality": book.terms["dual_criminality"][kind.dual_criminality.applies].meaning,
        }


def _steps() -> list[dict[str, Any]]:
    """Return the lifecycle as a table: from which status, who, does what, and where that leads."""
    found = []
    table = rulebook().lifecycle
    for status in table.statuses:
        rows: dict[tuple[str, str, str], None] = {}
        for one in table.transitions:
            if status in one.from_ and one.to != "unchanged":
                rows[one.act, one.side, one.to] = None
        if rows:
            found.append(
                {
                    "status": status,
                    "ways": [
                        {"act": names.act_name(act), "side": side_in_words(side), "to": _led_to(to)}
                        for act, side, to in rows
                    ],
                }
            )
    return found


def _off_in_words(why: str | None) -> str:
    """Return why no office works today: a day of the week in the reader's language, a holiday by its own name."""
    return _(why) if why else ""


def _led_to(status: str) -> str:
    return _("the status before") if status == "back" else names.status_name(status)


def side_in_words(side: str) -> str:
    """Return who does something, in words."""
    return {
        "requesting": _("requesting State"),
        "requested": _("requested State"),
        "either": _("either State"),
        "clock": _("the clock"),
    }[side]


def _rule_in_words(rule: str) -> str:
    return {
        "required": _("required"),
        "required_if": _("required where it applies"),
        "required_if_any": _("required if there is such a wish"),
        "required_if_known": _("required if known"),
        "where_possible": _("where possible"),
        "where_available": _("where available"),
        "where_applicable": _("where it makes sense"),
        "as_appropriate": _("as appropriate"),
        "recommended": _("recommended"),
        "optional": _("optional"),
    }[rule]


def _type_row(kind: RequestType) -> dict[str, str]:
    return {
        "id": kind.id,
        "name": names.type_name(kind.id),
        "plain": said(kind.plain),
        "articles": names.articles_in_words(kind.articles),
    }


def _text(page: SeatedPage) -> str:
    return page.request.GET.get("q", "").replace("\0", "").strip()[:TEXT_AT_MOST]


def _words(one: dict[str, Any]) -> list[str]:
    own = [one["name"], one["code"], one["zone"]]
    return own + [text for each in one["authorities"] for text in (each["name"], *each["receives"])]
