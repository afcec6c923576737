"""Quaero's settings with the app beside this file."""

from quaero.settings import *  # noqa: F403
from quaero.settings import INSTALLED_APPS as USUAL_APPS

INSTALLED_APPS = [*USUAL_APPS, "tests.registered"]
QUAERO_COMMANDS = ["stock", "clearsessions", "check", "showmigrations", "dumpdata"]
