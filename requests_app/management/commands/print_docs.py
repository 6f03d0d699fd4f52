"""Write the documents that are printed from data, or check that they are fresh."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings

from cooperation.pages.articles import articles_page
from cooperation.pages.deadlines import deadlines_page
from cooperation.pages.duties import duties_page
from cooperation.pages.errors import errors_page
from cooperation.pages.fields import fields_page
from cooperation.pages.grounds import grounds_page
from cooperation.pages.lifecycle import lifecycle_page
from cooperation.pages.offences import offences_page
from cooperation.pages.rulebook import rulebook_page
from cooperation.pages.safeguards import safeguards_page
from cooperation.pages.types import type_page, types_page
from cooperation.pages.words import words_page
from cooperation.pages.world import world_page
from cooperation.rulebook import RuleBook, rulebook
from cooperation.world import world
from requests_app.management.base import ComityCommand

# Nothing but printed pages lies here, so a file that is printed no more is stale.
PRINTED_ONLY = "rulebook"


def pages() -> dict[str, str]:
    """Return every printed document by its path under docs/."""
    book = rulebook()
    return {
        "lifecycle.md": lifecycle_page(book.lifecycle),
        "world.md": world_page(world(), book),
        **{f"{PRINTED_ONLY}/{name}": text for name, text in _rulebook_pages(book).items()},
    }


def _rulebook_pages(book: RuleBook) -> dict[str, str]:
    return {
        "README.md": rulebook_page(book),
        "articles.md": articles_page(book),
        "deadline-profiles.md": deadlines_page(book),
        "duties.md": duties_page(book),
        "errors.md": errors_page(book),
        "fields.md": fields_page(book),
        "grounds.md": grounds_page(book),
        "offences.md": offences_page(book),
        "request-types.md": types_page(book),
        "safeguards.md": safeguards_page(book),
        "words.md": words_page(book),
        **{f"types/{kind.id}.md": type_page(kind, book) for kind in book.types.values()},
    }


class Command(ComityCommand):
    help = (
        "Print the documents that come from data (docs/lifecycle.md, docs/world.md, docs/rulebook/);"
        " with --check only say whether they are fresh."
    )
    needs_database = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing; exit 1 when a document is stale"
        )
        parser.add_argument("--folder", metavar="DIR", help="where they lie (default: docs)")

    def perform(self, **options: Any) -> int | None:
        """Write or compare."""
        folder = Path(options["folder"]) if options["folder"] else Path(settings.BASE_DIR) / "docs"
        printed = pages()
        left = _left_over(folder, printed)
        if not options["check"]:
            for path in left:
                path.unlink()
            for name, text in printed.items():
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            self.say(f"{len(printed)} documents are written to {folder}")
            return 0
        stale = [name for name, text in printed.items() if not _is_fresh(folder / name, text)]
        stale += [path.relative_to(folder).as_posix() for path in left]
        for name in stale:
            self.say(f"{name} is stale: run `python manage.py print_docs`")
        return 1 if stale else 0


def _is_fresh(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def _left_over(folder: Path, printed: dict[str, str]) -> list[Path]:
    return [
        path
        for path in sorted((folder / PRINTED_ONLY).rglob("*.md"))
        if path.relative_to(folder).as_posix() not in printed
    ]
