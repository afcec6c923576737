"""Names by which one knows that the value is a secret."""

from __future__ import annotations

import re

SENSITIVE = r"(?:passw(?:or)?d|passphrase|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credentials?)"
_NAME = re.compile(rf"(?:.*[-_. ])?{SENSITIVE}", re.IGNORECASE)
_HUMP = re.compile("(?<=[a-z0-9])(?=[A-Z])")


def is_sensitive(name: str) -> bool:
    """Whether a parameter of this name is secret even if nobody has said so: `password`, `API_KEY`, `dbToken`."""
    return _NAME.fullmatch(_HUMP.sub("_", name)) is not None
