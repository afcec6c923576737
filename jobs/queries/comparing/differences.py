"""Where two logs part: the first lines, one beside the other, that do not say the same."""

from __future__ import annotations

import time
from typing import NamedTuple
from uuid import UUID

import msgspec
from django.db.models.functions import Left

from jobs import levels
from jobs.models import Job, LogEntry
from jobs.queries.filter import NO_LIMIT
from jobs.queries.log import PAGE_ENTRIES
from jobs.queries.long_reads import Steps, is_over
from jobs.text.message_shapes import MOST_CHARACTERS, are_alike

MOST_LINES = 200_000  # of each log
MOST_S = 2.0
CONTEXT = 3  # lines before the first difference, and after it
MOST_SHOWN = 2_000  # characters of a message


class Line(msgspec.Struct):
    line: int
    level: str
    message: str
    is_cut: bool  # there is more of the message than is shown here


class Side(msgspec.Struct):
    """The place in one of the logs. `line` is null where that log has ended."""

    line: int | None
    lines: list[Line]  # with those around it


class FirstDifference(msgspec.Struct):
    job: Side
    earlier: Side = msgspec.field(name="with")


class LogComparison(msgspec.Struct):
    """`first_difference` is null when none was found: `is_complete` then says whether all was compared."""

    first_difference: FirstDifference | None
    same_lines: int  # as many lines are the same before it
    is_complete: bool
    is_pruned: bool  # older lines of one of them are deleted, so both are compared from a later line on


class Row(NamedTuple):
    line: int
    level: int
    message: str


class Comparer:
    """Reads two logs side by side. What both have up to `line` is the same, from the first line that both have on."""

    def __init__(self, job: Job, earlier: Job) -> None:
        self.job, self.earlier = job, earlier
        self.first = max(first_line(job.pk), first_line(earlier.pk))
        self.line = self.first - 1
        self.found: int | None = None  # the first line that differs
        self.is_at_end = False

    @property
    def same_lines(self) -> int:
        return self.line - self.first + 1

    def steps(self) -> Steps[None]:
        """Compares a page with each step, until the logs part or end, or MOST_LINES are compared."""
        while self.found is None and not self.is_at_end and self.same_lines < MOST_LINES:
            self.compare_page()
            yield

    def compare_page(self) -> None:
        ours, theirs = (rows_after(each.pk, self.line) for each in (self.job, self.earlier))
        for one, other in zip(ours, theirs, strict=False):
            if one[:2] != other[:2] or not are_alike(one.message, other.message):
                self.found = min(one.line, other.line)
                return
            self.line = one.line
        if min(len(ours), len(theirs)) < PAGE_ENTRIES:
            self.end(len(ours), len(theirs))

    def end(self, ours: int, theirs: int) -> None:
        """One log, or both, has no more lines. A job that runs may still log what the other one has."""
        self.is_at_end = True
        shorter = self.job if ours < theirs else self.earlier
        if ours != theirs and shorter.is_finished:
            self.found = self.line + 1


def compared_logs(job: Job, earlier: Job, user_id: int) -> LogComparison:
    """Compares within MOST_S, in turns with the searches of other users."""
    comparer = Comparer(job, earlier)
    steps, give_up_at = comparer.steps(), time.monotonic() + MOST_S
    while not is_over(steps, user_id) and time.monotonic() < give_up_at:
        pass
    difference = None
    if comparer.found is not None:
        sides = [side_of(each.pk, comparer.found) for each in (job, earlier)]
        difference = FirstDifference(*sides)
    is_complete = comparer.is_at_end or difference is not None
    return LogComparison(difference, comparer.same_lines, is_complete, comparer.first > 1)


def first_line(job_id: UUID) -> int:
    return LogEntry.objects.filter(job=job_id).order_by("line").values_list("line", flat=True).first() or 1


def rows_after(job_id: UUID, line: int, last: int = NO_LIMIT) -> list[Row]:
    """A page of rows, of long messages their beginnings: what is compared."""
    entries = LogEntry.objects.filter(job=job_id, line__gt=line, line__lte=last).order_by("line")
    beginning = Left("message", MOST_CHARACTERS)
    return [Row(*row) for row in entries.values_list("line", "level", beginning)[:PAGE_ENTRIES]]


def side_of(job_id: UUID, line: int) -> Side:
    rows = rows_after(job_id, line - CONTEXT - 1, line + CONTEXT)
    return Side(line if any(row.line == line for row in rows) else None, [shown(row) for row in rows])


def shown(row: Row) -> Line:
    return Line(row.line, levels.NAMES[row.level], row.message[:MOST_SHOWN], len(row.message) > MOST_SHOWN)
