"""Writing many rows of a model at once, in as few statements as the database allows.

The ORM builds and compiles an expression for each value of each row; where thousands of rows are written
in a second that is most of the time. These statements are the same for both databases.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

# SQLite's own default since 3.32; PostgreSQL's protocol allows 65,535.
PARAMETERS_AT_MOST = 32_000
# Fields whose texts no database wants in another form.
TEXTS = (models.CharField, models.TextField)


@cache
def _columns(model: type[models.Model]) -> tuple[models.Field[Any, Any], ...]:
    """Every column but a key that the database numbers itself."""
    return tuple(
        f for f in model._meta.concrete_fields if not isinstance(f, models.AutoField | models.BigAutoField)
    )


def insert(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Insert rows; a key that is already there is an IntegrityError."""
    _write(model, rows, "")


def upsert(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Write rows over those with the same key."""
    quote = connections["default"].ops.quote_name
    key = model._meta.pk
    assert key is not None
    fields = [f for f in model._meta.concrete_fields if not f.primary_key]
    sets = ", ".join(f"{quote(str(f.column))} = excluded.{quote(str(f.column))}" for f in fields)
    _write(model, rows, f" ON CONFLICT ({quote(str(key.column))}) DO UPDATE SET {sets}", with_key=True)


def _write(
    model: type[models.Model], rows: Sequence[models.Model], tail: str, *, with_key: bool = False
) -> None:
    fields = tuple(model._meta.concrete_fields) if with_key else _columns(model)
    # The connection itself: its proxy looks it up anew for every value.
    connection = connections["default"]
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(f.column)) for f in fields)
    head = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES "  # noqa: S608 (names of our own models)
    places = "(" + ", ".join(["%s"] * len(fields)) + ")"
    at_once = PARAMETERS_AT_MOST // len(fields)
    # What the driver refuses to write down (a text with a NUL in it) is Django's DatabaseError too.
    with connection.cursor() as cursor, connection.wrap_database_errors:
        for start in range(0, len(rows), at_once):
            chunk = rows[start : start + at_once]
            columns = [_prepared(f, [getattr(row, f.attname) for row in chunk], connection) for f in fields]
            values = list(zip(*columns, strict=True))
            if connection.vendor == "postgresql":
                # Its driver parses each statement for its places: of one row it remembers that, of many not.
                written = ", ".join([cursor.mogrify(places, row) for row in values])
                cursor.execute(head + written + tail)
            else:
                cursor.execute(
                    head + ", ".join([places] * len(chunk)) + tail, [v for row in values for v in row]
                )


def _prepared(field: models.Field[Any, Any], column: list[Any], connection: BaseDatabaseWrapper) -> list[Any]:
    """Return a column as the database takes it: a text as it is, and each other object prepared once.

    Rows of a batch share their exercise, their instants and many of their small values.
    """
    prepare = field.get_db_prep_save
    if type(field) in TEXTS:
        return [value if type(value) is str else prepare(value, connection) for value in column]
    done: dict[int, Any] = {}
    for value in column:
        if id(value) not in done:
            done[id(value)] = prepare(value, connection)
    return [done[id(value)] for value in column]
