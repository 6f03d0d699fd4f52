"""The present: the only place that asks the wall clock."""

from datetime import UTC, datetime


def wall_now() -> datetime:
    """Return the wall clock's instant, aware, UTC."""
    return datetime.now(UTC)  # noqa: TID251
