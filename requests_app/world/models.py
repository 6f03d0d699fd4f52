"""The world of an exercise: its States, their authorities and seats, and the clock."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from cooperation.clock import Clock, Segment
from cooperation.eventlog import FIRST


class Exercise(models.Model):
    """One run of a scenario. A shard: nothing is locked or joined across exercises."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    handle = models.CharField(max_length=200, unique=True)
    scenario = models.CharField(max_length=150)
    scenario_text = models.TextField(help_text="The scenario file as it was when the exercise was made.")
    seed = models.BigIntegerField()
    teams = models.CharField(max_length=60, help_text="Behaviour of team seats while no person sits there.")
    deadline_profile = models.CharField(max_length=60)
    rulebook_digest = models.CharField(max_length=64)
    starts_at = models.DateTimeField(help_text="Exercise time.")
    ends_at = models.DateTimeField(help_text="Exercise time.")
    advanced_to = models.DateTimeField(help_text="Exercise instant up to which the agenda is performed.")
    wake_at = models.DateTimeField(
        null=True, db_index=True, help_text="Wall instant of the earliest open row; null while paused."
    )
    rests_from = models.DateTimeField(
        null=True,
        help_text="Wall instant of the last beat before an outage that its clock does not tell of yet.",
    )
    is_live = models.BooleanField(default=False, help_text="Has a clock, and is advanced by the beat.")
    ended = models.BooleanField(default=False)
    archived_at = models.DateTimeField(
        null=True, help_text="Wall time; from then on it is only read, and in no list."
    )
    agenda_seq = models.BigIntegerField(default=0)
    numbers = models.JSONField(default=dict, help_text="Requests numbered so far, by pair of States.")
    chain_seq = models.IntegerField(default=0)
    chain_head = models.CharField(max_length=64, default=FIRST)

    def __str__(self) -> str:
        return self.handle

    @property
    def log_name(self) -> str:
        """The name that the log uses: never a database id, and equal for equal seeds."""
        return f"{self.scenario}/{self.seed}"

    @cached_property
    def clock(self) -> Clock | None:
        """The map from wall time to exercise time; None where the exercise is played without waiting."""
        return clock_of(self.segments.all())

    def refresh_from_db(self, *args: Any, **options: Any) -> None:
        """Read the row anew, and its clock when it is next asked for."""
        self.__dict__.pop("clock", None)
        super().refresh_from_db(*args, **options)

    @property
    def present(self) -> datetime:
        """The exercise instant up to which everything has happened."""
        return self.advanced_to


class ClockSegment(models.Model):
    """One piece of the map from wall time to exercise time."""

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="segments")
    number = models.IntegerField()
    wall_at = models.DateTimeField()
    exercise_at = models.DateTimeField()
    rate = models.IntegerField(help_text="Exercise seconds for a wall second; 0 is a pause.")

    class Meta:
        ordering = ("exercise", "number")
        constraints = [models.UniqueConstraint(fields=("exercise", "number"), name="one_segment_a_number")]

    def __str__(self) -> str:
        return f"{self.wall_at}: {self.rate}"


def clock_of(rows: Iterable[ClockSegment]) -> Clock | None:
    """Return the clock that these segments make, in their order; None for none."""
    segments = tuple(Segment(row.wall_at, row.exercise_at, row.rate) for row in rows)
    return Clock(segments) if segments else None


class Heartbeat(models.Model):
    """When the beat was last seen. A longer silence is an outage, and an outage is a pause."""

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField(help_text="Wall time.")

    def __str__(self) -> str:
        return f"{self.name} at {self.at}"


