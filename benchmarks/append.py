"""`recording.append` beside a bare `executemany` of the same rows into the same table.

    python benchmarks/append.py [--batches N] [--size N]

Target: batches of 1,000 plain entries at half the speed of the bare insert, or better. `bulk_create` is plain
Django's, without lines, counters and signals; entries with colours, fields and steps are for orientation.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from random import Random

from figures import Targets, median, milliseconds, table
from installation import Installation

HERE = Installation()

from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402
from django.db.models import QuerySet  # noqa: E402

from jobs import levels, lifecycle, recording  # noqa: E402
from jobs.models import Job, LogEntry, Step  # noqa: E402
from jobs.models.writing import INSERT_ONE  # noqa: E402
from jobs.recording import NewEntry  # noqa: E402

ENOUGH = 0.5
MESSAGE = "GET /api/orders/{} 200 in 13 ms: 14 rows, 2 of them from the cache, user 4711"
FIELDS = {"status": 200, "duration_ms": 13.5, "path": "/api/orders", "cached": True}

Entries = Sequence[NewEntry]


def plain(size: int) -> Entries:
    return [NewEntry(MESSAGE.format(number)) for number in range(size)]


def accented(size: int) -> Entries:
    return [NewEntry(f"Größe geändert → {MESSAGE.format(number)}") for number in range(size)]


def coloured(size: int) -> Entries:
    return [NewEntry(f"\x1b[32mINFO\x1b[0m {MESSAGE.format(number)}") for number in range(size)]


def with_fields(size: int) -> Entries:
    return [NewEntry(MESSAGE.format(number), fields=FIELDS) for number in range(size)]


def in_steps(size: int, steps: Sequence[Step]) -> Entries:
    return [NewEntry(MESSAGE.format(number), step=steps[number % len(steps)]) for number in range(size)]


class BareInsert:
    """One `executemany` per transaction on a connection with Django's pragmas, rows made beforehand."""

    def __init__(self) -> None:
        self.job = new_job("bare")
        self.line = 0
        self.sql = INSERT_ONE.replace("%s", "?")
        self.connection = sqlite3.connect(HERE.database, isolation_level=None)
        self.connection.executescript(settings.DATABASES["default"]["OPTIONS"]["init_command"])

    def rows(self, size: int) -> list[tuple[object, ...]]:
        now = str(datetime.now(UTC).replace(tzinfo=None))
        first, self.line = self.line + 1, self.line + size
        key = self.job.pk.hex
        messages = (MESSAGE.format(number) for number in range(size))
        return [
            (key, line, None, now, levels.INFO, "stdout", "", message, None, None)
            for line, message in enumerate(messages, first)
        ]

    def insert(self, rows: list[tuple[object, ...]]) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.executemany(self.sql, rows)
        self.connection.execute("COMMIT")


class PlainDjango:
    """`bulk_create` of Django, without Quaero's lines, counters and signals."""

    def __init__(self) -> None:
        self.job = new_job("bulk_create")
        self.line = 0

    def insert(self, size: int) -> None:
        first, self.line = self.line + 1, self.line + size
        entries = [LogEntry(job=self.job, line=first + n, message=MESSAGE.format(n)) for n in range(size)]
        with transaction.atomic():
            QuerySet[LogEntry, LogEntry](LogEntry).bulk_create(entries)


def new_job(name: str) -> Job:
    return lifecycle.create_job(name)


def contestants(size: int) -> dict[str, Callable[[], float]]:
    """The compared ways by name, each with a function that returns the milliseconds of one batch."""
    bare, django = BareInsert(), PlainDjango()
    stepped = new_job("steps")
    steps = [lifecycle.add_step(stepped, f"step {number}") for number in range(5)]

    def timed_bare() -> float:
        rows = bare.rows(size)
        return milliseconds(lambda: bare.insert(rows))

    def timed(job: Job, entries: Entries) -> Callable[[], float]:
        return lambda: milliseconds(lambda: recording.append(job, entries))

    return {
        "bare executemany": timed_bare,
        "recording.append": timed(new_job("plain"), plain(size)),
        "bulk_create of Django": lambda: milliseconds(lambda: django.insert(size)),
        "append, not ASCII": timed(new_job("accents"), accented(size)),
        "append, colours": timed(new_job("colours"), coloured(size)),
        "append, fields": timed(new_job("fields"), with_fields(size)),
        "append, five steps": timed(stepped, in_steps(size, steps)),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batches", type=int, default=200)
    parser.add_argument("--size", type=int, default=1_000)
    options = parser.parse_args()
    ways = contestants(options.size)
    times: dict[str, list[float]] = {name: [] for name in ways}
    dice = Random(1)
    for _ in range(options.batches):  # in turns, so that all have the same table and the same noise
        # In changing order: about once a round SQLite moves its write-ahead log into the database, in the time of one.
        for name in dice.sample(list(ways), len(ways)):
            times[name].append(ways[name]())
    return report(times, options.size)


def report(times: dict[str, list[float]], size: int) -> int:
    bare = median(times["bare executemany"])
    with table(f"{size:,} entries a batch", "", "ms a batch", "entries/s", "speed of bare") as result:
        for name, values in times.items():
            middle = median(values)
            result.add(name, middle, 1000 * size / middle, bare / middle)
    targets = Targets()
    ratio = bare / median(times["recording.append"])
    targets.check(f"recording.append has {ratio:.2f} of the bare speed (at least {ENOUGH})", ratio >= ENOUGH)
    return targets.exit_code


if __name__ == "__main__":
    sys.exit(main())
