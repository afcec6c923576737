"""`QuaeroHandler` beside `logging.NullHandler` and a `FileHandler`, and with eight threads at once.

    python benchmarks/handler.py [--records N] [--threads N] [--each N]

Targets: under 10 us a record for the program that logs (median of 100,000 calls, one after the other), and
40,000 records/s or more from eight threads that do nothing but log, until the last is stored, none lost.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

from figures import Targets, median, percentile, table
from installation import Installation

HERE = Installation()

from jobs import lifecycle  # noqa: E402
from jobs.background.flush import wait  # noqa: E402
from jobs.handlers import QuaeroHandler  # noqa: E402
from jobs.models import Job  # noqa: E402

ENOUGH_US = 10
ENOUGH_PER_S = 40_000
MESSAGE = "GET /api/orders/%d %d in %d ms: 14 rows"


@contextmanager
def logger_with(handler: logging.Handler) -> Iterator[logging.Logger]:
    logger = logging.getLogger("shop.orders")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(handler)
    yield logger
    logger.removeHandler(handler)
    handler.close()


def microseconds_a_record(logger: logging.Logger, records: int, **options: object) -> list[float]:
    """How long each call took."""
    info, clock = logger.info, time.perf_counter
    times = []
    for number in range(records):
        started = clock()
        info(MESSAGE, number, 200, 13, **options)  # type: ignore[arg-type]
        times.append(1e6 * (clock() - started))
    return times


def one_thread(records: int, targets: Targets) -> None:
    job = running_job()
    contestants: dict[str, tuple[Callable[[], logging.Handler], dict[str, object]]] = {
        "NullHandler": (logging.NullHandler, {}),
        "FileHandler": (lambda: logging.FileHandler(tempfile.mkstemp(".log")[1]), {}),
        "QuaeroHandler": (lambda: QuaeroHandler(job=job), {}),
        "QuaeroHandler, extra of three": (lambda: QuaeroHandler(job=job), {"extra": {"a": 1, "b": "two", "c": None}}),
    }
    medians = {}
    with table(f"{records:,} records, one thread", "", "median us", "p99 us", "mean us") as result:
        for name, (make, options) in contestants.items():
            with logger_with(make()) as logger:
                times = microseconds_a_record(logger, records, **options)
            assert settled(), "the database is too slow"
            medians[name] = median(times)
            result.add(name, medians[name], percentile(times, 0.99), sum(times) / len(times))
    reached = medians["QuaeroHandler"]
    targets.check(f"{reached:.1f} us a record (under {ENOUGH_US})", reached < ENOUGH_US)
    job.refresh_from_db()
    targets.check("none lost", job.counts["info"] == 2 * records and job.counts["warn"] == 0)


def many_threads(threads: int, each: int, targets: Targets) -> None:
    job = running_job()
    with logger_with(QuaeroHandler(job=job)) as logger:
        workers = [Thread(target=microseconds_a_record, args=(logger, each)) for _ in range(threads)]
        started = time.perf_counter()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        logged_s = time.perf_counter() - started
        assert settled(), "the database is too slow"
        stored_s = time.perf_counter() - started
    job.refresh_from_db()
    count = threads * each
    print(f"{threads} threads, {count:,} records: logged in {logged_s:.2f} s, stored after {stored_s:.2f} s")
    rate = count / stored_s
    targets.check(f"{rate:,.0f} records/s (at least {ENOUGH_PER_S:,})", rate >= ENOUGH_PER_S)
    lost = count - job.counts["info"]
    targets.check(f"none lost ({lost:,} are)", lost == 0 and job.counts["warn"] == 0)


def settled() -> bool:
    return any(wait() for _ in range(24))


def running_job() -> Job:
    job = lifecycle.create_job("benchmark")
    lifecycle.start_job(job, leased=False)
    return job


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--each", type=int, default=50_000)
    options = parser.parse_args()
    targets = Targets()
    one_thread(options.records, targets)
    many_threads(options.threads, options.each, targets)
    return targets.exit_code


if __name__ == "__main__":
    sys.exit(main())
