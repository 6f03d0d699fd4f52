"""Evidence: items, their steps of custody, the copies that came to the other State, receipts, packages."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models

from requests_app.world.models import Authority, Exercise

REQUEST = "requests_app.AssistanceRequest"


class EvidenceItem(models.Model):
    """One thing that may prove something, held by one authority for one request.

    Its bytes are in the store, or are made again from `recipe` whenever they are wanted; a token has none.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="evidence")
    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="evidence")
    request = models.ForeignKey(REQUEST, on_delete=models.CASCADE, related_name="evidence")
    reference = models.CharField(
        max_length=40, help_text="Like VN-SG-0001/SG-2: a number within the request."
    )
    name = models.CharField(max_length=200, help_text="Of the file, as people see it.")
    kind = models.CharField(max_length=60, blank=True, help_text="A word of the type's evidence_returned.")
    source_type = models.CharField(max_length=10, help_text="provider, system or person.")
    source = models.CharField(max_length=300)
    legal_authority = models.CharField(max_length=300)
    category = models.CharField(max_length=12, help_text="subscriber, traffic, content or other.")
    period_from = models.CharField(max_length=40, blank=True)
    period_to = models.CharField(max_length=40, blank=True)
    zone = models.CharField(max_length=6, blank=True, help_text="Of the times in it, like +07:00.")
    size = models.BigIntegerField(help_text="Bytes.")
    media_type = models.CharField(max_length=100, help_text="As its source says; never trusted.")
    sniffed_type = models.CharField(max_length=100, blank=True, help_text="As its first bytes say.")
    sha256 = models.CharField(max_length=64, help_text="At acquisition.")
    sha512 = models.CharField(max_length=128, help_text="At acquisition.")
    recipe = models.JSONField(null=True, help_text="From which an invented file is made.")
    is_token = models.BooleanField(default=False, help_text="Stands for material that is never here.")
    is_stored = models.BooleanField(default=False, help_text="Its bytes lie in the store.")
    listing = models.JSONField(default=dict, help_text="What an archive holds: listed, never unpacked.")
    derived_from = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="derived")
    reason = models.CharField(max_length=500, blank=True, help_text="Why it was derived.")
    acquired_at = models.DateTimeField(help_text="Exercise time.")
    tool = models.CharField(max_length=120)
    seal = models.CharField(max_length=60, blank=True, help_text="Number of the seal it is under.")
    conditions = models.JSONField(default=dict, help_text="Of use, as they were sent with it.")
    destroyed_at = models.DateTimeField(null=True, help_text="Exercise time.")
    steps = models.IntegerField(default=0, help_text="Steps of custody so far.")

    class Meta:
        ordering = ("exercise", "reference")
        constraints = [
            models.UniqueConstraint(fields=("exercise", "reference"), name="one_evidence_item_a_reference")
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_passed_on(self) -> bool:
        """Whether it came from another State, under whose conditions of use it stands."""
        return self.derived_from_id is None and bool(self.reason)


class CustodyStep(models.Model):
    """One step of an item's custody, and the event that tells it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="custody_steps")
    item = models.ForeignKey(EvidenceItem, on_delete=models.CASCADE, related_name="custody")
    number = models.IntegerField(help_text="Within the item, from 1.")
    step = models.CharField(max_length=20)
    at = models.DateTimeField(help_text="Exercise time.")
    desk = models.CharField(max_length=50)
    seat = models.CharField(max_length=60)
    facts = models.JSONField(default=dict)
    chain = models.CharField(max_length=60, help_text="A request's reference, or a desk.")
    seq = models.IntegerField(help_text="Of the event on that chain.")
    hash = models.CharField(max_length=64, help_text="Of that event.")

    class Meta:
        ordering = ("item", "number")
        constraints = [models.UniqueConstraint(fields=("item", "number"), name="one_custody_step_a_number")]

    def __str__(self) -> str:
        return f"{self.step} at {self.at}"


class ReceivedCopy(models.Model):
    """An item as it came to the other State with one sending, and what hashing it again showed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="received_copies")
    item = models.ForeignKey(EvidenceItem, on_delete=models.CASCADE, related_name="copies")
    request = models.ForeignKey(REQUEST, on_delete=models.CASCADE, related_name="received_copies")
    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="received_copies")
    sending = models.IntegerField(help_text="The event of the request's chain that sent it.")
    announced = models.JSONField(help_text="What the sender said of it.")
    broken_on_the_way = models.CharField(
        max_length=20, blank=True, help_text="Planted, or chance; for control only."
    )
    sealed = models.BooleanField(default=False)
    found_sha256 = models.CharField(max_length=64, blank=True)
    verified_at = models.DateTimeField(null=True, help_text="Exercise time.")
    wrong = models.JSONField(default=list, help_text="The breaks that were found.")
    destroyed_at = models.DateTimeField(null=True, help_text="Exercise time.")

    class Meta:
        ordering = ("request", "sending", "item")
        verbose_name_plural = "received copies"
        constraints = [
            models.UniqueConstraint(fields=("item", "sending"), name="one_copy_an_item_and_sending")
        ]

    def __str__(self) -> str:
        return f"{self.item_id} of sending {self.sending}"


class Receipt(models.Model):
    """What a receiver signed: apart from the chains, because keys are drawn anew in each installation."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="receipts")
    request = models.ForeignKey(REQUEST, on_delete=models.CASCADE, related_name="receipts")
    authority = models.ForeignKey(Authority, on_delete=models.CASCADE, related_name="receipts")
    seq = models.IntegerField(help_text="Of the confirmation on the request's chain.")
    at = models.DateTimeField(help_text="Exercise time.")
    body = models.BinaryField(help_text="The canonical bytes that were signed.")
    signature = models.CharField(max_length=128)
    public_key = models.CharField(max_length=64)

    class Meta:
        ordering = ("request", "seq")
        constraints = [models.UniqueConstraint(fields=("request", "seq"), name="one_receipt_a_confirmation")]

    def __str__(self) -> str:
        return f"receipt {self.seq}"


class PlantedBreak(models.Model):
    """A break that a scenario or the trainer plants in a sending; used once, and for control only."""

    exercise = models.ForeignKey(Exercise, on_delete=models.CASCADE, related_name="planted_breaks")
    request_type = models.CharField(max_length=60)
    requesting_code = models.CharField(max_length=2)
    requested_code = models.CharField(max_length=2)
    what = models.CharField(max_length=20)
    kind = models.CharField(max_length=60, blank=True, help_text="Which item; any where it is empty.")
    used_at = models.DateTimeField(null=True, help_text="Exercise time.")

    class Meta:
        ordering = ("exercise", "id")

    def __str__(self) -> str:
        return self.what

    def fits(self, request: Any) -> bool:
        """Return whether it is meant for a sending on this request."""
        own = (self.request_type, self.requesting_code, self.requested_code)
        return own == (request.request_type, request.requesting_code, request.requested_code)


class ImportedPackage(models.Model):
    """A verified package from outside, kept by itself until a desk attaches it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of its SHA-256 manifest.")
    size = models.BigIntegerField(help_text="Bytes of its payload.")
    files = models.JSONField(default=list)
    kept_at = models.DateTimeField(help_text="Wall time.")
    attached_to = models.ForeignKey(REQUEST, null=True, on_delete=models.SET_NULL, related_name="packages")

    class Meta:
        ordering = ("-kept_at",)

    def __str__(self) -> str:
        return self.name
