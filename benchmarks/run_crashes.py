"""Many short jobs at once while workers are killed.

    python benchmarks/run_crashes.py [--jobs N] [--every SECONDS]

200 programs are queued for 2 workers, of which one, chosen at random, is killed with SIGKILL every 5 s. Each program
writes its job's id to a file when it begins. Target: every job ends in exactly one terminal state, none is lost, none
has begun twice (no program declares retries), and no process is left. A second round is of registered jobs that
declare retries: all of them complete, however often they were killed.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import psutil
from figures import Targets, table
from served import ENDED, Served

PROGRAM = """\
echo $QUAERO_JOB_ID >> {file}
echo begun
sleep 0.{tenths}
echo ended
"""
WITHIN_S = 300.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--every", type=float, default=5.0)
    options = parser.parse_args()
    targets = Targets()
    with Served() as served, tempfile.TemporaryDirectory() as directory:
        begun = Path(directory) / "begun"
        killer = Killer(served, options.every)
        began = time.monotonic()
        jobs = [order(served, begun) for _ in range(options.jobs)]
        killer.start()
        ended = wait_for_all(served, jobs)
        killer.stop()
        took = time.monotonic() - began
        starts = Counter(begun.read_text().split())
        outcomes = Counter(ended.get(job, "not ended") for job in jobs)
        with table("Short jobs while workers are killed", "jobs", "seconds", "killed", *outcomes) as result:
            result.add(len(jobs), took, killer.count, *outcomes.values())
        targets.check("every job has ended", set(outcomes) <= set(ENDED))
        targets.check("none has begun twice", max(starts.values()) == 1)
        targets.check("none is told to have completed that has not begun", set(completed(ended)) <= set(starts))
        targets.check("terminal states have stayed", ended == {job: status_of(served, job) for job in jobs})
        targets.check("each has failed for the loss of its worker, if at all", not other_failures(served, ended))
        targets.check("no process of a run is left", not left_over(directory))
    return targets.exit_code


def order(served: Served, begun: Path) -> str:
    return served.run(PROGRAM.format(file=begun, tenths=random.randint(1, 9)), name="short job")


class Killer(threading.Thread):
    """Kills a worker every so many seconds."""

    def __init__(self, served: Served, every_s: float) -> None:
        super().__init__(daemon=True)
        self.served, self.every_s, self.count = served, every_s, 0
        self._stopped = threading.Event()

    def run(self) -> None:
        while not self._stopped.wait(self.every_s):
            workers = self.served.workers()
            if workers:
                random.choice(workers).kill()
                self.count += 1

    def stop(self) -> None:
        self._stopped.set()
        self.join()


def wait_for_all(served: Served, jobs: list[str]) -> dict[str, str]:
    deadline = time.monotonic() + WITHIN_S
    ended: dict[str, str] = {}
    while len(ended) < len(jobs) and time.monotonic() < deadline:
        for job in jobs:
            if job not in ended and (status := status_of(served, job)) in ENDED:
                ended[job] = status
        time.sleep(0.2)
    return ended


def status_of(served: Served, job: str) -> str:
    return str(served.get(f"/api/jobs/{job}")["status"])


def completed(ended: dict[str, str]) -> list[str]:
    return [job for job, status in ended.items() if status == "completed"]


def other_failures(served: Served, ended: dict[str, str]) -> list[str]:
    failed = [job for job, status in ended.items() if status != "completed"]
    return [job for job in failed if served.get(f"/api/jobs/{job}")["error"] != "lost its process"]


def left_over(directory: str) -> list[psutil.Process]:
    """Processes whose programs name the directory: none outlives its job."""
    return [
        process for process in psutil.process_iter(["cmdline"]) if directory in " ".join(process.info["cmdline"] or ())
    ]


if __name__ == "__main__":
    sys.exit(main())
