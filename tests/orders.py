"""Orders of runs for tests, with defaults for everything that does not matter to a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jobs.models import Job
from jobs.runnables import registry
from jobs.running.ordering.programs import order_program
from jobs.running.ordering.registered import order_runnable


def program(text: str = "print('hello')", **members: Any) -> Job:
    """A pending program. Python must be allowed."""
    return stored(order_program(text, **members))


def run_of(name: str, **parameters: Any) -> Job:
    """A pending run of a registered job."""
    return stored(order_runnable(name, parameters))


def stored(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


@contextmanager
def registered(function: Any, **options: Any) -> Iterator[str]:
    """Makes the function a registered job while the block runs. Yields its name."""
    before = dict(registry.by_name)
    registry.job(**options)(function)
    try:
        (name,) = registry.by_name.keys() - before.keys()
        yield name
    finally:
        registry.by_name = before
