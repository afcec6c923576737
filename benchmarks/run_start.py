"""The time from the POST of a program to the `status` event with status `running`.

    python benchmarks/run_start.py [--runs N]

One program after another on idle workers; each run's log stream is opened when the POST has been answered. Target:
less than 400 ms (median).
"""

from __future__ import annotations

import argparse
import json
import sys
import time

from figures import Targets, median, percentile, table
from served import Served

LONGEST_MS = 400.0
PAUSE_S = 0.313  # so that every run finds idle workers; no multiple of the interval of their looks


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=40)
    runs = parser.parse_args().runs
    found: dict[str, list[float]] = {}
    with Served() as served:
        for language, program in (("shell", "sleep 0.2"), ("python", "import time; time.sleep(0.2)")):
            start(served, language, program)
            found[language] = [start(served, language, program) for _ in range(runs)]
    with table("Milliseconds from POST to `status: running`", "language", "median", "p90", "max") as result:
        for language, times in found.items():
            result.add(language, median(times), percentile(times, 0.9), max(times))
    targets = Targets()
    for language, times in found.items():
        targets.check(f"{language}: {median(times):.0f} ms (less than {LONGEST_MS:g})", median(times) < LONGEST_MS)
    return targets.exit_code


def start(served: Served, language: str, program: str) -> float:
    """Runs a program to its end. Returns the milliseconds until it ran."""
    time.sleep(PAUSE_S)
    began = time.perf_counter()
    job_id = served.run(program, language)
    running_after = None
    with served.client.stream("GET", f"/api/jobs/{job_id}/logs/stream") as stream:
        event = ""
        for line in stream.iter_lines():
            name, _, value = line.partition(": ")
            if name == "event":
                event = value
            elif name == "data" and event == "status" and running_after is None and is_running(value):
                running_after = 1000 * (time.perf_counter() - began)
    if running_after is None:
        raise SystemExit(f"{job_id} never said that it was running")
    return running_after


def is_running(status: str) -> bool:
    return json.loads(status)["job"]["status"] == "running"


if __name__ == "__main__":
    sys.exit(main())
