"""Real processes, as a person starts them: the demonstration on a terminal, and the services of compose.yaml."""

from __future__ import annotations

import http.cookiejar
import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 60.0
CTRL_C = b"\x03"


class Answer(NamedTuple):
    """What a page answered."""

    status: int
    headers: Mapping[str, str]
    text: str


class Visitor:
    """A browser without a picture: keeps its cookies, follows redirects."""

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")
        self._cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))

    def gets(self, path: str, **headers: str) -> Answer:
        return self._open(urllib.request.Request(self._address + path, headers=headers))

    def signs_in(self, name: str, password: str) -> Answer:
        self.gets("/sign-in/")
        token = next(cookie.value for cookie in self._cookies if cookie.name == "csrftoken")
        form = {"csrfmiddlewaretoken": token, "username": name, "password": password}
        body = urllib.parse.urlencode(form).encode()
        return self._open(urllib.request.Request(f"{self._address}/sign-in/", data=body))

    def _open(self, request: urllib.request.Request) -> Answer:
        try:
            with self._opener.open(request, timeout=20) as answer:
                return Answer(answer.status, answer.headers, answer.read().decode())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.headers, error.read().decode())


class Demo:
    """`manage.py demo` on a terminal of its own."""

    def __init__(self, var: Path, *arguments: str) -> None:
        self.var = var
        self.said = ""
        self.code: int | None = None
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.chdir(ROOT)
            os.environ["COMITY_VAR"] = str(var)
            os.execv(sys.executable, [sys.executable, "script/demo.py", *arguments])

    def says(self, text: str, within_s: float = PATIENCE_S) -> str:
        """Wait until it has said this, or ended; return all that it said."""
        waits(lambda: self._listens() and (text in self.said or self.code is not None), within_s)
        assert text in self.said, self.said
        return self.said

    def starts(self) -> float:
        """Wait until it stands; return the seconds that it took."""
        began_s = time.monotonic()
        self.says("Stop with Ctrl-C")
        return time.monotonic() - began_s

    @property
    def address(self) -> str:
        return re.search(r"http://[\d.:]+/", self.said)[0]  # type: ignore[index]

    @property
    def sign_ins(self) -> dict[str, str]:
        return dict(re.findall(r"(trainer|trainee|analyst)  +(\S+-\S+-\S+-\S+)", self.said))

    @property
    def processes(self) -> dict[str, int]:
        """Return what it started, by name."""
        listed = json.loads((self.var / "demo-processes.json").read_text())["processes"]
        return {name: pid for name, pid, _ in listed}

    def presses_ctrl_c(self) -> int:
        os.write(self._terminal, CTRL_C)
        return self.ends()

    def gets_signal(self, number: int) -> int:
        os.kill(self.pid, number)
        return self.ends()

    def ends(self) -> int:
        waits(lambda: self._listens() and self.code is not None)
        os.close(self._terminal)
        return int(self.code)  # type: ignore[arg-type]

    def _listens(self) -> bool:
        ready, _, _ = select.select([self._terminal], [], [], 0.05)
        if ready:
            with suppress(OSError):  # the other end is closed
                self.said += os.read(self._terminal, 65_536).decode(errors="replace").replace("\r\n", "\n")
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.code = os.waitstatus_to_exitcode(status) if pid else None
        return True


@contextmanager
def demo(var: Path, *arguments: str) -> Iterator[Demo]:
    """Start the demonstration; whatever happens, nothing of it is left."""
    started = Demo(var, *arguments)
    try:
        yield started
    finally:
        listed = started.processes if (var / "demo-processes.json").exists() else {}
        if started.code is None:
            os.kill(started.pid, signal.SIGKILL)
            os.waitpid(started.pid, 0)
        for pid in listed.values():
            ends_group(pid)


def ends_group(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def group_of(leader: int) -> list[int]:
    """Return the processes of a group that are still there."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[2]) == leader and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command as from the shell."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def waits(is_so: Callable[[], Any], within_s: float = PATIENCE_S) -> None:
    """Wait until something is so; fail when it does not come."""
    deadline_s = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline_s, f"did not come within {within_s:.0f} s"
        time.sleep(0.05)
