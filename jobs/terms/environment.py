"""Variables that Quaero puts into the environment of what it runs."""

from __future__ import annotations

JOB_ID_VARIABLE = "QUAERO_JOB_ID"
"""What a job starts has the job's id in its environment by this name."""
