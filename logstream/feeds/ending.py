"""What the feeds share that follow something which ends: its status, told when it changes, and the end (S3, S8)."""

from __future__ import annotations

from abc import abstractmethod
from typing import Generic, Protocol, TypeVar

from jobs.models import Job
from logstream.feeds.base import STATUS_INTERVAL_S, FeedHost, FeedKey
from logstream.feeds.entries import LogFeed
from logstream.feeds.job_steps import MANY_STEPS_INTERVAL_S, Steps, StepsTold
from logstream.subscription import Frame


class State(Protocol):
    """Something that runs, as last read."""

    @property
    def job(self) -> Job: ...  # whose status and exit code the end tells

    @property
    def steps(self) -> Steps: ...

    @property
    def is_finished(self) -> bool: ...  # nothing will be logged any more

    def payload(self, steps: StepsTold) -> bytes:
        """The data of a `status` event that tells this of the steps."""
        ...

    def signature(self) -> object:
        """What beside the steps is told at once when it changes; the rest (counts, progress) can wait a second."""
        ...


S = TypeVar("S", bound=State)


class EndingFeed(LogFeed, Generic[S]):
    state: S

    def __init__(self, live: FeedHost, key: FeedKey) -> None:
        super().__init__(live, key)
        self._told_head = b""
        self._told_signature: object = None
        self._told_at = -1e9
        self._due_status_at = float("inf")

    @property
    def status(self) -> bytes:
        return self.state.payload(self.state.steps.told_all())

    @property
    def _head(self) -> bytes:
        """What a status tells whether or not there are changed steps."""
        return self.state.payload(self.state.steps.told_none())

    @property
    @abstractmethod
    def has_sent_all(self) -> bool:
        """Whether every entry that `state` knows of has been sent."""

    def next_duty_at(self) -> float:
        return min(super().next_duty_at(), self._due_status_at)

    def status_interval(self) -> float:
        """Seconds between two statuses, though there is something that is told at once."""
        return 0.0

    def begin_status(self) -> None:
        """Notes that whoever joins now is told the status as it is."""
        self._told_signature, self._told_head = self.state.signature(), self._head
        self._told_at = self.live.loop.time()
        self.state.steps.forget_changes()

    def send_status(self) -> None:
        self._due_status_at = self._told_at + self._interval()
        if self.live.loop.time() < self._due_status_at:
            return
        self._due_status_at = float("inf")
        if self.state.steps.changed or self.state.steps.has_news or self._head != self._told_head:
            self.broadcast_note(self._status_of_changes())
            self.begin_status()

    def _interval(self) -> float:
        """Seconds between the last status and the next, as soon as may be for what is new."""
        if self.state.signature() != self._told_signature:
            return self.status_interval()
        if self.state.steps.has_news:
            return max(self.status_interval(), MANY_STEPS_INTERVAL_S if self.state.steps.are_many else 0.0)
        return STATUS_INTERVAL_S

    def _status_of_changes(self) -> bytes:
        return self.key.format.status(self.state.payload(self.state.steps.told_changes()), self.scanned.id)

    def end_if_finished(self) -> None:
        job = self.state.job
        if self.state.is_finished and self.has_sent_all and not self.is_counting:
            self.send_last_counts()
            last_news = self._status_of_changes()
            # Who comes later, or has lost some, is told of all steps first.
            status = self.key.format.status(self._head, self.scanned.id)
            self._end((status, self.key.format.done(job.status, job.exit_code)), last_news)

    def end_deleted(self) -> None:
        self.is_deleted = True
        self._end((self.key.format.reset("deleted"),))

    def _end(self, frames: tuple[bytes, ...], first: bytes | None = None) -> None:
        """Ends with these frames; clients that are there get `first` in place of the first of them."""
        self.end_frames = frames
        self.is_over = True
        self.broadcast(Frame(b"".join(frames if first is None else (first, *frames[1:])), self.scanned, is_last=True))
