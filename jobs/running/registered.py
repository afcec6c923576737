"""The process of a registered job: `python -m jobs.running.registered NAME`, with its parameters in the environment.

It says what it does to its worker by its output alone (see `child/quaero_job.py`), log records included.
"""

from __future__ import annotations

import logging
import sys

import django


def main() -> int:
    name = sys.argv[1]
    django.setup()
    return run(name)
