"""A run's process as its worker holds it: behind a guardian (see `guardian.py`), with bounds and a bare environment."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from jobs.running import guardian
from jobs.running.process import Process

GUARDIAN = (sys.executable, "-I", "-S", str(Path(guardian.__file__)))


class GuardedProcess(Process):
    """A command in a process group of its own, of which nothing is left when it `has_ended`."""

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        directory: Path,
        scratch: Path,
        memory_bytes: int,
    ) -> None:
        """Runs in `directory`; `scratch` is one that goes with the process. Raises CannotStart."""
        self._control, theirs = socket.socketpair()
        self._told = b""
        try:
            arguments = (*GUARDIAN, str(theirs.fileno()), str(memory_bytes), str(scratch), *command)
            super().__init__(arguments, environment, directory=directory, pass_fds=(theirs.fileno(),))
        except BaseException:
            self._control.close()
            raise
        finally:
            theirs.close()
        self._control.setblocking(False)

    def signal_group(self, number: int) -> None:
        with contextlib.suppress(OSError):
            self._control.send(bytes([number]))

    def has_group(self) -> bool:
        return not self.has_ended()

    def has_ended(self) -> bool:
        has_ended = super().has_ended()
        if has_ended and self.killed_by == "SIGKILL":
            self._kill_unguarded()
        return has_ended

    def close(self) -> None:
        """Ends what is left, if anything is; to be called in the end, whatever happens."""
        self._control.close()
        self.wait()

    @property
    def memory_bytes(self) -> int | None:
        """How much was used when the guardian killed for it; None if it did not."""
        return self._number_told("memory")

    @property
    def left_behind(self) -> int:
        """How many processes the command had left behind, which were then ended."""
        return self._number_told("left") or 0

    def _kill_unguarded(self) -> None:
        """Somebody may have killed the guardian and not the command."""
        pid = self._number_told("pid")
        if pid is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)

    def _number_told(self, word: str) -> int | None:
        with contextlib.suppress(OSError):
            while some := self._control.recv(4096):
                self._told += some
        for line in self._told.decode().splitlines():
            name, _, number = line.partition(" ")
            if name == word:
                return int(number)
        return None
