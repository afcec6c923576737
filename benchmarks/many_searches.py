"""The delays of other clients while many different texts are searched for in a large log.

    python benchmarks/many_searches.py [--lines N] [--searches N] [--seconds N] [--growing]

Some streams follow a job that logs at a steady pace. Then many streams, each with another search that finds nothing,
are opened on a large log over some seconds, and closed after 3 s. Targets: half of the others' lines arrive in less
than 200 ms meanwhile, and a new search has its first lines within 2 s when all have been closed.
With --growing the large log is the one that grows and is followed.
"""

from __future__ import annotations

import argparse
import socket
import sys
import time
from collections import deque
from pathlib import Path
from uuid import UUID

from figures import Targets, percentile, table
from installation import Installation

HERE = Installation()

from clients import has_first_logs, request, stream_path  # noqa: E402
from readers import Readers  # noqa: E402
from server import Server  # noqa: E402
from writer import Plan  # noqa: E402
from writers import WRITERS, Writer  # noqa: E402

from jobs import lifecycle, recording  # noqa: E402

INTERVAL_S = 0.1
STAY_S = 3.0
LONGEST_MS, LONGEST_WAIT_S = 200.0, 2.0
BATCH = 1_000


def fill(job_id: UUID, lines: int) -> None:
    for begin in range(0, lines, BATCH):
        entries = [
            recording.NewEntry(f"{number} GET /api/orders/4711 200 in 13 ms: fourteen rows of the customer's basket")
            for number in range(begin, begin + BATCH)
        ]
        recording.append(job_id, entries)


def search(server: Server, token: str, job_id: UUID, text: str) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", server.port), 30)
    client.sendall(request(f"{stream_path(job_id)}?search={text}", token))
    return client


def attack(server: Server, token: str, job_id: UUID, searches: int, seconds: float) -> None:
    """Opens the searches one after the other and closes each after STAY_S, whatever it has received."""
    open_ones: deque[tuple[float, socket.socket]] = deque()
    began = time.monotonic()
    for number in range(searches):
        time.sleep(max(0.0, began + number * seconds / searches - time.monotonic()))
        open_ones.append((time.monotonic() + STAY_S, search(server, token, job_id, f"nowhere{number}")))
        while open_ones[0][0] < time.monotonic():
            open_ones.popleft()[1].close()
    for leave_at, client in open_ones:
        time.sleep(max(0.0, leave_at - time.monotonic()))
        client.close()


def wait_of_a_new_stream(server: Server, token: str, job_id: UUID, text: str, patience_s: float = 300) -> float:
    """Seconds until its first lines."""
    began, received = time.monotonic(), b""
    with search(server, token, job_id, text) as client:
        client.settimeout(patience_s)
        while not has_first_logs(received):
            received += client.recv(65536)
    return time.monotonic() - began


def run(server: Server, writer: Writer, options: argparse.Namespace) -> int:
    token = HERE.token()
    large, small = lifecycle.create_job("large"), lifecycle.create_job("small")
    for job in (large, small):
        lifecycle.start_job(job, leased=False)
    fill(large.pk, options.lines)
    followed = large if options.growing else small
    readers = Readers(server.port, token, followed.pk)
    alone = wait_of_a_new_stream(server, token, large.pk, "alone")
    writer.start(Plan(followed.pk, int((options.seconds + 20) / INTERVAL_S), 1, INTERVAL_S))
    started = time.monotonic()
    time.sleep(10)
    attacked = time.monotonic()
    attack(server, token, large.pk, options.searches, options.seconds)
    left = time.monotonic()
    after = wait_of_a_new_stream(server, token, large.pk, "afterwards")
    ended = time.monotonic()
    writer.outcome()
    quiet, meanwhile = readers.between(started + 1, attacked), readers.between(attacked, ended)
    title = f"{options.searches} searches over {options.lines:,} lines in {options.seconds} s"
    with table(title, "others' lines", "number", "p50 ms", "p99 ms", "max ms") as result:
        for name, delays in (("before", quiet), ("meanwhile", meanwhile)):
            result.add(name, len(delays), percentile(delays, 0.5), percentile(delays, 0.99), max(delays))
    wal = Path(f"{HERE.database}-wal").stat().st_size / 1e6
    print(f"  first lines of a search alone {alone:.2f} s, after all have left {after:.2f} s; WAL {wal:.1f} MB")
    print(f"  left at {left - attacked:.1f} s")
    targets = Targets()
    p50 = percentile(meanwhile, 0.5)
    targets.check(f"others' p50 {p50:.0f} ms (less than {LONGEST_MS:g})", p50 < LONGEST_MS)
    targets.check(f"a new search waits {after:.2f} s (less than {LONGEST_WAIT_S:g})", after < LONGEST_WAIT_S)
    return targets.exit_code


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=300_000)
    parser.add_argument("--searches", type=int, default=300)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--growing", action="store_true")
    options = parser.parse_args()
    with WRITERS["in another process"]() as (server, writer):
        return run(server, writer, options)


if __name__ == "__main__":
    sys.exit(main())
