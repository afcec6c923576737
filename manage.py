#!/usr/bin/env python
"""Quaero's command line: `python manage.py help` lists what it can do."""

import os
import sys

INTERRUPTED = 130  # 128 + SIGINT: Ctrl-C is no error that needs a traceback

try:
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from quaero.environment import read_environment
    from quaero.standard_streams import open_closed_streams, say
except ModuleNotFoundError as error:
    sys.exit(f"{error}. Quaero lives in its virtual environment: `make setup` makes it, .venv/bin/python runs it.")
except KeyboardInterrupt:
    sys.exit(INTERRUPTED)

WRONG_ENVIRONMENT = 2


def main() -> None:
    open_closed_streams()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quaero.settings")
    try:
        read_environment()
    except ImproperlyConfigured as wrong:
        say(str(wrong), error=True)
        sys.exit(WRONG_ENVIRONMENT)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
