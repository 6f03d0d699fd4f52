"""People at desks of a live exercise, who ask a real web server from threads of their own."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

TRIES_AT_MOST = 20
CENTRAL = "central_authority"


class Told(NamedTuple):
    """What the server answered; status 0: nothing came."""

    status: int
    etag: str
    content: bytes

    @property
    def said(self) -> Any:
        """The answer as values."""
        return json.loads(self.content)


@dataclass(frozen=True)
class Caller:
    """Somebody with a token, who asks an address."""

    address: str
    token: str

    def asks(self, method: str, path: str, body: Any = None, **headers: str) -> Told:
        """Ask once."""
        sent = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}", **headers}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.address}/api/v1/{path}", data, sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return Told(answer.status, answer.headers.get("ETag", ""), answer.read())
        except urllib.error.HTTPError as error:
            return Told(error.code, error.headers.get("ETag", ""), error.read())
        except OSError:
            return Told(0, "", b"")

    def does(self, act: str, request: str, version: str, key: str) -> Told:
        """Act once on a version of a request; told to try again in a moment, a client does, with the same key."""
        headers = {"If-Match": version, "Idempotency-Key": key}
        for _ in range(TRIES_AT_MOST):
            told = self.asks("POST", f"requests/{request}/acts/", {"act": act, "contents": {}}, **headers)
            if told.status != 409 or not str(told.said["type"]).endswith("catching_up"):
                break
        return told

    def files(self) -> str:
        """File a request with Borland; return its id."""
        draft = self.asks("POST", "requests/", {"request_type": "mla_stored_data", "to": f"XB/{CENTRAL}"})
        key = str(draft.said["id"])
        assert self.does("submit", key, '"0.0"', f"submit-{key}").status == 201
        return key


def at_once(*calls: Callable[[], Told]) -> list[Told]:
    """Let all calls begin at the same instant; return their answers in the order of the calls."""
    gate = threading.Barrier(len(calls))

    def made(call: Callable[[], Told]) -> Told:
        gate.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(made, calls))


def table(address: str) -> tuple[Any, Caller, Caller]:
    """Return a live exercise on the clock of the wall, and somebody at Arvania's desk and at Borland's."""
    from requests_app.exercises import control
    from requests_app.world.present import wall_now
    from tests.requests_app.api.conftest import opened, sits

    exercise = opened(wall_now())
    control.start(exercise.pk, wall_now(), 1)
    arvania, borland = (
        Caller(address, sits(name, exercise, f"{code}/{CENTRAL}").token)
        for name, code in (("anna", "XA"), ("bela", "XB"))
    )
    return exercise, arvania, borland
