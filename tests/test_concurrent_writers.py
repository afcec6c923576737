"""Several writers of one job, in threads and in processes: every line once, no gap, every count right (D1, D3)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Any

import pytest
from django.db import connection
from django.db.models import Max, Min
from django.dispatch import Signal

from jobs import signals
from jobs.models import Job, LogEntry, Step
from tests.factories import append_lines, make_job, make_step, stored_lines
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

BATCHES, BATCH = 20, 25

# Writes until its standard input is closed, then says how many lines that were.
WRITER = """
import sys, threading, django
django.setup()
from uuid import UUID
from jobs.recording import NewEntry, append
name, job, step, batch = sys.argv[1], UUID(sys.argv[2]), UUID(sys.argv[3]), int(sys.argv[4])
stop = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
count = 0
while not stop.is_set():
    count += len(append(job, [NewEntry(name, "warn", step=step)] * batch).lines)
print(count)
"""


def assert_nothing_lost_nothing_twice(job: Job, step: Step, count: int) -> None:
    job.refresh_from_db()
    step.refresh_from_db()
    assert stored_lines(job) == list(range(1, count + 1))
    assert (job.last_line, job.counts["total"], step.counts["warn"]) == (count, count, count)
    ids = LogEntry.objects.order_by("line").values_list("id", flat=True)
    assert list(ids) == sorted(ids)


def write(job: Job, step: Step) -> None:
    for _ in range(BATCHES):
        append_lines(job, BATCH, level="warn", step=step)


def test_two_threads_write_one_job(job: Job, announced: Callable[[Signal], list[dict[str, Any]]]) -> None:
    step = make_step(job)
    said = announced(signals.entries_appended)
    at_once(partial(write, job, step), partial(write, job, step))
    assert_nothing_lost_nothing_twice(job, step, 2 * BATCHES * BATCH)
    lines = sorted(line for each in said for line in range(each["batch"].first_line, each["batch"].last_line + 1))
    assert lines == stored_lines(job)


@pytest.mark.slow
def test_two_processes_write_one_job(job: Job) -> None:
    step = make_step(job)
    writers = [start_writer(job, step, name) for name in ("left", "right")]
    deadline = monotonic() + 60
    while not have_taken_turns(job):
        assert monotonic() < deadline
    counts = [int(writer.communicate(timeout=60)[0]) for writer in writers]
    assert_nothing_lost_nothing_twice(job, step, sum(counts))


def start_writer(job: Job, step: Step, name: str) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-c", WRITER, name, str(job.pk), str(step.pk), str(BATCH)]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "quaero.settings",
        "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
    }
    return subprocess.Popen(arguments, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def have_taken_turns(job: Job) -> bool:
    """Left, right, left again, or the other way round: otherwise the one merely came after the other."""
    ends = [
        LogEntry.objects.filter(job=job, message=name).aggregate(first=Min("line"), last=Max("line"))
        for name in ("left", "right")
    ]
    return all(end["first"] for end in ends) and max(e["first"] for e in ends) < min(e["last"] for e in ends)


def test_writers_of_the_same_steps_in_another_order_do_not_block_each_other() -> None:
    job = make_job()
    steps = [make_step(job, name) for name in ("one", "two", "three")]

    def write_in(order: list[Step]) -> None:
        for _ in range(BATCHES):
            for step in order:
                append_lines(job, 1, step=step)

    at_once(partial(write_in, steps), partial(write_in, steps[::-1]))
    assert stored_lines(job) == list(range(1, 2 * 3 * BATCHES + 1))


def test_two_new_steps_at_once_get_two_positions(job: Job) -> None:
    steps = at_once(*[partial(make_step, job, str(number)) for number in range(4)])
    assert sorted(step.position for step in steps) == [0, 1, 2, 3]
