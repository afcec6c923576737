"""Quaero's application, with a thread in the same process that writes lines by plans (see `writer.py`)."""

from __future__ import annotations

import sys
import threading

from writer import carry_out_plans

from quaero.asgi import application

__all__ = ["application"]

threading.Thread(target=carry_out_plans, args=[sys.stdin, sys.stdout], name="writer", daemon=True).start()
