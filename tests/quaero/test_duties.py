"""The server's duties."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest
from django.db import connection

from quaero.duties import Duty, every, every_in_steps, run_once


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


async def test_work_in_steps_is_begun_again_after_its_last_step_and_after_a_failure() -> None:
    loop, done, taken = asyncio.get_running_loop(), asyncio.Event(), []

    def steps() -> Iterator[int]:
        taken.append("begin")
        yield 1
        taken.append("go on")
        if taken.count("begin") == 1:
            raise OSError("no luck")
        if taken.count("begin") == 3:
            loop.call_soon_threadsafe(done.set)
        yield 2

    await run_until(every_in_steps(0.01, steps), done)
    assert taken[:6] == ["begin", "go on"] * 3


async def test_a_duty_that_is_stopped_takes_no_further_step() -> None:
    loop, begun, go_on = asyncio.get_running_loop(), asyncio.Event(), threading.Event()
    taken: list[int] = []

    def steps() -> Iterator[int]:
        for number in range(1, 100):
            taken.append(number)
            loop.call_soon_threadsafe(begun.set)
            assert go_on.wait(10)
            yield number

    await run_until(every_in_steps(60, steps), begun)
    go_on.set()
    await loop.shutdown_default_executor()
    assert taken == [1]


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
