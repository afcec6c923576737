"""What descends from this process, as /proc shows it (Linux)."""

from __future__ import annotations

import contextlib
import os

PARENT, THREADS = 1, 17  # of the fields of /proc/PID/stat after the name, which may hold anything


def descendants() -> dict[int, int]:
    """The pids of all, and how many threads each has."""
    children: dict[int, list[tuple[int, int]]] = {}
    for name in os.listdir("/proc") if os.path.isdir("/proc/self") else ():
        if name.isdigit():
            parent, threads = parent_and_threads(name)
            children.setdefault(parent, []).append((int(name), threads))
    found = list(children.get(os.getpid(), ()))
    for pid, _ in found:
        found += children.get(pid, ())
    return dict(found)


def parent_and_threads(pid: str) -> tuple[int, int]:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
            return int(fields[PARENT]), int(fields[THREADS])
    except (OSError, IndexError, ValueError):
        return 0, 0


def send(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)
