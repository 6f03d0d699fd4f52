"""The Redis server behind Celery, asked how it is: for health and metrics only."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

QUEUES = ("urgent", "exercises", "ordinary")
ANSWERS_WITHIN_S = 1.0


def queue_lengths(queues: Sequence[str] = QUEUES) -> dict[str, int] | None:
    """Return how many tasks wait in each queue; None where Redis does not answer or there is none."""
    url = plain_url(settings.CELERY_BROKER_URL)
    if not url:
        return None
    try:
        with Redis.from_url(
            url, socket_timeout=ANSWERS_WITHIN_S, socket_connect_timeout=ANSWERS_WITHIN_S
        ) as client:
            return {queue: int(client.llen(queue)) for queue in queues}
    except (RedisError, OSError):
        return None


def plain_url(broker_url: str) -> str:
    """Return a broker's address as Redis clients spell it; empty where the broker is no Redis."""
    parts = urlsplit(broker_url)
    if parts.scheme == "redis+socket":
        number = parse_qs(parts.query).get("virtual_host", ["0"])[0]
        return f"unix://{parts.path}?db={number}"
    return broker_url if parts.scheme in ("redis", "rediss") else ""
