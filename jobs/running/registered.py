"""The process of a registered job: `python -m jobs.running.registered NAME`, with its parameters in the environment.

It says what it does to its worker by its output alone (see `child/quaero_job.py`), log records included.
"""

from __future__ import annotations

import sys

import django


def main() -> int:
    django.setup()
    return 0


if __name__ == "__main__":
    sys.exit(main())
