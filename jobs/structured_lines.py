"""Log lines that are records: JSON objects and logfmt. Pure functions; None means "not such a record".

What is understood (level, time, message, logger) becomes the record's own attribute; everything else, also a
level or a time that nobody can read, stays in the fields, so that no part of a line is lost.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from jobs import levels
from jobs.producer_times import parse_time

Fields = dict[str, object]

LEVEL_KEYS = (
    *("level_name", "level", "severity", "lvl", "loglevel", "log_level", "logLevel", "levelname", "log.level"),
    *("severity_text", "severityText", "@l", "LogLevel", "Level", "LEVEL", "PRIORITY"),
)
TIME_KEYS = (
    *("timestamp", "time", "ts", "@timestamp", "@t", "datetime", "asctime", "Timestamp", "eventTime", "t"),
    *("timeMillis", "instant", "timeUnixNano", "__REALTIME_TIMESTAMP"),
)
MESSAGE_KEYS = ("message", "msg", "@m", "@mt", "Message", "MESSAGE", "short_message", "textPayload")
# A message only in the company of a level or a time: structlog, OpenTelemetry, Docker.
WEAK_MESSAGE_KEYS = ("event", "body", "log", "text")
SOURCE_KEYS = (
    *("logger", "logger_name", "loggerName", "log.logger", "target", "SourceContext", "Category", "channel"),
    *("SYSLOG_IDENTIFIER", "name"),
)
# Records that hold the record one level down: Rust's tracing, Elastic's ECS, loguru, Google Cloud.
CONTAINER_KEYS = ("fields", "log", "record", "jsonPayload")
LOGFMT_KEYS = frozenset(("level", "lvl", "severity", "msg", "message"))
_SYSLOG_LEVELS = ("fatal", "fatal", "fatal", "error", "warn", "info", "info", "debug")
_PINO_LEVELS = ("debug", "debug", "info", "warn", "error", "fatal")
_MONGO_LEVELS = {"F": "fatal", "E": "error", "W": "warn", "I": "info", "D": "debug"}

MAX_LOGFMT_CHARACTERS = 64 * 1024  # Longer ones exist in nobody's logs and would cost more than they tell.
_PAIR = re.compile(r'\s*+([A-Za-z_@][\w.@/-]*+)=(?:"((?:[^"\\]|\\.)*+)"|([^\s"]*+))(?=\s|$)')
_FIRST_KEY = re.compile(r"\s*[A-Za-z_@][\w.@/-]*=")


class ParsedLine(NamedTuple):
    """A line as a record. `level` is one of our five names; None for what the line does not tell."""

    message: str
    level: str | None = None
    timestamp: datetime | None = None
    source: str = ""
    fields: Fields | None = None


def parse_json(line: str) -> ParsedLine | None:
    """The record of a JSON object that has a message or a level; None for any other text."""
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
        fields[pair[1]] = pair[3] if pair[2] is None else _unescaped(pair[2])
        position = pair.end()
    return _record_of(fields, line) if len(fields) > 1 and not LOGFMT_KEYS.isdisjoint(fields) else None


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text


def _record_of(record: Fields, line: str) -> ParsedLine | None:
    rest = dict(record)
    level, timestamp, message, source = _take_all(rest)
    if level is None or message is None:
        for inner in _containers(rest):
            inner_level, inner_timestamp, inner_message, inner_source = _take_all(inner)
            level, timestamp = level or inner_level, timestamp or inner_timestamp
            message, source = (inner_message if message is None else message), source or inner_source
    if level is None and message is None:
        return None
    return ParsedLine(line if message is None else message, level, timestamp, source, rest or None)


def _take_all(rest: Fields) -> tuple[str | None, datetime | None, str | None, str]:
    level, timestamp = _take_level(rest), _take_time(rest)
    message = _take_text(rest, MESSAGE_KEYS)
    if message is None and (level is not None or timestamp is not None):
        message = _take_text(rest, WEAK_MESSAGE_KEYS)
    known = level is not None or message is not None
    return level, timestamp, message, (_take_text(rest, SOURCE_KEYS) or "") if known else ""


def _containers(rest: Fields) -> Iterator[Fields]:
    """The record's inner records, as copies that stay in `rest` without what the caller takes out of them."""
    for key in CONTAINER_KEYS:
        inner = rest.get(key)
        if isinstance(inner, dict):
            rest[key] = copy = dict(inner)
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
    if isinstance(value, str) and not value.isdecimal():
        return levels.NAMES.get(levels.ALIASES.get(value.strip().lower(), 0))
    if isinstance(value, bool) or not isinstance(value, int | str) or not 0 < len(str(value)) <= 2:
        return None
    number = int(value)
    if key == "PRIORITY" or "short_message" in rest:  # journald and GELF count as syslog does
        return _SYSLOG_LEVELS[number] if 0 <= number <= 7 else None
    return _PINO_LEVELS[number // 10 - 1] if 10 <= number < 70 else None


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
