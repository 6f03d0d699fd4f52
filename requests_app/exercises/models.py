"""What control runs: work in hand at simulated desks, injects, milestones and expectations."""

from __future__ import annotations

import uuid

from django.db import models

from requests_app.workflow.models import AssistanceRequest
from requests_app.world.models import Authority, Exercise, SeatHolder


class Work(models.Model):
    """One task of a simulated authority: waiting in its queue, or in an officer's hands."""

    WAITING, IN_HAND, DONE = "waiting", "in_hand", "done"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="work")
    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="work")
    request = models.ForeignKey(AssistanceRequest, null=True, on_delete=models.CASCADE, related_name="work")
    reference = models.CharField(max_length=20, blank=True)
    side = models.CharField(max_length=10)
    task = models.CharField(max_length=40)
    priority = models.SmallIntegerField(help_text="0 emergency, 1 preservation, 2 the rest.")
    seq = models.BigIntegerField(help_text="First come, first served.")
    work_s = models.IntegerField(help_text="Seconds of office time that an officer needs.")
    since = models.DateTimeField()
    status = models.CharField(max_length=10, default=WAITING)

    class Meta:
        verbose_name_plural = "work"
        ordering = ("authority", "priority", "seq")
        indexes = [
            models.Index(fields=("exercise",), condition=~models.Q(status="done"), name="work_not_done")
        ]

    def __str__(self) -> str:
        return f"{self.task} ({self.status})"


class Inject(models.Model):
    """News that control brings into the exercise."""

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="injects")
    PLANNED, HELD, SKIPPED, FIRED = "planned", "held", "skipped", "fired"

    name = models.CharField(max_length=120, help_text="The scenario's id of the inject, or control's own.")
    title = models.CharField(max_length=300, default="")
    body = models.TextField(blank=True)
    to = models.JSONField(default=list, help_text="The States that get it.")
    status = models.CharField(max_length=10, default=PLANNED)
    fired_at = models.DateTimeField(null=True, help_text="Exercise time.")

    class Meta:
        ordering = ("exercise", "name")
        constraints = [models.UniqueConstraint(fields=("exercise", "name"), name="one_inject_a_name")]

    def __str__(self) -> str:
        return self.name


class Milestone(models.Model):
    """A switch that an act flips."""

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="milestones")
    name = models.CharField(max_length=120)
    reached_at = models.DateTimeField(null=True, help_text="Exercise time.")

    class Meta:
        ordering = ("exercise", "name")
        constraints = [models.UniqueConstraint(fields=("exercise", "name"), name="one_milestone_a_name")]

    def __str__(self) -> str:
        return self.name


class Expectation(models.Model):
    """What a team is expected to do, by when, and what it is worth."""

    PENDING, RUNNING, MET, MISSED = "pending", "running", "met", "missed"
    # Control held back what asks for it, or ended the exercise before its time was over: nobody could meet it.
    UNCOUNTED = "uncounted"

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="expectations")
    name = models.CharField(max_length=120)
    points = models.IntegerField()
    status = models.CharField(max_length=10, default=PENDING)
    began_at = models.DateTimeField(null=True, help_text="When what it counts from happened.")
    due_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    overridden_points = models.IntegerField(null=True, help_text="What an evaluator gives instead.")
    reason = models.TextField(blank=True, help_text="Why an evaluator decided otherwise.")

    class Meta:
        ordering = ("exercise", "name")
        constraints = [models.UniqueConstraint(fields=("exercise", "name"), name="one_expectation_a_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def points_given(self) -> int:
        """What counts in the score."""
        if self.overridden_points is not None:
            return self.overridden_points
        return self.points if self.status == self.MET else 0

    @property
    def points_possible(self) -> int:
        """What the points given are out of."""
        is_counted = self.status != self.UNCOUNTED or self.overridden_points is not None
        return self.points if is_counted else 0


class Message(models.Model):
    """What a desk and control wrote to each other; as an event it stands on the desk's own chain."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="messages")
    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="messages")
    from_control = models.BooleanField()
    seat = models.CharField(max_length=60, blank=True, help_text="As the log names it; empty for control.")
    text = models.TextField()
    at = models.DateTimeField(help_text="Exercise time.")
    number = models.IntegerField(help_text="Of the event on the desk's chain.")
    key = models.CharField(max_length=200, blank=True, help_text="Under which it was written once.")

    class Meta:
        ordering = ("authority", "number")
        constraints = [
            models.UniqueConstraint(fields=("authority", "number"), name="one_message_an_event"),
            models.UniqueConstraint(
                fields=("authority", "seat", "key"), condition=~models.Q(key=""), name="one_message_a_key"
            ),
        ]

    def __str__(self) -> str:
        return f"{'control' if self.from_control else self.seat} at {self.at}"


class CalendarFeed(models.Model):
    """A secret address from which one seat's deadlines are read. Only its digest is stored."""

    holder = models.OneToOneField(SeatHolder, on_delete=models.CASCADE, related_name="calendar_feed")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the secret.")
    made_at = models.DateTimeField(help_text="Wall time.")

    def __str__(self) -> str:
        return f"feed of {self.holder_id}"


class Rehearsal(models.Model):
    """What came of playing a scenario headless, in a place of its own that is gone afterwards."""

    WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scenario = models.CharField(max_length=150)
    seed = models.BigIntegerField()
    teams = models.CharField(max_length=60)
    asked_at = models.DateTimeField(help_text="Wall time.")
    started_at = models.DateTimeField(null=True, help_text="Wall time.")
    status = models.CharField(max_length=10, default=WAITING)
    found = models.JSONField(default=dict)

    class Meta:
        ordering = ("asked_at",)

    def __str__(self) -> str:
        return f"{self.scenario}/{self.seed}: {self.status}"
