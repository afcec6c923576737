"""The entry: one log record of a job. Stored once, never changed; deleted oldest first or with its job."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import models, router, transaction
from django.utils import timezone

from jobs import levels
from jobs.models.content import storable_content
from jobs.models.counters import COLUMNS
from jobs.models.fields import StorableJSONField, StorableTextField
from jobs.models.job import SERVICE_JOB_ID, Job, touch
from jobs.models.lines import take_lines
from jobs.models.record import EntryColumns
from jobs.models.step import Step
from jobs.models.writing import repeat_none, write_columns
from jobs.storable import json_text
from jobs.terms.streams import STDOUT, STREAMS

NOTABLE = levels.WARN
DELETE_CHUNK = 5_000  # entries per transaction: some 20 ms of the write lock


class EntryIsImmutable(TypeError):
    """A stored entry does not change."""


class EntryQuerySet(models.QuerySet["LogEntry"]):
    def update(self, **values: Any) -> int:
        raise EntryIsImmutable("a stored entry does not change: update() is refused")

    def bulk_update(self, objs: Iterable[LogEntry], fields: Iterable[str], batch_size: int | None = None) -> int:
        raise EntryIsImmutable("a stored entry does not change: bulk_update() is refused")

    def bulk_create(
        self,
        objs: Iterable[LogEntry],
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_conflicts: bool = False,
        update_fields: Collection[str] | None = None,
        unique_fields: Collection[str] | None = None,
    ) -> list[LogEntry]:
        """Appends the entries to their jobs: lines, counters and the commit signal as in `recording.append`."""
        if ignore_conflicts or update_conflicts:
            raise ValueError("an entry gets a line of its own: there can be no conflict to ignore or update")
        entries = list(objs)
        by_job: dict[UUID, list[LogEntry]] = {}
        for entry in entries:
            by_job.setdefault(entry.job_id, []).append(entry)
        using = self.select_for_update().db  # the database for writes, unless `using()` named another
        with transaction.atomic(using=using):
            for job_id in sorted(by_job):
                append_entries(using, job_id, by_job[job_id])
        return entries

    def delete(self) -> tuple[int, dict[str, int]]:
        """Deletes the entries and takes them off their jobs' and steps' counters.

        Where they were their job's oldest, the job's `pruned_to_id` rises to the last of them.
        """
        return self._delete_counted(raise_pruned_to)

    def _delete_counted(self, note: Callable[[str, UUID, int], None]) -> tuple[int, dict[str, int]]:
        with transaction.atomic(using=self.db):
            jobs = list(self.order_by().values_list("job", flat=True).distinct())
            list(Job.objects.using(self.db).select_for_update().filter(pk__in=jobs).order_by("pk").values("pk"))
            groups = list(
                self.order_by().values_list("job", "step", "level").annotate(models.Count("pk"), models.Max("pk"))
            )
            deleted = super().delete()
            subtract_counts(self.db, [group[:4] for group in groups])
            for job_id in {group[0] for group in groups}:
                note(self.db, job_id, max(newest for job, *_, newest in groups if job == job_id))
        return deleted

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def prune(self) -> int:
        """Deletes one job's entries oldest first, a short transaction at a time. Returns how many."""
        return sum(self.prune_in_chunks())

    def prune_in_chunks(self) -> Iterator[int]:
        """As `prune`, one transaction for each `next`: yields how many entries it deleted."""
        return self._delete_in_chunks(raise_pruned_to)

    def delete_with_job(self) -> int:
        """As `prune`, for a job that is deleted itself: readers of its log notice, cursors in other logs stay valid."""
        return sum(self._delete_in_chunks(raise_own_pruned_to))

    def _delete_in_chunks(self, note: Callable[[str, UUID, int], None]) -> Iterator[int]:
        while lines := list(self.order_by("line").values_list("line", flat=True)[:DELETE_CHUNK]):
            yield self.filter(line__lte=lines[-1])._delete_counted(note)[0]


