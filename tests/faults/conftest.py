"""Faults need committed rows: other processes must see them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.installation import Installation, installed, url_of


@pytest.fixture
def installation(transactional_db: None) -> Iterator[Installation]:
    """An installation over the test's database, with Redis running."""
    from django.db import connection

    with installed(url_of(connection.settings_dict)) as found:
        yield found
