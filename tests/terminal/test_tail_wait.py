"""What ends a wait of `tail`: a wake-up, the reader's leaving, or time."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from jobs.models import Job
from logstream.tailing.wait import WakeupReceiver
from logstream.wakeups import NoWakeups, Wakeups, wakeups_of_database
from tests.factories import append_lines

DEADLINE_S = 30.0


class WakeupsByHand(Wakeups):
    def start(self, on_wakeup: Callable[[], None]) -> None:
        self.wake = on_wakeup

    def stop(self) -> None:
        pass


def test_wakeups_between_two_waits_are_not_lost_and_count_once() -> None:
    wakeups = WakeupsByHand()
    with WakeupReceiver(wakeups) as waiting:
        wakeups.wake()
        wakeups.wake()
        assert waiting.wait(DEADLINE_S)
        assert not waiting.wait(0)


def test_flood_of_wakeups_blocks_no_thread_and_counts_as_one() -> None:
    wakeups = WakeupsByHand()
    with WakeupReceiver(wakeups) as waiting:
        for _ in range(100_000):
            wakeups.wake()
        assert waiting.wait(DEADLINE_S)
        assert not waiting.wait(0)


def test_late_wakeup_after_the_end_does_no_harm() -> None:
    wakeups = WakeupsByHand()
    with WakeupReceiver(wakeups):
        pass
    wakeups.wake()


@pytest.mark.django_db(transaction=True)
def test_commit_wakes(job: Job) -> None:
    with WakeupReceiver(wakeups_of_database()) as waiting:
        assert waiting.wait(DEADLINE_S)  # the first look at the database
        append_lines(job)
        assert waiting.wait(DEADLINE_S)


def test_without_news_the_time_ends_the_wait() -> None:
    with WakeupReceiver(NoWakeups()) as waiting:
        assert not waiting.wait(0.01)


def test_reader_that_leaves_ends_the_wait() -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "w"), WakeupReceiver(NoWakeups(), writing) as waiting:
        assert not waiting.wait(0)
        os.close(reading)
        with pytest.raises(BrokenPipeError):
            waiting.wait(DEADLINE_S)
