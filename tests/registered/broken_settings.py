"""The same with a command that cannot be imported."""

from tests.registered.settings import *  # noqa: F403

QUAERO_COMMANDS = ["registered.broken", "clearsessions"]
