"""Checks of this installation. Each checks one thing and yields what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from shutil import disk_usage
from typing import Any

import msgspec
from django.conf import settings
from django.core import checks
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Count, Model, Q, QuerySet

from jobs import conf
from jobs.models import COLUMN_NAMES, Job, Step
from jobs.models.counters import COLUMNS
from jobs.terms.sizes import MIB
from jobs.web.health import what_is_missing

OK, WARNING, PROBLEM = "ok", "warning", "problem"

TOO_LITTLE_SPACE = 100 * MIB  # the next job that logs much may fill it
LITTLE_SPACE = 1024 * MIB
SAMPLE_JOBS = 100
SAMPLE_ENTRIES = 1_000_000  # some seconds of counting


class Finding(msgspec.Struct):
    """What a check found: its name, OK, WARNING or PROBLEM, and the details in words."""

    check: str
    status: str
    detail: str


Check = Callable[[], Iterator[Finding]]


def findings_of(check: Check) -> list[Finding]:
    """The findings of `check`. An error in it becomes a finding, so that the other checks still run."""
    found: list[Finding] = []
    try:
        found.extend(check())
    except Exception as error:
        name = check.__name__.replace("_", " ").capitalize()
        found.append(Finding(name, PROBLEM, f"cannot be checked: {type(error).__name__}: {error}"))
    return found


def system_checks() -> Iterator[Finding]:
    """Django's system checks, one finding for each message."""
    messages = [message for message in checks.run_checks(databases=[DEFAULT_DB_ALIAS]) if not message.is_silenced()]
    for message in messages:
        status = PROBLEM if message.level >= checks.ERROR else WARNING if message.level >= checks.WARNING else OK
        yield Finding(f"System check {message.id}", status, " ".join(filter(None, (message.msg, message.hint))))
    if not messages:
        yield Finding("System checks", OK, "they have nothing to say")


def migrations() -> Iterator[Finding]:
    """Whether all migrations are applied."""
    missing = what_is_missing()
    yield Finding("Migrations", PROBLEM if missing else OK, missing or "all are applied")


def integrity() -> Iterator[Finding]:
    """SQLite's own check of its file. It reads the whole file, and blocks neither readers nor writers."""
    if connection.vendor != "sqlite":
        return
    complaints = [text for (text,) in rows_of("PRAGMA quick_check(10)")]
    is_whole = complaints == ["ok"]
    yield Finding("Integrity", OK if is_whole else PROBLEM, "the file is whole" if is_whole else "; ".join(complaints))


def journal() -> Iterator[Finding]:
    """Whether SQLite uses its write-ahead log."""
    if connection.vendor != "sqlite":
        return
    [(mode,)] = rows_of("PRAGMA journal_mode")
    if mode == "wal":
        yield Finding("Journal", OK, "wal")
    else:
        yield Finding("Journal", WARNING, f"{mode} instead of wal: who reads waits for who writes")


def database_size() -> Iterator[Finding]:
    """The size of the database; for SQLite also that of its write-ahead log."""
    if connection.vendor == "sqlite":
        sizes = [as_size(file_size(f"{connection.settings_dict['NAME']}{suffix}")) for suffix in ("", "-wal")]
        yield Finding("Database size", OK, f"{sizes[0]}, and {sizes[1]} that are still in its log (wal)")
    elif connection.vendor == "postgresql":
        [(size,)] = rows_of("SELECT pg_database_size(current_database())")
        yield Finding("Database size", OK, as_size(size))


def free_space() -> Iterator[Finding]:
    """The free space beside the database file, or in the data directory where the database is no file."""
    is_file = connection.vendor == "sqlite"
    elsewhere = settings.ENVIRONMENT.data_dir if conf.is_installation() else Path.cwd()
    folder = Path(connection.settings_dict["NAME"]).parent if is_file else elsewhere
    free = disk_usage(folder).free
    status = PROBLEM if free < TOO_LITTLE_SPACE else WARNING if free < LITTLE_SPACE else OK
    yield Finding("Free space", status, f"{as_size(free)} on the file system of {folder}")


def counters() -> Iterator[Finding]:
    """Whether the counters of the newest jobs and of their steps equal the stored entries."""
    jobs = sample_of_jobs()
    wrong = [f"{name} {pk}" for job in jobs for name, pk in wrongly_counted(job)]
    for name in wrong:
        yield Finding("Counters", PROBLEM, f"{name}: its counters are not what is stored")
    if not wrong:
        yield Finding("Counters", OK, f"right for the newest {len(jobs)} jobs, with {entries_of(jobs):,} entries")


def sample_of_jobs() -> list[Job]:
    """The newest jobs, up to SAMPLE_ENTRIES entries in all, which can be counted in seconds."""
    sample: list[Job] = []
    left = SAMPLE_ENTRIES
    for job in Job.objects.listed().order_by("-created_at", "-pk")[:SAMPLE_JOBS]:
        if entries_of([job]) <= left:
            left -= entries_of([job])
            sample.append(job)
    return sample


def entries_of(jobs: list[Job]) -> int:
    return sum(job.counts["total"] for job in jobs)


def wrongly_counted(job: Job) -> Iterator[tuple[str, object]]:
    for kind, rows in (("job", Job.objects.filter(pk=job.pk)), ("step", Step.objects.filter(job=job.pk))):
        yield from ((kind, pk) for pk in wrong_rows(rows))


def wrong_rows(rows: QuerySet[Model]) -> Iterator[object]:
    """The keys of rows with wrong counters. One statement reads counters and entries, so no write comes in between."""
    stored = {f"stored_{name}": Count("entries", filter=Q(entries__level=level)) for level, name in COLUMNS.items()}
    for row in rows.order_by().values("pk", *COLUMN_NAMES).annotate(**stored):
        if any(row[name] != row[f"stored_{name}"] for name in COLUMN_NAMES):
            yield row["pk"]


def rows_of(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def file_size(path: str) -> int:
    """The size in bytes; 0 for a missing file."""
    with suppress(FileNotFoundError):
        return Path(path).stat().st_size
    return 0


def as_size(size: int) -> str:
    return f"{size / MIB:,.1f} MiB"


CHECKS: dict[str, tuple[Check, ...]] = {
    "Settings": (system_checks,),
    "Database": (migrations, integrity, journal),
    "Storage": (database_size, free_space),
    "Logs": (counters,),
}
"""By the step of the job that makes them."""
