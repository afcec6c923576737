"""The status of something that runs, as its feed sends it: when it changes (S3), and at the end (S8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from jobs.models import Job
from logstream.feeds.base import STATUS_INTERVAL_S
from logstream.feeds.entries import EntriesFeed
from logstream.feeds.job_steps import MANY_STEPS_INTERVAL_S, JobSteps, StepMembers
from logstream.feeds.status_timer import StatusTimer


class State(Protocol):
    """Something that runs, as last read."""

    @property
    def job(self) -> Job: ...  # whose status and exit code the end brings

    @property
    def is_finished(self) -> bool: ...  # nothing will be logged any more

    def payload(self, steps: StepMembers) -> bytes:
        """The data of a `status` event with these members for the steps."""
        ...

    def signature(self) -> object:
        """What beside the steps is sent at once when it changes; the rest (counts, progress) can wait a second."""
        ...


S = TypeVar("S", bound=State)


class RunStatus(Generic[S]):
    """One for each feed of something that ends. Its feed gives it each `state` that it reads."""

    state: S

    def __init__(self, feed: EntriesFeed, shortest_interval: Callable[[], float] = lambda: 0.0) -> None:
        """`shortest_interval`: seconds between two statuses, though there is something that is sent at once."""
        self.steps = JobSteps()
        self.due_at = float("inf")  # when a status is to be sent that is known to be new (loop time)
        self._feed = feed
        self._shortest_interval = shortest_interval
        self._timer = StatusTimer(feed.live.loop.time)
        self._sent_head = b""
        self._sent_signature: object = None

    @property
    def payload(self) -> bytes:
        """What a client gets that knows nothing."""
        return self.state.payload(self.steps.all_of_them())

    @property
    def _head(self) -> bytes:
        """What a status has whether or not there are changed steps."""
        return self.state.payload(self.steps.none_of_them())

    @property
    def _payload_of_changes(self) -> bytes:
        return self.state.payload(self.steps.changed_ones())

    def note_sent(self) -> None:
        """A client that joins now gets the status as it is, and the others have it."""
        self._sent_signature, self._sent_head = self.state.signature(), self._head
        self._timer.restart()
        self.steps.forget_changes()

    def send_if_due(self) -> None:
        self.due_at = self._timer.due_at(self._interval())
        if self._feed.live.loop.time() < self.due_at:
            return
        self.due_at = float("inf")
        if self.steps.changed or self.steps.has_news or self._head != self._sent_head:
            self._feed.send_status(self._payload_of_changes)
            self.note_sent()

    def _interval(self) -> float:
        """Seconds between the last status and the next, as soon as may be for what is new."""
        if self.state.signature() != self._sent_signature:
            return self._shortest_interval()
        if self.steps.has_news:
            return max(self._shortest_interval(), MANY_STEPS_INTERVAL_S if self.steps.are_many else 0.0)
        return STATUS_INTERVAL_S

    def end_if_finished(self) -> bool:
        """Ends the feed of what has ended, once it is known how many entries match. Whether it has."""
        job, is_counting = self.state.job, self._feed.matches.is_counting
        if not self.state.is_finished or is_counting:
            return False
        self._feed.end_finished(job.status, job.exit_code, self._head, self._payload_of_changes)
        return True
