"""How long a bad day lasts: as short as it tells something, and longer under `make soak`."""

from __future__ import annotations

import os


def at_least(usual: int, soaking: int) -> int:
    return soaking if os.environ.get("SOAK") else usual
