"""Levels as values of records (JSON, logfmt): words in any case and colour, offsets, and numbers.

The key of a number and the shape of its record decide what it means: 40 is pino's warning and Python's error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from jobs import storable
from jobs.text.level_words import level_of_spelling

_OFFSET = re.compile(r"([a-z]{4,8})[+-]\d{1,3}")  # Go's slog counts between its levels: `ERROR+4`, `DEBUG-4`.
_MONGO_LEVELS = {"F": "fatal", "E": "error", "W": "warn", "I": "info", "D": "debug"}
SYSLOG_LEVELS = ("fatal", "fatal", "fatal", "error", "warn", "info", "info", "debug")
_AZURE_LEVELS = ("debug", "info", "warn", "error", "fatal")
_PINO_LEVELS = ("debug", "debug", "info", "warn", "error", "fatal")
_PYTHON_LEVELS = ("debug", "info", "warn", "error", "fatal")
_MONOLOG_LEVELS = ("debug", "info", "warn", "error", "fatal", "fatal")  # 550 is an alert, 600 an emergency
_OTEL_LEVELS = ("debug", "debug", "info", "warn", "error", "fatal")

# Keys that only records of Python's `logging` and structlog have; and those of GELF and of syslog's forwarders.
_OF_PYTHON = frozenset(("levelno", "asctime", "lineno", "funcname", "pathname", "processname", "threadname", "event"))
_OF_SYSLOG = frozenset(("short_message", "facility", "syslog_facility", "syslog_identifier", "procid", "appname"))


def level_of_value(key: str, value: object, keys: Iterable[str] = ()) -> str | None:
    """The level that `value` means under `key` (in small letters), in a record that has `keys`; else None."""
    if isinstance(value, dict):  # loguru: {"name": "INFO", "no": 20}
        value = value.get("name")
    if isinstance(value, str):
        value = (storable.without_ansi(value) if "\x1b" in value else value).strip()
        if not value.isdecimal():
            return _level_of_text(value.lower())
    if isinstance(value, bool) or not isinstance(value, int | str) or not 0 < len(str(value)) <= 5:
        return None
    return _level_of_number(key, int(value), frozenset(map(str.lower, keys)))


def level_of_mongo(value: object) -> str | None:
    """The level of MongoDB's member `s` (`F`, `E`, `W`, `I`, `D1` to `D5`); None for any other value."""
    return _MONGO_LEVELS.get(str(value)[:1])


def _level_of_text(text: str) -> str | None:
    offset = _OFFSET.fullmatch(text)
    return level_of_spelling(offset[1] if offset is not None else text.strip("[]<>"))


def _level_of_number(key: str, number: int, keys: frozenset[str]) -> str | None:
    if key in ("severity_number", "severitynumber"):
        return _OTEL_LEVELS[(number - 1) // 4] if 1 <= number <= 24 else None
    if key == "severitylevel":
        return _AZURE_LEVELS[number] if number < len(_AZURE_LEVELS) else None
    if number < 10:
        is_syslog = key in ("priority", "severity", "syslog_severity", "syslogseverity") or not _OF_SYSLOG.isdisjoint(
            keys
        )
        return SYSLOG_LEVELS[number] if is_syslog and number < len(SYSLOG_LEVELS) else None
    if number < 100:
        table = _PYTHON_LEVELS if key == "levelno" or not _OF_PYTHON.isdisjoint(keys) else _PINO_LEVELS
        return _at(table, number // 10 - 1)
    if number < 1000:
        return _at(_MONOLOG_LEVELS, number // 100 - 1)
    return _at(_PYTHON_LEVELS, number // 10_000 - 1) if number >= 10_000 else None  # logback


def _at(table: tuple[str, ...], index: int) -> str | None:
    return table[index] if index < len(table) else None
