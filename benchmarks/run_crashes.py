"""Many short jobs at once while workers are killed.

    python benchmarks/run_crashes.py [--jobs N] [--every SECONDS]

200 programs are queued for 2 workers, of which one, chosen at random, is killed with SIGKILL every 5 s. Each program
writes its job's id to a file when it begins. Target: every job ends in exactly one terminal state, none is lost, none
has begun twice (no program declares retries), and no process is left. The second round has registered jobs that
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
from collections.abc import Callable
from pathlib import Path

import psutil
from figures import Targets, table
from served import ENDED, Served

PROGRAM = """\
echo $QUAERO_JOB_ID >> {file}
echo begun
sleep {seconds}
echo ended
"""
WITHIN_S = 600.0
LOST = "lost its process"

Order = Callable[[Served, Path], str]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--every", type=float, default=5.0)
    options = parser.parse_args()
    targets = Targets()
    for name, order in (("programs", order_program), ("retried", order_retried)):
        with Served(settings="crash_settings") as served, tempfile.TemporaryDirectory() as directory:
            found = Round(served, Path(directory), options.every)
            found.run(order, options.jobs)
            found.show(name)
            found.check(name, targets, may_begin_again=order is order_retried)
    return targets.exit_code


def order_program(served: Served, begun: Path) -> str:
    return served.run(PROGRAM.format(file=begun, seconds=duration()), name="short job")


def order_retried(served: Served, begun: Path) -> str:
    body = {"parameters": {"file": str(begun), "seconds": duration()}}
    answer = served.client.post("/api/runnables/short-job/run", json=body).raise_for_status()
    return str(answer.json()["execution_id"])


def duration() -> float:
    return random.randint(1, 9) / 10


class Round:
    def __init__(self, served: Served, directory: Path, every_s: float) -> None:
        self.served, self.directory = served, directory
        self.killer = Killer(served, every_s)
        self.jobs: list[str] = []
        self.ended: dict[str, str] = {}
        self.starts: Counter[str] = Counter()
        self.seconds = 0.0

    def run(self, order: Order, count: int) -> None:
        began = time.monotonic()
        begun = self.directory / "begun"
        self.jobs = [order(self.served, begun) for _ in range(count)]
        self.killer.start()
        self.ended = wait_for_all(self.served, self.jobs)
        self.killer.stop()
        self.seconds = time.monotonic() - began
        self.starts = Counter(begun.read_text().split())

    def show(self, name: str) -> None:
        outcomes = Counter(self.ended.get(job, "not ended") for job in self.jobs)
        again = sum(self.starts.values()) - len(self.starts)
        heads = ("jobs", "seconds", "workers killed", *outcomes, "begun again")
        with table(f"Short jobs ({name}) while workers are killed", *heads) as result:
            result.add(len(self.jobs), self.seconds, self.killer.count, *outcomes.values(), again)

    def check(self, name: str, targets: Targets, *, may_begin_again: bool) -> None:
        completed = {job for job, status in self.ended.items() if status == "completed"}
        others = set(self.ended) - completed
        targets.check(f"{name}: each has ended in one terminal state", set(self.ended) == set(self.jobs))
        still = {job: status_of(self.served, job) for job in self.jobs}
        targets.check(f"{name}: which it has kept", self.ended == still)
        targets.check(f"{name}: none has completed that has not begun", completed <= set(self.starts))
        if may_begin_again:
            targets.check(f"{name}: all have completed", not others)
        else:
            reasons = {self.served.get(f"/api/jobs/{job}")["error"] for job in others}
            targets.check(f"{name}: none has begun twice", max(self.starts.values()) == 1)
            targets.check(f"{name}: who has failed has lost its process", reasons <= {LOST})
        targets.check(f"{name}: no process of a run is left", not left_over(self.directory))


class Killer(threading.Thread):
    """Kills a random worker every `every_s` seconds."""

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


def left_over(directory: Path) -> list[psutil.Process]:
    """Processes with the directory in their command lines, which outlived their jobs."""
    name = str(directory)
    return [process for process in psutil.process_iter(["cmdline"]) if name in " ".join(process.info["cmdline"] or ())]


if __name__ == "__main__":
    sys.exit(main())
