"""What the code of a registered job tells of its course: lines on standard output that whoever runs it understands.

The same code can be called in a test or a shell; there the lines are only lines.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from jobs import levels
from jobs.storable import json_text, storable_json, storable_object

ESCAPES = {"%": "%25", "\r": "%0D", "\n": "%0A"}


@contextmanager
def step(name: str) -> Iterator[None]:
    """The code inside is a step of this name; it fails with an exception that leaves it."""
    say("group", escaped(name))
    try:
        yield
    except BaseException as error:
        say("endgroup status=failed", escaped(f"{type(error).__name__}: {error}".removesuffix(": ")))
        raise
    say("endgroup", "")


def progress(percent: float) -> None:
    """Raises ValueError for anything but 0 to 100."""
    if not 0 <= percent <= 100:
        raise ValueError(f"percent={percent!r} is not allowed: percent is a number from 0 to 100")
    say("progress", f"{percent:g}")


def log(level: str | int, text: object, **fields: object) -> None:
    """One entry, of as many lines as the text has. Raises UnknownLevel."""
    entry: dict[str, object] = {"message": str(text), "level": levels.NAMES[levels.parse(level)]}
    if fields:
        entry["fields"] = storable_object(fields)
    say("entry", json_text(storable_json(entry)))


def result(value: object) -> None:
    """The job's result so far, as JSON. What the function returns takes its place."""
    say("result", json_text(storable_json(value)))


def escaped(text: str) -> str:
    return "".join(ESCAPES.get(character, character) for character in text)


def say(command: str, text: str) -> None:
    """In one piece, as other threads may be writing too, and at once, as it is live."""
    sys.stdout.write(f"::{command}::{text}\n")
    sys.stdout.flush()
