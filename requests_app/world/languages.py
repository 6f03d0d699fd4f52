"""Texts of the data files in the reader's language: the one place where pages and mails translate them.

The practice knows English only. What its files say is translated when it is shown, from the catalogues that
`extract_texts` keeps (`locale/*/LC_MESSAGES/{rulebook,scenarios,sentences}.po`). Texts of the pages themselves go
through Django's gettext.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language

from cooperation.catalogue import read_catalogue
from cooperation.world import world

# The names of Member States are data of the world, in this language beside English.
VIETNAMESE = "vi"
DOMAINS = ("rulebook", "scenarios", "sentences")
# Two made-up languages, in tests only: one wraps each text, so that what is not wrapped was not translated;
# the other is written from right to left.
PSEUDO, PSEUDO_RIGHT_TO_LEFT = "en-xa", "ar-xb"
WRAPPED = "⟦{}⟧"


def said(text: str, context: str = "") -> str:
    """Return a text of the data in the language now spoken; in English where nobody has translated it.

    context  the file's id and the way to the text, where the same words may be translated in two ways
    """
    language = get_language() or settings.LANGUAGE_CODE
    if language in (PSEUDO, PSEUDO_RIGHT_TO_LEFT):
        return WRAPPED.format(text) if text else text
    of_language = _translations(language)
    # A folded text of a data file ends with its line; the catalogues hold it without.
    bare = text.strip()
    return of_language.get((context, bare)) or of_language.get(("", bare)) or text


def is_text(text: str) -> bool:
    """Return whether a text is one of the data's, with a translation in the language now spoken."""
    return ("", text.strip()) in _translations(get_language() or settings.LANGUAGE_CODE)


@lru_cache(maxsize=8)
def _translations(language: str) -> Mapping[tuple[str, str], str]:
    """Return what is translated, by context and text, and by text alone: there the first one in the file."""
    found: dict[tuple[str, str], str] = {}
    if language == VIETNAMESE:
        found.update({("", one.name): one.name_vi for one in world().states.values() if one.name_vi})
    for folder in settings.LOCALE_PATHS:
        for domain in DOMAINS:
            path = Path(folder) / language / "LC_MESSAGES" / f"{domain}.po"
            if not path.is_file():
                continue
            for one in read_catalogue(path.read_text(encoding="utf-8"), path.name).translations:
                if one.translated and not one.is_fuzzy:
                    found[one.context, one.text] = one.translated
                    found.setdefault(("", one.text), one.translated)
    return found
