"""The feed of a job with its descendants: their entries in the order of ids, the status of each, the end of all.

Descendants appear while it runs, from this or another process. So it takes nothing from the news but that there is
some, and reads everything through the database, at one moment each time: who belongs, their status, and the
entries from the cursor to the newest of any of them. Entries get their ids in the order of commits, and a job is
there before its first entry, so nothing can come later under the cursor.
"""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from jobs.models import AppendedBatch, Job
from jobs.queries import Page, Position
from jobs.queries.cursors import CursorReset, newest_family_position, require_unbroken
from jobs.queries.log_page import counts_of
from jobs.queries.snapshots import snapshot
from logstream.feeds.base import STATUS_INTERVAL_S, FeedHost, FeedKey
from logstream.feeds.catch_up import position_of_last
from logstream.feeds.entries import EntriesFeed
from logstream.feeds.family_state import NO_PULSE, FamilyState, Pulse, pulse_of
from logstream.feeds.job_steps import StepsReading, read_steps
from logstream.feeds.run_status import RunStatus
from logstream.news import Changed, Deleted
from logstream.registry import JOBS, Topic

MOST_STRANGERS = 100_000  # ids kept of jobs that do not belong
STATUS_SECONDS_A_CHILD = 0.0005  # a status has every child: that of a thousand is sent twice a second at most


class Reading(NamedTuple):
    state: FamilyState
    pulse: Pulse
    steps: StepsReading
    counts: dict[str, int]
    end: Position  # the newest entry of any of them
    page: Page = Page([], False)  # of those after the cursor


class FamilyFeed(EntriesFeed):
    def __init__(self, live: FeedHost, key: FeedKey) -> None:
        super().__init__(live, key)
        assert key.topic.job_id is not None
        self.root: UUID = key.topic.job_id
        self.pulse = NO_PULSE  # as of the last reading
        self.run_status: RunStatus[FamilyState] = RunStatus(self, self._shortest_status_interval)
        self._log = self.client_log()
        self._state_kept_at = -1e9
        self._state_due_at = 0.0  # when it is to be read again though nothing urgent is known; 0: with the next reading
        self._members: set[UUID] = {self.root}
        self._strangers: set[UUID] = set()

    @property
    def news_topic(self) -> Topic:
        return JOBS  # of all jobs, for any may turn out to be a new member

    @property
    def status(self) -> bytes:
        return self.run_status.payload

    def unit(self, position: Position) -> int:
        return position.id

    def next_duty_at(self) -> float:
        return min(super().next_duty_at(), self.run_status.due_at, self._state_due_at)

    def _shortest_status_interval(self) -> float:
        return len(self.run_status.state.children) * STATUS_SECONDS_A_CHILD

    def is_urgent_news(self, news: object) -> bool:
        return isinstance(news, Changed) and news.is_urgent

    def notify(self, news: object) -> None:
        if job_of(news) not in self._strangers:
            super().notify(news)

    async def start(self) -> None:
        reading = await self.live.read(self._read_beginning)
        if reading is None:
            self.end_deleted()
            return
        self._keep(reading)
        self.counts, self.scanned = reading.counts, reading.end
        self.run_status.note_sent()
        await self.begin_counts()
        self.run_status.end_if_finished()

    async def work(self, news: list[object]) -> None:
        about = {job_of(item) for item in news}
        unknown = {job_id for job_id in about if job_id is not None} - self._members
        # A job without a parent is no child. Of one that has some, the reading shows whether it belongs.
        if len(unknown) > 0 and await self.live.read(any_is_a_child, unknown):
            self._state_due_at = 0.0
        if about - unknown or self.live.loop.time() >= self._state_due_at:
            await self._read()
        self._note_strangers(unknown - self._members)
        # A state is only kept with the last page of its moment, so every entry that it knows of has been sent.
        if not self.is_over and not self.run_status.end_if_finished():
            self.send_counts()
            self.run_status.send_if_due()

    async def _read(self) -> None:
        while True:
            try:
                reading = await self.live.read(self._read_on)
            except CursorReset as why:
                await self.begin_anew(why, await self.live.read(newest_family_position, self.root))
                self.notify(None)  # the state of then is still to be read
                return
            if reading is None:
                self.end_deleted()
                return
            self.counts = reading.counts
            if reading.page.has_more:
                self.send_entries(reading.page.records, position_of_last(reading.page))
            else:
                # Its state is that of what has been sent with this page, and of no more.
                self._keep(reading)
                self.send_entries(reading.page.records, max(reading.end, self.scanned, key=self.unit))
                if not self.run_status.state.is_finished or self.run_status.state.pulse == self.pulse:
                    return
                self._state_due_at = 0.0  # the end has the last counts

    def _keep(self, reading: Reading) -> None:
        self.run_status.state, self.pulse, self._members = reading.state, reading.pulse, reading.state.ids
        self.run_status.steps.keep(reading.steps)
        if reading.state.pulse == self.pulse:
            self._state_due_at = float("inf")
            self._state_kept_at = self.live.loop.time()
        else:
            self._state_due_at = self._state_kept_at + STATUS_INTERVAL_S

    def _note_strangers(self, job_ids: set[UUID]) -> None:
        if len(self._strangers) > MOST_STRANGERS:
            self._strangers.clear()
        self._strangers |= job_ids

    # What follows is called in a reading thread.

    def _read_beginning(self) -> Reading | None:
        with snapshot():
            return self._reading()

    def _read_on(self) -> Reading | None:
        with snapshot():
            reading = self._reading()
            if reading is None:
                return None
            require_unbroken(self.root, self.scanned, with_children=True)
            return reading._replace(page=self._log.after(self.scanned, reading.end))

    def _reading(self) -> Reading | None:
        pulse = pulse_of(self.root)
        state = self._state_at(pulse)
        if state is None:
            return None
        counts = counts_of(None, self.key.wanted.step, self.root)
        steps = read_steps(self.root, self.run_status.steps)
        return Reading(state, pulse, steps, counts, newest_family_position(self.root))

    def _state_at(self, pulse: Pulse) -> FamilyState | None:
        """The rows of a thousand children take their time, so their counts may be a second old, as those sent are."""
        is_due = self._state_kept_at + STATUS_INTERVAL_S <= self.live.loop.time() or self._state_due_at == 0.0
        if is_due or pulse.is_urgent_after(self.run_status.state.pulse):
            return FamilyState.read(self.root, pulse)
        return self.run_status.state


def job_of(news: object) -> UUID | None:
    """The job that the news are about; None when they only say "look"."""
    return news.job_id if isinstance(news, AppendedBatch | Changed | Deleted) else None


def any_is_a_child(job_ids: set[UUID]) -> bool:
    return Job.objects.filter(pk__in=job_ids, parent__isnull=False).exists()
