"""Where a job's line comes from: what it wrote to one of its two outputs, or Quaero itself."""

from __future__ import annotations

STDOUT, STDERR, SYSTEM = "stdout", "stderr", "system"
STREAMS = (STDOUT, STDERR, SYSTEM)
