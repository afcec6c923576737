"""How bodies may be encoded for a client."""

from __future__ import annotations

import re

GZIP = re.compile(r"(?:^|,)\s*(?:x-)?gzip\s*(?!;\s*q=0(?:\.0*)?\s*(?:,|$))(?:;|,|$)")


def accepts_gzip(header: str) -> bool:
    """Whether a client with this `Accept-Encoding` takes gzip."""
    return GZIP.search(header.lower()) is not None
