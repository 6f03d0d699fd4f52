"""Every check and test, in the order in which they tell most; with arguments, pytest alone with these."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MANAGE = ("manage.py",)
# What an installation with a database of its own sets; nothing is connected to.
PRODUCTION = {
    "DATABASE_URL": "postgres://comity@database.example/comity",
    "SECRET_KEY": "for-the-check-only-0123456789-abcdefghijklmnopqrstuvwxyz-+=!",
    "ALLOWED_HOSTS": "comity.example",
    "DEBUG": "off",
}
OF_THE_DEVELOPER = (
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "DEBUG",
    "KEYS_DIR",
    "EVIDENCE_DIR",
    "EMAIL_URL",
)
CHECKS: tuple[tuple[str, tuple[str, ...], Mapping[str, str]], ...] = (
    ("style", ("-m", "ruff", "check", "."), {}),
    ("types", ("-m", "mypy", "cooperation", "requests_app", "config"), {}),
    ("imports", ("-c", "from importlinter.cli import lint_imports_command as run; run()"), {}),
    ("migrations", (*MANAGE, "makemigrations", "--check", "--dry-run"), {}),
    ("deployment", (*MANAGE, "check", "--deploy", "--fail-level", "WARNING"), PRODUCTION),
    ("rule book", (*MANAGE, "check_rulebook"), {}),
    ("printed documents", (*MANAGE, "print_docs", "--check"), {}),
    ("API schema", (*MANAGE, "print_schema", "--check"), {}),
    ("texts to translate", (*MANAGE, "extract_texts", "--check"), {}),
)
# Two processes, each with a database, a server and folders of its own; who is done takes over from the other.
SHARED_OUT = ("-n", "2", "--dist", "worksteal")
ON_SQLITE = ("-m", "pytest", "-q", *SHARED_OUT)
ON_POSTGRES = ("-m", "pytest", "-q", "--db=postgres", *SHARED_OUT)
AS_ROOT = (
    "PostgreSQL NOT TESTED: as root its wheel makes a system user and opens the folders above its own to all. "
    "Run as an ordinary user, or allow it with COMITY_TEST_PG_AS_ROOT=1."
)


def main() -> int:
    if sys.argv[1:]:
        return run(("-m", "pytest", *sys.argv[1:]), {})
    failed = [name for name, command, environment in CHECKS if not passes(name, command, environment)]
    if not passes("tests on SQLite", ON_SQLITE, {}):
        failed.append("tests on SQLite")
    if may_start_postgres():
        if not passes("tests on PostgreSQL", ON_POSTGRES, {}):
            failed.append("tests on PostgreSQL")
    else:
        say(f"\n*** {AS_ROOT} ***")
        if os.environ.get("CI") == "true":
            failed.append("tests on PostgreSQL")
    say(f"\nFAILED: {', '.join(failed)}" if failed else "\nall checks and tests passed")
    return 1 if failed else 0


def passes(name: str, command: tuple[str, ...], environment: Mapping[str, str]) -> bool:
    say(f"\n== {name}")
    began_s = time.monotonic()
    code = run(command, environment)
    say(f"-- {name}: {'ok' if code == 0 else 'FAILED'}, {time.monotonic() - began_s:.0f} s")
    return code == 0


def run(command: tuple[str, ...], environment: Mapping[str, str]) -> int:
    clean = {**os.environ, **dict.fromkeys(OF_THE_DEVELOPER, "")}
    return subprocess.call([sys.executable, *command], cwd=ROOT, env={**clean, **environment})


def may_start_postgres() -> bool:
    return os.geteuid() != 0 or os.environ.get("COMITY_TEST_PG_AS_ROOT") == "1"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("stopped")
