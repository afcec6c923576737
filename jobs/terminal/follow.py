"""Output after a command has ordered a run."""

from __future__ import annotations

from typing import Protocol

from django.core.management import call_command

from jobs.configuration.command_name import command_name
from jobs.models import Job
from jobs.running.workers.session import workers_alive


class TextWriter(Protocol):
    def write(self, text: str) -> object: ...


def say_if_no_worker(stderr: TextWriter) -> None:
    """Writes a line when no worker is alive."""
    if not workers_alive():
        name = command_name()
        stderr.write(f"no worker is there: it begins when one is started (`{name} serve` or `{name} work`)")


def follow(job: Job) -> None:
    """Prints the whole log until the job ends, and exits as `tail` does."""
    call_command("tail", str(job.pk), "--since", "0")
