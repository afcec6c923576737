"""The last lines of a large job beside those of a small one.

    python benchmarks/last_lines.py [--large N] [--small N]

Target: the query for the last 1,000 lines of a job with a million takes less than 10 ms, and no longer than with ten
thousand. The rest is for orientation: the whole page as the API makes it, on a connection that is new, and filters.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from uuid import UUID

from figures import Targets, median, milliseconds, percentile, table
from installation import Installation

HERE = Installation()

from django.db import connection  # noqa: E402

from jobs import levels, lifecycle, recording  # noqa: E402
from jobs.models import Step  # noqa: E402
from jobs.queries import END, START, Filter, Log  # noqa: E402
from jobs.queries.log import page_of_rows  # noqa: E402
from jobs.recording import NewEntry  # noqa: E402

BATCH = 10_000
LAST = 1_000
ROUNDS = 40
LONGEST_MS = 10.0
NO_SLOWER = 1.25  # medians of two equal queries differ by this much where other things run
STEPS = 20
STEP = 7  # the one that is asked for
RARE, RARE_EVERY = "needle", 5_000


def fill(count: int) -> tuple[UUID, UUID]:
    """A job with `count` lines; gives its id and that of the step to ask for."""
    job = lifecycle.create_job(f"{count:,} lines")
    steps = [lifecycle.add_step(job, f"step {number}") for number in range(STEPS)]
    for first in range(0, count, BATCH):
        recording.append(job, [line(number, count, steps) for number in range(first, min(count, first + BATCH))])
    return job.pk, steps[STEP].pk


def line(number: int, count: int, steps: list[Step]) -> NewEntry:
    message = f"line {number}: GET /api/orders/{number % 977} 200 in {number % 89} ms, 14 rows"
    if number % RARE_EVERY == 0:
        message += f" {RARE}"
    return NewEntry(message, "error" if number % 100 == 0 else "info", step=steps[number * STEPS // count])


def query(log: Log, limit: int) -> Callable[[], object]:
    """The database's part alone: what `Log.last` asks for."""
    return lambda: page_of_rows(log.between(START, END).order_by(f"-{log.order}")[: limit + 1])


def questions(job: UUID, step: UUID) -> dict[str, Callable[[], object]]:
    def on_new_connection() -> None:
        connection.close()
        Log(job).last(LAST)

    return {
        f"last {LAST:,}: the query": query(Log(job), LAST),
        f"last {LAST:,}: as records": lambda: Log(job).last(LAST),
        f"last {LAST:,}: on a new connection": on_new_connection,
        "last 100 of level error": lambda: Log(job, Filter(level=levels.ERROR)).last(100),
        "last 100 of a step": lambda: Log(job, Filter(step=step)).last(100),
        "last 100 with a rare word": lambda: Log(job, Filter(search=RARE)).last(100),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--small", type=int, default=10_000)
    options = parser.parse_args()
    started = time.monotonic()
    small, large = questions(*fill(options.small)), questions(*fill(options.large))
    seconds = time.monotonic() - started
    print(f"filled at {(options.small + options.large) / seconds:,.0f} entries/s")
    times = {name: measure(small[name], large[name]) for name in small}
    return report(times, options.small, options.large)


def measure(small: Callable[[], object], large: Callable[[], object]) -> tuple[list[float], list[float]]:
    """Times both in turns, after one call each that fills the caches."""
    small(), large()
    rounds = 5 if milliseconds(large) > 100 else ROUNDS
    pairs = [(milliseconds(small), milliseconds(large)) for _ in range(rounds)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def report(times: dict[str, tuple[list[float], list[float]]], small: int, large: int) -> int:
    with table("milliseconds", "", f"of {small:,}", f"of {large:,}", "p90") as result:
        for name, (of_small, of_large) in times.items():
            result.add(name, median(of_small), median(of_large), percentile(of_large, 0.9))
    query_small, query_large = (median(values) for values in times[f"last {LAST:,}: the query"])
    targets = Targets()
    targets.check(f"the query takes {query_large:.2f} ms (less than {LONGEST_MS:g})", query_large < LONGEST_MS)
    ratio = query_large / query_small
    targets.check(f"it takes {ratio:.2f} of the time that the small job needs (1)", ratio < NO_SLOWER)
    return targets.exit_code


if __name__ == "__main__":
    sys.exit(main())
