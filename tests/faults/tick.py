"""Tick an exercise once, at a wall instant at which others do so too: EXERCISE UNIX_TIME."""

from __future__ import annotations

import sys
import time
from uuid import UUID

import django

# Long enough for all that is due, however busy the machine: nothing sends another tick here.
TURN_S = 60.0


def main() -> None:
    """Wait for the instant, then tick."""
    exercise_id, at_s = sys.argv[1:]
    django.setup()
    from requests_app.exercises import heartbeat
    from requests_app.world.present import wall_now

    time.sleep(max(float(at_s) - wall_now().timestamp(), 0))
    heartbeat.tick(UUID(exercise_id), wall_now, turn_s=TURN_S)


if __name__ == "__main__":
    main()
