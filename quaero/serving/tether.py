"""The pipe that ties a child process to the server that started it.

The server holds the writing end and never writes. However it ends, kill -9 included, the system closes
that end, the child reads the end of the file, and stops. `python -m quaero.serving.tether FD COMMAND ARG...`
runs a management command with such a pipe.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

from django.core.management import execute_from_command_line

from quaero.config.places import command_name


def stop_with_parent(descriptor: int, kill_after_s: float | None = None) -> None:
    """Sends SIGTERM to this process when the pipe at `descriptor` closes.

    With `kill_after_s` it sends SIGKILL after that time, for processes that need no cleanup.
    """
    threading.Thread(target=wait_for_the_end, args=(descriptor, kill_after_s), name="tether", daemon=True).start()


def wait_for_the_end(descriptor: int, kill_after_s: float | None) -> None:
    """Blocks until the pipe closes, then ends this process."""
    while os.read(descriptor, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    if kill_after_s is not None:
        time.sleep(kill_after_s)
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    descriptor, *command = sys.argv[1:]
    stop_with_parent(int(descriptor))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quaero.settings")
    execute_from_command_line([command_name(), *command])


if __name__ == "__main__":
    main()
