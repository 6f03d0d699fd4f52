"""Roll-ups of response times, so that a live page costs the same whatever was played."""

from __future__ import annotations

from django.db import models


class RollUp(models.Model):
    """How many intervals of a stage closed within one bucket of time: a histogram that merges by adding."""

    stage = models.CharField(max_length=20)
    request_type = models.CharField(max_length=60)
    month = models.CharField(max_length=7, help_text="Of closing, exercise time, like 2027-03.")
    bucket = models.IntegerField(help_text="Logarithm of the seconds, in steps of 2 %.")
    closed = models.BigIntegerField()
    with_due = models.BigIntegerField(default=0)
    on_time = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("stage", "request_type", "month", "bucket"), name="one_roll_up_a_bucket"
            )
        ]

    def __str__(self) -> str:
        return f"{self.stage} {self.month} {self.bucket}"
