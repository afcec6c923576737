"""Writes lines at a steady pace, in a process of its own (`python benchmarks/writer.py`) or in another one.

It reads plans from its standard input, one a line, and writes the outcome of each to its standard output when the plan
is carried out. Every message begins with the moment before it is passed to `recording.append`.
"""

from __future__ import annotations

import sys
import time
from typing import TextIO
from uuid import UUID

import msgspec


class Plan(msgspec.Struct):
    job_id: UUID
    batches: int
    batch_size: int
    interval_s: float


class Outcome(msgspec.Struct):
    lines: int
    seconds: float
    latest_s: float  # the longest delay of a batch


def carry_out(plan: Plan) -> Outcome:
    from jobs import recording  # noqa: PLC0415 - the caller has set up Django
    from jobs.recording import NewEntry  # noqa: PLC0415

    started, latest = time.monotonic(), 0.0
    for number in range(plan.batches):
        due = started + number * plan.interval_s
        time.sleep(max(0.0, due - time.monotonic()))
        latest = max(latest, time.monotonic() - due)
        recording.append(plan.job_id, [NewEntry(message()) for _ in range(plan.batch_size)])
    return Outcome(plan.batches * plan.batch_size, time.monotonic() - started, latest)


def message() -> str:
    return f"{time.monotonic_ns()} GET /api/orders/4711 200 in 13 ms: 14 rows"


def carry_out_plans(plans: TextIO, outcomes: TextIO) -> None:
    for line in plans:
        outcome = carry_out(msgspec.json.decode(line, type=Plan))
        print(msgspec.json.encode(outcome).decode(), file=outcomes, flush=True)


if __name__ == "__main__":
    import django

    django.setup()
    carry_out_plans(sys.stdin, sys.stdout)
