"""One order for what was stored as JSON: a database may keep the keys in another than it was given."""

from __future__ import annotations

import json
from typing import Any

from cooperation.eventlog import canonical


def ordered(value: Any) -> Any:
    """Return the value with its keys as the log orders them, so that the same answer has the same bytes."""
    return json.loads(canonical(value))
