"""Secrets on command lines, which must not end up in a job's name or spec."""

from __future__ import annotations

import re
from collections.abc import Sequence

from jobs.running.sensitive import SENSITIVE

MASK = "***"

_OPTION = re.compile(rf"--?(?:[\w-]*[-_])?{SENSITIVE}", re.IGNORECASE)
_ASSIGNMENT = re.compile(rf"(?<![\w-])([\w-]*{SENSITIVE}=)(?:\"[^\"]*\"|'[^']*'|\S+)", re.IGNORECASE)
_URL = re.compile(r"(\b[a-z][a-z0-9+.-]{0,30}://[^\s/:@]*:)[^\s/@]+(?=@)", re.IGNORECASE)


def masked(command: Sequence[str]) -> list[str]:
    """`command` without what is plainly a secret: `--password X`, `--token=X`, `API_KEY=X`, `://user:X@host`."""
    shown: list[str] = []
    for position, argument in enumerate(command):
        if position and _OPTION.fullmatch(command[position - 1]):
            shown.append(MASK)
        else:
            shown.append(_URL.sub(rf"\1{MASK}", _ASSIGNMENT.sub(rf"\1{MASK}", argument)))
    return shown
