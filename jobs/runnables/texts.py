"""Values given as text, in a form or on the command line, as JSON data; and values as the text of a form.

A text that is no such value stays what it is: the check of the value, which comes next, says what is allowed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from django.utils.dateparse import parse_datetime
from msgspec import inspect as types

from jobs.models.entry import utc
from jobs.runnables.wording import LISTS

AS_THEY_STAND = (
    types.DateType,
    types.TimeType,
    types.UUIDType,
    types.DecimalType,
    types.BytesType,
    types.ByteArrayType,
)
BOOLEANS = {"true": True, "on": True, "yes": True, "1": True, "false": False, "off": False, "no": False, "0": False}
NUMBERS: dict[type[types.Type], Any] = {types.IntType: int, types.FloatType: float}


def value_from(kind: types.Type, text: str) -> object:
    if isinstance(kind, types.Metadata):
        return value_from(kind.type, text)
    if isinstance(kind, types.StrType):
        return text
    stripped = text.strip()
    if isinstance(kind, LISTS):
        return items_from(kind.item_type, stripped)
    if isinstance(kind, types.LiteralType | types.EnumType):
        return choice_from(kind, stripped)
    if isinstance(kind, types.BoolType):
        return BOOLEANS.get(stripped.lower(), text)
    if isinstance(kind, types.IntType | types.FloatType | types.TimeDeltaType):
        return number_from(kind, stripped)
    if isinstance(kind, types.DateTimeType):
        return moment_from(kind, stripped)
    if isinstance(kind, AS_THEY_STAND):
        return stripped
    return json_or(text)


def items_from(kind: types.Type, text: str) -> object:
    """A list as JSON, as lines, or in one line between commas. Empty items are none."""
    if isinstance(found := json_or(text), list):
        return found
    parts = text.splitlines() if "\n" in text else text.split(",")
    return [value_from(kind, part.strip()) for part in parts if part.strip()]


def choice_from(kind: types.LiteralType | types.EnumType, text: str) -> object:
    values = [member.value for member in kind.cls] if isinstance(kind, types.EnumType) else kind.values
    return {plain_text(value): value for value in values}.get(text, text)


def number_from(kind: types.Type, text: str) -> object:
    """A number; for a duration, of seconds."""
    wanted: Any = NUMBERS.get(type(kind), float)
    try:
        found = msgspec.convert(text, wanted, strict=False)
    except msgspec.ValidationError:
        return text
    return found if type(kind) in NUMBERS else f"PT{found:f}S"


def moment_from(kind: types.DateTimeType, text: str) -> object:
    """A browser gives times without seconds and zone; they are UTC."""
    try:
        found = parse_datetime(text)
    except ValueError:  # as in February 30
        return text
    if found is None:
        return text
    return (found if kind.tz is False else utc(found)).isoformat()


def json_or(text: str) -> object:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return text


def text_of(kind: types.Type, value: object) -> str:
    """A value, as JSON data, as the text from which `value_from` makes it again."""
    if isinstance(kind, types.DateTimeType) and isinstance(value, str):
        return moment_as_text(value)
    plain = plain_text(value)
    return plain if value is None or value_from(kind, plain) == value else pretty_json(value)


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
