"""What a guardian does as long as anything of its command is there.

The worker writes the numbers of signals to the socket, a byte each; 9 ends all, also what has moved to other sessions.
The guardian writes lines: `pid N` at first; `memory BYTES`, `processes N` or `disk BYTES` when it kills for using so
much; `left N` when so many processes were still there after the command itself had ended; and `over N` when nothing is
there any more: a guardian that has ended without it was killed. It ends as the command does, by code or by signal.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from jobs.running.processes.guardian.bounds import Bounds
    from jobs.running.processes.guardian.cgroup import Cgroup
    from jobs.running.processes.guardian.disk import Disk
    from jobs.running.processes.guardian.memory import Memory
    from jobs.running.processes.guardian.tree import descendants, send
else:
    from cgroup import Cgroup
    from disk import Disk
    from memory import Memory
    from tree import descendants, send

LOOK_S = 0.25  # so often what is used is measured
SPARING = 10  # and not for more than a tenth of the time
LINGER_S = 2.0  # so long what the command has left behind may go on
TERM_TO_KILL_S = 1.0
NEVER = float("inf")


class Guard:
    def __init__(self, child: int, bounds: Bounds) -> None:
        self.child, self.control, self.bounds = child, bounds.control, bounds
        self.cgroup = Cgroup(bounds.cgroup)
        self.memory, self.disk = Memory(bounds.user, bounds.scratch), Disk(bounds.scratch)
        self.status: int | None = None  # of the child, as wait gives it
        self.is_worker_there = True
        self.kill_at = self.term_at = NEVER
        self.measure_at = time.monotonic()
        self.wakeup, wakeup_end = os.pipe()
        for descriptor in (self.wakeup, wakeup_end):
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(wakeup_end, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)

    def run(self) -> int:
        self.send(f"pid {self.child}")
        while not self.is_all_over():
            watched = [self.wakeup, self.control] if self.is_worker_there else [self.wakeup]
            readable, _, _ = select.select(watched, [], [], LOOK_S)
            if self.wakeup in readable:
                os.read(self.wakeup, 512)
            if self.control in readable:
                self.obey(self.orders())
            self.look()
        assert self.status is not None
        self.report_kills_by_the_system()
        self.send(f"over {self.status}")
        return self.status

    def is_all_over(self) -> bool:
        """Reaps what has ended, the child and the adopted. Whether there are no children left."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return True
            if pid == 0:
                return False
            if pid == self.child:
                self.status = status
                self.term_at = time.monotonic() + LINGER_S

    def orders(self) -> bytes:
        """The numbers of signals; none when the worker is no more."""
        try:
            return os.read(self.control, 64)
        except ConnectionResetError:  # it had not read all that was sent to it
            return b""

    def obey(self, numbers: bytes) -> None:
        if not numbers:
            self.is_worker_there = False
            self.end_group()
        for number in numbers:
            self.kill_all() if number == signal.SIGKILL else self.signal_group(number)

    def look(self) -> None:
        now = time.monotonic()
        if now >= self.term_at:
            self.term_at = NEVER
            self.send(f"left {len(descendants())}")
            self.end_group()
        if now >= self.kill_at:
            self.kill_all()
        elif now >= self.measure_at:
            self.measure()
            self.measure_at = time.monotonic() + SPARING * (time.monotonic() - now)

    def measure(self) -> None:
        """Kills for what is used beyond the bounds."""
        threads = descendants()
        self.bound("processes", sum(threads.values()), self.bounds.processes or NEVER)
        self.bound("memory", self.memory.used_by(list(threads), self.bounds.memory), self.bounds.memory)
        if self.bounds.disk:
            self.bound("disk", self.disk.used_by(list(threads)), self.bounds.disk)

    def bound(self, name: str, used: int, most: float) -> None:
        if used > most:
            self.send(f"{name} {used}")
            self.kill_all()

    def report_kills_by_the_system(self) -> None:
        if self.cgroup.has_run_out_of_memory():
            self.send(f"memory {max(self.cgroup.most_memory(), self.bounds.memory)}")

    def end_group(self) -> None:
        """TERM for all, also for those that have left the group, and KILL for those that do not heed it."""
        self.signal_group(signal.SIGTERM)
        for pid in descendants():
            send(pid, signal.SIGTERM)
        self.kill_at = min(self.kill_at, time.monotonic() + TERM_TO_KILL_S)

    def signal_group(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.child, number)

    def kill_all(self) -> None:
        """Again with every look until nothing is left: one that forks meanwhile is caught by the next."""
        self.kill_at = time.monotonic()
        self.cgroup.kill()
        self.signal_group(signal.SIGKILL)
        for pid in descendants():
            send(pid, signal.SIGKILL)

    def send(self, line: str) -> None:
        with contextlib.suppress(OSError):
            os.write(self.control, f"{line}\n".encode())
