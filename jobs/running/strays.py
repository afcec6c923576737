"""Processes of a run that nobody guards any more: worker, guardian or both were killed or stopped."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

from jobs.running.runner import JOB_ID_VARIABLE

PROC = Path("/proc")
MOST_PASSES = 100  # who forks while he is killed is met in the next one


def kill_strays(job_id: str) -> None:
    """Kills what has the job's id in its environment, as all that a run starts has, unless it has taken it out.

    On this machine, and where the system tells environments. The job must not be running, nor begin meanwhile.
    """
    for _ in range(MOST_PASSES):
        strays = strays_of(job_id)
        if not strays:
            return
        for pid in strays:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)


def strays_of(job_id: str) -> list[int]:
    mark = f"\0{JOB_ID_VARIABLE}={job_id}\0".encode()
    pids = [int(name) for name in os.listdir(PROC) if name.isdigit()] if PROC.is_dir() else []
    return [pid for pid in pids if pid != os.getpid() and mark in b"\0" + environment_of(pid)]


def environment_of(pid: int) -> bytes:
    """As it was when the process began; empty for one that has ended, or is somebody else's."""
    try:
        return (PROC / str(pid) / "environ").read_bytes()
    except OSError:
        return b""
