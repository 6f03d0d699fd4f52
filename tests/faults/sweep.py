"""Sweep so many times, as a worker does: TIMES."""

from __future__ import annotations

import sys

import django


def main() -> None:
    """Sweep again and again, without a rest."""
    django.setup()
    from config.celery import app
    from requests_app import tasks

    app.set_current()
    for _ in range(int(sys.argv[1])):
        tasks.sweep()


if __name__ == "__main__":
    main()
