"""The time from `recording.append` to the client of an idle stream.

    python benchmarks/latency.py [--lines N]

The clock starts before `recording.append`, so the time to store the line is part of it. Targets (medians): less than
10 ms when it is recorded in the server's process, less than 100 ms when in another.
"""

from __future__ import annotations

import argparse
import re
import socket
import sys
import time
from uuid import UUID

from figures import Targets, median, percentile, table
from installation import Installation

HERE = Installation()

from clients import open_stream, stream_path  # noqa: E402
from writer import Plan  # noqa: E402
from writers import WRITERS, Writer  # noqa: E402

from jobs import lifecycle  # noqa: E402

LONGEST_MS = {"in the server": 10.0, "in another process": 100.0}
INTERVAL_S = 0.513  # longer than a batch interval, and no multiple of any interval of the server
RECORDED_AT = re.compile(rb'"message":"(\d+) ')


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=40)
    lines = parser.parse_args().lines
    token, times = HERE.token(), {}
    for where, writer_beside in WRITERS.items():
        job = lifecycle.create_job(where)
        lifecycle.start_job(job, leased=False)
        with writer_beside() as (server, writer), open_stream(server.port, stream_path(job.pk), token) as stream:
            times[where] = latencies(stream, writer, job.pk, lines)
    return report(times)


def latencies(stream: socket.socket, writer: Writer, job_id: UUID, lines: int) -> list[float]:
    """Milliseconds of each line but the first, for which the server still has to prepare."""
    writer.start(Plan(job_id, lines + 1, 1, INTERVAL_S))
    found: list[float] = []
    while len(found) < lines + 1:
        data = stream.recv(65536)
        now = time.monotonic_ns()
        found += [(now - int(recorded)) / 1e6 for recorded in RECORDED_AT.findall(data)]
    writer.outcome()
    return found[1:]


def report(times: dict[str, list[float]]) -> int:
    with table("Milliseconds from record to client", "recorded", "median", "p90", "max") as result:
        for where, found in times.items():
            result.add(where, median(found), percentile(found, 0.9), max(found))
    targets = Targets()
    for where, found in times.items():
        most = LONGEST_MS[where]
        targets.check(f"recorded {where}: {median(found):.1f} ms (less than {most:g})", median(found) < most)
    return targets.exit_code


if __name__ == "__main__":
    sys.exit(main())
