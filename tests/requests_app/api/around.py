"""An exercise and everybody around it, made once for many questions; whatever is asked leaves nothing behind."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import time_machine
from asgiref.sync import async_to_sync
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import transaction
from django.test import override_settings
from pypdf import PdfReader
from rest_framework.test import APIClient

from requests_app.exercises.control import start
from requests_app.exercises.seating import seat_trainer
from requests_app.world.models import TRAINER, Exercise, SeatHolder
from tests.requests_app.api.conftest import (
    CENTRAL,
    DAY_A_SECOND,
    POINT,
    WALL_ZERO,
    Person,
    opened,
    person,
    sits,
)

NOBODY, OWN, COLLEAGUE = "nobody", "own desk", "another desk of the State"
OTHER_STATE, OTHER_EXERCISE = "another State", "another exercise"
OBSERVER, EVALUATOR, CONTROL = "observer", "evaluator", "trainer"
PEOPLE = (NOBODY, OWN, COLLEAGUE, OTHER_STATE, OTHER_EXERCISE, OBSERVER, EVALUATOR, CONTROL)

# Of no exercise: the rule book and what describes the API.
SAME_FOR_EVERYBODY = (
    *("api_schema", "api_docs", "api_types", "api_type", "api_articles", "api_grounds", "api_safeguards"),
    *("api_profiles", "api_profile", "api_lifecycle", "api_search"),
)
NOBODYS = "00000000-0000-4000-8000-000000000007"
# What stands in the gaps of an address where nothing better is known.
WORDS = {
    "handle": "nowhere-1",
    "request_id": NOBODYS,
    "code_id": NOBODYS,
    "type_id": "mla_stored_data",
    "form": "csv",
    "scenario_id": "intimate-images",
    "scenario": "intimate-images",
    "name": "nothing",
    "rehearsal_id": NOBODYS,
    "profile_id": "hanoi",
    "secret": "guessed",
    "uid": "MQ",
    "token": "a-b",
    "item_id": NOBODYS,
    "copy_id": NOBODYS,
    "seq": "1",
}
# Whoever signs in thousands of times need not pay for the strength of a password each time.
CHEAP = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@dataclass
class Around:
    """The exercise, the request that Arvania has sent to Borland, a draft of Arvania's, and the people."""

    exercise: Exercise
    sent: str
    draft: str
    people: dict[str, Person]

    @property
    def words(self) -> dict[str, str]:
        """What stands in the places of an address."""
        return WORDS | {"handle": self.exercise.handle, "request_id": self.sent}


def gathered() -> Around:
    """Let everybody take their place: Arvania's desk is one's own."""
    live = opened(WALL_ZERO)
    start(live.pk, WALL_ZERO, DAY_A_SECOND)
    elsewhere = opened(WALL_ZERO, seed=8)
    people = {
        NOBODY: Person(APIClient(), person("nina").user),
        OWN: sits("anna", live, f"XA/{CENTRAL}"),
        COLLEAGUE: sits("alma", live, f"XA/{POINT}"),
        OTHER_STATE: sits("cleo", live, f"XC/{CENTRAL}"),
        OTHER_EXERCISE: sits("odo", elsewhere, f"XB/{CENTRAL}"),
        OBSERVER: looks_on("oda", live, "observer"),
        EVALUATOR: looks_on("eva", live, "evaluator"),
        CONTROL: runs("tara", live),
    }
    sits("bela", live, f"XB/{CENTRAL}")
    own = people[OWN]
    sent = own.files("mla_stored_data", to=f"XB/{CENTRAL}")
    draft = own.drafts("mla_documents", to=f"XB/{CENTRAL}")["id"]
    return Around(live, sent, draft, people)


def looks_on(name: str, exercise: Exercise, role: str) -> Person:
    """Return a new person who looks on."""
    one = person(name)
    SeatHolder.objects.create(user=one.user, exercise=exercise, seat=None, role=role)
    return one


def runs(name: str, exercise: Exercise) -> Person:
    """Return a new trainer, who runs the exercise."""
    one = person(name)
    one.user.groups.add(Group.objects.get_or_create(name=TRAINER)[0])
    seat_trainer(one.user, exercise)
    return one


@contextmanager
def left_alone() -> Iterator[None]:
    """Undo in the database whatever is done meanwhile."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def said_by(answer: Any) -> str:
    """Return the body of an answer; of a stream of events the first that it tells."""
    if not answer.streaming:
        is_pdf = answer.get("Content-Type") == "application/pdf"
        return pdf_text(answer.content) if is_pdf else str(answer.content.decode())
    if not answer.is_async:
        return str(answer.getvalue().decode())

    async def first_two() -> str:
        lines = aiter(answer.streaming_content)
        return f"{await anext(lines)!r} {await anext(lines)!r}"

    async def whole() -> str:
        return f"{b''.join([block async for block in answer.streaming_content])!r}"

    is_endless = answer.get("Content-Type") == "text/event-stream"
    return str(async_to_sync(first_two if is_endless else whole)())


def pdf_text(content: bytes) -> str:
    """Return what stands on the pages of a PDF."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


@contextmanager
def at_the_table(blocker: Any) -> Iterator[Around]:
    """Give the exercise and its people for as long as a module needs them."""
    cheap = override_settings(PASSWORD_HASHERS=CHEAP)
    with blocker.unblock(), cheap, time_machine.travel(WALL_ZERO, tick=False), left_alone():
        cache.clear()
        yield gathered()
    cache.clear()
