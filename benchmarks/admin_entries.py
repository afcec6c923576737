"""The admin's lists over a million entries and a hundred thousand jobs.

    python benchmarks/admin_entries.py [--entries N] [--jobs N]

Target: every page of entries in under 300 ms. The pages of jobs are for orientation. CPU ms is the processor time of
this process for a page, with the database in it; it does not depend on other load of the machine.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from math import ceil
from random import Random

from figures import Targets, median, milliseconds, table
from installation import Installation

HERE = Installation()

from django.contrib.auth.models import User  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from jobs import levels, lifecycle, recording, statuses  # noqa: E402
from jobs.models import Job, LogEntry, Step  # noqa: E402
from jobs.recording import NewEntry  # noqa: E402

ENOUGH_MS = 300
TIMES = 7
BATCH = 1_000
LARGE_SHARE = 0.5  # of all entries belong to one job
SMALL_JOB = 5_000
NEEDLE = "A needle that only one entry has"
MESSAGE = "GET /api/orders/{} 200 in {} ms: 14 rows, 2 of them from the cache, user 4711"
LEVELS = [levels.DEBUG] * 20 + [levels.INFO] * 76 + [levels.WARN] * 3 + [levels.ERROR]
random = Random(1)  # the same entries every time


def lines(count: int, steps: list[Step]) -> Iterator[list[NewEntry]]:
    for first in range(0, count, BATCH):
        size = min(BATCH, count - first)
        numbers = range(first, first + size)
        yield [
            NewEntry(MESSAGE.format(n, n % 97), level=random.choice(LEVELS), step=steps[n * len(steps) // count])
            for n in numbers
        ]


def fill_job(name: str, count: int) -> Job:
    job = lifecycle.create_job(name)
    lifecycle.start_job(job, leased=False)
    steps = [lifecycle.add_step(job, f"step {number}") for number in range(4)]
    for batch in lines(count, steps):
        recording.append(job, batch)
    lifecycle.finish_job(job, statuses.COMPLETED)
    return job


def fill_entries(count: int) -> tuple[Job, Job]:
    """Returns a job with half of all entries, and a small one."""
    small = fill_job("the first small job", SMALL_JOB)
    recording.append(small, [NewEntry(NEEDLE, level="fatal")])
    large = fill_job("the large job", int(count * LARGE_SHARE))
    for number in range(ceil(max(0, count - LogEntry.objects.count()) / SMALL_JOB)):
        fill_job(f"small job {number}", SMALL_JOB)
    return large, small


def fill_jobs(count: int) -> None:
    """Jobs without entries, two years of them, with counters as if they had some."""
    now = timezone.now()
    Job.objects.bulk_create(
        (
            Job(
                name=f"nightly import {number}",
                kind=("import", "crawl", "build")[number % 3],
                status=random.choice(statuses.JOB_STATUSES),
                created_at=now - timedelta(minutes=10 * number),
                started_at=now - timedelta(minutes=10 * number),
                info_count=number % 1000,
                error_count=number % 50 == 0,
                spec={"command": ["python", "import.py", "--day", str(number)]},
            )
            for number in range(count)
        ),
        batch_size=1_000,
    )


def pages_of_entries(large: Job, small: Job) -> dict[str, str]:
    def entries(**query: object) -> str:
        return "logentry/?" + "&".join(f"{name}={value}" for name, value in query.items())

    step = Step.objects.get(job=large, position=2)
    middle = LogEntry.objects.order_by("id").values_list("id", flat=True)[LogEntry.objects.count() // 2]
    return {
        "first page": entries(),
        "a page in the middle": entries(older=middle),
        "large job": entries(job__id__exact=large.pk),
        "small job, the oldest": entries(job__id__exact=small.pk),
        "step of the large job": entries(job__id__exact=large.pk, step__id__exact=step.pk),
        "errors": entries(level__gte="error"),
        "fatal: one in all": entries(level__gte="fatal"),
        "errors of the large job": entries(job__id__exact=large.pk, level__gte="error"),
        "infos of a step": entries(job__id__exact=large.pk, step__id__exact=step.pk, level__gte="info"),
        "search, many": entries(q="/api/orders/77"),
        "search, nothing": entries(q="nowhere+to+be+found"),
        "search in the large job": entries(job__id__exact=large.pk, q="nowhere"),
        "search in a step": entries(step__id__exact=step.pk, q="nowhere"),
        "stderr: none in all": entries(stream__exact="stderr"),
        "one entry": f"logentry/{middle}/change/",
    }


def pages_of_jobs(large: Job) -> dict[str, str]:
    return {
        "first page": "job/",
        "with counts beside filters": "job/?_facets=True",
        "a month": "job/?created_at__year=2026&created_at__month=1",
        "with errors": "job/?has_errors=yes",
        "by errors": "job/?o=-9",
        "search in names": "job/?q=nowhere",
        "the large job": f"job/{large.pk}/change/",
        "before its deletion": f"job/{large.pk}/delete/",
    }


def measure(title: str, client: Client, pages: dict[str, str]) -> dict[str, float]:
    found = {}
    with table(title, "", "ms", "worst", "CPU ms", "queries") as result:
        for name, path in pages.items():
            path = f"/admin/quaero_jobs/{path}"
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code == 200, path
            count, cpu = len(queries), time.process_time()
            times = [milliseconds(lambda path=path: client.get(path)) for _ in range(TIMES)]
            found[name] = median(times)
            result.add(name, found[name], max(times), 1000 * (time.process_time() - cpu) / TIMES, count)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--jobs", type=int, default=100_000)
    options = parser.parse_args()
    client = Client()
    client.force_login(User.objects.create_superuser("benchmark"))
    large, small = fill_entries(options.entries)
    fill_jobs(options.jobs)
    entries = measure(f"{LogEntry.objects.count():,} entries", client, pages_of_entries(large, small))
    measure(f"{Job.objects.count():,} jobs", client, pages_of_jobs(large))
    targets = Targets()
    slowest = max(entries, key=lambda name: entries[name])
    words = f"the slowest page of entries ({slowest}) takes {entries[slowest]:.0f} ms (under {ENOUGH_MS})"
    targets.check(words, entries[slowest] < ENOUGH_MS)
    return targets.exit_code


if __name__ == "__main__":
    sys.exit(main())
