"""What a run leaves to this process when its own parents are gone: this process adopts it, and ends it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import time
from collections.abc import Iterator

from jobs.running.processes import proc
from jobs.running.processes.strays import LOOK_AGAIN_S

PR_SET_CHILD_SUBREAPER = 36
LOOKS = 2  # so many in a row have to find none
MOST_S = 5.0

_adopts = False


@contextlib.contextmanager
def adopting() -> Iterator[None]:
    """What descends from this process stays below it meanwhile (Linux). For one that starts runs and nothing else."""
    global _adopts
    _adopts = be_subreaper(1)
    try:
        yield
    finally:
        be_subreaper(0)
        _adopts = False


def be_subreaper(whether: int) -> bool:
    try:
        return bool(ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, whether, 0, 0, 0) == 0)
    except (OSError, AttributeError):
        return False


def kill_adopted(since: int) -> None:
    """Ends the children that began at `since` or later (in ticks, as in `proc`), with all below them."""
    killed, looks, until = set[int](), 0, time.monotonic() + MOST_S
    while _adopts and looks < LOOKS and time.monotonic() < until:
        found = {each.pid for each in proc.below(os.getpid()) if each.started_at >= since}
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        killed |= found
        looks = 0 if found else looks + 1
        time.sleep(LOOK_AGAIN_S)
    for pid in killed:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