class State(models.Model):
    """A State: of the world (no exercise), or as it takes part in one exercise."""

    exercise = models.ForeignKey(Exercise, null=True, on_delete=models.CASCADE, related_name="states")
    code = models.CharField(max_length=2, help_text="ISO 3166 alpha-2; XA to XZ for invented States.")
    name = models.CharField(max_length=120)
    calendar = models.CharField(max_length=2, help_text="Whose weekend, holidays and zone it has.")
    zone = models.CharField(max_length=60)
    alpha3 = models.CharField(max_length=3, blank=True, help_text="ISO 3166 alpha-3; of the world only.")
    name_vi = models.CharField(max_length=120, blank=True, help_text="In Vietnamese; of the world only.")
    group = models.CharField(max_length=40, blank=True, help_text="Regional group of the United Nations.")
    treaty_status = models.JSONField(default=dict, blank=True)
    declarations = models.JSONField(default=dict, blank=True, help_text="By subject; of the world only.")
    is_team = models.BooleanField(default=False)
    behaviour = models.CharField(max_length=60, blank=True)
    law = models.CharField(max_length=60, blank=True, help_text="Law profile of an invented State.")
    transit_seconds = models.IntegerField(default=0, help_text="How long a request travels to this State.")

    class Meta:
        ordering = ("exercise", "code")
        constraints = [
            models.UniqueConstraint(fields=("exercise", "code"), name="one_state_a_code"),
            models.UniqueConstraint(
                fields=("code",), condition=models.Q(exercise=None), name="one_state_of_the_world_a_code"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Authority(models.Model):
    """A body of a State that sends and receives requests; its officers are its capacity."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.ForeignKey(State, on_delete=models.CASCADE, related_name="authorities")
    kind = models.CharField(max_length=40)
    officers = models.IntegerField()
    simulated = models.BooleanField(default=True, help_text="False while people sit at its desk.")
    opening_at = models.DateTimeField(null=True, help_text="When waiting work is taken up next morning.")
    chain_seq = models.IntegerField(default=0)
    chain_head = models.CharField(max_length=64, default=FIRST)

    class Meta:
        ordering = ("state", "kind")
        verbose_name_plural = "authorities"
        constraints = [models.UniqueConstraint(fields=("state", "kind"), name="one_authority_a_kind")]

    def __str__(self) -> str:
        return self.desk

    @property
    def desk(self) -> str:
        """The name that the log uses, like SG/central_authority."""
        return f"{self.state.code}/{self.kind}"


class Seat(models.Model):
    """A place at a desk. The log names seats; who sits there is kept apart and can be erased."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="seats")
    number = models.IntegerField(default=1)
    simulated = models.BooleanField(
        default=True, help_text="False once a person took it: no second one takes the same number."
    )

    class Meta:
        ordering = ("authority", "number")
        constraints = [models.UniqueConstraint(fields=("authority", "number"), name="one_seat_a_number")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name that the log uses, like SG/central_authority/1."""
        return f"{self.authority.desk}/{self.number}"


TRAINER, EVALUATOR, OBSERVER, TRAINEE = "trainer", "evaluator", "observer", "trainee"
ROLES = (TRAINER, EVALUATOR, OBSERVER, TRAINEE)
# A trainee sits at a desk; the others look on from control and sit at none.
DESK_IF_TRAINEE = models.Q(role=TRAINEE, seat__isnull=False) | (
    ~models.Q(role=TRAINEE) & models.Q(seat__isnull=True)
)


class SeatHolder(models.Model):
    """Who sits where. Kept apart from the log: when a person is erased this goes, and every chain stays."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="seats")
    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="seat_holders")
    seat = models.ForeignKey(Seat, null=True, on_delete=models.CASCADE, related_name="holders")
    role = models.CharField(max_length=10, choices=[(word, word) for word in ROLES])
    wants_mail = models.BooleanField(default=False, help_text="Of what reaches the desk.")
    language = models.CharField(max_length=5, default="en", choices=settings.LANGUAGES, help_text="Of mail.")
    quiet_from = models.TimeField(null=True, help_text="In the zone of the seat's State; null for never.")
    quiet_until = models.TimeField(null=True, help_text="In the zone of the seat's State.")

    class Meta:
        ordering = ("exercise", "id")
        constraints = [
            models.UniqueConstraint(fields=("user", "exercise"), name="one_seat_a_person_and_exercise"),
            models.UniqueConstraint(fields=("seat",), name="one_person_a_seat"),
            models.CheckConstraint(condition=DESK_IF_TRAINEE, name="a_trainee_sits_at_a_desk"),
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.exercise_id}"


class JoinCode(models.Model):
    """What lets people take a seat until it expires. Only its digest is stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="join_codes")
    seat = models.ForeignKey(
        Seat,
        null=True,
        on_delete=models.CASCADE,
        related_name="join_codes",
        help_text="Any seat of its desk.",
    )
    role = models.CharField(max_length=10, choices=[(word, word) for word in ROLES])
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the code.")
    expires_at = models.DateTimeField(help_text="Wall time.")
    revoked_at = models.DateTimeField(null=True, help_text="Wall time; it opens nothing from then on.")
    joined = models.IntegerField(default=0, help_text="How many people took a seat by it.")

    class Meta:
        ordering = ("exercise", "id")
        constraints = [
            models.CheckConstraint(condition=DESK_IF_TRAINEE, name="a_code_for_a_trainee_names_a_desk"),
        ]

    def __str__(self) -> str:
        return f"{self.role} until {self.expires_at}"


class Guest(models.Model):
    """A person without a name of their own, let in by a code: belongs to one exercise and goes with it."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="guest"
    )
    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="guests")

    def __str__(self) -> str:
        return f"guest of {self.exercise_id}"


class Session(AbstractBaseSession):
    """A session that knows whose it is, so that all of one person can be ended at once."""

    user_id = models.BigIntegerField(null=True, db_index=True)

    @classmethod
    def get_session_store_class(cls) -> Any:
        """Return the store that keeps sessions here."""
        from requests_app.world.sessions import SessionStore

        return SessionStore


class Mail(models.Model):
    """A mail that goes out once; its key is its Message-ID, by which a repeated one is known."""

    RESET, NOTICES = "reset", "notices"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10)
    to = models.EmailField(help_text="Of a reset: as it was asked for, known or not.")
    holder = models.ForeignKey(SeatHolder, null=True, on_delete=models.CASCADE, related_name="mails")
    made_at = models.DateTimeField(help_text="Wall time.")
    next_try_at = models.DateTimeField(null=True, help_text="Wall time; null once it is sent.")
    tries = models.IntegerField(default=0)
    sent_at = models.DateTimeField(null=True, help_text="Wall time.")
    error = models.CharField(max_length=200, blank=True, help_text="Of the last try; its kind only.")

    class Meta:
        ordering = ("made_at",)
        indexes = [
            models.Index(fields=("next_try_at",), condition=models.Q(sent_at=None), name="mail_not_sent")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.made_at}"
