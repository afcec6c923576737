"""Starts a command with bounds, and guards it until nothing of it is left.

Runs with the standard library alone, so that it starts in some milliseconds and is small. It starts the command in
a session of its own, as the user and in the cgroup that it is given, and is there until nothing of it is left: it
adopts what daemons leave behind, bounds all of it together, and ends everything when the worker dies, which closes
the socket, even by a kill -9. Signals to itself it ignores: they come from the command, if not
by mistake.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import shutil
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from jobs.running.processes.guardian.bounds import Bounds
    from jobs.running.processes.guardian.guard import Guard
else:
    from bounds import Bounds
    from guard import Guard

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
CANNOT_EXECUTE = 126
NOT_IGNORED = (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD)


def main() -> None:
    end_of_bounds = sys.argv.index("--")
    bounds, command = Bounds(sys.argv[1:end_of_bounds]), sys.argv[end_of_bounds + 1 :]
    handle_signals(signal.SIG_IGN)
    adopt_orphans()
    child = start(command, bounds)
    quiet_standard_streams()
    guard = Guard(child, bounds)
    try:
        status = guard.run()
    except BaseException:  # whatever it is: better nothing runs than something without a guard
        guard.kill_all()
        raise
    finally:
        shutil.rmtree(bounds.scratch, ignore_errors=True)
        guard.cgroup.remove()
    end_as(status)


def handle_signals(how: signal.Handlers) -> None:
    for number in signal.valid_signals().difference(NOT_IGNORED):
        signal.signal(number, how)


def adopt_orphans() -> None:
    """What loses its parent becomes a child of this process (Linux): so nothing can get away.

    And should this process be stopped when its worker dies, it goes on then.
    """
    with contextlib.suppress(OSError, AttributeError):
        prctl = ctypes.CDLL(None).prctl
        prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        prctl(PR_SET_PDEATHSIG, int(signal.SIGCONT), 0, 0, 0)


def start(command: list[str], bounds: Bounds) -> int:
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
        os.close(bounds.control)
        handle_signals(signal.SIG_DFL)
        bounds.hold()
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


def end_as(status: int) -> None:
    if os.WIFSIGNALED(status):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with contextlib.suppress(OSError):  # KILL has no handler that could be changed
            signal.signal(os.WTERMSIG(status), signal.SIG_DFL)
        os.kill(os.getpid(), os.WTERMSIG(status))
    os._exit(os.WEXITSTATUS(status))


if __name__ == "__main__":
    main()
