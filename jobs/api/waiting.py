"""Requests that wait for a job to end. They hold a thread, but no transaction, and end when the process does."""

from __future__ import annotations

import threading
import time
from uuid import UUID

from jobs import statuses
from jobs.access import existing_job
from jobs.credentials import Grounds, require_still
from jobs.models import Job

RIGHTS_LOOKED_AT_EVERY_S = 5.0
FIRST_LOOK_S, LONGEST_PAUSE_S = 0.02, 0.25

stopping = threading.Event()
"""To be set when the process is to stop: a client that waits then gets an answer while there is time for one."""


def waited_for(job_id: UUID, wait_s: float, grounds: Grounds, right: str) -> Job:
    """The job when it has ended, or as it is after so long.

    Raises NotFound when it is deleted meanwhile, and what `require_still` raises when the right to ask is lost.
    """
    rights_due_at = time.monotonic() + RIGHTS_LOOKED_AT_EVERY_S
    deadline = time.monotonic() + wait_s
    pause_s = FIRST_LOOK_S
    while True:
        status = Job.objects.filter(pk=job_id).values_list("status", flat=True).first()
        left_s = deadline - time.monotonic()
        if time.monotonic() >= rights_due_at:
            require_still(grounds, right)
            rights_due_at = time.monotonic() + RIGHTS_LOOKED_AT_EVERY_S
        if status is None or status in statuses.TERMINAL or left_s <= 0 or stopping.wait(min(pause_s, left_s)):
            return existing_job(job_id)
        pause_s = min(pause_s * 1.5, LONGEST_PAUSE_S)
