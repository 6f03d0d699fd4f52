"""What PostgreSQL's planner is told after many rows have come at once."""

from __future__ import annotations

from django.db import connection


def tell_planner() -> None:
    """Have PostgreSQL count its tables anew; nothing on SQLite.

    Autovacuum does so within a minute of a commit. Who goes on reading in the transaction that brought the rows would
    be planned for as if the tables were still empty: a nested loop over 39,000 rows instead of a hash.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
