"""Runs between a worker and a program: `python -I -S DIRECTORY BOUND=VALUE... -- COMMAND ARG...` (see `__main__.py`).

A directory that Python runs, so its modules are at the top there and need the standard library alone.
"""

from __future__ import annotations

from pathlib import Path

DIRECTORY = Path(__file__).parent
