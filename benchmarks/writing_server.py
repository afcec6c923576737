"""Quaero's application, with a thread of the same process that writes as it is told (see `writer.py`)."""

from __future__ import annotations

import sys
import threading

from writer import obey

from quaero.asgi import application

__all__ = ["application"]

threading.Thread(target=obey, args=[sys.stdin, sys.stdout], name="writer", daemon=True).start()
