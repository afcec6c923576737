"""A thousand lines a second to five hundred streams.

    python benchmarks/fan_out.py [--streams N] [--rate N] [--batch N] [--seconds N]

Targets: every stream has every line once and in order, and 99 % of all deliveries take less than 400 ms from before
`recording.append` to the client. Server, writer and all clients share this machine.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import NamedTuple

from figures import Targets, table
from installation import Installation

HERE = Installation()

import psutil  # noqa: E402
from clients import stream_path  # noqa: E402
from crowd import Crowd  # noqa: E402
from deliveries import delays, deliveries, faults, percentile_of  # noqa: E402
from server import Server  # noqa: E402
from writer import Outcome, Plan  # noqa: E402
from writers import WRITERS, Writer  # noqa: E402

from jobs import lifecycle  # noqa: E402

LONGEST_MS = 400
EXTRA_S = 60.0  # for the rest, after the time in which the writer should be done


class Result(NamedTuple):
    outcome: Outcome
    faults: list[str]
    times: tuple[int, int, int]  # p50, p99, max in milliseconds
    cores: tuple[float, float, float]  # kept busy by the server, by the clients, and by all other processes
    memory_mb: float
    bytes_a_line: float  # of each client


def run(server: Server, writer: Writer, token: str, streams: int, plan: Plan, encoding: str) -> Result:
    crowd = Crowd(server.port, stream_path(plan.job_id), token, streams, encoding)
    crowd.settle()
    started, before = time.monotonic(), cpu_s(server)
    writer.start(plan)
    crowd.read_while(writer.outcomes, plan.batches * plan.interval_s + EXTRA_S)
    outcome, after, seconds = writer.outcome(), cpu_s(server), time.monotonic() - started
    of_server, of_clients, of_all = ((now - then) / seconds for now, then in zip(after, before, strict=True))
    found = deliveries(crowd.common, gzipped=encoding == "gzip")
    problems, times = faults(found, outcome.lines), delays(found, crowd.clients)
    crowd.close()
    return Result(
        outcome,
        problems,
        (percentile_of(times, 0.5), percentile_of(times, 0.99), max(times)),
        (of_server, of_clients, max(0.0, of_all - of_server - of_clients)),
        server.resources().memory / 1e6,
        len(crowd.common) / outcome.lines,
    )


def cpu_s(server: Server) -> tuple[float, float, float]:
    """Processor seconds so far of the server, of this process (the clients), and of the whole machine."""
    own, everything = psutil.Process().cpu_times(), psutil.cpu_times()
    idle = everything.idle + everything.iowait
    return server.resources().cpu_s, own.user + own.system, sum(everything[:8]) - idle


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streams", type=int, default=500)
    parser.add_argument("--rate", type=int, default=1_000, help="lines a second")
    parser.add_argument("--batch", type=int, default=10, help="lines in each append")
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--writer", choices=sorted(WRITERS), help="only this one")
    parser.add_argument("--encoding", choices=("gzip", "identity"), default="gzip")
    options = parser.parse_args()
    token, results = HERE.token(), {}
    for where, writer_beside in WRITERS.items():
        if options.writer in (None, where):
            job = lifecycle.create_job(where)
            lifecycle.start_job(job, leased=False)
            batches = options.seconds * options.rate // options.batch
            plan = Plan(job.pk, batches, options.batch, options.batch / options.rate)
            with writer_beside() as (server, writer):
                results[where] = run(server, writer, token, options.streams, plan, options.encoding)
    return report(results, f"{options.rate:,} lines/s for {options.seconds} s to {options.streams:,} streams")


def report(results: dict[str, Result], title: str) -> int:
    heads = (
        "p50 ms",
        "p99 ms",
        "max ms",
        "cores: server",
        "clients",
        "others",
        "server MB",
        "bytes",
        "lines/s",
        "late s",
    )
    with table(title, "recorded", *heads) as result:
        for where, (outcome, _, times, cores, memory, size) in results.items():
            result.add(where, *times, *cores, memory, size, outcome.lines / outcome.seconds, outcome.latest_s)
    targets = Targets()
    for where, found in results.items():
        what = f"{found.outcome.lines:,} lines recorded {where}"
        problems = "; ".join(found.faults)
        targets.check(f"{what}: {problems or 'every stream has each once, in order'}", not problems)
        targets.check(f"{what}: p99 {found.times[1]} ms (less than {LONGEST_MS})", found.times[1] < LONGEST_MS)
    return targets.exit_code


if __name__ == "__main__":
    sys.exit(main())
