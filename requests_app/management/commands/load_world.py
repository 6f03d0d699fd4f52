"""Load the States, authorities, calendars and scenarios that ship."""

from typing import Any

from requests_app.management.base import ComityCommand


class Command(ComityCommand):
    help = "Load the States, authorities, calendars, treaty status and shipped scenarios; may be repeated."
    needs_world = False

    def perform(self, **options: Any) -> int | None:
        from requests_app.world.load import load_world

        load_world()
        self.say("the world is loaded")
        return 0
