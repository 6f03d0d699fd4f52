"""Mail: what is ready is gathered into one mail a person, and each goes out once.

A mail is claimed, sent, and marked as sent. Whoever is killed between the last two sends it again after the
lease, under the same Message-ID, by which a mail program knows that it has it: at least once, with a key.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from uuid import UUID

from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import F

from requests_app.reports import mail_words
from requests_app.workflow.models import Notice, NoticeMail
from requests_app.workflow.visible import visible_to
from requests_app.world.models import Mail, SeatHolder

PEOPLE_AT_ONCE = 200
MAILS_AT_ONCE = 50
# A fast exercise would send a mail every few seconds; what comes meanwhile goes with the next.
EVERY = timedelta(minutes=5)
LEASE = timedelta(minutes=2)
LATER_AT_MOST = timedelta(hours=1)
RESETS_KEPT = timedelta(days=1)
RESETS_EVERY = timedelta(minutes=2)
TURN_S = 40.0
log = logging.getLogger(__name__)


def gather(wall: datetime) -> int:
    """Make one mail for each person of all that is ready for them and that they see; return how many."""
    # Addresses that were asked for, known or not, are not kept.
    Mail.objects.filter(kind=Mail.RESET, sent_at__lt=wall - RESETS_KEPT).delete()
    ready = NoticeMail.objects.filter(mail=None, ready_at__lte=wall)
    lately = Mail.objects.filter(kind=Mail.NOTICES, made_at__gt=wall - EVERY).values("holder")
    waiting = ready.exclude(holder__in=lately).values_list("holder", flat=True).distinct()
    return sum(_gather_for(key, wall) for key in list(waiting[:PEOPLE_AT_ONCE]))


def send(wall: datetime) -> int:
    """Send the mails whose turn it is; return how many went out. After a failure the rest wait for another turn."""
    began, sent = time.monotonic(), 0
    for _ in range(MAILS_AT_ONCE):
        mail = _claim(wall)
        if mail is None or time.monotonic() - began > TURN_S:
            return sent
        try:
            _send(mail, wall)
        except Exception as error:
            later = min(timedelta(minutes=2 ** min(mail.tries, 10)), LATER_AT_MOST)
            Mail.objects.filter(pk=mail.pk).update(next_try_at=wall + later, error=type(error).__name__)
            log.warning("a mail could not be sent: %s", type(error).__name__)
            return sent
        Mail.objects.filter(pk=mail.pk).update(sent_at=wall, next_try_at=None, error="")
        sent += 1
    return sent


def _gather_for(key: UUID, wall: datetime) -> int:
    with transaction.atomic():
        found = SeatHolder.objects.select_for_update(of=("self",), skip_locked=True)
        holder = found.select_related("exercise", "user", "seat__authority__state").filter(pk=key).first()
        if holder is None:
            return 0
        rows = NoticeMail.objects.filter(holder=holder, mail=None, ready_at__lte=wall)
        if not holder.wants_mail or not holder.user.email:
            rows.delete()
            return 0
        # A request that is still under way is not there for its receiver, in mail no more than elsewhere.
        visible = visible_to(holder).notices().filter(pk__in=rows.values("notice"))
        seen = list(visible.values_list("pk", flat=True))
        if not seen:
            return 0
        mail = Mail.objects.create(
            kind=Mail.NOTICES, to=holder.user.email, holder=holder, made_at=wall, next_try_at=wall
        )
        rows.filter(notice__in=seen).update(mail=mail)
    return 1


def _claim(wall: datetime) -> Mail | None:
    with transaction.atomic():
        due = Mail.objects.select_for_update(skip_locked=True).filter(sent_at=None, next_try_at__lte=wall)
        mail = due.order_by("next_try_at").first()
        if mail is not None:
            mail.tries += 1
            mail.next_try_at = wall + LEASE
            mail.save(update_fields=["tries", "next_try_at"])
    return mail


def _send(mail: Mail, wall: datetime) -> None:
    connection = get_connection()
    for number, (subject, body) in enumerate(_letters(mail, wall)):
        EmailMessage(
            subject,
            body,
            to=[mail.to],
            connection=connection,
            headers={
                "Message-ID": mail_words.message_id(mail, number),
                "Auto-Submitted": "auto-generated",
            },
        ).send()


def _letters(mail: Mail, wall: datetime) -> list[tuple[str, str]]:
    """Return subject and body of what is sent: nothing to an address of which there is no account."""
    if mail.kind == Mail.RESET:
        lately = Mail.objects.filter(kind=Mail.RESET, to__iexact=mail.to, sent_at__gt=wall - RESETS_EVERY)
        return [] if lately.exists() else mail_words.resets(mail.to)
    assert mail.holder is not None
    rows = Notice.objects.filter(mails__mail=mail).annotate(told_at=F("mails__told_at"))
    notices = list(rows.select_related("request").order_by("at", "number", "pk"))
    return [mail_words.notices(mail.holder, notices)]
