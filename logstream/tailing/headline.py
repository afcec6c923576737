"""`tail`'s lines about the job: its status at the start, and how it ended."""

from __future__ import annotations

from datetime import timedelta

from jobs.models import Job
from jobs.terminal.safe_text import plain_name
from logstream.tailing.colours import Palette


def opening(job: Job, palette: Palette) -> str:
    """`nightly import: running (3f2a9c1e-...)`"""
    return f"{name_of(job, palette)}: {palette.status(job.status)} {palette.paint(f'({job.pk})', 'dim')}"


def closing(job: Job, palette: Palette) -> str:
    """`nightly import: failed after 3.2 s, 120 entries (2 errors): exit code 1`"""
    facts = [f"{palette.status(job.status)}{lasted(job)}"]
    if job.exit_code is not None and f"exit code {job.exit_code}" not in job.error:
        facts.append(f"exit code {job.exit_code}")
    facts.append(counted(job.counts))
    reason = f": {plain_name(job.error)}" if job.error else ""
    return f"{name_of(job, palette)}: {', '.join(facts)}{reason}"


def name_of(job: Job, palette: Palette) -> str:
    return palette.paint(plain_name(job.name), "bold")


def lasted(job: Job) -> str:
    if job.started_at is None or job.finished_at is None:
        return ""
    return f" after {duration(job.finished_at - job.started_at)}"


def duration(length: timedelta) -> str:
    """`0.4 s`, `59.9 s`, `3 min 20 s`, `26 h 5 min`"""
    seconds = max(length.total_seconds(), 0.0)
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def counted(counts: dict[str, int]) -> str:
    """`1,204 entries (3 warnings, 1 error)`: the number of all entries and of those that need attention."""
    names = {"warn": "warning", "error": "error", "fatal": "fatal"}
    notable = [
        f"{counts[level]:,} {name}{plural(name, counts[level])}" for level, name in names.items() if counts[level]
    ]
    total = f"{counts['total']:,} {'entry' if counts['total'] == 1 else 'entries'}"
    return f"{total} ({', '.join(notable)})" if notable else total


def plural(name: str, count: int) -> str:
    return "" if count == 1 or name == "fatal" else "s"
