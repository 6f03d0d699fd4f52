"""The house keeps its own rules: who may import whom, what is named, pinned and printed."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = ("config", "cooperation", "requests_app", "script", "tests")
NAMES_THAT_NAME_NOTHING = {
    "util",
    "utils",
    "helper",
    "helpers",
    "manager",
    "managers",
    "misc",
    "common",
    "stuff",
}
FRAMEWORKS = ("django", "rest_framework", "celery", "kombu", "redis", "requests_app", "config")
IMPORTS_ALL_OF_THE_PRACTICE = """
import importlib, pkgutil, sys, cooperation
for module in pkgutil.walk_packages(cooperation.__path__, "cooperation."):
    importlib.import_module(module.name)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True)


def test_imports_run_one_way():
    done = run("-c", "from importlinter.cli import lint_imports_command as run; run()")

    assert done.returncode == 0, done.stdout


def test_the_practice_reaches_no_framework_even_through_others():
    done = run("-c", IMPORTS_ALL_OF_THE_PRACTICE)

    assert done.returncode == 0, done.stderr
    assert "cooperation" in done.stdout.split()
    assert [name for name in done.stdout.split() if name in FRAMEWORKS] == []


def test_every_room_with_models_is_on_the_shelf():
    rooms = {
        f"requests_app.{path.parent.name}.models" for path in (ROOT / "requests_app").glob("*/models.py")
    }
    shelf = ast.parse((ROOT / "requests_app" / "models.py").read_text())
    shelved = {node.module for node in ast.walk(shelf) if isinstance(node, ast.ImportFrom)}

    assert "requests_app.world.models" in rooms
    assert rooms - shelved == set(), "a room that is missing on the shelf is silently no table"


def test_every_model_of_a_room_is_known_to_django():
    from django.apps import apps

    known = {(model.__module__, model.__name__) for model in apps.get_app_config("requests_app").get_models()}
    written = {
        (f"requests_app.{path.parent.name}.models", node.name)
        for path in (ROOT / "requests_app").glob("*/models.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "models.Model" for base in node.bases)
    }

    assert written
    assert written - known == set()


def test_every_file_is_named_for_what_it_knows():
    files = [path for folder in CODE for path in (ROOT / folder).rglob("*.py")]

    assert len(files) > 20
    assert [str(path) for path in files if path.stem in NAMES_THAT_NAME_NOTHING] == []


def test_every_setting_is_in_the_example_and_no_other():
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "config" / "settings.py").read_text()))
    named = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert "DATABASE_URL" in read
    assert named == read


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_package_is_pinned(name):
    lines = [
        line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith(("#", "-r "))
    ]

    assert len(lines) > 10
    assert [
        line for line in lines if not re.fullmatch(r"[A-Za-z0-9_.-]+(\[[a-z,]+\])?==[0-9][0-9a-z.]*", line)
    ] == []


def test_every_command_in_the_readme_exists():
    folder = ROOT / "requests_app" / "management" / "commands"
    rows = [line for line in (ROOT / "README.md").read_text().splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`([a-z_]+)[ `]", row.split(" | ")[0])}

    assert "run_exercise" in named
    assert {name for name in named if not (folder / f"{name}.py").exists()} == set()


def test_nothing_is_skipped_in_continuous_integration(monkeypatch, tmp_path):
    file = tmp_path / "test_skips.py"
    file.write_text("import pytest\ndef test_one():\n    pytest.skip('no browser here')\n")
    module = tmp_path / "test_skips_whole.py"
    module.write_text("import pytest\npytest.importorskip('no_such_module')\n")
    command = ("-m", "pytest", "-q", "-c", "pyproject.toml", "-p", "tests.conftest")

    monkeypatch.setenv("CI", "")
    assert run(*command, str(file)).returncode == 0
    monkeypatch.setenv("CI", "true")
    done = run(*command, str(file))
    assert (done.returncode, "skipped where nothing may be skipped" in done.stdout) == (1, True)
    assert run(*command, str(module)).returncode == 2


def test_a_log_line_is_json_and_tells_no_contents():
    done = run("-c", FAILS_WITH_A_SECRET_AT_HAND)

    assert done.returncode == 0, done.stderr
    line = done.stderr.strip()
    assert line.startswith("{")
    assert '"request_id": "r-7"' in line
    assert '"level": "error"' in line
    assert "KeyError" in line
    assert "witness" not in line


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/api/v1/feeds/kestrel/deadlines.ics", "Not Found: /api/v1/feeds/***"),
        ("/password/new/MQ/kestrel-token/", "Not Found: /password/new/***"),
        ("/exercises/kestrel/desk/", "Not Found: /exercises/kestrel/desk/"),
    ],
)
def test_a_log_line_leaves_out_what_opens_a_secret_address(address, told):
    done = run("-c", TELLS_AN_ADDRESS, address)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stderr.strip())["event"] == told


TELLS_AN_ADDRESS = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django, logging
django.setup()
logging.getLogger("django.request").warning("%s: %s", "Not Found", sys.argv[1])
"""

FAILS_WITH_A_SECRET_AT_HAND = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django, logging, structlog
django.setup()
structlog.contextvars.bind_contextvars(request_id="r-7")
def act(contents):
    return contents["wit" + "nesses"]
try:
    act({"name": "wit" + "ness A"})
except KeyError:
    logging.getLogger("requests_app").error("an act failed", exc_info=True)
"""
