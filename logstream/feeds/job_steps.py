"""A job's steps as a feed knows them: read once, then only what changed; sent once, then only what changed.

A job may have thousands. A status has all of them while they are few; of many, all when a client begins, and
from then on those that changed.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

import msgspec

from jobs.models import Step
from jobs.models.counters import counts_by_name
from jobs.queries.rows import FEW_STEPS, StepRow, step_row

MANY_STEPS_INTERVAL_S = 0.5  # of a status in which only steps are new, when there are many

NO_STEPS = msgspec.Raw(b"[]")


class StepsReading(NamedTuple):
    rows: list[StepRow]
    newest_revision: int
    are_all: bool


class StepMembers(NamedTuple):
    """Members of a `status` event."""

    steps: msgspec.Raw
    steps_total: int | msgspec.UnsetType
    partial: bool | msgspec.UnsetType


class JobSteps:
    def __init__(self) -> None:
        self.rows: dict[str, StepRow] = {}
        self.revision = 0  # the newest that was read
        self.changed: set[str] = set()  # since they were sent
        self.has_news = False  # one came, went, or has another name or status: more than counts
        self._must_send_all = False
        self._all: msgspec.Raw | None = None

    @property
    def are_many(self) -> bool:
        return len(self.rows) > FEW_STEPS

    def keep(self, reading: StepsReading) -> None:
        self.revision = max(self.revision, reading.newest_revision)
        if reading.are_all:
            self._drop(self.rows.keys() - {row.id for row in reading.rows})
        for row in reading.rows:
            known = self.rows.get(row.id)
            if row != known:
                is_news = known is None or (known.name, known.status) != (row.name, row.status)
                self.has_news = self.has_news or is_news
                self.rows[row.id] = row
                self._note_change(row.id)

    def count(self, step_id: UUID, counts: tuple[int, ...]) -> None:
        """Moves a step's counters on to what a batch of entries has made of them."""
        row = self.rows.get(str(step_id))
        if row is not None and sum(counts) > row.counts["total"]:
            self.rows[row.id] = msgspec.structs.replace(row, counts=counts_by_name(counts))
            self._note_change(row.id)

    def forget_changes(self) -> None:
        """All that is known has been sent."""
        self.changed.clear()
        self.has_news = self._must_send_all = False

    def all_of_them(self) -> StepMembers:
        """For a client that knows of none."""
        if self._all is None:
            self._all = encoded(self.rows.values())
        return StepMembers(self._all, self._total, msgspec.UNSET)

    def changed_ones(self) -> StepMembers:
        """For clients that have got it all until `forget_changes`."""
        if self._must_send_all or not self.are_many:
            return self.all_of_them()
        return StepMembers(encoded([self.rows[key] for key in self.changed]), self._total, True)

    def none_of_them(self) -> StepMembers:
        """The same, as if none had changed."""
        return StepMembers(NO_STEPS, self._total, True) if self.are_many else self.all_of_them()

    @property
    def _total(self) -> int | msgspec.UnsetType:
        return len(self.rows) if self.are_many else msgspec.UNSET

    def _note_change(self, key: str) -> None:
        self.changed.add(key)
        self._all = None

    def _drop(self, keys: Collection[str]) -> None:
        for key in keys:
            del self.rows[key]
            self.changed.discard(key)
        if keys:
            self.has_news = self._must_send_all = True
            self._all = None


def encoded(rows: Collection[StepRow]) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(sorted(rows, key=lambda row: row.position)))


def read_steps(job_id: UUID, known: JobSteps) -> StepsReading:
    """What changed of the steps since they were read; all of them at first, and when some are gone.

    Call it in the transaction that has read the job's row, in a reading thread.
    """
    steps = Step.objects.filter(job=job_id)
    if known.rows:
        # The newest revision again: a step may have changed once more, in another transaction, before the job's next.
        changed = rows_of(steps.filter(revision__gte=known.revision), are_all=False)
        are_new = sum(row.id not in known.rows for row in changed.rows)
        if steps.count() == len(known.rows) + are_new:
            return changed
    return rows_of(steps, are_all=True)


def rows_of(steps: Collection[Step], are_all: bool) -> StepsReading:
    found = list(steps)
    return StepsReading([step_row(step) for step in found], max((step.revision for step in found), default=0), are_all)
