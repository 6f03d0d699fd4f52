"""What mails say: EXERCISE, references, acts and dates, and nothing of what a request holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cooperation.rulebook import rulebook
from requests_app.world.languages import said
from requests_app.world.models import Exercise, Mail, SeatHolder

LINES_AT_MOST = 100
DEADLINES = {
    "deadline_warning": gettext_lazy("ends soon: %(deadline)s"),
    "deadline_missed": gettext_lazy("missed: %(deadline)s"),
}
DATE = "%Y-%m-%d %H:%M UTC"


def message_id(mail: Mail, number: int) -> str:
    """Return the key of a mail: the same whenever it is sent again."""
    return f"<{mail.pk}.{number}@{urlsplit(settings.PUBLIC_URL).hostname or 'localhost'}>"


def notices(holder: SeatHolder, rows: Sequence[Any]) -> tuple[str, str]:
    """Return subject and body that tell a person of notices, in the language of their seat.

    rows  notices, each with `told_at`, the wall instant at which it reached the desk
    """
    with translation.override(holder.language):
        handle = holder.exercise.handle
        lines = [_line(row, holder.exercise) for row in rows]
        many = ngettext("%(count)d notice", "%(count)d notices", len(lines)) % {"count": len(lines)}
        body = [
            _("EXERCISE - training, no real case"),
            "",
            _("This has reached your desk in the exercise %(handle)s:") % {"handle": handle},
            "",
            *(f"- {about}\n  {dates}\n  {address}" for about, dates, address in lines[:LINES_AT_MOST]),
        ]
        if len(lines) > LINES_AT_MOST:
            body.append(_("and %(count)d more.") % {"count": len(lines) - LINES_AT_MOST})
        body += [
            "",
            _("EXERCISE. Whether you get such mail is set at your seat."),
        ]
        return f"EXERCISE: {lines[0][0] if len(lines) == 1 else many}", "\n".join(body) + "\n"


def resets(address: str) -> list[tuple[str, str]]:
    """Return subject and body for each account that has an address: a link for a new password."""
    letters = []
    for user in PasswordResetForm().get_users(address):
        uid = urlsafe_base64_encode(force_bytes(user.pk))
        token = default_token_generator.make_token(user)
        body = [
            _("EXERCISE - training, no real case"),
            "",
            _(
                "Somebody asked for a new password for %(name)s. If it was you, choose one here within an hour:"
            )
            % {"name": user.get_username()},
            "",
            f"{settings.PUBLIC_URL}/password/new/{uid}/{token}/",
            "",
            _("If it was not you, do nothing: your password stays as it is."),
        ]
        letters.append((f"EXERCISE: {_('a new password')}", "\n".join(body) + "\n"))
    return letters


def _line(row: Any, exercise: Exercise) -> tuple[str, str, str]:
    """Return what a notice is about, its two dates, and the address of the page that tells more."""
    reference = row.request.reference if row.request is not None else ""
    about = ": ".join(part for part in (reference, _what(row, exercise.deadline_profile)) if part)
    dates = _("%(exercise)s in the exercise, %(wall)s on the wall") % {
        "exercise": f"{row.at:{DATE}}",
        "wall": f"{row.told_at:{DATE}}",
    }
    handle = exercise.handle
    named = ("request", (handle, row.request_id)) if row.request_id else ("desk", (handle,))
    return about, dates, f"{settings.PUBLIC_URL}{reverse(named[0], args=named[1])}"


def _what(row: Any, profile: str) -> str:
    kind, facts = row.kind, row.facts
    if kind == "act":
        act = rulebook().lifecycle.acts.get(str(facts.get("act")))
        return said(act.label, f"lifecycle: acts/{act.id}/label") if act is not None else _("an act")
    if kind in DEADLINES and row.request is not None:
        label = rulebook().profiles[profile].labels[row.request.request_type, facts["rule"]]
        return str(DEADLINES[kind]) % {"deadline": said(label)}
    return {
        "inject": _("news has come"),
        "evidence_deletion_warning": _("what was received must soon be destroyed"),
        "evidence_deletion_due": _("what was received must be destroyed today"),
    }.get(kind, _("a notice"))
