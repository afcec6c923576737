"""The directory that each run has for itself, and that goes with it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID


@contextmanager
def scratch_directory(job_id: UUID) -> Iterator[Path]:
    """A new empty one, for its owner alone. It stays unless the block fails: a full disk must not get fuller."""
    scratch = Path(tempfile.mkdtemp(prefix=prefix_of(job_id)))
    try:
        yield scratch
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise


def remove_scratch_of(job_id: UUID) -> None:
    """Removes what a run has left on this machine whose worker and guardian were both killed."""
    for directory in Path(tempfile.gettempdir()).glob(f"{prefix_of(job_id)}*"):
        shutil.rmtree(directory, ignore_errors=True)  # another user's, or a link, stays as it is


def prefix_of(job_id: UUID) -> str:
    return f"quaero-run-{job_id}-"
