"""Real browsers over a real server: one Chromium and one gunicorn a session, an exercise a test.

The server reads the test's own database, which is a file: what a test writes, the browser sees.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.faults.installation import ROOT, url_of

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
READY_WITHIN_S = 30.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker("browser")


@pytest.fixture(scope="session")
def site(django_db_setup: None, own_folder: Path) -> Iterator[str]:
    """The address of a server over the test database."""
    from django.conf import settings
    from django.db import connection

    _write_pseudo_languages(own_folder / "pseudo")
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(128)
        listening.set_inheritable(True)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        gunicorn = [sys.executable, "-m", "gunicorn", "config.asgi:application", "-k", "asgi", "-w", "1"]
        bound = ["--bind", f"fd://{listening.fileno()}", "--graceful-timeout", "1", "--no-control-socket"]
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
            "DATABASE_URL": url_of(connection.settings_dict),
            "SECRET_KEY": settings.SECRET_KEY,
            "COMITY_VAR": str(own_folder),
            "LOG_LEVEL": "WARNING",
        }
        with (own_folder / "web.log").open("ab") as log:
            process = subprocess.Popen(
                [*gunicorn, *bound, "--log-level", "warning"],
                cwd=ROOT,
                env=environment,
                pass_fds=(listening.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            _wait(f"{address}/healthz", process, own_folder / "web.log")
            yield address
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    """The one browser of these tests."""
    from playwright.sync_api import sync_playwright

    # Playwright runs a loop of its own, in which Django would refuse to ask the database.
    with pytest.MonkeyPatch.context() as patched, sync_playwright() as playwright:
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--lang=en"]
        )
        yield browser
        browser.close()


@pytest.fixture
def opens(site: str, chromium: Any, transactional_db: None) -> Iterator[Callable[..., Any]]:
    """Open a browser of somebody's own: `page = opens("trainee", width=390, javascript=False)`.

    Whoever is named is signed in. What the browser's console calls an error fails the test.
    """
    from django.core.cache import cache

    cache.clear()
    contexts, complaints = [], []

    def open_(name: str = "", *, width: int = 1280, javascript: bool = True, **more: Any) -> Any:
        context = chromium.new_context(
            base_url=site,
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            locale="en-GB",
            timezone_id="UTC",
            reduced_motion="reduce",
            **more,
        )
        contexts.append(context)
        context.set_default_timeout(30_000)
        if name:
            context.add_cookies([_session_cookie(name, site)])
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if _is_complaint(said) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def signs_in(site: str) -> Callable[..., None]:
    """Sign somebody in, in a browser that is open."""

    def signs_in_(page: Any, name: str) -> None:
        page.context.add_cookies([_session_cookie(name, site)])

    return signs_in_


@pytest.fixture
def speaks(site: str) -> Callable[..., None]:
    """Choose the language of a browser, as the button at the foot does: also one that is not offered."""

    def speaks_(page: Any, language: str) -> None:
        page.context.add_cookies([{"name": "django_language", "value": language, "url": site}])

    return speaks_


def _write_pseudo_languages(folder: Path) -> None:
    """Write catalogues in which every text of the pages is wrapped."""
    from dataclasses import replace

    from django.utils.translation import to_locale

    from cooperation.catalogue import Catalogue, compiled, read_catalogue
    from requests_app.world.languages import PSEUDO, PSEUDO_RIGHT_TO_LEFT, WRAPPED

    found = read_catalogue((ROOT / "locale/en/LC_MESSAGES/django.pot").read_text(), "django.pot")
    wrapped = tuple(
        replace(
            one,
            translated=WRAPPED.format(one.text),
            forms=(WRAPPED.format(one.text), WRAPPED.format(one.plural)) if one.plural else (),
        )
        for one in found.translations
    )
    header = "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=n != 1;\n"
    for language in (PSEUDO, PSEUDO_RIGHT_TO_LEFT):
        place = folder / to_locale(language) / "LC_MESSAGES"
        place.mkdir(parents=True, exist_ok=True)
        (place / "django.mo").write_bytes(compiled(Catalogue(header, wrapped)))


def _is_complaint(said: Any) -> bool:
    # An answer that refuses a form is 4xx, which Chromium's console notes each time, and htmx too, as it
    # does of a lost line.
    noted = ("Failed to load resource", "Response Status Error Code", "htmx:sendError", "htmx:afterRequest")
    return said.type == "error" and not any(words in said.text for words in noted)


def _session_cookie(name: str, site: str) -> dict[str, Any]:
    """Sign somebody in, past the form."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User

    user, _ = User.objects.get_or_create(username=name)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": site}


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    began_s = time.monotonic()
    while time.monotonic() - began_s < READY_WITHIN_S:
        with suppress(OSError), urllib.request.urlopen(address, timeout=2) as answer:
            if answer.status == 200:
                return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError(f"the server does not answer: {log.read_text()}")
