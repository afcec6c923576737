"""Ends the command of a `runjob` that was killed: `python -m jobs.running.processes.end_command JOB_ID GROUP`.

What the command has started has the job's id in its environment, unless it has taken it out (see `strays.py`).
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time

from jobs.running.processes.strays import Search, kill_strays

TERM_TO_KILL_S = 1.0
LOOK_AGAIN_S = 0.02


def main(job_id: str, group: str) -> None:
    """`group` is empty when the command had not begun, as far as is known."""
    search = Search(job_id)
    signal_all(search.look(), group, signal.SIGTERM)
    until = time.monotonic() + TERM_TO_KILL_S
    while search.look() and time.monotonic() < until:
        time.sleep(LOOK_AGAIN_S)
    signal_all([], group, signal.SIGKILL)
    kill_strays(job_id)


def signal_all(pids: list[int], group: str, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if group:
            os.killpg(int(group), number)
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


if __name__ == "__main__":
    main(*sys.argv[1:])
