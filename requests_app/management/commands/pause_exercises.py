"""Let every running exercise stand still: before an upgrade, a backup, a night."""

from __future__ import annotations

from typing import Any

from requests_app.exercises.standstill import pause_all
from requests_app.management.base import DOES_NOT_HOLD, HOLDS, ComityCommand
from requests_app.world.present import wall_now


class Command(ComityCommand):
    help = "Pause the clock of every running exercise; `resume_exercises` lets these, and no others, go on."

    def perform(self, **options: Any) -> int:
        code = HOLDS
        for handle, refusal in pause_all(wall_now):
            self.say(f"{handle}: {'paused' if refusal is None else refusal}")
            code = code if refusal is None else DOES_NOT_HOLD
        return code
