"""Quaero's settings, and the app of `run_crashes`."""

from quaero.settings import *  # noqa: F403
from quaero.settings import INSTALLED_APPS as USUAL_APPS

INSTALLED_APPS = [*USUAL_APPS, "crashing"]