class LogEntry(models.Model):
    """One log record. `line` counts within the job, `id` over all jobs; `level` is one of `jobs.levels.NUMBERS`."""

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="entries", db_index=False)
    step = models.ForeignKey(
        Step, null=True, blank=True, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    line = models.BigIntegerField(editable=False)
    timestamp = models.DateTimeField(default=timezone.now)
    level = models.PositiveSmallIntegerField(choices=list(levels.NAMES.items()), default=levels.INFO)
    stream = models.CharField(max_length=8, choices=[(name, name) for name in STREAMS], default=STDOUT)
    source = StorableTextField(blank=True, default="")
    message = StorableTextField(blank=True, default="")
    ansi = StorableTextField(null=True, blank=True)
    fields = StorableJSONField(null=True, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "log entries"
        constraints = [models.UniqueConstraint(fields=["job", "line"], name="quaero_entry_line")]
        indexes = [
            models.Index(fields=["step", "id"], name="quaero_entry_step"),
            # Small, and what "the errors of a job with a million lines" needs.
            models.Index(fields=["job", "line"], condition=models.Q(level__gte=NOTABLE), name="quaero_entry_notable"),
            # The same for the errors of all jobs.
            models.Index(fields=["id"], condition=models.Q(level__gte=NOTABLE), name="quaero_entry_notable_of_all"),
        ]

    def __str__(self) -> str:
        return str(self.message)[:80]

    def save(self, **options: Any) -> None:
        """Appends the entry as its job's next line. A stored entry is refused."""
        if not self._state.adding:
            raise EntryIsImmutable("a stored entry does not change: save() is refused")
        using = options.pop("using", None) or router.db_for_write(LogEntry, instance=self)
        self.make_storable()
        counts = Counter([self.level])
        steps = {} if self.step_id is None else {self.step_id: counts}
        with transaction.atomic(using=using):
            self.line = take_lines(using, self.job_id, counts, steps).first_line
            self.pk = None  # ids rise with the lines, so a caller cannot choose one
            super().save(using=using, force_insert=True)

    def delete(self, using: str | None = None, keep_parents: bool = False) -> tuple[int, dict[str, int]]:
        return LogEntry.objects.using(using).filter(pk=self.pk).delete()

    def make_storable(self) -> None:
        """Makes every part storable, in place. Raises UnknownLevel, ValueError (stream) and TypeError (fields)."""
        self.level = levels.parse(self.level)
        self.stream = checked_stream(self.stream)
        original = self.ansi if self.ansi is not None else self.message
        self.message, self.ansi, fields = storable_content(original, self.fields)
        self.fields = None if fields is None else json.loads(fields)


def checked_stream(stream: str) -> str:
    """`stream`, as the one text in STREAMS. Raises ValueError for any other."""
    try:
        return STREAMS[STREAMS.index(stream)]
    except ValueError:
        raise ValueError(f"unknown stream {stream!r}: use one of {', '.join(STREAMS)}") from None


def utc(moment: datetime) -> datetime:
    """`moment` in UTC; one without a zone is taken to be UTC."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:  # within a day of the calendar's first or last
        return moment.replace(tzinfo=UTC)


def append_entries(using: str, job_id: UUID, entries: list[LogEntry]) -> None:
    """Appends unsaved entries to the job and gives them their lines and ids. Raises as `write_columns`."""
    for entry in entries:
        entry.make_storable()
    steps = [entry.step_id for entry in entries]
    timestamp = LogEntry._meta.get_field("timestamp")
    connection = transaction.get_connection(using)
    batch = write_columns(
        using,
        job_id,
        EntryColumns(
            steps=steps if any(steps) else repeat_none(len(steps)),
            timestamps=[timestamp.get_db_prep_value(utc(entry.timestamp), connection) for entry in entries],
            levels=[entry.level for entry in entries],
            streams=[entry.stream for entry in entries],
            sources=[StorableTextField().get_prep_value(entry.source) for entry in entries],
            messages=[entry.message for entry in entries],
            ansis=[entry.ansi for entry in entries],
            fields=[None if entry.fields is None else json_text(entry.fields) for entry in entries],
        ),
    )
    for line, (entry, entry_id) in enumerate(zip(entries, batch.ids, strict=True), batch.first_line):
        entry.pk, entry.line = entry_id, line
        entry._state.adding, entry._state.db = False, using


def subtract_counts(using: str, counts: Iterable[tuple[UUID, UUID | None, int, int]]) -> None:
    """Subtracts deleted entries from the counters. `counts`: (job, step or None, level, number of entries)."""
    for job_id, step_id, level, count in counts:
        less = {COLUMNS[level]: models.F(COLUMNS[level]) - count}
        Job.objects.using(using).filter(pk=job_id).update(**less)
        if step_id is not None:
            Step.objects.using(using).filter(pk=step_id).update(**less)


def raise_pruned_to(using: str, job_id: UUID, newest_deleted: int) -> None:
    """Notes up to which id a job's oldest entries are deleted: a cursor there then goes on with the first stored one.

    Entries deleted from the middle are not noted: a cursor on one of them starts over.
    """
    oldest = LogEntry.objects.using(using).filter(job=job_id).order_by("line").values_list("pk", flat=True).first()
    if oldest is None or newest_deleted < oldest:
        note_pruned(using, SERVICE_JOB_ID, newest_deleted)
        note_pruned(using, job_id, newest_deleted)
    touch(job_id, using)


def raise_own_pruned_to(using: str, job_id: UUID, newest_deleted: int) -> None:
    """As `raise_pruned_to`, for the job alone and not for the service log."""
    note_pruned(using, job_id, newest_deleted)
    touch(job_id, using)


def note_pruned(using: str, job_id: UUID, newest_deleted: int) -> None:
    Job.objects.using(using).filter(pk=job_id, pruned_to_id__lt=newest_deleted).update(pruned_to_id=newest_deleted)
