"""Log lines that are records: JSON objects and logfmt. Pure functions; None means "not such a record".

What is understood (level, time, message, logger) becomes the record's own attribute; everything else, also a
level or a time that nobody can read, stays in the fields, so that no part of a line is lost.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from jobs import levels

Fields = dict[str, object]

LEVEL_KEYS = (
    *("level_name", "level", "severity", "lvl", "loglevel", "log_level", "logLevel", "levelname", "log.level"),
    *("severity_text", "severityText", "@l", "LogLevel", "Level", "LEVEL", "PRIORITY"),
)
TIME_KEYS = (
    *("timestamp", "time", "ts", "@timestamp", "@t", "datetime", "asctime", "Timestamp", "eventTime", "t"),
    *("timeMillis", "instant", "timeUnixNano", "__REALTIME_TIMESTAMP"),
)
MESSAGE_KEYS = (
    *("message", "msg", "@m", "@mt", "Message", "short_message", "textPayload", "MESSAGE", "body", "event"),
    "log",
)
SOURCE_KEYS = (
    *("logger", "logger_name", "loggerName", "log.logger", "target", "SourceContext", "Category", "channel"),
    *("SYSLOG_IDENTIFIER", "name"),
)
# Records that hold the record one level down: Rust's tracing, Elastic's ECS, loguru, Google Cloud.
CONTAINER_KEYS = ("fields", "log", "record", "jsonPayload")
_SYSLOG_LEVELS = ("fatal", "fatal", "fatal", "error", "warn", "info", "info", "debug")
_MONGO_LEVELS = {"F": "fatal", "E": "error", "W": "warn", "I": "info", "D": "debug"}

MAX_LOGFMT_CHARACTERS = 64 * 1024
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PAIR = re.compile(r'\s*([A-Za-z_@][\w.@/-]*)=(?:"((?:[^"\\]|\\.)*+)"|([^\s"]*))(?=\s|$)')
_FIRST_KEY = re.compile(r"\s*[A-Za-z_@][\w.@/-]*=")


class ParsedLine(NamedTuple):
    """A line as a record. `level` is one of our five names; None for what the line does not tell."""

    message: str
    level: str | None = None
    timestamp: datetime | None = None
    source: str = ""
    fields: Fields | None = None


def parse_json(line: str) -> ParsedLine | None:
    """The record of a JSON object that has a message, a level or a time; None for any other text."""
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return _record_of(record, line) if isinstance(record, dict) else None


def parse_logfmt(line: str) -> ParsedLine | None:
    """The record of a line that is `key=value` throughout, with two pairs or more and a level or a message."""
    if len(line) > MAX_LOGFMT_CHARACTERS or _FIRST_KEY.match(line) is None:
        return None
    fields: Fields = {}
    position, end = 0, len(line.rstrip())
    while position < end:
        pair = _PAIR.match(line, position)
        if pair is None or pair[1] in fields:
            return None
        fields[pair[1]] = _unquoted(pair[2]) if pair[2] is not None else pair[3]
        position = pair.end()
    if len(fields) < 2 or not any(key in fields for key in ("level", "lvl", "severity", "msg", "message")):
        return None
    return _record_of(fields, line)


def parse_time(value: object) -> datetime | None:
    """A producer's time in UTC: RFC 3339, or seconds, milli-, micro- or nanoseconds since 1970; else None.

    A time without an offset is None too: nobody can tell which zone it means, and the moment of capture is
    right to the millisecond.
    """
    if isinstance(value, dict):
        return _nested_time(value)
    if isinstance(value, str) and not value.isdigit():
        return _rfc3339(value)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return _epoch_time(int(value) if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None


def _record_of(record: Fields, line: str) -> ParsedLine | None:
    rest = dict(record)
    level = _take_level(rest)
    timestamp = _take_time(rest)
    message = _take_text(rest, MESSAGE_KEYS)
    source = ""
    if message is None or level is None:
        for inner in _containers(rest):
            message = message if message is not None else _take_text(inner, MESSAGE_KEYS)
            level = level or _take_level(inner)
            timestamp = timestamp or _take_time(inner)
            source = source or _take_text(inner, SOURCE_KEYS) or ""
    if message is None and level is None:
        return None
    source = _take_text(rest, SOURCE_KEYS) or source
    return ParsedLine(line if message is None else message, level, timestamp, source, rest or None)


def _containers(rest: Fields) -> Iterator[Fields]:
    """The record's inner records, as copies that stay in `rest` without what the caller takes out."""
    for key in CONTAINER_KEYS:
        inner = rest.get(key)
        if isinstance(inner, dict):
            copy = dict(inner)
            rest[key] = copy
            yield copy
            if not copy:
                del rest[key]


