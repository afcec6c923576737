"""A run that prints a million lines as fast as it can.

    python benchmarks/run_output.py [--lines N]

Every line must be stored, in order. Targets: 30,000 lines/s or more from the start of the job to its end, and less than
150 MB for the worker, which slows the program down where that is faster. A third run has a secret parameter, for which
every line is searched.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import datetime

from figures import Targets, table
from served import ENDED, Served

LEAST_RATE, MOST_MB = 30_000, 150
PROGRAMS = {
    "shell": ("shell", "seq -f 'line %.0f of many, as a program writes them' {lines}"),
    "python": ("python", "for n in range(1, {lines} + 1): print('line', n, 'of many, as a program writes them')"),
}
PAGE = 1_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=1_000_000)
    lines = parser.parse_args().lines
    targets = Targets()
    with Served() as served, table("Output of one run", "program", "lines", "lines/s", "worker MB") as result:
        for name, secret in (("shell", {}), ("python", {}), ("shell", {"token": "not in any of the lines"})):
            language, program = PROGRAMS[name]
            job_id = served.run(program.format(lines=lines), language, parameters=secret)
            megabytes = peak_until_end(served, job_id)
            job = served.get(f"/api/jobs/{job_id}")
            rate = job["last_line"] / seconds_of(job)
            shown = f"{name}, with a secret" if secret else name
            result.add(shown, job["last_line"], rate, megabytes)
            targets.check(f"{shown}: completed, every line stored, in order", is_complete(served, job, lines))
            targets.check(f"{shown}: {rate:,.0f} lines/s (at least {LEAST_RATE:,})", rate >= LEAST_RATE)
            targets.check(f"{shown}: {megabytes} MB of memory (less than {MOST_MB})", megabytes < MOST_MB)
    return targets.exit_code


def peak_until_end(served: Served, job_id: str) -> int:
    """The largest memory of a worker (RSS, in MB) until the job has ended."""
    peak = 0
    workers = served.workers()
    while served.get(f"/api/jobs/{job_id}")["status"] not in ENDED:
        peak = max(peak, *(worker.memory_info().rss for worker in workers))
        time.sleep(0.1)
    return peak >> 20


def seconds_of(job: dict) -> float:
    started, finished = (datetime.fromisoformat(job[name]) for name in ("started_at", "finished_at"))
    return (finished - started).total_seconds()


def is_complete(served: Served, job: dict, lines: int) -> bool:
    """Whether the job completed and has all lines in order. Reads the whole log page by page."""
    if job["status"] != "completed" or job["last_line"] != lines:
        return False
    expected, cursor = 1, 0
    while expected <= lines:
        page = served.get(f"/api/jobs/{job['id']}/logs?since={cursor}&limit={PAGE}")["logs"]
        for entry in page:
            if entry["line"] != expected or not entry["message"].startswith(f"line {expected} of"):
                return False
            expected += 1
        if not page:
            return False
        cursor = page[-1]["id"]
    return True


if __name__ == "__main__":
    sys.exit(main())
