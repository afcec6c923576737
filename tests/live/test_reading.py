from __future__ import annotations

import threading
from concurrent.futures import wait

import pytest
from django.db import connection

from jobs.models import Job
from jobs.queries.snapshots import snapshot
from logstream.reading import ReadingPool, warm_up
from tests.live.conftest import append

pytestmark = pytest.mark.django_db(transaction=True)


def is_connected() -> bool:
    return connection.connection is not None


def read_and_tell() -> bool:
    was_connected = is_connected()
    Job.objects.count()
    return was_connected


def test_thread_closes_its_connection_when_no_work_waits() -> None:
    pool = ReadingPool(1, "test")
    assert pool.submit(read_and_tell).result() is False
    assert pool.submit(is_connected).result() is False


def test_thread_keeps_its_connection_while_work_waits() -> None:
    pool, go_on = ReadingPool(1, "test"), threading.Event()
    futures = [pool.submit(go_on.wait), pool.submit(read_and_tell), pool.submit(read_and_tell)]
    go_on.set()
    assert [future.result() for future in futures[1:]] == [False, True]


def test_cancelled_work_does_not_count_as_waiting() -> None:
    pool, go_on = ReadingPool(1, "test"), threading.Event()
    blocking, cancelled = pool.submit(go_on.wait), pool.submit(read_and_tell)
    assert cancelled.cancel()
    go_on.set()
    wait([blocking])
    pool.submit(read_and_tell).result()
    assert pool.submit(is_connected).result() is False


def test_warm_pools_have_all_their_threads() -> None:
    before = threading.active_count()
    pool = ReadingPool(3, "test")
    warm_up(pool)
    assert threading.active_count() == before + 3


def test_snapshot_sees_one_moment(job: Job) -> None:
    def read() -> tuple[int, int]:
        with snapshot():
            first = job.entries.count()
            append_from_elsewhere()
            return first, job.entries.count()

    def append_from_elsewhere() -> None:
        thread = threading.Thread(target=lambda: (append(job, "new"), connection.close()))
        thread.start()
        thread.join()

    assert ReadingPool(1, "test").submit(read).result() == (0, 0)
    assert job.entries.count() == 1
