"""Asking once before something is done that nothing takes back."""

from __future__ import annotations

import sys

from django.core.management.base import CommandError


def check_meant(name: str, what: str, is_said: bool) -> None:
    """Ask for a name to be typed, unless `--yes` was said; raise CommandError where it is not.

    what  is going to happen
    """
    if is_said:
        return
    if not sys.stdin.isatty():
        raise CommandError(f"{what}: say --yes, because nobody can be asked here")
    if input(f"{what}. Type {name} to go on: ").strip() != name:
        raise CommandError("nothing was done: the name was not typed")