def _take_level(rest: Fields) -> str | None:
    for key in LEVEL_KEYS:
        if key in rest:
            level = _level_of(key, rest[key], rest)
            if level is not None:
                del rest[key]
                return level
    if "s" in rest and "msg" in rest and "t" in rest:  # MongoDB
        level = _MONGO_LEVELS.get(str(rest["s"])[:1])
        if level is not None:
            del rest["s"]
        return level
    return None


def _level_of(key: str, value: object, rest: Fields) -> str | None:
    if isinstance(value, dict):  # loguru: {"name": "INFO", "no": 20}
        value = value.get("name")
    if isinstance(value, str) and not value.isdigit():
        return levels.NAMES.get(levels.ALIASES.get(value.strip().lower(), 0))
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    number = int(value) if len(str(value)) <= 3 else -1
    if key == "PRIORITY" or "short_message" in rest:  # journald and GELF count as syslog does
        return _SYSLOG_LEVELS[number] if 0 <= number <= 7 else None
    return _pino_level(number)


def _pino_level(number: int) -> str | None:
    """pino and bunyan: 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal, and custom ones between."""
    if not 10 <= number < 70:
        return None
    return ("debug", "debug", "info", "warn", "error", "fatal")[number // 10 - 1]


def _take_time(rest: Fields) -> datetime | None:
    for key in TIME_KEYS:
        if key in rest:
            timestamp = parse_time(rest[key])
            if timestamp is not None:
                del rest[key]
                return timestamp
    return None


def _take_text(rest: Fields, keys: tuple[str, ...]) -> str | None:
    for key in keys:
        value = rest.get(key)
        if isinstance(value, str):
            del rest[key]
            return value.rstrip("\r\n")
    return None


def _unquoted(text: str) -> str:
    if "\\" not in text:
        return text
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text


def _rfc3339(text: str) -> datetime | None:
    if len(text) > 64:
        return None
    try:
        moment = datetime.fromisoformat(text.strip().replace(",", "."))
        return None if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _nested_time(value: dict[str, object]) -> datetime | None:
    """MongoDB's {"$date": ...} and log4j's {"epochSecond": ..., "nanoOfSecond": ...}."""
    if "epochSecond" in value:
        seconds, nanos = value["epochSecond"], value.get("nanoOfSecond", 0)
        return parse_time(seconds * 10**9 + nanos) if isinstance(seconds, int) and isinstance(nanos, int) else None
    inner = value.get("$date") or value.get("timestamp") or value.get("repr")
    return None if isinstance(inner, dict) else parse_time(inner)


def _epoch_time(number: int | float) -> datetime | None:
    """The unit follows from the size: 1e8 to 1e11 are seconds from 1973 to 5138, and so on by thousands."""
    for unit_us, low in ((1_000_000, 10**8), (1_000, 10**11), (1, 10**14)):
        if low <= number < low * 1000:
            return _EPOCH + timedelta(microseconds=round(number * unit_us))
    if 10**17 <= number < 10**20:
        return _EPOCH + timedelta(microseconds=int(number) // 1000)
    return None
