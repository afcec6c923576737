"""A command that goes with the process that has started it, should that be killed: no kill -9 leaves it alone.

A shell waits for as long as we are there, at the end of a pipe. It has a session of its own, where no signal for
others reaches it, and nothing that the command could see.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from jobs.running.processes import end_command
from jobs.running.processes.process import Process
from jobs.terms.environment import JOB_ID_VARIABLE

ROOT = Path(end_command.__file__).parents[3]
# It reads the command's process group, and in the end that all is well; or the pipe ends without that.
WAIT = 'read -r group; read -r well && exit; exec "$@" "$group"'
END_ALL = (sys.executable, "-E", "-S", "-m", end_command.__name__)
LEAVES_WITHIN_S = 1.0


class TiedProcess(Process):
    def __init__(self, command: Sequence[str], environment: Mapping[str, str], *, pass_fds: Sequence[int] = ()) -> None:
        """Raises CannotStart."""
        self._tether = Tether(environment[JOB_ID_VARIABLE])
        try:
            super().__init__(command, environment, pass_fds=pass_fds)
        except BaseException:
            self._tether.loosen()
            raise
        self._tether.say(str(self.pid))

    def close(self) -> None:
        if self.has_ended():  # else we end before it, and it goes along
            self._tether.loosen()


class Tether:
    """Where there is no shell, it holds nothing."""

    def __init__(self, job_id: str) -> None:
        reading, self._writing = os.pipe()
        try:
            self._shell: subprocess.Popen[bytes] | None = subprocess.Popen(
                ("/bin/sh", "-c", WAIT, "sh", *END_ALL, job_id),
                cwd=ROOT,
                env={"PATH": os.environ.get("PATH", os.defpath)},
                stdin=reading,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError:
            self._shell = None
        finally:
            os.close(reading)

    def say(self, word: str) -> None:
        with contextlib.suppress(OSError):
            os.write(self._writing, f"{word}\n".encode())

    def loosen(self) -> None:
        self.say("\nwell")
        os.close(self._writing)
        if self._shell is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._shell.wait(LEAVES_WITHIN_S)
