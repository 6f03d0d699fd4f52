"""Counts of who asks how often: one sum over all web processes, and no page lost when Redis is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from requests_app.management import embedded_redis
from requests_app.web import shared_counts
from requests_app.web.broker import plain_url
from requests_app.web.shared_counts import SharedCounts
from tests.faults.installation import Installation, installed

KEPT_S = 60


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Installation]:
    with installed(f"sqlite:///{tmp_path}/never-opened.sqlite3") as found:
        yield found


def _counts(place: Installation) -> SharedCounts:
    return SharedCounts(embedded_redis.url(place.folder), {"KEY_PREFIX": "comity", "TIMEOUT": KEPT_S})


def test_two_processes_count_together(place: Installation) -> None:
    one, other = _counts(place), _counts(place)
    one.set("asked", [1.0, 2.0], KEPT_S)
    assert other.get("asked") == [1.0, 2.0]
    other.delete("asked")
    assert one.get("asked", "nothing") == "nothing"


def test_emptying_the_counts_leaves_the_queues_of_the_workers(place: Installation) -> None:
    queues = Redis.from_url(plain_url(embedded_redis.url(place.folder)))
    queues.lpush("urgent", "a message")
    counts = _counts(place)
    counts.set("asked", [1.0], KEPT_S)
    counts.clear()
    assert counts.get("asked") is None
    assert queues.lrange("urgent", 0, -1) == [b"a message"]


def test_a_process_counts_alone_while_redis_is_dead_and_together_when_it_is_back(
    place: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_counts, "LEFT_ALONE_S", 0.2)
    one, other = _counts(place), _counts(place)
    one.set("asked", [1.0], KEPT_S)
    place.kill(place.redis)
    assert one.get("asked", []) == []
    one.set("asked", [3.0], KEPT_S)
    assert one.get("asked") == [3.0]
    place.start_redis()

    def counted_together() -> bool:
        one.set("asked", [4.0], KEPT_S)
        return bool(other.get("asked") == [4.0])

    place.waits_for(counted_together, "both count together again", 10)
