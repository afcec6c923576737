"""What runs within a job's own process: `quaero_job` for programs, and the bootstrap that runs them.

The directory is on the path of that process, and the modules are at the top there; so their names begin with
`quaero`, and they need the standard library alone, of Python 3.11 or newer.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

DIRECTORY = Path(__file__).parent

# Where these modules are imported by their whole names, they still find each other by their short ones.
if str(DIRECTORY) not in sys.path:
    sys.path.append(str(DIRECTORY))

# By whichever name they are imported, they are one: what they know of the process's output there is only once.
for _name in ("quaero_output", "quaero_values", "quaero_reports", "quaero_failures"):
    globals()[_name] = sys.modules[f"{__name__}.{_name}"] = importlib.import_module(_name)
