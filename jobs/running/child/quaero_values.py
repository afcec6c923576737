"""Any Python value as data that JSON can hold."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Mapping, MappingView, Sequence, Set
from datetime import date, time
from enum import Enum
from os import PathLike, fspath

MAX_DEPTH = 40  # what is nested deeper would be cut where it is stored
_TOO_LARGE = 10 ** min(4300, sys.get_int_max_str_digits() or 4300)  # for Python to write out, and to read again
# Of these, `str` gives the value; of others, `repr` says at least what they are.
_READABLE_AS_STR = ("datetime", "decimal", "fractions", "ipaddress", "uuid")


def json_text(value: object, what: str | None = None) -> str:
    """`value` as JSON, in ASCII and on one line.

    Raises ValueError, which calls it `what`, when it contains itself or is nested too deeply. Without `what` that
    becomes "...", and nothing raises.
    """
    return json.dumps(_plain(value, MAX_DEPTH, (), what), separators=(",", ":"), allow_nan=False)


def text_of(value: object) -> str:
    """What Python shows for `value`, whatever its class makes of that."""
    try:
        return repr(value)
    except Exception as error:
        return f"<{type(value).__name__}: cannot be shown, {type(error).__name__}>"


def _plain(value: object, depth: int, outside: tuple[int, ...], what: str | None) -> object:
    if value is None or value is True or value is False:
        return value
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return _plain_int(int(value))
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else _name_of_float(value)
    try:
        if callable(getattr(type(value), "tolist", None)) and not isinstance(value, memoryview):
            return _plain(value.tolist(), depth - 1, outside, what)  # type: ignore[attr-defined]  # as NumPy's have
        inner = _inner(value)
        if inner is None:
            return _text(value)
        if depth == 0 or id(value) in outside:
            return _refused(what, depth)
        inside = (*outside, id(value))
        if isinstance(inner, dict):
            return {_key(key): _plain(item, depth - 1, inside, what) for key, item in inner.items()}
        return [_plain(item, depth - 1, inside, what) for item in inner]
    except Refused:
        raise
    except Exception:  # of a class that only looks like a collection
        return text_of(value)


class Refused(ValueError):
    """JSON cannot hold it."""


def _refused(what: str | None, depth: int) -> str:
    if what is None:
        return "..."
    raise Refused(f"{what} {f'is nested deeper than {MAX_DEPTH} levels' if depth == 0 else 'contains itself'}")


def _inner(value: object) -> dict[object, object] | Iterable[object] | None:
    """What a collection holds; None for a single value."""
    names = getattr(type(value), "_fields" if isinstance(value, tuple) else "__dataclass_fields__", None)
    if names is not None:
        return {name: getattr(value, name) for name in names}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Set):
        return sorted(value, key=text_of)
    if isinstance(value, Sequence | MappingView) and not isinstance(value, bytes | bytearray | memoryview):
        return list(value)  # type: ignore[arg-type]
    return None


def _text(value: object) -> object:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, PathLike):
        return str(fspath(value))
    if type(value).__module__ in _READABLE_AS_STR:
        return str(value)
    return text_of(value)


def _key(key: object) -> str:
    if isinstance(key, Enum):
        key = key.value
    if isinstance(key, str):
        return str.__str__(key)
    text = _text(key)
    return text if isinstance(text, str) else text_of(key)


def _plain_int(value: int) -> int | str:
    return value if -_TOO_LARGE < value < _TOO_LARGE else hex(value)


def _name_of_float(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
