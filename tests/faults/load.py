"""People at the desks of eight teams who ask a real web server at a steady rate."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlparse

from tests.builders import DAY_ZERO

TEAMS = ("XA", "XB", "XC", "XD", "XE", "XF", "XG", "XH")
KINDS = (
    "central_authority",
    "contact_point_24_7",
    "law_enforcement",
    "prosecution_or_court",
    "extradition_authority",
    "cert",
)
CALENDARS = ("VN", "DE", "US", "SA", "BR", "JP", "KE", "FR")
# What people do, in turn: they read more than they write.
TURN = ("list", "show", "list", "draft", "notices", "list", "submit", "deadlines", "list", "events")


@dataclass
class Measured:
    """What was answered, how long each answer took in seconds, and what never was, by what was asked and why."""

    statuses: Counter[int] = field(default_factory=Counter)
    reads_s: list[float] = field(default_factory=list)
    acts_s: list[float] = field(default_factory=list)
    unanswered: Counter[str] = field(default_factory=Counter)


def within_s(took_s: list[float], share: float) -> float:
    """Return the time within which this share was answered."""
    return sorted(took_s)[min(int(len(took_s) * share), len(took_s) - 1)] if took_s else 0.0


def teams_scenario() -> str:
    """Return a scenario of eight teams in which nothing is planned."""
    states = {
        code: {"name": f"Team {code}", "calendar": borrowed, "seat": "team"}
        for code, borrowed in zip(TEAMS, CALENDARS, strict=True)
    }
    said: dict[str, Any] = {"scenario": "eight-teams", "title": "Eight teams", "length": "400d"}
    return json.dumps({**said, "start": DAY_ZERO.isoformat(), "states": states})


def seated(users: int) -> tuple[Any, list[tuple[str, str]]]:
    """Return a live exercise at an hour a second, and so many people by State, each with a token."""
    from django.contrib.auth.models import User
    from knox.models import AuthToken

    from requests_app.exercises import control
    from requests_app.world.models import TRAINEE, Authority, Seat, SeatHolder
    from requests_app.world.present import wall_now
    from tests.requests_app.api.conftest import opened

    exercise = opened(wall_now(), text=teams_scenario())
    Authority.objects.filter(state__exercise=exercise, kind__in=KINDS[:2]).update(simulated=False)
    people = []
    for number in range(users):
        code, kind = TEAMS[number % 8], KINDS[number // 8 % 2]
        authority = Authority.objects.get(state__exercise=exercise, state__code=code, kind=kind)
        seat, _ = Seat.objects.get_or_create(authority=authority, number=number // 16 + 1)
        user = User.objects.create(username=f"user-{number}", password="!")
        SeatHolder.objects.create(user=user, exercise=exercise, seat=seat, role=TRAINEE)
        people.append((code, AuthToken.objects.create(user=user)[1]))
    control.start(exercise.pk, wall_now(), 3_600)
    return exercise, people


def asks(address: str, people: list[tuple[str, str]], *, rate: float, for_s: float) -> Measured:
    """Let everybody ask in turn, together `rate` times a second, for so long; return what came of it."""
    measured, lock = Measured(), threading.Lock()
    began_s = time.monotonic() + 0.5
    threads = [
        threading.Thread(
            target=_one,
            args=(address, person, place, len(people) / rate, began_s, for_s, measured, lock),
        )
        for place, person in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return measured


def _one(
    address: str,
    person: tuple[str, str],
    place: int,
    every_s: float,
    began_s: float,
    for_s: float,
    measured: Measured,
    lock: threading.Lock,
) -> None:
    code, token = person
    place_of = urlparse(address)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    # One line for each person, kept between what they ask, as a browser does.
    line = http.client.HTTPConnection(place_of.hostname or "", place_of.port, timeout=60)
    draft: dict[str, Any] = {}
    number = 0
    at_s = began_s + every_s * (place * 0.618 % 1)
    while at_s < began_s + for_s:
        time.sleep(max(at_s - time.monotonic(), 0))
        does = TURN[(place + number) % len(TURN)]
        method, path, body, more = _asked(does, code, draft, f"{place}-{number}")
        sent_s = time.monotonic()
        status, content, missing = 0, b"", ""
        try:
            line.request(method, f"/api/v1/{path}", json.dumps(body) if body else None, headers | more)
            answer = line.getresponse()
            status, content = answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            missing = f"{does}: {type(error).__name__}"
            line.close()
        if does == "draft" and status == 201:
            draft = json.loads(content)
        elif does == "submit":
            draft = {}
        with lock:
            if missing:
                measured.unanswered[missing] += 1
            else:
                measured.statuses[status] += 1
                # From when it should have been sent: who waits in line is counted too.
                took_s = measured.reads_s if method == "GET" else measured.acts_s
                took_s.append(time.monotonic() - min(sent_s, at_s + every_s))
        number += 1
        at_s += every_s
    line.close()


def _asked(
    does: str, code: str, draft: dict[str, Any], key: str
) -> tuple[str, str, dict[str, Any] | None, dict[str, str]]:
    if does == "draft":
        to = f"{TEAMS[(TEAMS.index(code) + 1 + len(key) % 7) % 8]}/central_authority"
        said = {"purpose": "a trial", "facts_summary": "facts"}
        return "POST", "requests/", {"request_type": "mla_stored_data", "to": to, "contents": said}, {}
    if draft and does == "submit":
        headers = {"If-Match": draft["etag"], "Idempotency-Key": key}
        return "POST", f"requests/{draft['id']}/acts/", {"act": "submit", "contents": {}}, headers
    if draft and does in ("show", "deadlines", "events"):
        return "GET", f"requests/{draft['id']}/{'' if does == 'show' else does + '/'}", None, {}
    return "GET", "notices/" if does == "notices" else "requests/", None, {}
