"""Write the texts of scenarios, rule book, refusals and pages into gettext catalogues, or check that these are fresh."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings

from cooperation.catalogue import compiled, empty_catalogue, kept_up, read_catalogue, template
from cooperation.texts import Text, rulebook_texts, scenario_texts
from requests_app.management.base import ComityCommand
from requests_app.management.page_texts import page_texts
from requests_app.management.sentence_texts import sentence_texts

SOURCE_LANGUAGE = "en"
MESSAGES = "LC_MESSAGES"
# Read by Django, which wants it compiled.
PAGES = "django"


class Command(ComityCommand):
    help = (
        "Write the texts of scenarios, rule book, refusals and pages into gettext catalogues (locale/), keeping what is"
        " translated, and compile those of the pages; with --check only say whether they are fresh."
    )
    needs_database = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing; exit 1 when a catalogue is stale"
        )
        parser.add_argument("--folder", metavar="DIR", type=Path, help="where they lie (default: locale)")

    def perform(self, **options: Any) -> int | None:
        """Write or compare."""
        folder = options["folder"] or Path(settings.BASE_DIR) / "locale"
        texts = {
            "scenarios": scenario_texts(),
            "rulebook": rulebook_texts(),
            "sentences": sentence_texts(),
            PAGES: page_texts(),
        }
        stale = []
        for path, text in _files(folder, texts):
            if path.is_file() and path.read_bytes() == text:
                continue
            stale.append(path.relative_to(folder).as_posix())
            if not options["check"]:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(text)
        for name in stale:
            told = "is stale: run `python manage.py extract_texts`" if options["check"] else "is written"
            self.say(f"{name} {told}")
        if not stale:
            self.say(f"the catalogues are fresh: {sum(map(len, texts.values())):,} texts")
        return 1 if options["check"] and stale else 0


def _files(folder: Path, texts: Mapping[str, Sequence[Text]]) -> Iterator[tuple[Path, bytes]]:
    """Yield the file of each catalogue with what it should hold."""
    for domain, of_domain in texts.items():
        yield folder / SOURCE_LANGUAGE / MESSAGES / f"{domain}.pot", template(of_domain).encode()
        for language in _languages(folder):
            path = folder / language / MESSAGES / f"{domain}.po"
            name = path.relative_to(folder).as_posix()
            is_there = path.is_file()
            found = (
                read_catalogue(path.read_text(encoding="utf-8"), name)
                if is_there
                else empty_catalogue(language)
            )
            text = kept_up(of_domain, found)
            yield path, text.encode()
            if domain == PAGES:
                yield path.with_suffix(".mo"), compiled(read_catalogue(text, name))


def _languages(folder: Path) -> list[str]:
    """Return the languages that somebody has made a folder for."""
    return sorted(path.name for path in folder.glob("*") if path.is_dir() and path.name != SOURCE_LANGUAGE)
