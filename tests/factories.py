"""Jobs, steps, entries and users for tests, with defaults for everything that does not matter to a test."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group, User
from django.utils import timezone

from jobs import statuses
from jobs.models import Job, LogEntry, Step, Token
from jobs.recording import Appended, NewEntry, append

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
UNKNOWN_ID = UUID("6f1c3a52-0b7e-4d0e-9a55-3f6f2f4f8e21")  # of no job and no step


def make_user(name: str = "user", *groups: str) -> User:
    user = User.objects.create_user(name)
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def make_token(user: User, *scopes: str, **options: Any) -> str:
    """The secret of a new token, with the scope `read` unless others are named."""
    return Token.issue(user, list(scopes or ["read"]), **options)[1]


def make_job(name: str = "nightly import", *, status: str = statuses.RUNNING, **members: Any) -> Job:
    if status != statuses.PENDING:
        members.setdefault("started_at", timezone.now())
    if status in statuses.TERMINAL:
        members.setdefault("finished_at", timezone.now())
    return Job.objects.create(name=name, status=status, **members)


def make_step(job: Job, name: str = "fetch", *, status: str = statuses.RUNNING, **members: Any) -> Step:
    return Step.objects.create(job=job, name=name, status=status, **members)


def append_lines(job: Job | UUID, lines: int | Iterable[str] = 3, **members: Any) -> Appended:
    """Appends so many lines, or these, all with the same members (`level`, `step`, `timestamp` ...)."""
    messages = [f"line {number}" for number in range(1, lines + 1)] if isinstance(lines, int) else lines
    return append(job, [NewEntry(message, **members) for message in messages])


def ago(**duration: float) -> datetime:
    return timezone.now() - timedelta(**duration)


def stored_lines(job: Job) -> list[int]:
    return list(LogEntry.objects.filter(job=job).order_by("line").values_list("line", flat=True))


def stored_messages(job: Job) -> list[str]:
    return list(LogEntry.objects.filter(job=job).order_by("line").values_list("message", flat=True))
