"""A run's process as its worker holds it: behind a guardian (see `guardian.py`), with bounds and a bare environment."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from jobs.running import guardian
from jobs.running.process import Process
from jobs.running.runner import JOB_ID_VARIABLE
from jobs.running.strays import kill_strays

GUARDIAN = (sys.executable, "-I", "-S", str(Path(guardian.__file__)))
LOOK_S = 0.05


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
        self._told, self._ending = b"", threading.RLock()  # several threads listen
        self._job_id = environment.get(JOB_ID_VARIABLE)
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
        if not has_ended:
            self._keep_guardian_going()
            return False
        with self._ending:  # who asks while another thread still kills what is left must not hear that it has ended
            if self._number_told("over") is None:
                self._kill_unguarded()
        return True

    def close(self) -> None:
        """Ends what is left, if anything is; to be called in the end, whatever happens."""
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_WR)
        while not self.has_ended():
            time.sleep(LOOK_S)
        self._control.close()

    @property
    def memory_bytes(self) -> int | None:
        """How much was used when the guardian killed for it; None if it did not."""
        return self._number_told("memory")

    @property
    def left_behind(self) -> int:
        """How many processes the command had left behind, which were then ended."""
        return self._number_told("left") or 0

    def _keep_guardian_going(self) -> None:
        """Somebody may have stopped the guardian, which then could end nothing."""
        with contextlib.suppress(AttributeError, OSError):
            if os.waitid(os.P_PID, self.pid, os.WSTOPPED | os.WNOHANG) is not None:
                os.kill(self.pid, signal.SIGCONT)

    def _kill_unguarded(self) -> None:
        """Somebody has killed the guardian, and not all of what it was guarding. Once is enough."""
        if self._job_id is not None:
            kill_strays(self._job_id)
        pid = self._number_told("pid")
        if pid is not None:  # where the system tells no environments
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        self._told += b"over 0\n"

    def _number_told(self, word: str) -> int | None:
        with self._ending, contextlib.suppress(OSError):
            while some := self._control.recv(4096):
                self._told += some
        for line in self._told.decode().splitlines():
            name, _, number = line.partition(" ")
            if name == word:
                return int(number)
        return None
