"""What a type allows, in words: the end of "must be ..."."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import inspect as types

from jobs.storable import json_text, storable_json
from jobs.text.commands import shortened

LISTS = (types.ListType, types.SetType, types.FrozenSetType, types.VarTupleType)
OBJECTS = (types.StructType, types.DataclassType, types.TypedDictType)
MAX_SHOWN = 100  # characters of a wrong value

PLAIN: dict[type[types.Type], str] = {
    types.AnyType: "any JSON",
    types.NoneType: "null",
    types.BoolType: "true or false",
    types.BytesType: "text in Base64",
    types.ByteArrayType: "text in Base64",
    types.DateTimeType: "a time in RFC 3339, as 2026-01-31T12:00:00Z",
    types.DateType: "a date, as 2026-01-31",
    types.TimeType: "a time of day, as 12:30:00",
    types.TimeDeltaType: "a duration in ISO 8601, as PT1H30M",
    types.UUIDType: "a UUID",
    types.DecimalType: "a number",
}


def allowed(kind: types.Type) -> str:
    if isinstance(kind, types.Metadata):
        return allowed(kind.type)
    if isinstance(kind, types.IntType | types.FloatType):
        return number(kind)
    if isinstance(kind, types.StrType):
        return text(kind)
    if isinstance(kind, types.LiteralType):
        return one_of(kind.values)
    if isinstance(kind, types.EnumType):
        return one_of(member.value for member in kind.cls)
    if isinstance(kind, types.UnionType):
        return " or ".join(map(allowed, kind.types))
    return PLAIN.get(type(kind)) or container(kind)


def number(kind: types.IntType | types.FloatType) -> str:
    noun = "a whole number" if isinstance(kind, types.IntType) else "a number"
    if kind.ge is not None and kind.le is not None:
        bounds = [f"from {kind.ge} to {kind.le}"]
    else:
        named = {"from {} up": kind.ge, "above {}": kind.gt, "up to {}": kind.le, "below {}": kind.lt}
        bounds = [words.format(value) for words, value in named.items() if value is not None]
    multiple = [f"that is a multiple of {kind.multiple_of}"] if kind.multiple_of is not None else []
    return " ".join([noun, " and ".join(bounds), *multiple]).replace("  ", " ").strip()


def text(kind: types.StrType) -> str:
    pattern = f" that matches the pattern {kind.pattern}" if kind.pattern else ""
    return f"text{size(kind.min_length, kind.max_length, 'characters')}{pattern}"


def size(least: int | None, most: int | None, noun: str) -> str:
    if least is not None and most is not None:
        return f" of {least} to {most} {noun}"
    if least is not None:
        return f" of at least {least} {noun}"
    return "" if most is None else f" of at most {most} {noun}"


def container(kind: types.Type) -> str:
    if isinstance(kind, LISTS):
        length = size(kind.min_length, kind.max_length, "items")
        return f"a list{length}{each(', each item', kind.item_type)}"
    if isinstance(kind, types.TupleType):
        return f"a list of {', then '.join(map(allowed, kind.item_types))}"
    if isinstance(kind, types.DictType):
        length = size(kind.min_length, kind.max_length, "members")
        return f"an object{length}{each(', each value', kind.value_type)}"
    if isinstance(kind, OBJECTS):
        return f"an object with {', '.join(field.encode_name for field in kind.fields)}"
    return "as its type says"


def each(words: str, kind: types.Type) -> str:
    return "" if isinstance(kind, types.AnyType) else f"{words} {allowed(kind)}"


def one_of(values: Iterable[object]) -> str:
    return f"one of {', '.join('null' if value is None else str(value) for value in values)}"


def shown(value: object) -> str:
    """A wrong value, for a message."""
    whole = repr(value) if isinstance(value, str) else json_text(storable_json(value))
    return shortened(whole, MAX_SHOWN)
