"""Who sees what: the one place that scopes every list, detail, choice, count and error to a seat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT

from cooperation.words import DRAFT
from requests_app.evidence.models import EvidenceItem, Receipt, ReceivedCopy
from requests_app.workflow.models import AssistanceRequest, Case, Deadline, Event, Interval, Notice
from requests_app.world.models import SeatHolder
from requests_app.world.roles import SEE_ALL, may

if TYPE_CHECKING:
    from django.db.models import Model


def visible_to(seat: SeatHolder) -> Visible:
    """Return what a seat sees of its exercise, at the instant up to which everything has happened.

    seat  with its exercise, and of a trainee with its authority and State
    """
    return Control(seat) if may(seat, SEE_ALL) else Visible(seat)


def involving(code: str) -> Q:
    """Return what picks the events that a State did, or that were done to it."""
    sides = Q(request__requesting_code=code) | Q(request__requested_code=code)
    return Q(actor_state=code) | sides | Q(desk__startswith=f"{code}/")


class Visible:
    """What a desk sees: what its State sent and received, from receipt on, and its own desk."""

    def __init__(self, seat: SeatHolder) -> None:
        self._exercise = seat.exercise
        if seat.seat is not None:
            self._desk = seat.seat.authority
            self._code = self._desk.state.code

    @property
    def desk_name(self) -> str | None:
        """The desk, like XA/central_authority; None for control, which sees all of them."""
        return self._desk.desk

    def requests(self) -> QuerySet[AssistanceRequest]:
        """Requests sent and received by the State, and the drafts of this desk."""
        return self._in_exercise(AssistanceRequest).filter(self._of_requests())

    def events(self) -> QuerySet[Event]:
        """Events of the requests it sees, and of its own desk."""
        seen = Q(request__in=self.requests())
        return self._in_exercise(Event).filter(seen | Q(request=None, desk=self._desk.desk))

    def deadlines(self) -> QuerySet[Deadline]:
        """Deadlines of the requests it sees."""
        return Deadline.objects.filter(request__in=self.requests())

    def intervals(self) -> QuerySet[Interval]:
        """Stages of the requests it sees."""
        return Interval.objects.filter(request__in=self.requests())

    def cases(self) -> QuerySet[Case]:
        """Cases of its own State."""
        return self._in_exercise(Case).filter(state_code=self._code)

    def notices(self) -> QuerySet[Notice]:
        """What reached this desk, save of requests that it does not see."""
        own = Notice.objects.filter(authority=self._desk, to_control=False)
        return own.filter(Q(request=None) | Q(request__in=self.requests()))

    def injects(self) -> QuerySet[Any]:
        """News that has come to this desk."""
        came = Notice.objects.filter(authority=self._desk, kind="inject").values_list(KT("facts__inject"))
        return self._exercise.injects.filter(status="fired", name__in=came)

    def messages(self) -> QuerySet[Any]:
        """What this desk and control wrote to each other."""
        return self._exercise.messages.filter(authority=self._desk)

    def evidence(self) -> QuerySet[EvidenceItem]:
        """Evidence items that this desk holds."""
        return self._in_exercise(EvidenceItem).filter(authority=self._desk)

    def received_copies(self) -> QuerySet[ReceivedCopy]:
        """Copies that came to this desk; what was done to them on the way is for control only."""
        return self._in_exercise(ReceivedCopy).filter(authority=self._desk).defer("broken_on_the_way")

    def receipts(self) -> QuerySet[Receipt]:
        """Receipts of the requests it sees: both sides keep them."""
        return self._in_exercise(Receipt).filter(request__in=self.requests())

    def _of_requests(self) -> Q:
        own_draft = Q(status=DRAFT, requesting_code=self._code, requesting_kind=self._desk.kind)
        sent = Q(requesting_code=self._code) & ~Q(status=DRAFT)
        received = Q(requested_code=self._code, received_at__lte=self._exercise.present)
        return own_draft | sent | received

    def _in_exercise(self, model: type[Model]) -> QuerySet[Any]:
        return model._default_manager.filter(exercise=self._exercise)


class Control(Visible):
    """What control sees: the whole of its exercise, and of no other."""

    @property
    def desk_name(self) -> str | None:
        """No desk: every step is seen."""
        return None

    def events(self) -> QuerySet[Event]:
        """Every chain, control's own among them."""
        return self._in_exercise(Event)

    def cases(self) -> QuerySet[Case]:
        """Every case."""
        return self._in_exercise(Case)

    def notices(self) -> QuerySet[Notice]:
        """What reached any desk, and control itself."""
        return Notice.objects.filter(authority__state__exercise=self._exercise)

    def injects(self) -> QuerySet[Any]:
        """Every inject, those to come too."""
        return self._exercise.injects.all()

    def messages(self) -> QuerySet[Any]:
        """What any desk and control wrote to each other."""
        return self._exercise.messages.all()

    def evidence(self) -> QuerySet[EvidenceItem]:
        """Every evidence item."""
        return self._in_exercise(EvidenceItem)

    def received_copies(self) -> QuerySet[ReceivedCopy]:
        """Every copy, with what was done to it on the way."""
        return self._in_exercise(ReceivedCopy)

    def _of_requests(self) -> Q:
        return Q()
