"""Let the exercises go on that `pause_exercises`, or the end of the demonstration, has paused."""

from __future__ import annotations

from typing import Any

from requests_app.exercises.standstill import resume_all
from requests_app.management.base import DOES_NOT_HOLD, HOLDS, ComityCommand
from requests_app.world.present import wall_now


class Command(ComityCommand):
    help = "Resume every exercise that `pause_exercises` paused and whose clock nobody has touched since."

    def perform(self, **options: Any) -> int:
        code = HOLDS
        for handle, refusal in resume_all(wall_now):
            self.say(f"{handle}: {'goes on' if refusal is None else refusal}")
            code = code if refusal is None else DOES_NOT_HOLD
        return code
