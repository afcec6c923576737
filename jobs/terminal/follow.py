"""What follows when a command has ordered a run."""

from __future__ import annotations

from typing import Protocol

from django.core.management import call_command

from jobs.models import Job
from jobs.running.workers.session import workers_alive

NO_WORKER = "no worker is there: it begins when one is started (`manage.py serve` or `manage.py work`)"


class Writer(Protocol):
    def write(self, text: str) -> object: ...


def say_if_no_worker_is_there(stderr: Writer) -> None:
    if not workers_alive():
        stderr.write(NO_WORKER)


def follow(job: Job) -> None:
    """Prints the whole log until the job ends, and exits as `tail` does."""
    call_command("tail", str(job.pk), "--since", "0")
