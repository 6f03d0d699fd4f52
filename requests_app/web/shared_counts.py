"""How often somebody has asked, counted by all processes together in Redis; by each alone while it does not answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

from requests_app.web.broker import plain_url

ANSWERS_WITHIN_S = 0.5
# Who waits for a server that is not there waits at most once in so long.
LEFT_ALONE_S = 5.0


class SharedCounts(RedisCache):
    """A cache for counts, which lives beside the queues of the workers and never empties them.

    Its location is the broker's address as Celery spells it.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        waits = {"socket_timeout": ANSWERS_WITHIN_S, "socket_connect_timeout": ANSWERS_WITHIN_S}
        super().__init__(plain_url(server), {**params, "OPTIONS": {**waits, **params.get("OPTIONS", {})}})
        self._own = LocMemCache("shared-counts", params)
        self._left_alone_until_s = 0.0

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """Return what is kept under a key."""
        return self._asked(
            lambda: super(SharedCounts, self).get(key, default, version),
            lambda: self._own.get(key, default, version),
        )

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep something under a key."""
        self._asked(
            lambda: super(SharedCounts, self).set(key, value, timeout, version),
            lambda: self._own.set(key, value, timeout, version),
        )

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget a key."""
        return bool(
            self._asked(
                lambda: super(SharedCounts, self).delete(key, version),
                lambda: self._own.delete(key, version),
            )
        )

    def clear(self) -> None:
        """Forget every count; what else the server holds are the queues, which stay."""
        self._own.clear()
        self._asked(self._clear_shared, lambda: None)

    def _clear_shared(self) -> None:
        client = self._cache.get_client(write=True)
        for key in client.scan_iter(match=self.make_key("*")):
            client.delete(key)

    def _asked(self, shared: Callable[[], Any], own: Callable[[], Any]) -> Any:
        if time.monotonic() < self._left_alone_until_s:
            return own()
        try:
            return shared()
        except (RedisError, OSError):
            self._left_alone_until_s = time.monotonic() + LEFT_ALONE_S
            return own()
