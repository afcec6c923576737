"""What the server does besides serving."""

from __future__ import annotations

import asyncio
import threading

import pytest
from django.db import connection

from quaero.duties import Duty, every, run_once


async def run_until(duty: Duty, done: asyncio.Event) -> None:
    task = asyncio.ensure_future(duty())
    await asyncio.wait_for(done.wait(), 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_work_is_done_again_and_again_off_the_loop() -> None:
    loop, done, threads = asyncio.get_running_loop(), asyncio.Event(), []

    def work() -> None:
        threads.append(threading.current_thread())
        if len(threads) == 3:
            loop.call_soon_threadsafe(done.set)

    await run_until(every(0.01, work), done)
    assert threading.main_thread() not in threads


async def test_a_failure_is_logged_and_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    loop, done, attempts = asyncio.get_running_loop(), asyncio.Event(), []

    def work() -> None:
        attempts.append(1)
        if len(attempts) == 1:
            raise OSError("no luck")
        loop.call_soon_threadsafe(done.set)

    await run_until(every(0.01, work), done)
    assert "work failed; it will be tried again" in caplog.text
    assert "no luck" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_no_connection_is_left_open() -> None:
    open_during_work: list[bool] = []

    def work() -> None:
        connection.ensure_connection()
        open_during_work.append(connection.connection is not None)

    left_open: list[bool] = []
    thread = threading.Thread(target=lambda: (run_once(work), left_open.append(connection.connection is not None)))
    thread.start()
    thread.join()
    assert (open_during_work, left_open) == ([True], [False])
