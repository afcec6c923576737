"""How long a histogram of a long log takes: at first, again, filtered, and while the log grows.

    python benchmarks/histogram.py [--lines N]

Targets: less than 0.3 s for a log of a million lines, the first time too, and less than 0.6 s with a search, whose
first picture may be of a part.
"""

from __future__ import annotations

import argparse
import sys
import threading
from datetime import timedelta
from uuid import UUID

from figures import Targets, milliseconds, table
from installation import Installation

HERE = Installation()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from jobs import lifecycle, recording  # noqa: E402
from jobs.queries import Filter, Log  # noqa: E402
from jobs.queries.pictures import Histogram, histogram_of  # noqa: E402

USER = 1
BUCKETS = 60
BATCH = 1_000
LEVELS = ("info", "info", "debug", "info", "info", "info", "warn", "info", "info", "debug")
MESSAGE = "{} GET /api/orders/4711 200 in 13 ms: fourteen rows of the customer's basket"
LONGEST_MS, LONGEST_SEARCH_MS = 300, 600


def fill(job_id: UUID, lines: int) -> None:
    """As many lines over the last three hours."""
    began, pause = timezone.now() - timedelta(hours=3), timedelta(hours=3) / lines
    for begin in range(0, lines, BATCH):
        recording.append(
            job_id,
            [
                recording.NewEntry(MESSAGE.format(number), LEVELS[number % 10], began + pause * number)
                for number in range(begin, begin + BATCH)
            ],
        )


def grow(job_id: UUID, stop: threading.Event) -> None:
    while not stop.is_set():
        recording.append(job_id, [recording.NewEntry(MESSAGE.format(number)) for number in range(100)])
        stop.wait(0.01)
    connection.close()


class Asked:
    def __init__(self, job_id: UUID) -> None:
        self.job_id = job_id
        self.found: Histogram | None = None

    def ask(self, **conditions: object) -> float:
        def work() -> None:
            self.found = histogram_of(Log(self.job_id, Filter(**conditions)), BUCKETS, USER)  # type: ignore[arg-type]

        return milliseconds(work)

    @property
    def words(self) -> str:
        assert self.found is not None
        kind = "sampled" if self.found.is_sampled else "counted" if self.found.is_complete else "counted in part"
        return f"{self.found.total:,} in {len(self.found.buckets)}, {kind}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=1_000_000)
    options = parser.parse_args()
    job = lifecycle.create_job("large")
    lifecycle.start_job(job, leased=False)
    fill(job.pk, options.lines)
    asked, targets = Asked(job.pk), Targets()
    hour = timezone.now() - timedelta(hours=1)
    with table(f"histogram of {options.lines:,} lines", "", "ms", "entries in buckets") as result:

        def measure(name: str, limit: float, **conditions: object) -> None:
            took = asked.ask(**conditions)
            result.add(name, took, asked.words)
            targets.check(f"{name}: {took:.0f} ms (less than {limit:g})", took < limit)

        measure("at first", LONGEST_MS)
        measure("again", LONGEST_MS)
        measure("warnings", LONGEST_MS, level=30)
        measure("last hour", LONGEST_MS, from_time=hour)
        for turn in range(1, 7):
            measure(f"search, request {turn}", LONGEST_SEARCH_MS, search="basket")
        stop = threading.Event()
        writer = threading.Thread(target=grow, args=(job.pk, stop))
        writer.start()
        for turn in range(1, 4):
            measure(f"while it grows, request {turn}", LONGEST_MS)
        measure("search while it grows", LONGEST_SEARCH_MS, search="basket")
        stop.set()
        writer.join()
    return targets.exit_code


if __name__ == "__main__":
    sys.exit(main())
