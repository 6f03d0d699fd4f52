"""Write the documents that are printed from data, or check that they are fresh."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings

from cooperation.lifecycle_page import lifecycle_page
from cooperation.rulebook import rulebook
from cooperation.world import world
from cooperation.world_page import world_page
from requests_app.management.base import ComityCommand


def pages() -> dict[str, str]:
    """Return every printed document by its file name under docs/."""
    book = rulebook()
    return {"lifecycle.md": lifecycle_page(book.lifecycle), "world.md": world_page(world(), book)}


class Command(ComityCommand):
    help = "Print the documents that come from data (docs/lifecycle.md, docs/world.md); with --check only say whether they are fresh."
    needs_database = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing; exit 1 when a document is stale"
        )
        parser.add_argument("--folder", metavar="DIR", help="where they lie (default: docs)")

    def perform(self, **options: Any) -> int | None:
        """Write or compare."""
        folder = Path(options["folder"]) if options["folder"] else Path(settings.BASE_DIR) / "docs"
        stale = []
        for name, text in pages().items():
            path = folder / name
            if not options["check"]:
                folder.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
                self.say(f"{path.name} is written")
            elif not path.is_file() or path.read_text(encoding="utf-8") != text:
                stale.append(name)
        for name in stale:
            self.say(f"{name} is stale: run `python manage.py print_docs`")
        return 1 if stale else 0
