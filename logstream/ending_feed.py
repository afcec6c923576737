"""What the feeds share that follow something which ends: its status, told when it changes, and the end (S3, S8)."""

from __future__ import annotations

from abc import abstractmethod
from typing import Generic, Protocol, TypeVar

from jobs.models import Job
from logstream.feed import STATUS_INTERVAL_S, FeedHost, FeedKey
from logstream.log_feed import LogFeed
from logstream.subscription import Frame


class State(Protocol):
    """Something that runs, as last read."""

    @property
    def job(self) -> Job: ...  # whose status and exit code the end tells

    @property
    def is_finished(self) -> bool: ...  # nothing will be logged any more

    def payload(self) -> bytes:
        """The data of a `status` event."""
        ...

    def signature(self) -> object:
        """What is told at once when it changes; the rest (counts, progress) can wait a second."""
        ...


S = TypeVar("S", bound=State)


class EndingFeed(LogFeed, Generic[S]):
    state: S

    def __init__(self, live: FeedHost, key: FeedKey) -> None:
        super().__init__(live, key)
        self._told_payload = b""
        self._told_signature: object = None
        self._told_at = -1e9
        self._due_status_at = float("inf")

    @property
    def status(self) -> bytes:
        return self.state.payload()

    @property
    @abstractmethod
    def has_sent_all(self) -> bool:
        """Whether every entry that `state` knows of has been sent."""

    def next_duty_at(self) -> float:
        return self._due_status_at

    def status_interval(self) -> float:
        """Seconds between two statuses, though there is something that is told at once."""
        return 0.0

    def begin_status(self) -> None:
        """Notes that whoever joins now is told the status as it is."""
        self._told_signature, self._told_payload = self.state.signature(), self.state.payload()
        self._told_at = self.live.loop.time()

    def send_status(self) -> None:
        signature, now = self.state.signature(), self.live.loop.time()
        is_new = signature != self._told_signature
        self._due_status_at = self._told_at + (self.status_interval() if is_new else STATUS_INTERVAL_S)
        if now < self._due_status_at:
            return
        self._due_status_at = float("inf")
        payload = self.state.payload()
        if is_new or payload != self._told_payload:
            self.broadcast_note(self.key.format.status(payload, self.scanned.id))
            self._told_signature, self._told_payload, self._told_at = signature, payload, now

    def end_if_finished(self) -> None:
        job = self.state.job
        if self.state.is_finished and self.has_sent_all:
            self._end(self.encode_status(self.scanned), self.key.format.done(job.status, job.exit_code))

    def end_deleted(self) -> None:
        self.is_deleted = True
        self._end(self.key.format.reset("deleted"))

    def _end(self, *frames: bytes) -> None:
        self.end_frames = frames
        self.is_over = True
        self.broadcast(Frame(b"".join(frames), self.scanned, is_last=True))
