"""What changed for a seat since it last looked: cheap enough to be asked every second."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.utils.crypto import salted_hmac

from requests_app.workflow.models import Deadline
from requests_app.workflow.visible import visible_to
from requests_app.world.models import Authority, ClockSegment, Exercise, SeatHolder

KINDS = ("requests", "deadlines", "notices", "messages", "clock", "desk")
LETTERS_OF_A_MARK = 12


class _Count(Subquery):
    """How many rows a query has."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) _counted)"
    output_field = IntegerField()


class _Steps(Subquery):
    """How often requests came or were changed; each step makes it grow."""

    template = "(SELECT COALESCE(SUM(1 + version + edition), 0) FROM (%(subquery)s) _seen)"
    output_field = IntegerField()


def pulses_of(exercises: Collection[UUID]) -> dict[UUID, tuple[object, ...]]:
    """Return of each exercise what moves whenever anything happens in it, in one small query for all of them.

    It says that somebody should look for a seat's mark, and nothing of what happened.
    """
    own = {"state__exercise": OuterRef("pk")}
    steps = Authority.objects.filter(**own).order_by().values("state__exercise").annotate(n=Sum("chain_seq"))
    segments = ClockSegment.objects.filter(exercise=OuterRef("pk")).order_by().values("exercise")
    rows = Exercise.objects.filter(pk__in=exercises).values_list(
        "pk",
        "advanced_to",
        "agenda_seq",
        "chain_seq",
        "ended",
        Subquery(steps.values("n")),
        Subquery(segments.annotate(n=Count("pk")).values("n")),
    )
    return {pk: tuple(facts) for pk, *facts in rows}


def mark_of(seat: SeatHolder) -> str:
    """Return a mark of all that a seat sees, in one query: equal as long as nothing changes for it.

    It tells nothing of what others do: it hangs only on what `visible_to` shows, and no count can be read
    from it.

    seat  with its exercise and authority, read just now
    """
    return mark_from(seat.pk, facts_of(seat))


def facts_of(seat: SeatHolder) -> dict[str, object]:
    """Return what a mark is made of: the same for all seats of one desk, and for all of control.

    seat  with its exercise and authority, read just now
    """
    visible = visible_to(seat)
    exercise, desk = seat.exercise, seat.seat.authority if seat.seat else None
    ended = visible.deadlines().exclude(status=Deadline.RUNNING)
    requests, deadlines, notices, messages, segments = Exercise.objects.filter(pk=exercise.pk).values_list(
        _Steps(_bare(visible.requests(), "version", "edition")),
        _Count(_bare(ended, "pk")),
        _Count(_bare(visible.notices(), "pk")),
        _Count(_bare(visible.messages(), "pk")),
        _Count(_bare(exercise.segments.all(), "pk")),
    )[0]
    return {
        "requests": requests,
        "deadlines": deadlines,
        "notices": notices,
        "messages": messages,
        "clock": f"{segments}/{exercise.ended}",
        # Of control what control alone sees; of a desk its own chain.
        "desk": exercise.chain_seq if desk is None else desk.chain_seq,
    }


def mark_from(seat: UUID, facts: Mapping[str, object]) -> str:
    """Return the mark of a seat, by its key, from the facts of its desk; no other seat's mark is the same."""
    return ".".join(_hidden(seat, kind, facts[kind]) for kind in KINDS)


def changed_since(before: str, now: str) -> list[str]:
    """Return the kinds of things that changed between two marks of one seat; all for a mark that is none."""
    old, new = before.split("."), now.split(".")
    if len(old) != len(KINDS):
        return list(KINDS)
    return [kind for kind, one, other in zip(KINDS, old, new, strict=True) if one != other]


def _bare(rows: QuerySet, *columns: str) -> QuerySet:  # type: ignore[type-arg]
    return rows.order_by().values(*columns)


def _hidden(seat: UUID, kind: str, fact: object) -> str:
    return salted_hmac("changes", f"{seat}/{kind}/{fact}").hexdigest()[:LETTERS_OF_A_MARK]
