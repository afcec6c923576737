"""The feed: the one reader of one topic and filter in this process, however many clients watch it (promise S2).

It gets the topic's news, reads or takes each range once, filters once, encodes once, and hands the same bytes
to all its clients. This module has what all feeds share: clients, pace, pings, the end.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import NamedTuple, ParamSpec, Protocol, TypeVar

from jobs.patience import Pauses
from jobs.queries import START, Filter, Position
from jobs.queries.long_reads import Steps
from logstream.feeds.rounds import Rounds
from logstream.formats import EVENTS, Format
from logstream.frames import Frame
from logstream.meter import RateMeter
from logstream.numbers import JobNumbers
from logstream.registry import Registry, Topic
from logstream.stepping import StepResult
from logstream.subscription import Subscription

P = ParamSpec("P")
T = TypeVar("T")

logger = logging.getLogger(f"quaero.{__name__}")

URGENT_INTERVAL_S = 0.02  # the pace of state changes, so that a program that reports each percent stays cheap
STATUS_INTERVAL_S = 1.0  # of a status in which only counts or progress are new


class FeedKey(NamedTuple):
    topic: Topic
    wanted: Filter
    format: Format = EVENTS


class FeedHost(Protocol):
    """What a feed needs of the process that it lives in."""

    loop: asyncio.AbstractEventLoop
    registry: Registry
    meter: RateMeter
    numbers: JobNumbers
    started_at: str
    batch_interval_s: float
    ping_interval_s: float

    @property
    def stream_count(self) -> int: ...

    @property
    def user_count(self) -> int: ...

    @property
    def sessions(self) -> Sequence[object]: ...

    async def read(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T: ...

    async def step(self, user_id: int, reading: Steps[T]) -> StepResult[T]: ...

    def forget(self, feed: Feed) -> None: ...


class Feed(ABC):
    def __init__(self, live: FeedHost, key: FeedKey) -> None:
        self.live = live
        self.key = key
        self.clients: set[Subscription] = set()
        self._rounds = Rounds(live.loop)
        self.holders = 0  # streams that use this feed, attached already or about to be
        self.scanned: Position = START  # every entry up to here was taken or read, and sent if it matches
        self.is_over = False
        self.user_id = 0  # of the user whose stream was the first
        self.task: asyncio.Task[None] | None = None  # held here, for the loop holds tasks only weakly
        self.ready: asyncio.Future[None] = live.loop.create_future()
        self._news: list[object] = []
        self._pauses = Pauses()  # after readings that have failed
        self._is_urgent = False
        self._wake = asyncio.Event()
        self.batch_sent_at = -1e9  # loop time
        self._anything_sent_at = live.loop.time()
        self._scanned_changed: set[asyncio.Future[None]] = set()
        self._unsubscribe: Callable[[], None] = live.registry.subscribe(self.news_topic, self.notify)

    # What each kind of feed does in its own way.

    @property
    def news_topic(self) -> Topic:
        """Whose news the feed gets."""
        return self.key.topic

    @abstractmethod
    async def start(self) -> None:
        """Reads where the topic is."""

    @abstractmethod
    async def work(self, news: list[object]) -> None:
        """Takes or reads what is new, and sends it."""

    @abstractmethod
    def unit(self, position: Position) -> int:
        """The number in which this feed counts: the line or the id."""

    def is_urgent_news(self, news: object) -> bool:
        return False

    def next_duty_at(self) -> float:
        """When there is something to do without news (loop time)."""
        return float("inf")

    # Clients.

    def attach(self, client: Subscription) -> Position:
        """Queues all frames from now on for the client; returns the place up to which it must read itself."""
        self.clients.add(client)
        return self.scanned

    def release(self, client: Subscription | None = None) -> None:
        """A stream is done with the feed; the feed ends with the last one."""
        if client is not None:
            self.clients.discard(client)
        self.holders -= 1
        if self.holders == 0:
            self.live.forget(self)

    async def reach(self, position: Position) -> None:
        """Waits until the feed is at `position` or after it, when a client comes from ahead of it."""
        while self.unit(self.scanned) < self.unit(position) and not self.is_over:
            changed = self.live.loop.create_future()
            self._scanned_changed.add(changed)
            self.notify(None)
            await changed

    def broadcast(self, frame: Frame) -> None:
        self._anything_sent_at = self.live.loop.time()
        for client in tuple(self.clients):
            client.push(frame)
        self._rounds.begin(self.clients)

    def broadcast_note(self, data: bytes) -> None:
        """Sends what has no entries; nothing when the feed's format has no bytes for it."""
        if data:
            self.broadcast(Frame(data, self.scanned))

    def broadcast_batch(self, data: bytes) -> None:
        """Sends what the pace of batches counts for; it brings clients to where the feed is."""
        self.batch_sent_at = self.live.loop.time()
        self.broadcast(Frame(data, self.scanned))

    # The task.

    def notify(self, news: object) -> None:
        """Wakes the feed up for news; None says "look". On the loop alone."""
        self._news.append(news)
        self._is_urgent = self._is_urgent or self.is_urgent_news(news)
        self._wake.set()

    async def run(self) -> None:
        try:
            await self.start()
            if not self.ready.done():
                self.ready.set_result(None)
            while not self.is_over:
                await self._wait()
                await self._turn()
        except Exception as error:
            logger.exception("feed of %s failed", self.key)
            if not self.ready.done():
                self.ready.set_exception(error)
            for client in self.clients:
                client.close()
        finally:
            self.is_over = True
            self._unsubscribe()
            self.live.forget(self)
            self._wake_reaching()

    async def _turn(self) -> None:
        news, self._news, self._is_urgent = self._news, [], False
        try:
            await self.work(news)
        except Exception as error:
            if self.is_over:  # while it was ended from outside
                return
            # The database may answer again in a moment; what was not sent is read then (None: "look").
            logger.warning("feed of %s could not read: %s", self.key, error)
            await asyncio.sleep(self._pauses.next())
            self.notify(None)
        else:
            self._pauses.restart()
        self._wake_reaching()
        if not self.is_over and self.live.loop.time() >= self._ping_at():
            self.broadcast_note(self.key.format.ping(self.scanned.id))

    async def _wait(self) -> None:
        """Until something is due: news at once after a quiet time, then one batch per interval; duties; a ping."""
        while True:
            left = self._due_at() - self.live.loop.time()
            if left <= 0:
                return
            self._wake.clear()
            try:
                async with asyncio.timeout(left):
                    await self._wake.wait()
            except TimeoutError:
                return

    def _due_at(self) -> float:
        if not self._news:
            return min(self._ping_at(), self.next_duty_at())
        return self.batch_sent_at + (URGENT_INTERVAL_S if self._is_urgent else self.batch_interval_s)

    @property
    def batch_interval_s(self) -> float:
        """From one batch to the next, which is longer while writing them takes long."""
        return self._rounds.interval_s(self.live.batch_interval_s)

    def _ping_at(self) -> float:
        return self._anything_sent_at + self.live.ping_interval_s

    def _wake_reaching(self) -> None:
        for changed in self._scanned_changed:
            if not changed.done():
                changed.set_result(None)
        self._scanned_changed.clear()
