"""Take a picture of every page, as each person sees it: 1280 and 390 pixels wide, in English and Vietnamese.

    python script/screenshots.py --address http://127.0.0.1:8000 --folder /tmp/pictures trainee:PASSWORD ...

Looks at an installation that runs, such as the demonstration's. Needs the packages of the tests, and Chromium.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

WIDTHS = (1280, 390)
LANGUAGES = ("en", "vi")


def main() -> int:
    parser = argparse.ArgumentParser(prog="screenshots", description=__doc__)
    parser.add_argument("people", nargs="+", metavar="NAME:PASSWORD")
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--only", default="", help="pages whose kind holds this word")
    parser.add_argument("--width", type=int, choices=WIDTHS)
    parser.add_argument("--language", choices=LANGUAGES)
    options = parser.parse_args()

    import django
    from playwright.sync_api import sync_playwright

    django.setup()
    options.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=options.chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        for person in options.people:
            name, _, password = person.partition(":")
            for language in [options.language] if options.language else LANGUAGES:
                context = browser.new_context(base_url=options.address, reduced_motion="reduce")
                take(context, name, password, language, options)
                context.close()
        browser.close()
    return 0


def take(context: Any, name: str, password: str, language: str, options: argparse.Namespace) -> None:
    from tests.browser.walker import pages

    page = context.new_page()
    page.goto("/sign-in/")
    page.locator(f"button[name=language][value={language}]").click()
    widths = [options.width] if options.width else WIDTHS
    picture(page, options.folder / f"stranger-sign_in-{language}", widths)
    page.fill("#id_username", name)
    page.fill("#id_password", password)
    page.locator("main form button").click()
    for kind, path in pages(page):
        if options.only in kind:
            print(f"{name} {language}: {kind} {path}", file=sys.stderr)
            picture(page, options.folder / f"{name}-{kind}-{language}", widths)


def picture(page: Any, path: Path, widths: list[int]) -> None:
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=f"{path}-{width}.png", full_page=True)


if __name__ == "__main__":
    sys.exit(main())
