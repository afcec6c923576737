"""The threads, file handles and memory of the server for each idle stream.

    python benchmarks/idle_streams.py

Targets: with 100 idle streams the server has as many threads and database handles as with one; each stream takes
less than 45 KB of memory, from 1 to 100 and from 1 to 1,001.
"""

from __future__ import annotations

import socket
import sys
import time

from figures import Targets, table
from installation import Installation

HERE = Installation()

from clients import open_stream, stream_path  # noqa: E402
from server import Resources, Server  # noqa: E402

from jobs import lifecycle, recording  # noqa: E402
from jobs.recording import NewEntry  # noqa: E402

COUNTS = (1, 100, 1_001)
MOST_BYTES = 45_000
SETTLE_S = 7.0  # in this time a ping is sent, and the connections for opening the streams are closed


def main() -> int:
    job = lifecycle.create_job("idle")
    lifecycle.start_job(job, leased=False)
    recording.append(job, [NewEntry(f"line {number} of the benchmark") for number in range(20)])
    path, token = stream_path(job.pk), HERE.token()
    with Server() as server:
        open_stream(server.port, path, token).close()  # modules that are loaded for the first stream stay loaded
        streams: list[socket.socket] = []
        found: dict[int, Resources] = {}
        for count in COUNTS:
            streams += [open_stream(server.port, path, token) for _ in range(count - len(streams))]
            time.sleep(SETTLE_S)
            found[count] = server.resources()
        for stream in streams:
            stream.close()
    return report(found)


def report(found: dict[int, Resources]) -> int:
    one = found[1]
    with table("The server", "idle streams", "threads", "database handles", "other", "MB", "KB a stream") as result:
        for count, now in found.items():
            each = (now.memory - one.memory) / (count - 1) / 1000 if count > 1 else ""
            result.add(f"{count:,}", now.threads, now.database_handles, now.other_handles, now.memory / 1e6, each)
    targets = Targets()
    for count in COUNTS[1:]:
        now, each = found[count], (found[count].memory - one.memory) / (count - 1)
        same = (now.threads, now.database_handles, now.other_handles) == one[:3]
        targets.check(f"{count:,} streams: threads and handles as with one", same)
        targets.check(f"{count:,} streams: {each / 1000:.1f} KB each (less than 45)", each < MOST_BYTES)
    return targets.exit_code


if __name__ == "__main__":
    sys.exit(main())
