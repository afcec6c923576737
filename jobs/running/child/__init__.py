"""What runs within a job's own process: `quaero_job` for programs, and the bootstrap that runs them.

The directory is on the path of that process, and the modules stand at the top there; so their names begin with
`quaero`, and they need the standard library alone, of Python 3.11 or newer.
"""

from __future__ import annotations

import sys
from pathlib import Path

DIRECTORY = Path(__file__).parent

# Where these modules are imported by their whole names, they still find each other by their short ones.
if str(DIRECTORY) not in sys.path:
    sys.path.append(str(DIRECTORY))
