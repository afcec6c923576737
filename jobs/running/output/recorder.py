"""Records what a command says: entries under the innermost open step, steps, progress, result and child jobs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import connection

from jobs import lifecycle, recording
from jobs.errors import Refusal
from jobs.models import Job, NoSuchJob
from jobs.patience import DatabaseFails, persistently
from jobs.recording import NewEntry
from jobs.running.output.backlog import Backlog, lost
from jobs.running.output.groups import Groups
from jobs.running.output.items import Item, Lost, SpawnRequest
from jobs.secrets.masking import NO_MASK, Masker
from jobs.storable import Json
from jobs.terms.streams import SYSTEM
from jobs.text import Failure, GroupEnd, GroupStart, Progress, Result
from jobs.text.commands import shortened

T = TypeVar("T")

MAX_ERROR_CHARACTERS = 10_000


class Recorder:
    """Takes batches of items and never raises for the database's sake.

    What a database that fails does not take is tried again as long as `tries_on`, and the backlog keeps what comes
    meanwhile. After that entries are dropped and counted.
    """

    def __init__(
        self,
        job: Job,
        *,
        step_name: str = "",
        say: Callable[[str], None],
        tries_on: Callable[[], bool] = lambda: False,
        masker: Masker = NO_MASK,
        on_spawn: Callable[[SpawnRequest], None] | None = None,
    ) -> None:
        """`on_spawn` starts a child job, or raises what is wrong with the request; None: there are none here."""
        self._job, self._say, self._tries_on = job, say, tries_on
        self._masker, self._on_spawn = masker, on_spawn
        self._groups = Groups(job, self._try)
        self._entries: list[NewEntry] = []
        self._backlog: Backlog | None = None
        self._is_failing = False
        self._has_given_up = False
        self._lost: Lost | None = None
        self._last_error = ""
        self.result: Json = None
        self.has_result = False
        self.failure = ""
        """Why the program says that it fails; to be read at the end, as the result."""
        if step_name:
            self._groups.open_outermost(step_name)

    def run(self, backlog: Backlog) -> None:
        """Records until the backlog has ended. For a thread of its own, whose connection it closes."""
        self._backlog = backlog
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
            self._lose(sum(isinstance(item, NewEntry) for item in batch))
            self._say(f"cannot record {len(batch)} entries: {type(error).__name__}: {error}")

    def record(self, batch: Sequence[Item]) -> None:
        progress: Progress | None = None
        for item in batch:
            if isinstance(item, NewEntry):
                self._entries.append(self._in_step(item))
                if item.level in ("error", "fatal"):
                    self._last_error = item.message
            elif isinstance(item, Progress):
                progress = item  # only the last of a batch: a program may report a thousand a second
            else:
                self._obey(item)
        self._flush()
        if progress is not None:
            percent = progress.percent
            self._try(lambda: lifecycle.set_progress(self._job, percent))

    def _obey(self, item: GroupStart | GroupEnd | Result | Failure | SpawnRequest | Lost) -> None:
        if isinstance(item, Lost):
            self._entries.append(self._in_step(item.entry()))
        elif isinstance(item, Result):
            self.result, self.has_result = item.value, True
        elif isinstance(item, Failure):
            self.failure = shortened(item.text, MAX_ERROR_CHARACTERS)
        elif isinstance(item, SpawnRequest):
            self._spawn(item)
        elif isinstance(item, GroupStart):
            self._flush()
            self._groups.open(item.name)
        elif self._groups.closes(item):
            if item.is_failed:
                self._log_failure(item.error)
            self._flush()
            self._groups.close(item)

    def fail_step(self, error: str) -> None:
        """The step that is everything the command does has failed with it. To be called at the end."""
        self._groups.release_outermost()
        self._obey(GroupEnd(is_failed=True, error=error))

    def _log_failure(self, error: str) -> None:
        """Of the innermost step; unless the program has just said the same itself, as with an exception."""
        if error and error in self._last_error:
            return
        text = f'step "{self._groups.name}" failed' + (f": {error}" if error else "")
        self._entries.append(self._in_step(NewEntry(text, "error", stream=SYSTEM)))

    def _spawn(self, request: SpawnRequest) -> None:
        on_spawn = self._on_spawn
        if on_spawn is None:
            self._entries.append(self._in_step(request.line))
            return
        self._flush()  # so that the parent's log has first what it did before
        try:
            if self._try(lambda: (on_spawn(request), True)) is None:
                self._refuse_spawn("the database failed")
        except Exception as error:
            self._refuse_spawn(self._said_of(error))

    def _refuse_spawn(self, reason: str) -> None:
        text = self._masker.mask(f"cannot spawn: {reason}")
        self._entries.append(self._in_step(NewEntry(text, "error", stream=SYSTEM)))

    def _said_of(self, error: Exception) -> str:
        if isinstance(error, ValueError | Refusal):
            return str(error)
        self._say(f"cannot spawn: {type(error).__name__}: {error}")
        return f"{type(error).__name__}: {error}"

    def _in_step(self, entry: NewEntry) -> NewEntry:
        step = self._groups.step
        return entry if step is None else entry._replace(step=step)

    def _flush(self) -> None:
        entries, self._entries = self._entries, []
        if not entries:
            return
        lost_and_new = [*self.loss(), *entries]
        if self._try(lambda: recording.append(self._job, lost_and_new)) is None:
            self._lose(len(entries))
        else:
            self._lost = None

    def _lose(self, count: int) -> None:
        if count:
            self._lost = self._lost.and_then(lost(count)) if self._lost else lost(count)

    def loss(self) -> list[NewEntry]:
        """The entry that says how many were lost since the last one that was recorded; none if none were."""
        return [self._lost.entry()] if self._lost else []

    def _try(self, attempt: Callable[[], T]) -> T | None:
        """What `attempt` returns; None when it is given up, or the job is no more."""
        if self._has_given_up:
            return None
        try:
            result = persistently(attempt, self._tries_on, self._has_failed)
        except (*DatabaseFails, NoSuchJob) as error:
            self._has_given_up = True
            self._say(f"cannot record: {error}. What the command says from here on is lost.")
            return None
        if self._is_failing:
            self._set_failing(False)
            self._say("recording again")
        return result

    def _has_failed(self, error: Exception) -> None:
        if not self._is_failing:
            self._set_failing(True)
            self._say(f"cannot record: {error}. The command goes on; what it says waits until that is mended.")

    def _set_failing(self, is_failing: bool) -> None:
        self._is_failing = is_failing
        if self._backlog is not None:
            self._backlog.set_stuck(is_failing)
