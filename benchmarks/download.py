"""Downloads of a large log beside plain reading of its rows, and the delays of other clients meanwhile.

    python benchmarks/download.py [--lines N]

Some streams follow a job that logs at a steady pace, while the log of another one is downloaded in each format. For
comparison Python's sqlite3 reads the same columns and makes nothing of them. Targets: 150,000 lines/s as JSON lines and
as text, at most 30 MB more memory, and half of the others' lines in less than 200 ms.
"""

from __future__ import annotations

import argparse
import http.client
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from figures import Targets, percentile, table
from installation import Installation

HERE = Installation()

from large_logs import fill  # noqa: E402
from readers import Readers  # noqa: E402
from server import Server  # noqa: E402
from writer import Plan  # noqa: E402
from writers import WRITERS, Writer  # noqa: E402

from jobs import lifecycle  # noqa: E402

INTERVAL_S = 0.1
WRITES_S = 40.0  # nearly as long as all downloads take
LINES_A_SECOND = 150_000
MORE_MB = 30.0
LONGEST_MS = 200.0
FORMATS = [("ndjson", ""), ("ndjson", "gzip"), ("text", ""), ("text", "gzip"), ("csv", "")]
COLUMNS = "id, line, +timestamp, level, stream, source, message, ansi, fields, job_id, step_id"


def plain_reading(job_id: UUID) -> float:
    """Seconds for all rows of the job."""
    began = time.perf_counter()
    with sqlite3.connect(HERE.database) as connection:
        sql = f"SELECT {COLUMNS} FROM quaero_jobs_logentry WHERE job_id = ? ORDER BY line"
        cursor = connection.execute(sql, [job_id.hex])
        while cursor.fetchmany(100):
            pass
    return time.perf_counter() - began


def download(server: Server, token: str, job_id: UUID, name: str, encoding: str) -> tuple[float, int]:
    """Seconds, and bytes on the wire."""
    client = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": encoding}
    began, size = time.perf_counter(), 0
    client.request("GET", f"/api/jobs/{job_id}/logs/download?format={name}", headers=headers)
    answer = client.getresponse()
    assert answer.status == 200, answer.read()
    while part := answer.read(1 << 18):
        size += len(part)
    client.close()
    return time.perf_counter() - began, size


@contextmanager
def highest_memory(server: Server) -> Iterator[list[int]]:
    """The server's memory in bytes, highest at the end of the block."""
    found, has_ended = [server.resources().memory], threading.Event()

    def look() -> None:
        while not has_ended.wait(0.2):
            found.append(server.resources().memory)

    looking = threading.Thread(target=look)
    looking.start()
    yield found
    has_ended.set()
    looking.join()
    found.sort()


def run(server: Server, writer: Writer, lines: int) -> int:
    token = HERE.token()
    large, small = lifecycle.create_job("large"), lifecycle.create_job("small")
    fill(large.pk, lines)
    readers = Readers(server.port, token, small.pk)
    writer.start(Plan(small.pk, int(WRITES_S / INTERVAL_S), 1, INTERVAL_S))
    limit = plain_reading(large.pk)
    before = server.resources().memory
    began, rates = time.monotonic(), dict[tuple[str, str], float]()
    with table(f"{lines:,} lines", "format", "s", "lines/s", "of plain reading", "MB") as result:
        result.add("plain reading", limit, lines / limit, 1.0, "")
        with highest_memory(server) as memory:
            for name, encoding in FORMATS:
                seconds, size = download(server, token, large.pk, name, encoding)
                rates[name, encoding] = lines / seconds
                result.add(f"{name} {encoding}", seconds, lines / seconds, limit / seconds, size / 1e6)
    delays = readers.between(began, time.monotonic())
    writer.outcome()
    more, p50 = (memory[-1] - before) / 1e6, percentile(delays, 0.5)
    print(f"  memory {before / 1e6:.0f} MB, at most {more:.1f} MB more; others' p99 {percentile(delays, 0.99):.0f} ms")
    targets = Targets()
    for name in ("ndjson", "text"):
        rate = rates[name, ""]
        targets.check(f"{name}: {rate:,.0f} lines/s ({LINES_A_SECOND:,} or more)", rate >= LINES_A_SECOND)
    targets.check(f"{more:.1f} MB more (at most {MORE_MB:g})", more <= MORE_MB)
    targets.check(f"others' p50 {p50:.0f} ms (less than {LONGEST_MS:g})", p50 < LONGEST_MS)
    return targets.exit_code


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=1_000_000)
    options = parser.parse_args()
    with WRITERS["in another process"]() as (server, writer):
        return run(server, writer, options.lines)


if __name__ == "__main__":
    sys.exit(main())
