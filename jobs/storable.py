"""Makes any value storable on every database: text without NUL and lone surrogates, JSON without NaN.

Pure functions, which do not raise. A part that cannot be stored as it is gets a visible replacement.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from enum import Enum
from typing import Any, NamedTuple

import msgspec

from jobs.terms.sizes import MIB

MAX_NAME_CHARACTERS = 255
MAX_MESSAGE_BYTES = MIB
# Of an integer. Python writes out and reads no longer ones in decimal, which would take it long.
MOST_DIGITS = min(4300, sys.get_int_max_str_digits() or 4300)
TOO_LARGE = 10**MOST_DIGITS
MAX_JSON_DEPTH = 40  # SQLite refuses JSON nested deeper than 1,000; readers give up long before.
REPLACEMENT = "�"

Json = None | bool | int | float | str | list[object] | dict[str, object]

SURROGATES = re.compile("[\ud800-\udfff]")

# ECMA-48 control sequences. A string command (OSC, DCS, ...) is removed with its text only when it is terminated.
# Of an unterminated one, only the introducer is removed, never the rest of the line.
ANSI = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor movements
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC (titles, hyperlinks), DCS, SOS, PM, APC
    r"|\x1b[ -/]*[0-~]"  # two-character sequences
    r"|\x1b"
)
# The beginning of such a sequence at the end of bytes, when more bytes may follow.
PARTIAL_ANSI = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b\n]*\x1b?|[ -/]+)?\Z")
MAX_PARTIAL_ANSI_BYTES = 4096  # a longer beginning is no sequence


def storable_text(text: object) -> str:
    """`text` as a str without NUL and lone surrogates (both become U+FFFD)."""
    if type(text) is not str:
        text = as_text(text)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            text = SURROGATES.sub(REPLACEMENT, text)
    return text.replace("\0", REPLACEMENT) if "\0" in text else text


def as_text(value: object) -> str:
    """`value` as a plain str: bytes decoded as UTF-8, other objects by `str`, also where that raises."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    try:
        return str(value)
    except Exception as error:
        return f"<{type(value).__name__}: cannot be shown, {type(error).__name__}>"


def without_ansi(text: str) -> str:
    """`text` without terminal control sequences."""
    return ANSI.sub("", text) if "\x1b" in text else text


def utf8_length(text: str) -> int:
    """The number of bytes of `text` in UTF-8; nearly free for ASCII."""
    return len(text) if text.isascii() else len(text.encode())


class Cut(NamedTuple):
    text: str
    truncated_bytes: int


def cut(text: str, max_bytes: int = MAX_MESSAGE_BYTES) -> Cut:
    """`text`, cut between two characters to `max_bytes` of UTF-8 at most, and the number of bytes left out."""
    if len(text) * 4 <= max_bytes:
        return Cut(text, 0)
    encoded = text.encode()
    if len(encoded) <= max_bytes:
        return Cut(text, 0)
    kept = encoded[:max_bytes].decode("utf-8", "ignore")
    return Cut(kept, len(encoded) - len(kept.encode()))


def storable_json(value: object) -> Json:
    """`value` as plain JSON data.

    Text is made storable at every depth. NaN, Infinity, integers of more than MOST_DIGITS and values that JSON does not
    know become text. Cycles, and anything below MAX_JSON_DEPTH, become "...".
    """
    return _storable(value, MAX_JSON_DEPTH, frozenset())


def storable_object(value: Mapping[str, object] | None) -> dict[str, object]:
    """`value` as a JSON object; None is an empty one. Raises TypeError for anything but a mapping."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise TypeError(f"expected an object of names and values, not {type(value).__name__}")
    return _storable_mapping(value, MAX_JSON_DEPTH, frozenset({id(value)}))


def json_text(value: Json) -> str:
    """The JSON text of storable data, compact."""
    return msgspec.json.encode(value).decode()


class WholeNumbers(json.JSONDecoder):
    """Integers of more than MOST_DIGITS become text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "parse_int": parsed_int})


def parsed_int(text: str) -> int | str:
    return int(text) if len(text.removeprefix("-")) <= MOST_DIGITS else text


def parsed_json(text: str) -> object:
    """The data in JSON `text`, with integers of more than MOST_DIGITS as text. Raises ValueError and RecursionError."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except ValueError:  # an integer that Python does not read
        return json.loads(text, cls=WholeNumbers)


def _storable(value: object, depth: int, seen: frozenset[int]) -> Json:
    if value is None or value is True or value is False:
        return value
    if isinstance(value, Enum):
        return _storable(value.value, depth - 1, seen) if depth > 0 else storable_text(value)
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, int):
        return _storable_int(int(value))
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else _name_of_float(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        if depth <= 0 or id(value) in seen:
            return "..."
        inside = seen | {id(value)}
        if isinstance(value, Mapping):
            return _storable_mapping(value, depth - 1, inside)
        return _storable_list(value, depth - 1, inside)
    return storable_text(value)


def _storable_list(values: Iterable[object], depth: int, seen: frozenset[int]) -> list[object]:
    return [_storable(value, depth, seen) for value in values]


def _storable_mapping(value: Mapping[str, object], depth: int, seen: frozenset[int]) -> dict[str, object]:
    return {storable_text(key): _storable(item, depth, seen) for key, item in value.items()}


def _storable_int(value: int) -> int | str:
    return value if -TOO_LARGE < value < TOO_LARGE else hex(value)


def _name_of_float(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"
