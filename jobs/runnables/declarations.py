"""What `@job(...)` takes besides the signature, checked when the module is imported."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Literal, get_args

from jobs.storable import storable_text
from jobs.text.commands import MAX_NAME_CHARACTERS

Concurrency = Literal["allow", "skip", "queue"]
CONCURRENCIES: tuple[str, ...] = get_args(Concurrency)
MAX_TIMEOUT = timedelta(days=7)
MAX_RETRIES = 100

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}")


class BadDeclaration(ValueError):
    """A function that cannot be a registered job as it is declared. The text says what is wrong and allowed."""


def refused(name: str, value: object, allowed: str) -> BadDeclaration:
    return BadDeclaration(f"{name}={value!r} is not allowed: {name} is {allowed}")


def checked_name(name: object) -> str:
    if isinstance(name, str) and _NAME.fullmatch(name):
        return name
    raise refused(
        "name", name, "1 to 100 characters of A-Z, a-z, 0-9, blank, '.', '_' and '-', beginning with a letter or digit"
    )


def checked_steps(steps: object) -> tuple[str, ...]:
    """Names as they are reported later: a line each, so without line breaks and blanks around."""
    if steps is None:
        return ()
    if isinstance(steps, list | tuple) and all(map(is_step_name, steps)) and len(set(steps)) == len(steps):
        return tuple(steps)
    raise refused("steps", steps, f"a list of different names, each a line of 1 to {MAX_NAME_CHARACTERS} characters")


def is_step_name(name: object) -> bool:
    return (
        isinstance(name, str)
        and 1 <= len(name) <= MAX_NAME_CHARACTERS
        and [name] == name.splitlines()
        and name == storable_text(name).strip()
    )


def checked_timeout(timeout: Any) -> float | None:
    """In seconds."""
    seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
    if seconds is None:
        return None
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if is_number and 0 < seconds <= MAX_TIMEOUT.total_seconds():  # false for NaN as well
        return float(seconds)
    raise refused("timeout", timeout, f"more than 0 and at most {MAX_TIMEOUT.days} days, in seconds or as a timedelta")


def checked_retries(retries: object) -> int:
    if isinstance(retries, int) and not isinstance(retries, bool) and 0 <= retries <= MAX_RETRIES:
        return retries
    raise refused("retries", retries, f"a whole number from 0 to {MAX_RETRIES}")


def checked_concurrency(concurrency: object) -> str:
    if isinstance(concurrency, str) and concurrency in CONCURRENCIES:
        return concurrency
    raise refused("concurrency", concurrency, f"one of {', '.join(CONCURRENCIES)}")
