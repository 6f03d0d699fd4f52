"""Take the pictures of the tutorials, by doing their steps as the people of a demonstration that runs.

    python script/tutorial_pictures.py --address http://127.0.0.1:8000 --sign-ins var/sign-ins.txt

The trainer opens an exercise of its own, a trainee joins it by code, and the analyst reads the finished one. Start
the demonstration in a fresh folder (COMITY_VAR). Needs the packages of the tests, and Chromium.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

SIZE = {"width": 1100, "height": 800}
COLOURS = 64
# A day of the exercise at the pace of the tutorial: then the control room has something to show.
LOOKS_ON_MS = 24_000


def main() -> int:
    parser = argparse.ArgumentParser(prog="tutorial_pictures", description=__doc__)
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    parser.add_argument("--sign-ins", type=Path, default=ROOT / "var" / "sign-ins.txt")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    options = parser.parse_args()

    from playwright.sync_api import sync_playwright

    from tests.browser.tutorial import FOLDER

    folder = FOLDER / "images"
    folder.mkdir(exist_ok=True)
    words = dict(line.split() for line in options.sign_ins.read_text().splitlines())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=options.chromium, args=["--no-sandbox", "--disable-gpu"]
        )

        def opened() -> Any:
            context = browser.new_context(
                base_url=options.address, viewport=SIZE, reduced_motion="reduce", locale="en-GB"
            )
            page = context.new_page()
            page.goto("/sign-in/")
            return page

        play(opened(), opened(), words["trainer"], folder)
        done(steps(opened(), "analyst", {"Name": "analyst", "Password": words["analyst"]}, folder))
        browser.close()
    for picture in sorted(folder.glob("*.png")):
        shrink(picture)
        print(f"{picture.name}: {picture.stat().st_size / 1000:.0f} kB")
    return 0


def play(trainer: Any, trainee: Any, password: str, folder: Path) -> None:
    """Do the trainer's tutorial, and the trainee's in the middle of it, once the exercise has begun."""
    trainers = steps(trainer, "trainer", {"Name": "trainer", "Password": password}, folder)
    knows = {"Name": "anna", "Password": "a-quiet-harbour-at-dawn"}
    for one in trainers:
        if one.text.startswith("The code, shown"):
            knows["Code"] = trainer.locator(".code__word").inner_text()
        if one.text == "The exercise has begun.":
            trainer.wait_for_timeout(LOOKS_ON_MS)
            done(steps(trainee, "trainee", knows, folder))


def steps(page: Any, name: str, knows: dict[str, str], folder: Path) -> Iterator[Any]:
    from tests.browser.tutorial import follow

    return follow(page, name, knows, folder)


def done(followed: Iterator[Any]) -> None:
    for _ in followed:
        pass


def shrink(picture: Path) -> None:
    """Keep few colours: these are pages, not photographs."""
    from PIL import Image

    with Image.open(picture) as found:
        few = found.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(picture, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
