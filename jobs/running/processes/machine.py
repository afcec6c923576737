"""This machine: which it is, which of its processes are still there, and who sits at it."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

from jobs.running.processes.proc import process_of

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def worker_name() -> str:
    """What the jobs that this process runs have in `worker`."""
    return f"{os.uname().nodename}:{os.getpid()}"


def machine_id() -> str:
    """The same for processes that see each other's pids: this boot, and this namespace of it. Empty: not known."""
    try:
        return f"{BOOT_ID.read_text().strip()} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""


def start_time(pid: int) -> int | None:
    """When the process began, in ticks since the boot; None when there is no such process (or it is not known)."""
    process = process_of(pid)
    return None if process is None or process.has_ended else process.started_at


def user_name() -> str:
    """Who this process belongs to."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in containers
        return str(os.getuid())


def at_the_command_line() -> str:
    """Who acts, for the log, when it is done by a command."""
    return f"{user_name()} at the command line"
