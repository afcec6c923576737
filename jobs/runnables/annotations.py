"""Annotations as pydantic is to read them: strictly, as JSON has the values.

`msgspec.Meta` and `msgspec.Struct` say the same as pydantic's `Field` and models, and jobs are declared with both.
"""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import (
    Annotated,
    Any,
    ForwardRef,
    Literal,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec
from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    WithJsonSchema,
    create_model,
)
from pydantic_core import CoreSchema, core_schema

CONFIG = ConfigDict(strict=True, regex_engine="python-re", arbitrary_types_allowed=False)
NOT_IN_JSON = (object, complex)
BOUNDS = ("gt", "ge", "lt", "le", "multiple_of", "pattern", "min_length", "max_length", "title", "description")


@dataclass(frozen=True)
class Written:
    """A value that JSON has as text of this form alone; pydantic would take numbers of seconds as well."""

    form: str
    format: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.str_schema(pattern=self.form, strict=True)
        value: Any = {**handler(source), "strict": False}
        return core_schema.chain_schema([text, value])

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: object) -> dict[str, str]:
        return {"type": "string", "format": self.format}


def in_utc(moment: datetime) -> datetime:
    """A time that names no zone is UTC, as everywhere."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def with_zone(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("without a zone")
    return moment


def without_zone(moment: datetime) -> datetime:
    if moment.tzinfo is not None:
        raise ValueError("with a zone")
    return moment


def no_boolean(value: object) -> object:
    """For Python, True is one of the numbers 1."""
    if isinstance(value, bool):
        raise ValueError("a boolean")
    return value


def from_base64(text: object) -> bytes:
    if not isinstance(text, str):
        raise ValueError("no text")
    return base64.b64decode(text.translate(URL_SAFE), validate=True)


URL_SAFE = str.maketrans("-_", "+/")
MOMENT = Written(r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d", "date-time")
LOCAL_MOMENT = Written(MOMENT.form, "local-date-time")
BASE64 = (BeforeValidator(from_base64), WithJsonSchema({"type": "string", "contentEncoding": "base64"}))
ZONES: dict[bool | None, Callable[[datetime], datetime]] = {None: in_utc, True: with_zone, False: without_zone}
PLAIN: dict[Any, Any] = {
    timedelta: Annotated[timedelta, Written(r"^[+-]?P", "duration")],
    Decimal: Annotated[Decimal, WithJsonSchema({"type": ["number", "string"], "format": "decimal"})],
    bytes: Annotated[bytes, *BASE64],
    bytearray: Annotated[bytes, *BASE64, AfterValidator(bytearray)],
}


def translated(annotation: Any, above: Mapping[type, ForwardRef] | None = None) -> Any:
    """`above`: the objects that it is within. Raises TypeError for what JSON has not."""
    within = dict(above or {})
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return with_marks(arguments[0], arguments[1:], within)
    if origin is Literal:
        return without_booleans(annotation, arguments)
    if origin in (Required, NotRequired):
        return translated(arguments[0], within)
    if origin in (Union, UnionType):
        return Union[tuple(translated(each, within) for each in arguments)]  # noqa: UP007
    if origin is not None:
        return origin[tuple(each if each is ... else translated(each, within) for each in arguments)]
    for inner in ("__value__", "__supertype__"):  # of a type alias, of a NewType
        if hasattr(annotation, inner):
            return translated(getattr(annotation, inner), within)
    return translated_class(annotation, within) if isinstance(annotation, type) else annotation


def with_marks(annotation: Any, marks: tuple[Any, ...], above: Mapping[type, ForwardRef]) -> Any:
    metas = [mark for mark in marks if isinstance(mark, msgspec.Meta)]
    zone = next((meta.tz for meta in metas if meta.tz is not None), None)
    inner = moment(zone) if annotation is datetime else translated(annotation, above)
    return Annotated[inner, *[field_of(mark) if isinstance(mark, msgspec.Meta) else mark for mark in marks]]


def field_of(meta: msgspec.Meta) -> Any:
    said = {name: getattr(meta, name) for name in BOUNDS if getattr(meta, name) is not None}
    return Field(**said, examples=meta.examples, json_schema_extra=meta.extra_json_schema)


def moment(zone: bool | None) -> Any:
    return Annotated[datetime, LOCAL_MOMENT if zone is False else MOMENT, AfterValidator(ZONES[zone])]


def without_booleans(annotation: Any, values: tuple[object, ...]) -> Any:
    if any(isinstance(each, bool) for each in values):
        return annotation
    return Annotated[annotation, BeforeValidator(no_boolean)]


def translated_class(kind: type, above: Mapping[type, ForwardRef]) -> Any:
    if kind in NOT_IN_JSON:
        raise TypeError(f"{kind.__name__} is no type of JSON")
    if kind is datetime:
        return moment(None)
    if issubclass(kind, Enum):
        return without_booleans(kind, tuple(member.value for member in kind))
    if kind in above:
        return above[kind]
    if issubclass(kind, msgspec.Struct) or dataclasses.is_dataclass(kind) or hasattr(kind, "__required_keys__"):
        return translated_object(kind, above)
    return PLAIN.get(kind, kind)


@dataclass(frozen=True)
class Member:
    name: str
    name_in_json: str
    annotation: Any
    default: dict[str, Any]  # as pydantic's Field takes it; empty: it is needed


def translated_object(kind: type, above: Mapping[type, ForwardRef]) -> Any:
    """A class with members, as a model from which one of it is made."""
    here = ForwardRef(f"{kind.__name__}_{id(kind)}")
    members = list(members_of(kind))
    fields: dict[str, Any] = {
        f"member_{number}": (
            translated(member.annotation, {**above, kind: here}),
            Field(alias=member.name_in_json, **member.default),
        )
        for number, member in enumerate(members)
    }
    is_closed = getattr(getattr(kind, "__struct_config__", None), "forbid_unknown_fields", False)
    config = ConfigDict(**CONFIG, extra="forbid" if is_closed else "ignore", model_title_generator=no_title)
    model: Any = create_model(kind.__name__, __config__=config, **fields)

    def made(found: Any) -> Any:
        given = found.model_fields_set if hasattr(kind, "__required_keys__") else fields
        names = [(name, member.name) for name, member in zip(fields, members, strict=True)]
        try:
            return kind(**{name: getattr(found, field) for field, name in names if field in given})
        except TypeError as error:  # of its `__post_init__`
            raise ValueError(str(error)) from error

    whole = Annotated[model, AfterValidator(made)]
    model.model_rebuild(_types_namespace={here.__forward_arg__: whole})
    return whole


def no_title(model: type) -> str:
    return ""


def members_of(kind: Any) -> Iterator[Member]:
    hints = get_type_hints(kind, include_extras=True)
    if issubclass(kind, msgspec.Struct):
        for field in msgspec.structs.fields(kind):
            default = default_of(field.default, field.default_factory, msgspec.NODEFAULT)
            yield Member(field.name, field.encode_name, hints[field.name], default)
    elif dataclasses.is_dataclass(kind):
        for member in dataclasses.fields(kind):
            if member.init:
                default = default_of(member.default, member.default_factory, dataclasses.MISSING)
                yield Member(member.name, member.name, hints[member.name], default)
    else:
        for name, annotation in hints.items():
            said = get_origin(annotation)  # `__required_keys__` does not see it where annotations are strings
            is_needed = said is Required or (name in kind.__required_keys__ and said is not NotRequired)
            yield Member(name, name, annotation, {} if is_needed else {"default": None})


def default_of(default: object, factory: object, nothing: object) -> dict[str, Any]:
    if factory is not nothing:
        return {"default_factory": factory}
    return {} if default is nothing else {"default": default}
