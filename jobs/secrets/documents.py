"""Secrets that are JSON (the file of a service account): the forms in which programs may print them. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator

Container = dict[str, object] | list[object]

SHORTEST_TEXT = 8  # characters; a text within the data that is as long is a secret by itself
LONGEST_LAID_OUT = 64 * 1024  # characters; of longer data only the texts within are hidden

DEEPEST_LAID_OUT = 100  # levels: an indented layout grows with the square, and newer Pythons read thousands of them

_SEPARATORS = ((",", ":"), (", ", ": "), (",", ": "))
_INDENTS: tuple[int | str, ...] = (2, 4, "\t")


def json_of(secret: str) -> object:
    """The data in the JSON text `secret`, if it is an object, a list or a text in quotes; else None."""
    if not secret.lstrip().startswith(("{", "[", '"')):
        return None
    try:
        data: object = json.loads(secret)
    except (ValueError, RecursionError):
        return None
    return data


def texts_in(data: object) -> Iterator[str]:
    """The texts in the data that are long enough, at every depth, also in texts that are JSON themselves."""
    ahead = [data]
    while ahead:
        value = ahead.pop()
        if isinstance(value, str):
            if len(value) >= SHORTEST_TEXT:
                yield value
            ahead.append(json_of(value))
        elif isinstance(value, dict):
            ahead += value.values()
        elif isinstance(value, list):
            ahead += value


def layouts_of(data: object) -> list[str]:
    """The data as JSON in the usual layouts, and as Python prints it. Nothing for data that are too large."""
    try:
        return list(_layouts(data)) if isinstance(data, dict | list) and data and not is_deep(data) else []
    except RecursionError:
        return []


def is_deep(data: Container) -> bool:
    """Whether it has more levels than are laid out."""
    level: list[Container] = [data]
    for _ in range(DEEPEST_LAID_OUT):
        inner = [value.values() if isinstance(value, dict) else value for value in level]
        level = [each for values in inner for each in values if isinstance(each, dict | list)]
        if not level:
            return False
    return True


def _layouts(data: object) -> Iterator[str]:
    shown = repr(data)
    if len(shown) > LONGEST_LAID_OUT:
        return
    yield shown
    for is_sorted in (False, True):
        for is_ascii in (True, False):
            for separators in _SEPARATORS:
                yield json.dumps(data, ensure_ascii=is_ascii, sort_keys=is_sorted, separators=separators)
            for indent in _INDENTS:
                yield json.dumps(data, ensure_ascii=is_ascii, sort_keys=is_sorted, indent=indent)
