"""What every page is looked at for: rules of accessibility, width, and texts that nobody can translate."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe

RULES = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
}


STATES = ("Arvania", "Borland", "Cascadia", "Dorvia")
LANGUAGES = ("English", "Tiếng Việt")
SAME = (*STATES, *LANGUAGES, "UTC", "Redis", "HTML", "PDF", "XLSX", "CSV", "JSON")


def accessibility_faults(page: Any) -> list[str]:
    """Return each violation of WCAG 2.2 AA that axe finds, with where it is."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{page.url}: {one['id']}: {one['help']}: {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
        for one in found
        for node in one["nodes"]
    ]


def is_wider_than_the_window(page: Any) -> bool:
    """Return whether one would have to scroll sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def untranslated(page: Any) -> list[str]:
    """Return every visible text with letters that no translation wraps, in the pseudo-language.

    SAME is the same in all languages. What people or exercises named (names, codes, figures) is marked `translate="no"` or is data.
    """
    return list(
        page.evaluate(
            r"""same => {
              const found = [];
              const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
              while (walker.nextNode()) {
                const node = walker.currentNode, parent = node.parentElement;
                const text = node.textContent.trim();
                if (!/\p{L}{2,}/u.test(text) || same.includes(text)) continue;
                if (parent.closest('[translate=no], script, style, time, code, .mono, textarea, [lang=en], [lang=vi]')) continue;
                if (/^⟦/.test(text) || /⟧$/.test(text) || text.includes('⟦')) continue;
                found.push(text.slice(0, 80));
              }
              return found;
            }""",
            list(SAME),
        )
    )
