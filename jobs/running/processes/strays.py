"""Processes of a run whose worker, guardian or both were killed or stopped."""

from __future__ import annotations

import contextlib
import os
import signal
import time

from jobs.running.processes import proc
from jobs.running.processes.proc import Process
from jobs.terms.environment import JOB_ID_VARIABLE

SURE_LOOKS = 2  # so many in a row have to find nothing: between two processes that follow each other one may see none
SURE_WITHIN_S = 2.0  # on a machine where something always begins, there is a last look too
MOST_S = 10.0  # for what the system itself cannot kill (it waits for a disk, say)
LOOK_AGAIN_S = 0.002

Key = tuple[int, int]


def kill_strays(job_id: str) -> None:
    """Kills what has the job's id in its environment, as all that a run starts has, unless it has taken it out; and
    what descends from such processes, or is in a session of theirs. Returns when nothing of it is there.

    On this machine, and where the system shows environments. The job must not be running, nor begin meanwhile.
    """
    search = Search(job_id)
    sure_looks, began = 0, time.monotonic()
    seen_at = began
    while sure_looks < SURE_LOOKS:
        strays = search.look()
        for pid in strays:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        now = time.monotonic()
        seen_at = now if strays else seen_at
        sure_looks = sure_looks + 1 if search.is_sure else 0
        if now - seen_at > SURE_WITHIN_S or now - began > MOST_S:
            return
        time.sleep(LOOK_AGAIN_S)


class Search:
    """Looks for the processes of one job, again and again.

    A look that finds none is no proof that there is none: a process that is just becoming another program
    (exec) shows an empty environment, and one that has ended since it was listed may have started another before.
    `is_sure`: whether the last look had no such gap.
    """

    def __init__(self, job_id: str) -> None:
        self._mark = f"\0{JOB_ID_VARIABLE}={job_id}\0".encode()
        self._others: dict[int, int] = {os.getpid(): 0}  # known not to be of the job: pids, and when they began
        self._theirs: set[Key] = set()  # known to be of it: a process that is being killed has no environment any more
        self._ended: set[Key] = set()
        self.is_sure = False

    def look(self) -> list[int]:
        """The pids of those that are there."""
        self.is_sure = True
        listed = [process for pid in proc.pids() if (process := self._listed(pid)) is not None]
        marked: set[Process] = set()
        for process in listed:
            environment = proc.environment_of(process.pid)
            if process.key in self._theirs or (environment is not None and self._mark in b"\0" + environment):
                marked.add(process)
            elif environment == b"" and not process.has_empty_environment:
                self.is_sure = False
            else:
                self._others[process.pid] = process.started_at
        theirs = with_descendants(marked, listed, outside={0, os.getsid(0), *self._others})
        for process in theirs:
            self._others.pop(process.pid, None)
            self._theirs.add(process.key)
            self.is_sure = False
        return [process.pid for process in theirs]

    def _listed(self, pid: int) -> Process | None:
        """A process that may be of the job."""
        if pid == os.getpid():
            return None
        process = proc.process_of(pid)
        if process is not None and not process.has_ended:
            is_other = process.is_kernels or self._others.get(pid) == process.started_at
            return None if is_other else process
        key = (pid, 0 if process is None else process.started_at)
        self.is_sure &= key in self._ended or pid in self._others
        self._ended.add(key)
        return None


def with_descendants(marked: set[Process], listed: list[Process], outside: set[int]) -> set[Process]:
    """These, and those listed that descend from them or are in their sessions: some have no environment.

    `outside` are sessions that are led from outside of the run: a shell there may have the mark too.
    """
    found = set(marked)
    while True:
        pids = {process.pid for process in found}
        sessions = {process.session for process in found} - outside
        more = {process for process in listed if process.parent in pids or process.session in sessions} - found
        if not more:
            return found
        found |= more
