"""The version of this installation, as its package has it."""

from __future__ import annotations

from importlib import metadata

try:
    VERSION = metadata.version("quaero")
except metadata.PackageNotFoundError:  # run from a folder that was never installed
    VERSION = "unknown"
