"""Requests and what happens to them: events, deadlines, suspensions, intervals."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from django.db import models

from cooperation.eventlog import FIRST
from cooperation.progress import Counting, Progress
from cooperation.words import DRAFT
from requests_app.world.models import Authority, Exercise, Mail, SeatHolder

# A draft stands after all that was sent, so that drafts have their place in the same order.
NOT_FILED = datetime(9999, 12, 31, tzinfo=UTC)


class Case(models.Model):
    """What a State investigates; requests are filed for it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="cases")
    name = models.CharField(max_length=120, help_text="The scenario's id of the case.")
    state_code = models.CharField(max_length=2)
    title = models.CharField(max_length=300)
    offences = models.JSONField(default=list)
    maximum_penalty = models.CharField(max_length=10, blank=True, help_text="Years, life or death.")
    facts = models.TextField(blank=True)

    class Meta:
        ordering = ("exercise", "name")
        constraints = [models.UniqueConstraint(fields=("exercise", "name"), name="one_case_a_name")]

    def __str__(self) -> str:
        return self.title


class AssistanceRequest(models.Model):
    """One request of one State to one other, of one type. Only the door changes it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="requests")
    reference = models.CharField(
        max_length=20, blank=True, help_text="Like VN-SG-0001: a number within the pair, given at submission."
    )
    planned = models.CharField(max_length=120, blank=True, help_text="The scenario's id of the request.")
    request_type = models.CharField(max_length=60)
    requesting_code = models.CharField(max_length=2)
    requested_code = models.CharField(max_length=2)
    requesting_kind = models.CharField(max_length=40, help_text="Authority that asks.")
    requested_kind = models.CharField(max_length=40, help_text="Authority that holds it in the State asked.")
    case = models.ForeignKey(Case, null=True, on_delete=models.CASCADE, related_name="requests")
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="follow_ups")
    contents = models.JSONField(default=dict)
    status = models.CharField(max_length=40, default=DRAFT)
    back = models.CharField(
        max_length=40, blank=True, help_text="Where a question or consultation came from."
    )
    oral_unconfirmed = models.BooleanField(default=False)
    followed_up = models.BooleanField(default=False)
    misdirected = models.BooleanField(default=False, help_text="Addressed to a body its type does not name.")
    questions = models.JSONField(default=list, help_text="What the requesting State is asked, while it is.")
    acts_done = models.JSONField(default=dict, help_text="How often each act was done.")
    evidence_numbers = models.JSONField(default=dict, help_text="Evidence items numbered so far, by State.")
    submitted_at = models.DateTimeField(null=True, help_text="Exercise time.")
    received_at = models.DateTimeField(null=True, help_text="Exercise time; after the channel's transit.")
    version = models.IntegerField(default=0, help_text="Events on its chain; the ETag of the API.")
    filed_at = models.DateTimeField(
        default=NOT_FILED, help_text="Exercise time of submission; for a draft the end of all time."
    )
    edition = models.IntegerField(default=0, help_text="How often it was changed while it was a draft.")
    chain_head = models.CharField(max_length=64, default=FIRST)

    class Meta:
        ordering = ("exercise", "reference")
        constraints = [
            models.UniqueConstraint(
                fields=("exercise", "reference"),
                condition=~models.Q(reference=""),
                name="one_request_a_reference",
            )
        ]
        indexes = [models.Index(fields=("exercise", "filed_at", "id"), name="requests_in_order")]

    def __str__(self) -> str:
        return self.reference or f"draft {self.request_type}"

    @property
    def progress(self) -> Progress:
        """How far the request has come, as the pure functions see it."""
        return Progress(self.status, self.back, self.oral_unconfirmed, self.followed_up)

    @progress.setter
    def progress(self, value: Progress) -> None:
        self.status, self.back = value.status, value.back
        self.oral_unconfirmed, self.followed_up = value.oral_unconfirmed, value.followed_up

    def code_of(self, side: str) -> str:
        """The State on this side, "requesting" or "requested"."""
        return self.requesting_code if side == "requesting" else self.requested_code

    def kind_of(self, side: str) -> str:
        """The kind of authority that holds the request on this side."""
        return self.requesting_kind if side == "requesting" else self.requested_kind

    def times(self, act: str) -> int:
        """How often this act was done."""
        return int(self.acts_done.get(act, 0))


class Event(models.Model):
    """One thing that happened, on one chain. Never changed, never deleted: triggers refuse it."""

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="events")
    request = models.ForeignKey(AssistanceRequest, null=True, on_delete=models.CASCADE, related_name="events")
    desk = models.CharField(
        max_length=50, blank=True, help_text="Empty on the chains of requests and control."
    )
    seq = models.IntegerField()
    act = models.CharField(max_length=40)
    actor_state = models.CharField(max_length=2, blank=True)
    actor_authority = models.CharField(max_length=40, blank=True)
    actor_seat = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField(help_text="Exercise time.")
    contents = models.JSONField(default=dict)
    status = models.CharField(max_length=40, blank=True)
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    content = models.BinaryField(help_text="The canonical bytes that were hashed.")
    recorded_at = models.DateTimeField(
        help_text="Wall time; outside the hash, so that a replay gives the same bytes."
    )

    class Meta:
        ordering = ("exercise", "at", "id")
        constraints = [
            models.UniqueConstraint(
                fields=("request", "seq"),
                condition=models.Q(request__isnull=False),
                name="one_event_a_request_and_seq",
            ),
            models.UniqueConstraint(
                fields=("exercise", "desk", "seq"),
                condition=models.Q(request__isnull=True),
                name="one_event_a_desk_and_seq",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at}: {self.act}"


class Deadline(models.Model):
    """A budget and, in its suspensions, a ledger; the due instant is computed from them."""

    RUNNING, MET, MISSED, ENDED, DROPPED = "running", "met", "missed", "ended", "dropped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(AssistanceRequest, on_delete=models.CASCADE, related_name="deadlines")
    rule = models.CharField(max_length=60)
    number = models.IntegerField(help_text="The event of the request's chain that started it.")
    kind = models.CharField(max_length=20)
    stage = models.CharField(max_length=20, blank=True)
    calendar = models.CharField(max_length=2, help_text="Of the State that owes the end event.")
    starts_at = models.DateTimeField(help_text="Exercise time.")
    amount = models.IntegerField(null=True)
    unit = models.CharField(max_length=15, blank=True)
    until = models.DateTimeField(null=True, help_text="Set by an extension in place of the budget.")
    due_at = models.DateTimeField(
        null=True, help_text="Exercise time; null while suspended or without a figure."
    )
    suspended_since = models.DateTimeField(null=True)
    status = models.CharField(max_length=10, default=RUNNING)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("request", "starts_at", "rule")
        constraints = [
            models.UniqueConstraint(
                fields=("request", "rule", "number"), name="one_deadline_a_rule_and_number"
            )
        ]
        indexes = [
            models.Index(fields=("request",), condition=models.Q(ended_at=None), name="deadlines_not_ended")
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.due_at}"

    @property
    def is_counted(self) -> bool:
        """Whether it is met or missed; a standard without a figure and a validity are neither."""
        return self.kind in ("maximum", "target")


class Suspension(models.Model):
    """A time in which a deadline did not run."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    deadline = models.ForeignKey(Deadline, on_delete=models.CASCADE, related_name="suspensions")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        ordering = ("deadline", "began_at")

    def __str__(self) -> str:
        return f"{self.began_at} to {self.ended_at}"


