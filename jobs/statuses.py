"""The statuses of jobs and steps, and which of them are terminal."""

from __future__ import annotations

PENDING, RUNNING = "pending", "running"
COMPLETED, FAILED, CANCELLED, SKIPPED = "completed", "failed", "cancelled", "skipped"

JOB_STATUSES = (PENDING, RUNNING, COMPLETED, FAILED, CANCELLED)
STEP_STATUSES = (*JOB_STATUSES, SKIPPED)
TERMINAL = frozenset({COMPLETED, FAILED, CANCELLED, SKIPPED})
ACTIVE = (PENDING, RUNNING)

JOB_CHOICES = [(status, status) for status in JOB_STATUSES]
STEP_CHOICES = [(status, status) for status in STEP_STATUSES]
