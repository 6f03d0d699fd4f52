"""People with seats at a live exercise whose clock runs at a day a second."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.core.cache import cache
from knox.models import AuthToken
from rest_framework.test import APIClient

from requests_app.exercises import heartbeat
from requests_app.exercises.control import start, take_seat
from requests_app.exercises.seating import seat_trainer
from requests_app.world.models import TRAINEE, Authority, Exercise, Seat, SeatHolder
from requests_app.world.present import wall_now
from tests.builders import desks_scenario

WALL_ZERO = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAY_A_SECOND = 86_400
CENTRAL = "central_authority"
POINT = "contact_point_24_7"


@pytest.fixture(autouse=True)
def nobody_asked_before() -> Iterator[None]:
    """Let each test begin with rates uncounted."""
    cache.clear()
    yield
    cache.clear()


class Wall:
    """The wall clock in the hand of the test; the beat comes with each step."""

    def __init__(self, traveller: Any) -> None:
        self._traveller = traveller
        self.at = WALL_ZERO

    def runs(self, *, days: float) -> None:
        """Let so many days of exercise time pass, at a day a second, and let the beat do its work."""
        self.at += timedelta(seconds=days)
        self._traveller.move_to(self.at)
        heartbeat.beat(heartbeat.BEAT, self.at)
        for key in heartbeat.sweep(self.at):
            heartbeat.tick(key, lambda: self.at)


@pytest.fixture
def wall() -> Iterator[Wall]:
    with time_machine.travel(WALL_ZERO, tick=False) as traveller:
        yield Wall(traveller)


@dataclass
class Person:
    """Somebody with a seat, and the client through which they ask."""

    client: APIClient
    user: User
    token: str = ""

    def asks(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        return getattr(self.client, method)(f"/api/v1/{path}", body, format="json", headers=headers)

    def gets(self, path: str) -> Any:
        response = self.asks("get", path)
        assert response.status_code == 200, response.content
        return response.json()

    def drafts(self, request_type: str, *, to: str, **more: Any) -> dict[str, Any]:
        response = self.asks("post", "requests/", {"request_type": request_type, "to": to, **more})
        assert response.status_code == 201, response.content
        return response.json()

    def does(self, act: str, key: str, **contents: Any) -> dict[str, Any]:
        """Do an act on a request as it now stands."""
        response = self.tries(act, key, **contents)
        assert response.status_code == 201, response.content
        return response.json()

    def tries(self, act: str, key: str, **contents: Any) -> Any:
        tag = self.gets(f"requests/{key}/")["etag"]
        headers = {"If-Match": tag, "Idempotency-Key": str(uuid4())}
        return self.asks("post", f"requests/{key}/acts/", {"act": act, "contents": contents}, **headers)

    def files(self, request_type: str, *, to: str, **more: Any) -> str:
        key = self.drafts(request_type, to=to, **more)["id"]
        self.does("submit", key)
        return key


def person(name: str, **said: Any) -> Person:
    user = User.objects.create_user(name, password=f"long-{name}-word", **said)
    client = APIClient()
    _, token = AuthToken.objects.create(user=user)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return Person(client, user, token)


def sits(name: str, exercise: Exercise, desk: str) -> Person:
    """Return a new person at a desk at which nothing is simulated any more."""
    one = person(name)
    code, _, kind = desk.partition("/")
    own = Authority.objects.get(state__exercise=exercise, state__code=code, kind=kind)
    if own.simulated:
        take_seat(exercise.pk, wall_now(), code, kind)
    free = own.seats.filter(holders=None).first()
    seat = free or Seat.objects.create(authority=own, number=own.seats.count() + 1)
    SeatHolder.objects.create(user=one.user, exercise=exercise, seat=seat, role=TRAINEE)
    return one


def opened(wall: datetime, *, text: str = "", seed: int = 7) -> Exercise:
    """Return a live exercise at its first instant."""
    import json

    from cooperation.behaviour import behaviours
    from cooperation.rulebook import rulebook
    from cooperation.scenario import read_scenario
    from requests_app.exercises.control import open_live

    said = text or desks_scenario()
    name = json.loads(said)["scenario"]
    scenario = read_scenario(said.encode(), f"{name}.yaml", rulebook(), behaviours().keys())
    return open_live(scenario, seed=seed, teams="typical", wall=wall)


@pytest.fixture
def live(every_exercise_holds: None, wall: Wall) -> Exercise:
    """A live exercise whose clock has just been started."""
    made = opened(wall.at)
    start(made.pk, wall.at, DAY_A_SECOND)
    heartbeat.beat(heartbeat.BEAT, wall.at)
    return made


@pytest.fixture
def arvania(live: Exercise) -> Person:
    return sits("anna", live, f"XA/{CENTRAL}")


@pytest.fixture
def borland(live: Exercise) -> Person:
    return sits("bela", live, f"XB/{CENTRAL}")


@pytest.fixture
def cascadia(live: Exercise) -> Person:
    return sits("cleo", live, f"XC/{CENTRAL}")


@pytest.fixture
def trainer(live: Exercise) -> Person:
    one = person("tara")
    one.user.groups.add(Group.objects.get_or_create(name="trainer")[0])
    seat_trainer(one.user, live)
    return one
