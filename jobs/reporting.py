"""What the code of a registered job tells of its course: the module `quaero_job` of programs, by a name that can be
imported in every process. Where nobody listens, in a test or a shell, the lines are only lines.
"""

from __future__ import annotations

from jobs.running.child.quaero_job import log, progress, result, spawn, step

__all__ = ["log", "progress", "result", "spawn", "step"]
