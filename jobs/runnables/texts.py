"""Values given as text, in a form or on the command line, as JSON data; and values as the text of a form.

A text that is no such value stays what it is: the check of the value, which comes next, says what is allowed.
"""

from __future__ import annotations

import math
import re
from datetime import datetime

import msgspec
from django.utils.dateparse import parse_datetime

from jobs.models.entry import utc
from jobs.validation.schemas import Schema, choices_of, kind_of

MOMENTS = ("date-time", "local-date-time")
AS_THEY_STAND = ("date", "time", "uuid", "decimal", "base64")
BOOLEANS = {"true": True, "on": True, "yes": True, "1": True, "false": False, "off": False, "no": False, "0": False}
INTEGER = re.compile(r"[+-]?\d{1,4300}", re.ASCII)
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?|nan|[+-]?inf(inity)?", re.ASCII | re.IGNORECASE)


def value_from(schema: Schema, text: str) -> object:
    kind = kind_of(schema)
    if kind == "string":
        return text
    stripped = text.strip()
    if kind == "array" and "prefixItems" not in schema:
        return items_from(schema.get("items", {}), stripped)
    if kind == "choice":
        return {plain_text(value): value for value in choices_of(schema)}.get(stripped, stripped)
    if kind == "boolean":
        return BOOLEANS.get(stripped.lower(), text)
    if kind in ("integer", "number", "duration"):
        return number_from(kind, stripped)
    if kind in MOMENTS:
        return moment_from(kind, stripped)
    return stripped if kind in AS_THEY_STAND else json_or(text)


def items_from(schema: Schema, text: str) -> object:
    """A list as JSON, as lines, or in one line between commas. Empty items are none."""
    if isinstance(found := json_or(text), list):
        return found
    parts = text.splitlines() if "\n" in text else text.split(",")
    return [value_from(schema, part.strip()) for part in parts if part.strip()]


def number_from(kind: str, text: str) -> object:
    """A number; for a duration, of seconds."""
    if kind == "integer":
        return int(text) if INTEGER.fullmatch(text) else text
    if not NUMBER.fullmatch(text):
        return text
    found = float(text)
    if kind == "number":
        return found
    return f"PT{found:f}S" if math.isfinite(found) else text


def moment_from(kind: str, text: str) -> object:
    """A browser gives times without seconds and zone; they are UTC."""
    try:
        found = parse_datetime(text)
    except ValueError:  # as in February 30
        return text
    if found is None:
        return text
    return (found if kind == "local-date-time" else utc(found)).isoformat()


def json_or(text: str) -> object:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return text


def text_of(schema: Schema, value: object) -> str:
    """A value, as JSON data, as the text from which `value_from` makes it again."""
    if kind_of(schema) in MOMENTS and isinstance(value, str):
        return moment_as_text(value)
    plain = plain_text(value)
    return plain if value is None or value_from(schema, plain) == value else pretty_json(value)


def plain_text(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, list) and not any(isinstance(item, list | dict) for item in value):
        return "\n".join(map(plain_text, value))
    return pretty_json(value)


def pretty_json(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def moment_as_text(text: str) -> str:
    """A time as a browser's field takes it: in UTC, without saying so."""
    return utc(datetime.fromisoformat(text)).replace(tzinfo=None).isoformat()
