#!/usr/bin/env python
"""Quaero's command line: `python manage.py help` lists what it can do."""

import os
import sys
from importlib import import_module

INTERRUPTED = 130  # 128 + SIGINT: Ctrl-C is no error that needs a traceback

try:
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import Error

    from jobs.running.processes import caller
    from quaero.config.environment import read_environment
    from quaero.serving.standard_streams import open_closed_streams, say
except ModuleNotFoundError as error:
    sys.exit(f"{error}. Quaero lives in its virtual environment: `make setup` makes it, .venv/bin/python runs it.")
except KeyboardInterrupt:
    sys.exit(INTERRUPTED)

DATABASE_FAILURE = 1
WRONG_ENVIRONMENT = 2


def main() -> None:
    caller.note()
    open_closed_streams()
    try:
        read_environment()
        os.environ["DJANGO_SETTINGS_MODULE"] = settings_module()
    except ImproperlyConfigured as wrong:
        say(str(wrong), error=True)
        sys.exit(WRONG_ENVIRONMENT)
    try:
        execute_from_command_line(sys.argv)
    except Error as error:  # of Django's own commands; ours say which database, and what to do
        say(f"The database cannot be used: {' '.join(str(error).split())}", error=True)
        sys.exit(DATABASE_FAILURE)


def settings_module() -> str:
    """The one that is named, if it is one of Quaero's: whose shell is set up for another Django project means that."""
    named = os.environ.get("DJANGO_SETTINGS_MODULE", "")
    try:
        apps = getattr(import_module(named), "INSTALLED_APPS", ()) if named else ()
    except ModuleNotFoundError:
        apps = ()
    return named if "quaero" in apps else "quaero.settings"


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
