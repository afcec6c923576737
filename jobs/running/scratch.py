"""The directory that each run has for itself, and that goes with it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from uuid import UUID


def make_scratch(job_id: UUID) -> Path:
    """A new empty directory, for its owner alone."""
    return Path(tempfile.mkdtemp(prefix=prefix_of(job_id)))


def remove_scratch_of(job_id: UUID) -> None:
    """Removes what a run has left on this machine whose worker and guardian were both killed."""
    for directory in Path(tempfile.gettempdir()).glob(f"{prefix_of(job_id)}*"):
        shutil.rmtree(directory, ignore_errors=True)  # somebody else's, or a link, stays as it is


def prefix_of(job_id: UUID) -> str:
    return f"quaero-run-{job_id}-"
