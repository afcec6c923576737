"""A feed writes to the connections of clients that wait; what a full one does not take is left to the client's task."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from django.test import AsyncClient

from jobs import lifecycle
from jobs.models import Job
from jobs.queries import START, Filter
from logstream.feeds.rounds import Rounds
from logstream.frames import GZIP, IDENTITY, Encoding, Frame
from logstream.live import Live
from logstream.outlet import Outlet, sending
from logstream.registry import job_topic
from logstream.streams import LogRequest, log_stream
from logstream.subscription import Subscription
from tests.live.conftest import append
from tests.live.sse import lines_of, names_of
from tests.live.watching import VIEWER, Watcher, in_thread, inflated, watch_job


class Connection:
    """A server's side of one client: its task writes what the stream yields, and a feed may write beside it."""

    def __init__(self, source: AsyncIterator[bytes]) -> None:
        self.source = source
        self.has_room = asyncio.Event()
        self.has_room.set()
        self.written: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.by_task = 0

    async def send(self, event: Any) -> None:
        await self.has_room.wait()
        self.written.put_nowait(event["body"])

    async def serve(self) -> None:
        async for data in self.source:
            self.by_task += 1
            await self.send({"body": data})
        self.written.put_nowait(None)

    async def received(self) -> AsyncIterator[bytes]:
        task = asyncio.create_task(self.serve())
        try:
            while (data := await self.written.get()) is not None:
                yield data
        finally:
            task.cancel()


async def connect(live_side: Live, job: Job, encoding: Encoding = IDENTITY) -> tuple[Connection, Watcher]:
    """A client of the job's stream through a connection to which its feed may write."""
    request = LogRequest(job_topic(job.pk), Filter(), VIEWER, 100, encoding=encoding)
    connection = Connection(log_stream(live_side, request))
    sending.set(connection.send)
    received = connection.received()
    watcher = Watcher(inflated(received) if encoding is GZIP else received)
    await watcher.until_event("logs")
    sending.set(None)
    return connection, watcher


@pytest.mark.parametrize("encoding", [IDENTITY, GZIP])
async def test_what_comes_is_written_without_the_clients_task(live_side: Live, job: Job, encoding: Encoding) -> None:
    connection, watcher = await connect(live_side, job, encoding)
    by_task = connection.by_task
    for number in range(1, 4):
        await in_thread(append, job, f"line {number}")
        assert await watcher.until_lines(number) == list(range(1, number + 1))
    assert connection.by_task == by_task
    await watcher.leave()


async def test_the_end_is_the_tasks(live_side: Live, job: Job) -> None:
    _, watcher = await connect(live_side, job)
    await in_thread(append, job, "last")
    await in_thread(lifecycle.finish_job, job, "completed")
    events = await watcher.until_end()
    assert (lines_of(events), names_of(events)[-1]) == ([1], "done")
    assert live_side.streams == set()


async def test_a_full_connection_gets_everything_later_and_in_order(live_side: Live, job: Job) -> None:
    connection, watcher = await connect(live_side, job)
    other = await watch_job(job)
    connection.has_room.clear()
    for number in range(1, 6):
        await in_thread(append, job, f"line {number}")
        await other.until_lines(number)
    assert lines_of(watcher.events) == []
    connection.has_room.set()
    assert await watcher.until_lines(5) == [1, 2, 3, 4, 5]
    for each in (watcher, other):
        await each.leave()


async def test_a_connection_that_stays_full_catches_up_from_the_store(live_side: Live, job: Job) -> None:
    live_side.buffer_size, live_side.batch_interval_s = 3, 0.0
    connection, watcher = await connect(live_side, job)
    other = await watch_job(job)
    await in_thread(append, job, "line 1")
    await watcher.until_lines(1)
    connection.has_room.clear()
    for number in range(2, 31):
        await in_thread(append, job, f"line {number}")
        await other.until_lines(number)
    assert live_side.lagging_count() == 1
    connection.has_room.set()
    assert await watcher.until_lines(30) == list(range(1, 31))
    await in_thread(append, job, "after")
    assert (await watcher.until_lines(31))[-1] == 31
    for each in (watcher, other):
        await each.leave()


async def test_a_client_that_leaves_while_its_connection_is_full_leaves_nothing(live_side: Live, job: Job) -> None:
    connection, watcher = await connect(live_side, job)
    connection.has_room.clear()
    other = await watch_job(job)
    await in_thread(append, job, "one")
    await other.until_lines(1)
    await watcher.leave()
    await in_thread(append, job, "two")
    await other.until_lines(2)
    await other.leave()


async def test_a_connection_that_fails_ends_its_own_stream_alone(live_side: Live) -> None:
    async def fail(event: Any) -> None:
        raise ConnectionError("gone")

    client = Subscription(10, Outlet(fail, IDENTITY))
    waiting = asyncio.create_task(client.next())
    await asyncio.sleep(0)
    client.push(Frame(b"x", START))
    client.write_out()
    with pytest.raises(ConnectionError):
        await waiting


class Clock:
    """A loop whose time moves with every look at it, as far as `step_s` says."""

    def __init__(self, step_s: float) -> None:
        self.step_s, self.now = step_s, 0.0
        self.callbacks: list[Any] = []

    def time(self) -> float:
        self.now += self.step_s
        return self.now

    def call_soon(self, callback: Any, context: object) -> None:
        self.callbacks.append(callback)

    def run(self) -> int:
        """Calls what is to be called. Returns the number of calls."""
        calls = 0
        while self.callbacks:
            self.callbacks.pop()()
            calls += 1
        return calls


async def written(event: Any) -> None:
    pass


@pytest.mark.parametrize(("step_s", "interval_s"), [(0.0, 0.15), (0.02, 0.15), (0.04, 0.24), (0.5, 0.3)])
def test_the_interval_is_twice_a_round_that_takes_long(step_s: float, interval_s: float) -> None:
    clock = Clock(step_s)
    rounds = Rounds(clock)  # type: ignore[arg-type]
    clients = [Subscription(10, Outlet(written, IDENTITY))]
    for step, expected in ((step_s, interval_s), (0.0, 0.15)):
        clock.step_s = step
        rounds.begin(clients)
        clock.run()
        assert rounds.interval_s(0.15) == pytest.approx(expected)


def test_a_long_round_lets_others_have_their_turn() -> None:
    clock = Clock(0.004)
    rounds = Rounds(clock)  # type: ignore[arg-type]
    rounds.begin([Subscription(10, Outlet(written, IDENTITY)) for _ in range(10)])
    assert clock.run() > 2


async def test_the_status_of_streams_has_the_batch_interval(live_side: Live, token: str) -> None:
    answer = await AsyncClient().get("/api/streams/status", headers={"authorization": f"Bearer {token}"})
    assert answer.json()["batch_interval_ms"] == 150
