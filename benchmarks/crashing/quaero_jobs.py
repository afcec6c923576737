"""A short job that may be started again."""

from __future__ import annotations

import os
import time
from pathlib import Path

from jobs.runnables import job


@job(name="short-job", retries=50)
def short_job(file: str, seconds: float) -> None:
    with Path(file).open("a") as begun:
        begun.write(f"{os.environ['QUAERO_JOB_ID']}\n")
    time.sleep(seconds)
