"""The list of jobs with 100,000 jobs: how many queries each answer takes, and how long they take.

    python benchmarks/jobs_list.py [--jobs 100000] [--times 5]

Target: for each filter, at most 8 queries and under 100 ms in them. SQLite finds rows while they are fetched, so the
whole answer is measured, from the session to the JSON (median): the queries take less. The last row is the server's
reading for the numbers above the list, every 5 s while a client watches.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from figures import Targets, median, milliseconds, table
from installation import Installation

HERE = Installation()

from django.contrib.auth.models import Group, User  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402
from django.utils.http import urlencode  # noqa: E402

from jobs.models import Job  # noqa: E402
from logstream.numbers import count_jobs  # noqa: E402

MOST_QUERIES = 8
ENOUGH_MS = 100.0
KINDS = ("import", "crawl", "build", "script", "backup")
STATUSES = ("completed",) * 92 + ("failed",) * 5 + ("cancelled",) * 2 + ("pending",)
RUNNING = 20


class Queries:
    """Counts the queries of a block."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self.count += 1
        return execute(*arguments)


def fill(count: int) -> None:
    """Jobs of two months, one every minute or so, the newest running."""
    dice, now = random.Random(3), timezone.now()
    batch = []
    for number in range(count):
        created = now - timedelta(seconds=52 * number)
        status = "running" if number < RUNNING else dice.choice(STATUSES)
        kind = dice.choice(KINDS)
        name = f"{kind.capitalize()} of shop {dice.randrange(5000)}"
        batch.append(Job(name=name, kind=kind, status=status, created_at=created, updated_at=created))
    Job.objects.bulk_create(batch, batch_size=5000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def ways() -> dict[str, dict[str, str | int]]:
    a_day_ago = timezone.now() - timedelta(days=1)
    return {
        "all": {},
        "running": {"status": "running"},
        "failed": {"status": "failed"},
        "kind": {"kind": "crawl"},
        "a word in the name": {"q": "shop 49"},
        "a word that is nowhere": {"q": "nothing like it"},
        "kind, status and word": {"kind": "crawl", "status": "failed", "q": "shop 49"},
        "last 24 hours": {"created_from": a_day_ago.isoformat()},
        "failed in 24 hours": {"created_from": a_day_ago.isoformat(), "status": "failed", "limit": 1},
        "a list of 1,000": {"limit": 1000},
    }


def ask(client: Client, parameters: dict[str, str | int]) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(f"/api/jobs?{urlencode(parameters)}").json()
    return answer


def measure(work: Callable[[], object], times: int) -> tuple[int, float]:
    """Queries and milliseconds."""
    queries = Queries()
    with connection.execute_wrapper(queries):
        took = median([milliseconds(work) for _ in range(times)])
    return queries.count // times, took


def cursor_near_the_end(client: Client) -> str:
    """The cursor of a page deep in the list, near the oldest jobs."""
    oldest = Job.objects.order_by("created_at")[200]
    page = ask(client, {"created_to": oldest.created_at.isoformat(), "limit": 1})
    return str(page["next"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    user = User.objects.create_user("reader")
    user.groups.add(Group.objects.get(name="Quaero viewers"))
    client = Client()
    client.force_login(user)
    fill(options.jobs)
    figures = []
    with table(f"GET /api/jobs with {options.jobs:,} jobs", "asked for", "jobs", "queries", "ms") as rows:
        asked = ways() | {"a page deep in the list": {"cursor": cursor_near_the_end(client)}}
        for name, parameters in asked.items():
            figures.append(measure(partial(ask, client, parameters), options.times))
            rows.add(name, sum(ask(client, parameters)["counts"].values()), *figures[-1])
        figures.append(measure(count_jobs, options.times))
        rows.add("numbers of all jobs", options.jobs, *figures[-1])
    most, slowest = max(count for count, _ in figures), max(ms for _, ms in figures)
    targets = Targets()
    targets.check(f"at most {MOST_QUERIES} queries: {most}", most <= MOST_QUERIES)
    targets.check(f"under {ENOUGH_MS:.0f} ms: {slowest:.0f} ms", slowest < ENOUGH_MS)
    return targets.exit_code


if __name__ == "__main__":
    sys.exit(main())
