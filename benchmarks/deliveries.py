"""Reads the bytes that a crowd received: which lines, in which order, and how long each took to each client."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import msgspec
from crowd import Client


class Entry(msgspec.Struct):
    id: int
    line: int
    message: str

    @property
    def recorded_at(self) -> int:
        """Monotonic nanoseconds, which the writer put in front of the message."""
        return int(self.message.partition(" ")[0])


class Logs(msgspec.Struct):
    logs: list[Entry]


class Delivery(NamedTuple):
    """The entries of one event, and the number of bytes after which a client has all of them."""

    entries: Sequence[Entry]
    end: int


DATA = re.compile(rb"event: logs\n(?:id: \d+\n)?data: (.*)\n\n")


def deliveries(received: bytearray, *, gzipped: bool = False) -> list[Delivery]:
    """The `logs` events with entries in a body of HTTP chunks."""
    blocks = zlib.decompressobj(wbits=-zlib.MAX_WBITS)  # from the middle of the stream on: its header has passed
    body, ends = bytearray(), []
    for chunk, end in chunks(received):
        body += blocks.decompress(chunk) if gzipped else chunk
        ends.append((len(body), end))
    found, place = [], iter(ends)
    in_body = received_end = 0
    for event in DATA.finditer(body):
        while in_body < event.end():
            in_body, received_end = next(place)
        entries = msgspec.json.decode(event[1], type=Logs).logs
        if entries:
            found.append(Delivery(entries, received_end))
    return found


def chunks(received: bytearray) -> Iterator[tuple[bytes, int]]:
    """Each chunk of HTTP/1.1's chunked encoding, and the byte at which it ends."""
    start = 0
    while start < len(received):
        head_end = received.index(b"\r\n", start)
        size = int(received[start:head_end], 16)
        start = head_end + 2 + size + 2
        yield bytes(received[head_end + 2 : start - 2]), start


def faults(found: Sequence[Delivery], count: int) -> list[str]:
    """What is wrong with the lines, in words. Each must come once, in order, with a higher id than the one before."""
    entries = [entry for delivery in found for entry in delivery.entries]
    problems = []
    if [entry.line for entry in entries] != list(range(1, count + 1)):
        problems.append(f"the lines are not 1 to {count:,}, each once and in order")
    if any(after.id <= before.id for before, after in pairwise(entries)):
        problems.append("the ids do not rise with the lines")
    return problems


def delays(found: Sequence[Delivery], clients: Sequence[Client]) -> Counter[int]:
    """Milliseconds from `recording.append` to the client, for every line and client: how often each number occurs."""
    recorded = [[entry.recorded_at for entry in delivery.entries] for delivery in found]
    times: Counter[int] = Counter()
    for client in clients:
        for now, moments in zip(arrivals(found, client), recorded, strict=True):
            times.update([(now - moment) // 1_000_000 for moment in moments])
    return times


def arrivals(found: Sequence[Delivery], client: Client) -> Iterator[int]:
    """When each delivery was complete at this client."""
    reads = iter(client.arrivals)
    end = now = 0
    for delivery in found:
        while end < delivery.end:
            end, now = next(reads)
        yield now


def percentile_of(times: Counter[int], share: float) -> int:
    """The number of milliseconds that `share` (0-1) of all stayed under or at."""
    left = share * times.total()
    for milliseconds in sorted(times):
        left -= times[milliseconds]
        if left <= 0:
            return milliseconds
    return max(times)
