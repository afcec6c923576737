"""`manage.py cancel JOB`: asks a job, and all that it has spawned, to end."""

from __future__ import annotations

from typing import Any

from jobs import operations
from jobs.models import Job
from jobs.running.processes.machine import at_the_command_line
from jobs.terminal.command import JobCommand


class Command(JobCommand):
    help = "Ask a job, and all that it has spawned, to end."

    def act(self, job: Job, options: dict[str, Any]) -> None:
        asked = operations.cancel(job, at_the_command_line())
        if not asked:
            self.stdout.write(f"{job.pk} had been asked to end before")
        for job_id in asked:
            self.stdout.write(f"{job_id} was asked to end")
