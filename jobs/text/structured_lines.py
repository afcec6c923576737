"""Log lines that are records: JSON objects and logfmt. Pure functions; None means "not such a record".

Level, time, message and logger become attributes of the parsed line. Everything else stays in its fields, also a
level or a time in an unknown form, so that no part of a line is lost. Keys may be written in any case.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from jobs.storable import parsed_json
from jobs.text.level_values import level_of_mongo, level_of_value
from jobs.text.producer_times import parse_time

Fields = dict[str, object]
Place = tuple[int, str, str]  # a key's rank, its name in small letters, the key as it is written

# All in small letters; the surest first.
LEVEL_KEYS = (
    *("level_name", "@level", "level", "severity", "lvl", "loglevel", "log_level", "levelname", "log.level", "@l"),
    *("severity_text", "severitytext", "error_severity", "log_severity", "level_text", "levelno", "level_value"),
    *("severity_number", "severitynumber", "severitylevel", "syslog_severity", "syslogseverity", "priority"),
)
TIME_KEYS = (
    *("timestamp", "time", "ts", "@timestamp", "@t", "datetime", "asctime", "eventtime", "t", "date"),
    *("timemillis", "instant", "timeunixnano", "__realtime_timestamp"),
)
MESSAGE_KEYS = ("@message", "message", "msg", "@m", "@mt", "short_message", "textpayload", "stringvalue")
# The message only where the record has a level or a time too: structlog, OpenTelemetry, Docker, Serilog.
WEAK_MESSAGE_KEYS = ("event", "body", "log", "text", "renderedmessage", "messagetemplate")
SOURCE_KEYS = (
    *("@module", "logger", "logger_name", "loggername", "log.logger", "target", "sourcecontext", "category"),
    *("channel", "syslog_identifier", "name"),
)
# Records that hold the record one level down: Rust's tracing, Elastic's ECS, loguru, Google Cloud, Logstash.
CONTAINER_KEYS = ("fields", "@fields", "log", "record", "jsonpayload", "body")
KINDS = {
    "level": LEVEL_KEYS,
    "time": TIME_KEYS,
    "message": MESSAGE_KEYS,
    "weak message": WEAK_MESSAGE_KEYS,
    "source": SOURCE_KEYS,
    "container": CONTAINER_KEYS,
}
# By a key's name: the kinds of value that it may hold, each with its rank among the keys of that kind.
RANKS = {
    name: [(kind, keys.index(name)) for kind, keys in KINDS.items() if name in keys]
    for name in {name for keys in KINDS.values() for name in keys}
}
LOGFMT_KEYS = frozenset(("level", "lvl", "severity", "loglevel", "@level", "msg", "message", "@message"))
CARRIERS_LEVEL = "priority"  # journald's level, which does not hold for a record in its message

MAX_LOGFMT_CHARACTERS = 64 * 1024  # Real logs have no longer lines, and parsing them would cost too much.
_PAIR = re.compile(r'\s*+([A-Za-z_@][\w.@/-]*+)=(?:"((?:[^"\\]|\\.)*+)"|([^\s"]*+))(?=\s|$)')
_FIRST_KEY = re.compile(r"\s*[A-Za-z_@][\w.@/-]*=")


class ParsedLine(NamedTuple):
    """A line as a record. `level` is one of our five names; None stands for what the line does not have."""

    message: str
    level: str | None = None
    timestamp: datetime | None = None
    source: str = ""
    fields: Fields | None = None


def parse_record(text: str) -> ParsedLine | None:
    """The JSON or logfmt record in `text`; where its message is a record too, the innermost one."""
    if text.startswith("{") or (text[:1].isspace() and text.lstrip().startswith("{")):
        return _parse_json(text)
    return _parse_logfmt(text) if text.find("=", 0, 64) > 0 else None


def _parse_json(line: str) -> ParsedLine | None:
    try:
        record = parsed_json(line)
    except (ValueError, RecursionError):
        return None
    return _record_of(record, line) if isinstance(record, dict) else None


def _parse_logfmt(line: str) -> ParsedLine | None:
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
    if len(fields) < 2 or LOGFMT_KEYS.isdisjoint(map(str.lower, fields)):
        return None
    return _record_of(fields, line)


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return text


class _Record:
    """A record whose known parts are taken out; `rest` is what is left."""

    def __init__(self, fields: Fields) -> None:
        self.rest = dict(fields)
        self._places = _places_of(tuple(fields))
        self.is_carrier = False
        self.level, self.timestamp = self._take_level(), self._take_time()
        self.message = self._take_text("message")
        if self.message is None and (self.level is not None or self.timestamp is not None or self._carries_a_record()):
            self.message = self._take_text("weak message")
        is_known = self.level is not None or self.message is not None
        self.source = (self._take_text("source") or "") if is_known else ""

    def containers(self) -> Iterator[_Record]:
        """The inner records. Parts that are taken out of them are also removed from `rest`."""
        for _, _, key in self._places.get("container", ()):
            inner = self.rest.get(key)
            if isinstance(inner, dict):
                record = _Record(inner)
                self.rest[key] = record.rest
                yield record
                if not record.rest:
                    del self.rest[key]

    def _carries_a_record(self) -> bool:
        """Whether one of its texts is a record, as collectors of Kubernetes write: `{"log": "{\\"level\\": ...}"}`."""
        values = [self.rest[key] for _, _, key in self._places.get("weak message", ())]
        return any(
            isinstance(value, str) and value.startswith("{") and value.rstrip().endswith("}") for value in values
        )

    def _take_level(self) -> str | None:
        for _, name, key in self._places.get("level", ()):
            level = level_of_value(name, self.rest[key], self.rest)
            if level is not None:
                del self.rest[key]
                self.is_carrier = name == CARRIERS_LEVEL
                return level
        if "s" in self.rest and "msg" in self.rest and "t" in self.rest:  # MongoDB
            level = level_of_mongo(self.rest["s"])
            if level is not None:
                del self.rest["s"]
            return level
        return None

    def _take_time(self) -> datetime | None:
        for _, _, key in self._places.get("time", ()):
            timestamp = parse_time(self.rest[key])
            if timestamp is not None:
                del self.rest[key]
                return timestamp
        return None

    def _take_text(self, kind: str) -> str | None:
        for _, _, key in self._places.get(kind, ()):
            value = self.rest.get(key)
            if isinstance(value, str):
                del self.rest[key]
                return value.rstrip("\r\n")
        return None


@lru_cache(maxsize=256)  # A program's records have few sets of keys.
def _places_of(keys: tuple[str, ...]) -> dict[str, list[Place]]:
    """The keys under which a record may have its level, time, message ..., by kind; the surest first."""
    places: dict[str, list[Place]] = {}
    for key in keys:
        name = key.lower()
        for kind, rank in RANKS.get(name, ()):
            places.setdefault(kind, []).append((rank, name, key))
    for found in places.values():
        if len(found) > 1:
            found.sort()
    return places


def _record_of(fields: Fields, line: str) -> ParsedLine | None:
    record = _Record(fields)
    level, timestamp, message, source = record.level, record.timestamp, record.message, record.source
    if level is None or message is None:
        for inner in record.containers():
            level, timestamp = level or inner.level, timestamp or inner.timestamp
            message, source = (inner.message if message is None else message), source or inner.source
    if level is None and message is None:
        return None
    parsed = ParsedLine(line if message is None else message, level, timestamp, source, record.rest or None)
    return _with_inner_record(parsed) if message and (level is None or record.is_carrier) else parsed


def _with_inner_record(carrier: ParsedLine) -> ParsedLine:
    """`carrier`, joined with the record in its message: Docker and journald write a program's line as a message."""
    inner = parse_record(carrier.message)
    if inner is None:
        return carrier
    fields = {**(carrier.fields or {}), **(inner.fields or {})}
    return ParsedLine(
        inner.message,
        inner.level or carrier.level,
        inner.timestamp or carrier.timestamp,
        inner.source or carrier.source,
        fields or None,
    )
