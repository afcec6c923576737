"""Quaero with a view that fails."""

from quaero.settings import *  # noqa: F403

ROOT_URLCONF = "tests.tracking.failing_urls"
