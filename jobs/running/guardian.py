"""Stands between a worker and a program: `python -I -S guardian.py SOCKET MEMORY SCRATCH COMMAND ARG...`

Runs with the standard library alone, so that it starts in some milliseconds and is small. It starts the command in
a session of its own, and is there until nothing of it is left: it adopts what daemons leave behind, bounds the
memory of all of it together, and ends everything when the worker dies, which closes SOCKET, even by a kill -9.
What it is itself told to do by signals it ignores: they come from the command, if not from somebody's mistake.

The worker writes the numbers of signals to SOCKET, a byte each; 9 ends all, also what has moved to other sessions.
The guardian writes lines: `pid N` at first, `memory BYTES` when it kills for using so much, `left N` when so many
processes were still there after the command itself had ended, and `over N` when nothing is there any more: a guardian
that has ended without it was killed. It ends as the command does, by code or by signal.
"""

import contextlib
import ctypes
import os
import resource
import select
import shutil
import signal
import sys
import time

LOOK_S = 0.25  # so often memory is measured
LINGER_S = 2.0  # so long what the command has left behind may go on
TERM_TO_KILL_S = 1.0
PR_SET_CHILD_SUBREAPER = 36
CANNOT_EXECUTE = 126
NOT_IGNORED = (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD)


def main() -> None:
    descriptor, memory, scratch, *command = sys.argv[1:]
    control = int(descriptor)
    handle_signals(signal.SIG_IGN)
    adopt_orphans()
    child = start(command, int(memory), control)
    quiet_standard_streams()
    guard = Guard(child, control, int(memory))
    try:
        status = guard.run()
    except BaseException:  # whatever it is: better nothing runs than something that nobody guards
        guard.kill_all()
        raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    end_as(status)


def handle_signals(how: signal.Handlers) -> None:
    for number in signal.valid_signals().difference(NOT_IGNORED):
        signal.signal(number, how)


def adopt_orphans() -> None:
    """What loses its parent becomes a child of this process (Linux): so nothing can get away."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def start(command: list[str], memory: int, control: int) -> int:
    """Starts it, and waits until it is what it is to be: before, signals would not reach it."""
    is_coming, closed_by_exec = os.pipe()
    child = os.fork()
    if child:
        os.close(closed_by_exec)
        os.read(is_coming, 1)
        os.close(is_coming)
        return child
    try:
        os.setsid()
        os.close(control)
        handle_signals(signal.SIG_DFL)
        # One process that asks for far too much is told so by the system, before anybody has measured it.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.execvpe(command[0], command, environment())  # noqa: S606 - a shell is what some commands are, and no others need one
    except OSError as error:
        os.write(2, f"cannot start {command[0]}: {error.strerror}\n".encode())
    finally:
        os._exit(CANNOT_EXECUTE)


def environment() -> dict[bytes, bytes]:
    """As the worker has made it: Python has added `LC_CTYPE` where the locale is C."""
    try:
        with open("/proc/self/environ", "rb") as file:
            variables = (variable.partition(b"=") for variable in file.read().split(b"\0"))
            return {name: value for name, _, value in variables if name}
    except OSError:
        return dict(os.environb)


def quiet_standard_streams() -> None:
    """The pipes are the command's: their end must come when it has ended, not when we have."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(null, descriptor)


class Guard:
    def __init__(self, child: int, control: int, memory: int) -> None:
        self.child, self.control, self.memory = child, control, memory
        self.status: int | None = None  # of the child, as wait gives it
        self.is_worker_there = True
        self.kill_at = float("inf")
        self.term_at = float("inf")
        self.wakeup, wakeup_end = os.pipe()
        for descriptor in (self.wakeup, wakeup_end):
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(wakeup_end, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)

    def run(self) -> int:
        self.tell(f"pid {self.child}")
        while not self.is_all_over():
            watched = [self.wakeup, self.control] if self.is_worker_there else [self.wakeup]
            readable, _, _ = select.select(watched, [], [], LOOK_S)
            if self.wakeup in readable:
                os.read(self.wakeup, 512)
            if self.control in readable:
                self.obey(self.orders())
            self.look()
        assert self.status is not None
        self.tell(f"over {self.status}")
        return self.status

    def is_all_over(self) -> bool:
        """Reaps who has ended, the child and the adopted. Whether there are no children left."""
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
        except ConnectionResetError:  # it had not read all that it was told
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
            self.term_at = float("inf")
            self.tell(f"left {len(descendants())}")
            self.end_group()
        if now >= self.kill_at:
            self.kill_all()
        pids = descendants()
        if sum(map(memory_of, pids)) > self.memory and (used := sum(map(share_of_memory, pids))) > self.memory:
            self.tell(f"memory {used}")
            self.kill_all()

    def end_group(self) -> None:
        """TERM for all, also those who have left the group, and KILL for who does not heed it."""
        self.signal_group(signal.SIGTERM)
        for pid in descendants():
            send(pid, signal.SIGTERM)
        self.kill_at = min(self.kill_at, time.monotonic() + TERM_TO_KILL_S)

    def signal_group(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.child, number)

    def kill_all(self) -> None:
        """Again with every look until nothing is left: who forks while he is killed is met the next time."""
        self.kill_at = time.monotonic()
        self.signal_group(signal.SIGKILL)
        for pid in descendants():
            send(pid, signal.SIGKILL)

    def tell(self, line: str) -> None:
        with contextlib.suppress(OSError):
            os.write(self.control, f"{line}\n".encode())


def send(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def descendants() -> list[int]:
    """All that descends from this process."""
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc") if os.path.isdir("/proc/self") else ():
        if name.isdigit():
            children.setdefault(parent_of(name), []).append(int(name))
    found = list(children.get(os.getpid(), ()))
    for pid in found:
        found += children.get(pid, ())
    return found


def parent_of(pid: str) -> int:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            # The name, in brackets, may hold anything; what follows the last bracket is state and parent.
            return int(file.read().rpartition(b")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return 0


def memory_of(pid: int) -> int:
    """Bytes that are in memory for this process, files aside. What processes share is counted for each of them."""
    return kilobytes_of(f"/proc/{pid}/status", (b"RssAnon:", b"RssShmem:")) * 1024


def share_of_memory(pid: int) -> int:
    """The same, but of what several processes share (after a fork, or as shared memory) only its share.

    It takes the system some milliseconds for each GiB.
    """
    return kilobytes_of(f"/proc/{pid}/smaps_rollup", (b"Pss_Anon:", b"Pss_Shmem:")) * 1024 or memory_of(pid)


def kilobytes_of(path: str, names: tuple[bytes, ...]) -> int:
    try:
        with open(path, "rb") as file:
            return sum(int(line.split()[1]) for line in file if line.startswith(names))
    except (OSError, IndexError, ValueError):
        return 0


def end_as(status: int) -> None:
    if os.WIFSIGNALED(status):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with contextlib.suppress(OSError):  # KILL has no handler that could be changed
            signal.signal(os.WTERMSIG(status), signal.SIG_DFL)
        os.kill(os.getpid(), os.WTERMSIG(status))
    os._exit(os.WEXITSTATUS(status))


if __name__ == "__main__":
    main()