class Interval(Counting, models.Model):
    """A stage of a request: the only fact that reports know."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(AssistanceRequest, on_delete=models.CASCADE, related_name="intervals")
    stage = models.CharField(max_length=20)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, help_text="After suspensions.")
    suspended_seconds = models.BigIntegerField(default=0)
    suspended_since = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ("request", "opened_at", "stage")
        indexes = [
            models.Index(fields=("request",), condition=models.Q(closed_at=None), name="intervals_still_open")
        ]

    def __str__(self) -> str:
        return f"{self.stage} from {self.opened_at}"


class Notice(models.Model):
    """What reached a desk, or control from a desk, and should be seen there; told once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="notices")
    request = models.ForeignKey(
        AssistanceRequest, null=True, on_delete=models.CASCADE, related_name="notices"
    )
    at = models.DateTimeField(help_text="Exercise time.")
    # Counted over the whole exercise, so a desk may learn the order that it gives, and never the number.
    number = models.BigIntegerField(default=0, help_text="Orders what came at one instant; shown to nobody.")
    kind = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    to_control = models.BooleanField(default=False, help_text="It reached control, from this desk.")
    delivered = models.BooleanField(default=False)

    class Meta:
        ordering = ("authority", "at", "number")

    def __str__(self) -> str:
        return f"{self.kind} at {self.at}"


class Seen(models.Model):
    """That a person has seen a notice; one at the same desk who has not still finds it unseen."""

    holder = models.ForeignKey(SeatHolder, on_delete=models.CASCADE, related_name="seen")
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="seen_by")
    at = models.DateTimeField(help_text="Wall time.")

    class Meta:
        verbose_name_plural = "seen"
        constraints = [models.UniqueConstraint(fields=("holder", "notice"), name="seen_once_a_person")]

    def __str__(self) -> str:
        return f"seen at {self.at}"


class NoticeMail(models.Model):
    """That a notice goes to a person by mail, and by which: once a person and notice."""

    holder = models.ForeignKey(SeatHolder, on_delete=models.CASCADE, related_name="notice_mails")
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="mails")
    ready_at = models.DateTimeField(help_text="Wall time: now, or the end of the quiet hours.")
    told_at = models.DateTimeField(help_text="Wall time at which it reached the desk.")
    mail = models.ForeignKey(Mail, null=True, on_delete=models.CASCADE, related_name="notices")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("holder", "notice"), name="mailed_once_a_person")]
        indexes = [
            models.Index(fields=("ready_at",), condition=models.Q(mail=None), name="notices_not_mailed")
        ]

    def __str__(self) -> str:
        return f"ready at {self.ready_at}"


class KeptAnswer(models.Model):
    """What the door answered to one key of one seat, so that the same key gets the same answer, once."""

    seat = models.CharField(max_length=60)
    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="answers")
    key = models.CharField(max_length=200)
    asked = models.CharField(max_length=64, help_text="SHA-256 of what was asked.")
    request = models.ForeignKey(AssistanceRequest, on_delete=models.CASCADE, related_name="answers")
    seq = models.IntegerField(help_text="Of the event on the request's chain.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("exercise", "seat", "key"), name="one_answer_a_key")]

    def __str__(self) -> str:
        return self.key
