"""A backup as one file: the database as of one instant, and the folders of keys, evidence and reports.

Everything is listed with its SHA-256, and nothing is restored before all of it holds.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from django.apps import apps
from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from requests_app.world.planner import tell_planner

SCHEMA = "comity.backup/1"
MANIFEST = "manifest.json"
SQLITE_FILE = "database.sqlite3"
TABLES = "tables"
BLOCK_BYTES = 1 << 20
# Sessions end with a restore; what the tables of migrations hold is the restoring installation's own.
LEFT_OUT = ("django_session", "requests_app_session", "django_migrations")


def folders() -> dict[str, Path]:
    """Return the folders that a backup holds, by their names in it."""
    return {
        "keys": Path(settings.KEYS_DIR),
        "evidence": Path(settings.EVIDENCE_DIR),
        "reports": Path(settings.VAR_DIR) / "reports",
    }


def tables() -> list[str]:
    """Return the tables of all models, and of what links them."""
    models = apps.get_models(include_auto_created=True)
    return sorted({model._meta.db_table for model in models if model._meta.managed} - set(LEFT_OUT))


def migrations() -> list[str]:
    """Return the migrations that the database has, as a backup names them."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


# -- writing ---------------------------------------------------------------------------------------------


def write(path: Path, made_at: datetime) -> int:
    """Write a backup to a new file that only its owner reads; return how many files it holds.

    The database comes first: what is filed after it is a file too many, never one too few.
    """
    digests: dict[str, str] = {}
    draft = path.with_name(f"{path.name}.draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            with tarfile.open(fileobj=stream, mode="w|gz") as tar:
                for name, source in _parts():
                    digests[name] = _add(tar, name, source)
                manifest = {
                    "schema": SCHEMA,
                    "made_at": made_at.isoformat(),
                    "database": connection.vendor,
                    "migrations": migrations(),
                    "sha256": digests,
                }
                content = json.dumps(manifest, indent=1).encode()
                tar.addfile(_header(MANIFEST, len(content)), io.BytesIO(content))
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return len(digests)


def _parts() -> Iterator[tuple[str, BinaryIO]]:
    yield from _sqlite() if connection.vendor == "sqlite" else _postgresql()
    for name, folder in folders().items():
        for file in sorted(folder.rglob("*")):
            if file.is_file() and not file.is_symlink():
                with file.open("rb") as stream:
                    yield f"{name}/{file.relative_to(folder).as_posix()}", stream


def _sqlite() -> Iterator[tuple[str, BinaryIO]]:
    connection.ensure_connection()
    with tempfile.TemporaryDirectory(dir=settings.VAR_DIR) as folder:
        copy = Path(folder) / SQLITE_FILE
        with closing(sqlite3.connect(copy)) as target:
            connection.connection.backup(target)
        with copy.open("rb") as stream:
            yield SQLITE_FILE, stream


def _postgresql() -> Iterator[tuple[str, BinaryIO]]:
    """Yield each table as PostgreSQL copies it out, all as of the same instant."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for table in tables():
            with tempfile.TemporaryFile() as stream:
                columns = ", ".join(connection.ops.quote_name(name) for name in _columns(table))
                with cursor.copy(f"COPY {_quoted(table)} ({columns}) TO STDOUT") as copy:
                    for block in copy:
                        stream.write(block)
                stream.seek(0)
                yield f"{TABLES}/{table}", stream


def _add(tar: tarfile.TarFile, name: str, source: BinaryIO) -> str:
    """Add one file; return its digest."""
    size = os.fstat(source.fileno()).st_size
    digest = hashlib.sha256()
    tar.addfile(_header(name, size), _Watched(source, digest))
    return digest.hexdigest()


def _header(name: str, size: int) -> tarfile.TarInfo:
    header = tarfile.TarInfo(name)
    header.size, header.mode = size, 0o600
    return header


class _Watched(io.RawIOBase):
    """A file whose bytes are hashed as they are read."""

    def __init__(self, source: BinaryIO, digest: Any) -> None:
        self._source = source
        self._digest = digest

    def read(self, size: int = -1) -> bytes:
        block = self._source.read(size)
        self._digest.update(block)
        return block


# -- reading ---------------------------------------------------------------------------------------------


def restore(path: Path) -> dict[str, Any]:
    """Bring back a backup into an installation that holds no exercise; return its manifest.

    Raises CommandError where the backup does not hold, is of another database or of another version.
    """
    with tempfile.TemporaryDirectory(dir=settings.VAR_DIR) as name:
        folder = Path(name)
        manifest = _unpacked(path, folder)
        _check(manifest)
        if connection.vendor == "sqlite":
            _restore_sqlite(folder / SQLITE_FILE)
        else:
            _restore_postgresql(folder / TABLES)
        for part, target in folders().items():
            _restore_files(folder / part, target)
    return manifest


def _unpacked(path: Path, folder: Path) -> dict[str, Any]:
    """Unpack a backup file by file and hold each against the list; return the list."""
    digests: dict[str, str] = {}
    manifest: dict[str, Any] = {}
    try:
        with tarfile.open(path, "r|gz") as tar:
            for member in tar:
                if not member.isfile() or not _is_inside(member.name):
                    raise CommandError(f"{path}: holds {member.name!r}, which no backup of Comity does")
                source = tar.extractfile(member)
                assert source is not None
                if member.name == MANIFEST:
                    manifest = json.loads(source.read())
                else:
                    digests[member.name] = _written(source, folder / member.name)
    except (tarfile.TarError, EOFError, ValueError, OSError) as error:
        raise CommandError(f"{path}: is no whole backup of Comity ({error})") from None
    if manifest.get("schema") != SCHEMA:
        raise CommandError(f"{path}: is no backup of Comity")
    wanted = manifest["sha256"]
    for name in sorted({*wanted, *digests}):
        if wanted.get(name) != digests.get(name):
            raise CommandError(f"{path}: {name} is not what was backed up")
    return manifest


def _is_inside(name: str) -> bool:
    parts = PurePosixPath(name).parts
    if parts in ((MANIFEST,), (SQLITE_FILE,)):
        return True
    return len(parts) > 1 and parts[0] in (TABLES, *folders()) and ".." not in parts


def _written(source: Any, target: Path) -> str:
    digest = hashlib.sha256()
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as stream:
        while block := source.read(BLOCK_BYTES):
            digest.update(block)
            stream.write(block)
    return digest.hexdigest()


def _check(manifest: dict[str, Any]) -> None:
    from requests_app.world.models import Exercise

    if manifest["database"] != connection.vendor:
        raise CommandError(
            f"the backup is of {manifest['database']}, and this database is {connection.vendor}"
        )
    if manifest["migrations"] != migrations():
        unlike = sorted(set(manifest["migrations"]) ^ set(migrations()))
        raise CommandError(
            f"the backup is of another version (unlike: {', '.join(unlike)}): restore with that version, then upgrade"
        )
    if Exercise.objects.exists():
        raise CommandError(
            "this installation holds exercises: restore into an empty one, and nothing is lost"
        )


def _restore_sqlite(file: Path) -> None:
    connection.ensure_connection()
    with closing(sqlite3.connect(file)) as source:
        source.execute("DELETE FROM django_session")
        source.commit()
        source.backup(connection.connection)


def _restore_postgresql(folder: Path) -> None:
    """Fill the tables in one transaction; keys that point elsewhere are checked at its end."""
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f"DELETE FROM {_quoted(table)}")  # noqa: S608
        for table in tables():
            columns = ", ".join(connection.ops.quote_name(name) for name in _columns(table))
            with (
                (folder / table).open("rb") as stream,
                cursor.copy(f"COPY {_quoted(table)} ({columns}) FROM STDIN") as copy,
            ):
                while block := stream.read(BLOCK_BYTES):
                    copy.write(block)
        models = apps.get_models(include_auto_created=True)
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
    tell_planner()


def _restore_files(source: Path, target: Path) -> None:
    for file in sorted(source.rglob("*")):
        if file.is_file():
            place = target / file.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(file.read_bytes())
            place.chmod(0o600)


def _columns(table: str) -> list[str]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table == table:
            return [str(column.column) for column in model._meta.local_concrete_fields]
    raise LookupError(table)


def _quoted(table: str) -> str:
    return connection.ops.quote_name(table)
