"""What is going to happen: one row each, in exercise time."""

from __future__ import annotations

import uuid

from django.db import models

from requests_app.world.models import Exercise

OPEN, DONE, DROPPED, SET_ASIDE = "open", "done", "dropped", "set_aside"


class OutboxItem(models.Model):
    """Something to tell the outside, committed with the event that brought it about and taken out after.

    Taken by its flag and never by a growing number: what commits late must not be overlooked.
    """

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="outbox")
    kind = models.CharField(max_length=20)
    payload = models.JSONField(default=dict)
    put_at = models.DateTimeField(help_text="Wall time.")
    processed_at = models.DateTimeField(null=True, help_text="Wall time.")
    error = models.TextField(blank=True)

    class Meta:
        ordering = ("id",)
        indexes = [
            models.Index(
                fields=("kind", "id"), condition=models.Q(processed_at=None), name="outbox_unprocessed"
            )
        ]

    def __str__(self) -> str:
        return self.kind


class Lateness(models.Model):
    """How many rows of a live exercise were performed how late, as a histogram that merges by adding."""

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="lateness")
    bucket = models.SmallIntegerField(help_text="Index of the upper limit in seconds of wall time.")
    count = models.BigIntegerField()
    seconds = models.BigIntegerField(default=0, help_text="Sum of the lateness, for a mean.")

    class Meta:
        verbose_name_plural = "lateness"
        constraints = [models.UniqueConstraint(fields=("exercise", "bucket"), name="one_lateness_a_bucket")]

    def __str__(self) -> str:
        return f"{self.bucket}: {self.count}"


class AgendaItem(models.Model):
    """One thing that is due at an instant of exercise time, and fires once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="agenda")
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=300, help_text="What fires; unique in its exercise.")
    due_at = models.DateTimeField(help_text="Exercise time.")
    rank = models.SmallIntegerField(help_text="Orders rows of one instant.")
    seq = models.BigIntegerField(help_text="Order of insertion under the exercise's lock.")
    depth = models.IntegerField(default=0, help_text="How many rows of the same instant led to this one.")
    request_id = models.UUIDField(null=True, help_text="The request it is about, to be loaded with it.")
    payload = models.JSONField(default=dict)
    status = models.CharField(
        max_length=10,
        default=OPEN,
        choices=[(word, word) for word in (OPEN, DONE, DROPPED, SET_ASIDE)],
    )
    error = models.TextField(blank=True)

    class Meta:
        ordering = ("exercise", "due_at", "rank", "seq")
        constraints = [models.UniqueConstraint(fields=("exercise", "key"), name="nothing_fires_twice")]
        indexes = [
            models.Index(
                fields=("exercise", "due_at", "rank", "seq"),
                condition=models.Q(status=OPEN),
                name="agenda_open_rows",
            ),
            models.Index(
                fields=("exercise",), condition=models.Q(status=SET_ASIDE), name="agenda_rows_set_aside"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.due_at}: {self.key}"

    @property
    def place(self) -> tuple[object, int, int]:
        """The order in which rows are performed."""
        return (self.due_at, self.rank, self.seq)
