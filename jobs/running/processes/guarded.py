"""A run's process as its worker holds it: behind a guardian (see `guardian`), with bounds and a bare environment."""

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

from jobs.running.processes import guardian, orphans, proc
from jobs.running.processes.bounds import Bounds
from jobs.running.processes.cgroups import Cgroup
from jobs.running.processes.process import Process
from jobs.running.processes.run_user import RunUser
from jobs.running.processes.strays import kill_strays
from jobs.terms.environment import JOB_ID_VARIABLE

GUARDIAN = (sys.executable, "-I", "-S", str(guardian.DIRECTORY))
LOOK_S = 0.05
OBEYS_WITHIN_S = 2.0  # a guardian that is still there so long after a KILL cannot do what it is for
CLOSES_WITHIN_S = 3.0  # and by itself it ends all within so long
BOUNDS = ("processes", "memory", "disk")  # those for which it kills


class GuardedProcess(Process):
    """A command in a process group of its own, of which nothing is left when it `has_ended`.

    Its guardian does what is to be done, and its worker what the guardian does not: a program may have stopped or
    killed it.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        directory: Path,
        scratch: Path,
        bounds: Bounds,
        user: RunUser | None = None,
        cgroup: Cgroup | None = None,
    ) -> None:
        """Runs in `directory`, as `user` or as we do; `scratch` and `cgroup` go with it. Raises CannotStart."""
        self._control, theirs = socket.socketpair()
        self._reported, self._ending = b"", threading.RLock()  # several threads listen
        self._job_id, self._cgroup = environment.get(JOB_ID_VARIABLE), cgroup
        self._killed_at: float | None = None
        words = [f"control={theirs.fileno()}", f"scratch={scratch}", *bounds.words()]
        words += [] if user is None else user.words()
        words += [] if cgroup is None else [f"cgroup={cgroup.path}"]
        try:
            super().__init__(
                (*GUARDIAN, *words, "--", *command), environment, directory=directory, pass_fds=(theirs.fileno(),)
            )
        except BaseException:
            self._control.close()
            self._remove_cgroup()
            raise
        finally:
            theirs.close()
        self._control.setblocking(False)
        began = proc.process_of(self.pid)
        self._began = 0 if began is None else began.started_at

    def signal_group(self, number: int) -> None:
        with self._ending:
            if super().has_ended():
                return
            with contextlib.suppress(OSError):
                self._control.send(bytes([number]))
            os.kill(self.pid, signal.SIGCONT)
            if number == signal.SIGKILL:
                self._killed_at = self._killed_at or time.monotonic()
                self._kill_guarded()

    def has_group(self) -> bool:
        return not self.has_ended()

    def has_ended(self) -> bool:
        with self._ending:  # a thread that asks while another still kills what is left must not get that it has ended
            if super().has_ended():
                if self._number_sent("over") is None:
                    self._kill_unguarded()
                return True
            self._keep_guardian_going()
            if self._killed_at is not None:
                self._kill_guarded()
            return False

    def close(self) -> None:
        """Ends what is left, if anything is."""
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_WR)
        until = time.monotonic() + CLOSES_WITHIN_S
        while not self.has_ended():
            if time.monotonic() > until:
                self.signal_group(signal.SIGKILL)
            time.sleep(LOOK_S)
        self._remove_cgroup()
        self._control.close()

    @property
    def broken_bound(self) -> tuple[str, int] | None:
        """For which the guardian killed, and how much was used; None if it did not."""
        reports = ((name, self._number_sent(name)) for name in BOUNDS)
        return next(((name, used) for name, used in reports if used is not None), None)

    @property
    def left_behind(self) -> int:
        """How many processes the command had left behind, which were then ended."""
        return self._number_sent("left") or 0

    def _keep_guardian_going(self) -> None:
        """The guardian may have been stopped, and could then end nothing."""
        with contextlib.suppress(AttributeError, OSError):
            if os.waitid(os.P_PID, self.pid, os.WSTOPPED | os.WNOHANG) is not None:
                os.kill(self.pid, signal.SIGCONT)

    def _kill_guarded(self) -> None:
        """All that is below the guardian, and itself when it does not end for that."""
        if self._cgroup is not None:
            self._cgroup.kill()
        for process in proc.below(self.pid):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(process.pid, signal.SIGKILL)
        if self._killed_at is not None and time.monotonic() > self._killed_at + OBEYS_WITHIN_S:
            os.kill(self.pid, signal.SIGKILL)

    def _kill_unguarded(self) -> None:
        """The guardian was killed, and not all of what it was guarding. Once is enough."""
        if self._cgroup is not None:
            self._cgroup.kill()
        orphans.kill_adopted(self._began)
        if self._job_id is not None:
            kill_strays(self._job_id)
        pid = self._number_sent("pid")
        if pid is not None:  # where the system shows no environments
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        self._reported += b"over 0\n"

    def _remove_cgroup(self) -> None:
        if self._cgroup is not None:
            self._cgroup.remove()

    def _number_sent(self, word: str) -> int | None:
        with self._ending, contextlib.suppress(OSError):
            while some := self._control.recv(4096):
                self._reported += some
        for line in self._reported.decode().splitlines():
            name, _, number = line.partition(" ")
            if name == word:
                return int(number)
        return None
