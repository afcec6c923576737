"""Promise S10: news from other processes, by wake-ups, and without them a little later."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.db import connection

from jobs import lifecycle
from jobs.models import Job
from logstream.live import Live
from logstream.wakeups import SqliteWakeups
from tests.live.conftest import append
from tests.live.sse import lines_of
from tests.live.watching import in_thread, watch_job


@pytest.mark.django_db(transaction=True)
def test_commit_of_another_connection_wakes(job: Job) -> None:
    woken = threading.Semaphore(0)
    wakeups = SqliteWakeups(Path(connection.settings_dict["NAME"]))
    wakeups.start(woken.release)
    try:
        assert woken.acquire(timeout=5)  # the first look finds a version it has not seen
        assert not woken.acquire(timeout=0.3)
        append(job, "news")
        assert woken.acquire(timeout=5)
    finally:
        wakeups.stop()


def test_missing_database_is_waited_for(tmp_path: Path) -> None:
    woken = threading.Semaphore(0)
    wakeups = SqliteWakeups(tmp_path / "none.sqlite3")
    wakeups.start(woken.release)
    assert not woken.acquire(timeout=0.2)
    wakeups.stop()


async def test_lost_wakeup_costs_time_but_no_entry(live_side: Live, job: Job) -> None:
    watcher = await watch_job(job)
    [feed] = live_side.feeds.values()
    feed._unsubscribe()  # as if another process wrote,
    live_side.watch.wakeups.stop()  # and its wake-up were lost
    await in_thread(append, job, "one", "two")
    assert await watcher.until_lines(2) == [1, 2]
    await in_thread(lifecycle.finish_job, job, "completed")
    assert lines_of(await watcher.until_end()) == [1, 2]
