"""What the system shows of its processes in /proc (Linux); where there is none, there seem to be no processes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")
# Of the fields after the name, which may hold anything: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
STATE, PARENT, GROUP, SESSION, FLAGS, START_TIME, ENVIRONMENT = 0, 1, 2, 3, 6, 19, slice(47, 49)
OF_THE_KERNEL = 0x00200000


class Process(NamedTuple):
    pid: int
    started_at: int  # in ticks since the boot; with the pid it is this process and no other
    parent: int
    group: int
    session: int
    has_ended: bool  # its parent has not asked for its exit code yet
    is_kernels: bool
    has_empty_environment: bool  # for good, not only while it comes into being (exec) or passes away

    @property
    def key(self) -> tuple[int, int]:
        return self.pid, self.started_at


def pids() -> list[int]:
    return [int(name) for name in os.listdir(PROC) if name.isdigit()] if PROC.is_dir() else []


def process_of(pid: int) -> Process | None:
    """None when there is no such process (or it is not known)."""
    try:
        fields = (PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()
        begin, end = map(int, fields[ENVIRONMENT])
        return Process(
            pid,
            int(fields[START_TIME]),
            int(fields[PARENT]),
            int(fields[GROUP]),
            int(fields[SESSION]),
            has_ended=fields[STATE] in (b"Z", b"X"),
            is_kernels=bool(int(fields[FLAGS]) & OF_THE_KERNEL),
            has_empty_environment=begin == end != 0,
        )
    except (OSError, IndexError, ValueError):
        return None


def environment_of(pid: int) -> bytes | None:
    """As it was when the process began; empty for one that has ended or begins just now. None: it is not shown."""
    try:
        return (PROC / str(pid) / "environ").read_bytes()
    except PermissionError:  # another user's
        return None
    except OSError:
        return b""


def below(pid: int) -> list[Process]:
    """All that descends from this process, and has not ended."""
    children: dict[int, list[Process]] = {}
    for process in filter(None, map(process_of, pids())):
        children.setdefault(process.parent, []).append(process)
    found = list(children.get(pid, ()))
    for process in found:
        found += children.get(process.pid, ())
    return [process for process in found if not process.has_ended]
