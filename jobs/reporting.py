"""Functions by which the code of a registered job reports progress, steps, results and child jobs.

They are those of the module `quaero_job`, under a name that every process can import. They print lines for the
worker; in a test or a shell, which do not read them, the lines are only output.
"""

from __future__ import annotations

from jobs.running.child.quaero_job import log, progress, result, spawn, step

__all__ = ["log", "progress", "result", "spawn", "step"]
