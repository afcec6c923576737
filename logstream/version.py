"""The version of this installation, from its package."""

from __future__ import annotations

from importlib import metadata

try:
    VERSION = metadata.version("django-quaero")
except metadata.PackageNotFoundError:  # run from a folder that was never installed
    VERSION = "unknown"
