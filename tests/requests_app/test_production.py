"""The services of compose.yaml, run as plain processes against a real PostgreSQL and a real Redis server."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from django.db import connection

from requests_app.management import embedded_redis
from tests.installation import PATIENCE_S, ROOT, Visitor, ends_group, free_port, manage, waits

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
OURS = [name for name, service in COMPOSE["services"].items() if service.get("image") == "comity"]


@pytest.fixture
def databases(db: None) -> Iterator[list[str]]:
    """The addresses of two new databases on the server that the tests started."""
    place = connection.settings_dict
    names = [f"{word}_{os.getpid()}" for word in ("comity", "restored")]
    where = {"host": place["HOST"], "port": place["PORT"], "user": place["USER"], "dbname": "postgres"}
    with psycopg.connect(**where, autocommit=True) as server:
        for name in names:
            server.execute(f"CREATE DATABASE {name}")
        yield [
            f"postgres://{place['USER']}@/{name}?host={place['HOST']}&port={place['PORT']}" for name in names
        ]
        for name in names:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    """The address of a Redis server started by compose's own options."""
    port = free_port()
    options = COMPOSE["services"]["redis"]["command"][1:]
    process = subprocess.Popen(
        [embedded_redis.server(), "--port", str(port), "--bind", "127.0.0.1", *options],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        waits(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        ends_group(process.pid)
        process.wait()


def environment_of(service: str, said: dict[str, str]) -> dict[str, str]:
    """Return what compose hands to a service: its own variables, filled from ours."""

    def filled(value: str) -> str:
        return re.sub(r"\$\{(\w+):[?-][^}]*\}", lambda found: said.get(found[1], ""), value)

    named = {name: filled(value) for name, value in COMPOSE["services"][service]["environment"].items()}
    # Hosts are the only thing that differs: there is no network of containers here.
    return {**named, **{name: said[name] for name in ("DATABASE_URL", "REDIS_URL", "COMITY_VAR")}}


def command_of(service: str, port: int, folder: Path) -> list[str]:
    words = COMPOSE["services"][service]["command"]
    return [
        word.replace("0.0.0.0:8000", f"127.0.0.1:{port}").replace("/tmp/", f"{folder}/") for word in words
    ]


@contextmanager
def running(service: str, port: int, folder: Path, said: dict[str, str]) -> Iterator[subprocess.Popen[Any]]:
    """Run a service as compose would; end it as compose would."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    with (folder / f"{service}.log").open("wb") as log:
        process = subprocess.Popen(
            command_of(service, port, folder),
            cwd=ROOT,
            env={**os.environ, **environment_of(service, said), "PATH": path},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0, (folder / f"{service}.log").read_text()[-2000:]
    finally:
        ends_group(process.pid)
        process.wait()


def figure(told: str, name: str) -> float:
    return float(re.search(rf"^{name} (\S+)$", told, re.MULTILINE)[1])  # type: ignore[index]


@pytest.mark.postgres
def test_the_services_play_a_live_exercise_and_a_backup_of_it_can_be_restored(databases, redis, tmp_path):
    port = free_port()
    said = {
        "DATABASE_URL": databases[0],
        "REDIS_URL": redis,
        "COMITY_VAR": str(tmp_path / "var"),
        "SECRET_KEY": "for-this-test-only-0123456789-abcdefghijklmnopqrstuvwxyz-+=!",
        "ALLOWED_HOSTS": "comity.example",
        "METRICS_TOKEN": "t0ken",
        "TRUSTED_PROXIES": "127.0.0.1",
    }
    (tmp_path / "var").mkdir()
    visitor = Visitor(f"http://127.0.0.1:{port}")

    def gets(path: str) -> Any:
        return visitor.gets(path, Host="comity.example", Authorization="Bearer t0ken")

    def ready() -> bool:
        try:
            return gets("/readyz").status == 200
        except OSError:
            return False

    with running("prepare", port, tmp_path, said) as prepare:
        assert prepare.wait(PATIENCE_S) == 0, (tmp_path / "prepare.log").read_text()
    with (
        running("web", port, tmp_path, said),
        running("worker", port, tmp_path, said),
        running("beat", port, tmp_path, said),
    ):
        waits(ready)
        test = COMPOSE["services"]["web"]["healthcheck"]["test"][2:]
        address = [word.replace("127.0.0.1:8000", f"127.0.0.1:{port}") for word in test]
        healthy = subprocess.run([sys.executable, *address], cwd=ROOT, env={**os.environ, **said})
        assert healthy.returncode == 0

        opened = manage(
            "open_exercise", "hospital-ransomware", "--seed", "7", "--start", "--rate", "86400", **said
        )
        assert opened.returncode == 0, opened.stderr
        waits(lambda: figure(gets("/metrics").text, "comity_timers_fired_total") > 100)
        time.sleep(1)
        paused = manage("pause_exercises", **said)
        assert paused.stderr == "hospital-ransomware-7: paused\n"
        waits(lambda: "comity_outbox_waiting{" not in gets("/metrics").text)

        told = gets("/metrics").text
        assert figure(told, "comity_timers_due") == 0
        assert figure(told, "comity_redis_up") == 1
        assert "comity_open_requests{" in told
        page = visitor.gets("/sign-in/", **{"Host": "comity.example", "X-Forwarded-Proto": "https"})
        assert page.status == 200
        assert "__Host-csrftoken" in page.headers["Set-Cookie"]

        verified = manage("verify", **said)
        assert verified.returncode == 0, verified.stderr
        backup = tmp_path / "backup.tar.gz"
        assert manage("backup", "--out", str(backup), **said).returncode == 0

    empty = {**said, "DATABASE_URL": databases[1], "COMITY_VAR": str(tmp_path / "other")}
    (tmp_path / "other").mkdir()
    for command in (("migrate",), ("load_world",)):
        assert manage(*command, **empty).returncode == 0
    restored = manage("restore", str(backup), **empty)
    assert restored.returncode == 0, restored.stderr
    assert verified.stderr.split()[-1] in restored.stderr  # the checkpoint


def test_every_variable_that_compose_hands_on_is_in_the_example():
    named = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    for service in OURS:
        assert set(COMPOSE["services"][service]["environment"]) <= named


def test_every_service_that_runs_is_looked_after():
    for name, service in COMPOSE["services"].items():
        if name != "prepare":
            assert service["healthcheck"]["test"]
            assert service["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", ["POSTGRES_PASSWORD", "SECRET_KEY", "ALLOWED_HOSTS"])
def test_what_must_be_set_is_asked_for(name):
    assert f"${{{name}:?" in (ROOT / "compose.yaml").read_text()
