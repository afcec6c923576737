"""Quaero's command line: what `quaero`, `python -m quaero` and `manage.py` do."""

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
    from quaero.config.places import command_name
    from quaero.config.tasks import task_apps
    from quaero.serving.standard_streams import open_closed_streams, say
except KeyboardInterrupt:
    sys.exit(INTERRUPTED)

DATABASE_FAILURE = 1
WRONG_ENVIRONMENT = 2


def main() -> None:
    """Runs the command that the arguments of this process name, and exits with its code."""
    try:
        caller.note()
        open_closed_streams()
        configure()
        run_command()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def configure() -> None:
    try:
        read_environment()
        task_apps()
        os.environ["DJANGO_SETTINGS_MODULE"] = settings_module()
    except ImproperlyConfigured as wrong:
        say(str(wrong), error=True)
        sys.exit(WRONG_ENVIRONMENT)


def run_command() -> None:
    try:
        execute_from_command_line([command_name(), *sys.argv[1:]])
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
