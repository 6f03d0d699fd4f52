#!/usr/bin/env python
"""Comity's commands: `python manage.py help` lists them."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
        from django.db.utils import OperationalError
    except ModuleNotFoundError as error:
        sys.exit(_say(f"{error}: run ./script/demo once, then .venv/bin/python manage.py ...", 2))
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(_say(f"settings: {error}", 2))
    except OperationalError as error:
        # Comity's own commands say so themselves; those of Django, like migrate, leave it to whoever called.
        sys.exit(_say(f"the database does not answer: {str(error).splitlines()[0]}", 2))
    except KeyboardInterrupt:
        sys.exit(_say("stopped", 130))


def _say(text: str, code: int) -> int:
    print(text, file=sys.stderr)  # noqa: T201
    return code


if __name__ == "__main__":
    main()
