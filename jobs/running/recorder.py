"""Records what a command says: entries under the innermost open step, steps as groups open and close."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NamedTuple, TypeVar

from django.db import connection

from jobs import lifecycle, recording, statuses
from jobs.models import Job, NoSuchJob, Step
from jobs.recording import NewEntry
from jobs.running.backlog import Backlog
from jobs.running.items import Item
from jobs.running.patience import PATIENCE, DatabaseFails, patiently
from jobs.text import GroupEnd, GroupStart, Progress

T = TypeVar("T")

RETRY_AFTER_S = 5.0  # so often an outage is probed, at the price of the entries that came meanwhile


class OpenGroup(NamedTuple):
    name: str
    step: Step | None
    """None where the step could not be recorded."""


class Recorder:
    """Takes batches of items and never raises for the database's sake.

    A database that fails is retried for `patience`, while the program waits. After that entries are dropped and
    counted, until a try now and then succeeds; how many were lost is then recorded itself.
    """

    def __init__(
        self, job: Job, *, step_name: str = "", say: Callable[[str], None], patience: timedelta = PATIENCE
    ) -> None:
        self._job, self._say, self._patience = job, say, patience
        self._groups: list[OpenGroup] = []
        self._entries: list[NewEntry] = []
        self._outer_groups = 0
        self._retry_at: float | None = None
        self._lost_entries = 0
        if step_name:
            self._open_group(step_name)
            self._outer_groups = 1

    def run(self, backlog: Backlog) -> None:
        """Records until the backlog has ended. For a thread of its own, whose connection it closes."""
        try:
            while (batch := backlog.take()) is not None:
                self._record_or_drop(batch)
        finally:
            connection.close()

    def _record_or_drop(self, batch: Sequence[Item]) -> None:
        """A batch that cannot be recorded for any reason must not end this thread: the program would wait for ever."""
        try:
            self.record(batch)
        except Exception as error:
            self._entries.clear()
            self._lost_entries += sum(isinstance(item, NewEntry) for item in batch)
            self._say(f"cannot record {len(batch)} entries: {type(error).__name__}: {error}")

    def record(self, batch: Sequence[Item]) -> None:
        progress: Progress | None = None
        for item in batch:
            if isinstance(item, NewEntry):
                self._entries.append(self._in_step(item))
            elif isinstance(item, Progress):
                progress = item  # only the last of a batch: a program may report a thousand a second
            elif isinstance(item, GroupStart):
                self._flush()
                self._open_group(item.name)
            else:
                self._close_group(item)
        self._flush()
        if progress is not None:
            percent = progress.percent
            self._try(lambda: lifecycle.set_progress(self._job, percent))

    def _in_step(self, entry: NewEntry) -> NewEntry:
        return entry._replace(step=self._groups[-1].step) if self._groups else entry

    def _flush(self) -> None:
        entries, self._entries = self._entries, []
        if not entries:
            return
        told = [*self.loss(), *entries]
        if self._try(lambda: recording.append(self._job, told)) is None:
            self._lost_entries += len(entries)
        else:
            self._lost_entries = 0

    def loss(self) -> list[NewEntry]:
        """The entry that tells how many were lost since the last one that was recorded; none if none were."""
        text = f"{self._lost_entries} entries are lost here: the database failed"
        return [NewEntry(text, "error", stream="system")] if self._lost_entries else []

    def _open_group(self, name: str) -> None:
        self._groups.append(OpenGroup(name, self._try(lambda: lifecycle.add_step(self._job, name))))

    def _close_group(self, end: GroupEnd) -> None:
        """Closes the innermost group, or the one that is named with all inside it; never that of `--step`."""
        names = [group.name for group in self._groups]
        position = len(names) - 1
        if end.name is not None:
            position = max((at for at, name in enumerate(names) if name == end.name), default=-1)
        if position < self._outer_groups:
            return
        self._flush()
        while len(self._groups) > position:
            self._finish_step(self._groups.pop().step)

    def _finish_step(self, step: Step | None) -> None:
        if step is not None:
            self._try(lambda: lifecycle.finish_step(step, statuses.COMPLETED))

    def _try(self, attempt: Callable[[], T]) -> T | None:
        """What `attempt` returns; None when the database fails for longer than we wait."""
        if self._retry_at is not None and time.monotonic() < self._retry_at:
            return None
        try:
            result = patiently(attempt, self._patience if self._retry_at is None else timedelta())
        except (*DatabaseFails, NoSuchJob) as error:
            if self._retry_at is None:
                self._say(f"cannot record: {error}. The command goes on; its output is lost until that is mended.")
            self._retry_at = time.monotonic() + RETRY_AFTER_S
            return None
        if self._retry_at is not None:
            self._say("recording again")
        self._retry_at = None
        return result
