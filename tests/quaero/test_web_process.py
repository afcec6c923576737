"""The web process by itself."""

from __future__ import annotations

import subprocess
import sys

FEW_FILES = """
import resource
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (64, most))
from quaero.serving.web_process import raise_file_limit
raise_file_limit()
assert resource.getrlimit(resource.RLIMIT_NOFILE) == (most, most)
"""


def test_as_many_streams_may_be_open_as_the_system_allows_files() -> None:
    subprocess.run([sys.executable, "-c", FEW_FILES], check=True)
