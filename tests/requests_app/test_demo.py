"""The one command: what a stranger starts, sees, kills and starts again. Real processes, on a terminal."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.installation import Demo, Visitor, demo, free_port, group_of, manage, waits


@pytest.fixture
def var(tmp_path: Path) -> Path:
    """A folder of its own for one demonstration."""
    return tmp_path


def rows(var: Path, question: str) -> list[Any]:
    with closing(sqlite3.connect(var / "db.sqlite3", timeout=20)) as database:
        return database.execute(question).fetchall()


def pace(var: Path) -> int:
    """Return the exercise seconds for a second, as the running exercise's clock has them now."""
    return rows(var, "SELECT rate FROM requests_app_clocksegment ORDER BY number DESC LIMIT 1")[0][0]


def recovers(started: Demo) -> None:
    visitor = Visitor(started.address)
    waits(lambda: visitor.gets("/readyz").status == 200)


def test_it_starts_shows_itself_and_goes_on_where_it_was(var):
    port = free_port()
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with demo(var, "--port", str(port)) as first:
            first.starts()

            assert f"port {port} is taken: the pages are at {port + 1}" in first.said
            assert first.address == f"http://127.0.0.1:{port + 1}/"
            assert "EXERCISE" in first.said
            assert "national-desk-year-8 runs" in first.said
            assert (var / "reports" / "hospital-ransomware-7" / "report.html").exists()
            assert sorted(first.sign_ins) == ["analyst", "trainee", "trainer"]
            assert (var / "sign-ins.txt").stat().st_mode & 0o777 == 0o600

            visitor = Visitor(first.address)
            assert visitor.signs_in("trainer", first.sign_ins["trainer"]).status == 200
            status = visitor.gets("/status/")
            assert status.status == 200
            assert "running, one day is one minute" in status.text

            second = manage("demo", COMITY_VAR=str(var))
            assert second.returncode == 2
            assert second.stderr.startswith(f"Comity is running already at {first.address}")

            waits(lambda: rows(var, "SELECT 1 FROM requests_app_event WHERE act = 'acknowledge'"))
            started = first.processes
            assert first.presses_ctrl_c() == 0

    assert [group for pid in started.values() for group in group_of(pid)] == []
    assert pace(var) == 0
    exercises = rows(var, "SELECT handle, advanced_to FROM requests_app_exercise ORDER BY handle")

    with demo(var, "--port", str(free_port())) as again:
        took_s = again.starts()

        assert took_s < 30  # on a machine with nothing else to do under 5
        assert "national-desk-year-8 goes on where it was" in again.said
        assert again.sign_ins == first.sign_ins
        assert pace(var) == 1440
        after = rows(var, "SELECT handle, advanced_to FROM requests_app_exercise ORDER BY handle")
        kept = ["hospital-ransomware-7", "hospital-ransomware-8", "national-desk-year-8"]
        assert [handle for handle, _ in after] == kept
        assert after[2][1] >= exercises[2][1]
        assert again.gets_signal(signal.SIGTERM) == 0

    assert manage("verify", COMITY_VAR=str(var)).returncode == 0


def test_whatever_is_killed_comes_back_and_a_killed_supervisor_leaves_nothing_after_the_next_start(var):
    with demo(var, "--port", str(free_port())) as first:
        first.starts()
        for name in ("worker", "redis", "web", "beat"):
            os.kill(first.processes[name], signal.SIGKILL)
            first.says(f"{name} ended (signal 9) and was started anew")
        recovers(first)

        processes = first.processes
        # A process that is stopped does not hear that its parent has gone.
        os.kill(processes["worker"], signal.SIGSTOP)
        assert first.gets_signal(signal.SIGKILL) == -signal.SIGKILL
        for name in ("web", "beat", "redis"):
            waits(lambda name=name: not group_of(processes[name]))
        assert group_of(processes["worker"]) != []

        with demo(var, "--port", str(free_port())) as again:
            again.starts()

            assert "left over from a start that was killed, and ended now: worker" in again.said
            assert group_of(processes["worker"]) == []
            recovers(again)
            # The plug: everything at once.
            for pid in (again.pid, *again.processes.values()):
                os.kill(pid, signal.SIGKILL)
            again.ends()

    with demo(var, "--port", str(free_port())) as last:
        last.starts()
        recovers(last)
        assert pace(var) == 1440
        assert last.gets_signal(signal.SIGHUP) == 0

    done = manage("verify", COMITY_VAR=str(var))
    assert done.returncode == 0, done.stderr
    late = rows(
        var,
        "SELECT count(*) FROM requests_app_agendaitem a JOIN requests_app_exercise e ON e.id = a.exercise_id "
        "WHERE a.status = 'open' AND a.due_at < e.advanced_to",
    )
    assert late == [(0,)]


@pytest.mark.parametrize(
    "sign", ["prepare.lock", "demo-processes.json"], ids=["while it prepares", "while the processes start"]
)
def test_a_stop_in_the_middle_of_the_start_leaves_nothing(var, sign):
    with demo(var, "--port", str(free_port())) as started:
        waits((var / sign).exists)
        processes = started.processes if (var / "demo-processes.json").exists() else {}

        assert started.gets_signal(signal.SIGINT) == 0

    assert [group for pid in processes.values() for group in group_of(pid)] == []
    assert not (var / "demo-processes.json").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [("DATABASE_URL", "sqlite:///elsewhere.sqlite3"), ("REDIS_URL", "redis://127.0.0.1:1/0")],
    ids=["a database of one's own", "a Redis of one's own"],
)
def test_it_is_for_the_embedded_default_only(name, value, tmp_path):
    done = manage("demo", **{name: value, "COMITY_VAR": str(tmp_path), "SECRET_KEY": "x" * 60})

    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"{name} is set, and the demo brings its own")
