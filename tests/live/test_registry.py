from __future__ import annotations

import asyncio
import threading
from uuid import uuid4

import pytest

from jobs.queries import Position
from logstream.frames import Frame
from logstream.registry import JOBS, Registry, job_topic
from logstream.subscription import MAX_QUEUED_BYTES, Closed, Overflowed, Subscription


async def test_news_from_many_threads_all_arrive() -> None:
    registry = Registry(asyncio.get_running_loop())
    heard: list[object] = []
    registry.subscribe(JOBS, heard.append)
    threads = [
        threading.Thread(target=lambda n=n: [registry.publish(JOBS, (n, i)) for i in range(500)]) for n in range(4)
    ]
    for thread in threads:
        thread.start()
    async with asyncio.timeout(5):
        while len(heard) < 2000:
            await asyncio.sleep(0)
    assert [item for item in heard if item[0] == 2] == [(2, i) for i in range(500)]  # type: ignore[index]


async def test_a_topic_hears_only_its_own_news_and_nothing_after_unsubscribing() -> None:
    registry = Registry(asyncio.get_running_loop())
    one, heard = job_topic(uuid4()), []
    unsubscribe = registry.subscribe(one, heard.append)
    registry.publish(job_topic(uuid4()), "of another")
    registry.publish(one, "mine")
    await asyncio.sleep(0)
    unsubscribe()
    registry.publish(one, "late")
    await asyncio.sleep(0)
    assert heard == ["mine"]
    assert not registry.is_watched(one)


def frame(number: int, size: int = 1) -> Frame:
    return Frame(b"x" * size, Position(number, number))


async def test_frames_come_in_order() -> None:
    subscription = Subscription(10)
    for number in (1, 2):
        subscription.push(frame(number))
    assert [(await subscription.next()).end.line, (await subscription.next()).end.line] == [1, 2]


@pytest.mark.parametrize(("capacity", "size"), [(2, 1), (100, MAX_QUEUED_BYTES // 2)])
async def test_full_queue_is_dropped_whole_and_filled_again_after_rejoining(capacity: int, size: int) -> None:
    subscription = Subscription(capacity)
    for number in range(1, 5):
        subscription.push(frame(number, size))
    with pytest.raises(Overflowed):
        await subscription.next()
    subscription.rejoin()
    subscription.push(frame(9))
    assert (await subscription.next()).end.line == 9


async def test_closing_wakes_the_one_who_waits() -> None:
    subscription = Subscription(10)
    waiting = asyncio.create_task(subscription.next())
    await asyncio.sleep(0)
    subscription.close()
    with pytest.raises(Closed):
        await waiting
