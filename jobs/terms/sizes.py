"""Units of sizes, and how much is written at once."""

from __future__ import annotations

MIB = 1024 * 1024  # bytes
BATCH_ITEMS = 1_000  # in one transaction, at most,
BATCH_BYTES = MIB  # by whichever comes first
