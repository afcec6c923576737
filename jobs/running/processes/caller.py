"""What the caller has given to this process, for a command that is to run as if the caller had started it.

Python, Django and its settings change a process: `LC_CTYPE`, `DJANGO_SETTINGS_MODULE`, `TZ`. The command is to have
nothing of that. Needs the standard library alone, so that `manage.py` can look before anything else has begun.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

AT_THE_BEGINNING = Path("/proc/self/environ")
DESCRIPTORS = "/dev/fd"


class Given(NamedTuple):
    environment: Mapping[str, str]
    descriptors: tuple[int, ...] = ()  # those that are open for commands, beside the standard streams


_noted: Given | None = None


def note() -> None:
    """Notes what is given. For the first lines of a program: later it is less certain."""
    global _noted
    _noted = Given(environment_at_the_beginning(), inherited_descriptors())


def given() -> Given:
    if _noted is None:
        note()
    assert _noted is not None
    return _noted


def environment_at_the_beginning() -> dict[str, str]:
    """Of this process; the present one where the system does not show it."""
    try:
        shown = AT_THE_BEGINNING.read_bytes()
    except OSError:
        return dict(os.environ)
    pairs = (variable.partition(b"=") for variable in shown.split(b"\0"))
    # Of a name that is there twice the first counts, as for getenv().
    return {os.fsdecode(name): os.fsdecode(value) for name, is_one, value in reversed(list(pairs)) if name and is_one}


def inherited_descriptors() -> tuple[int, ...]:
    """What this process opens itself is not inheritable (PEP 446)."""
    found = list[int]()
    for name in os.listdir(DESCRIPTORS) if os.path.isdir(DESCRIPTORS) else ():
        with suppress(OSError):  # the one by which we look is closed by now
            if int(name) > 2 and os.get_inheritable(int(name)):
                found.append(int(name))
    return tuple(sorted(found))
