"""What a page needs to know to show a form for a runnable's parameters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec
from msgspec import inspect as types

from jobs.runnables.parameters import Parameter
from jobs.runnables.texts import plain_text, text_of

Kind = Literal["text", "multiline", "integer", "number", "checkbox", "select", "password", "datetime", "date"]

KINDS: dict[type[types.Type], Kind] = {
    types.IntType: "integer",
    types.FloatType: "number",
    types.DecimalType: "number",
    types.BoolType: "checkbox",
    types.LiteralType: "select",
    types.EnumType: "select",
    types.DateTimeType: "datetime",
    types.DateType: "date",
    types.StrType: "text",
    types.BytesType: "text",
    types.ByteArrayType: "text",
    types.UUIDType: "text",
    types.TimeType: "text",
    types.TimeDeltaType: "text",
}


class FormField(msgspec.Struct, frozen=True):
    """One field. Its text goes to `Runnable.convert(..., from_text=True)`."""

    name: str
    label: str
    kind: Kind
    required: bool
    default: str  # as text; a datetime's is in UTC, a checkbox's "true" or "false", a secret's never told
    options: list[str]  # of a select, in their order; "" is none
    min: float | int | None
    max: float | int | None
    help: str
    allowed: str  # in words


def form_fields_of(parameters: Iterable[Parameter]) -> list[FormField]:
    return [form_field(parameter) for parameter in parameters]


def form_field(parameter: Parameter) -> FormField:
    kind = kind_of(parameter)
    lowest, highest = bounds(parameter.kind)
    return FormField(
        name=parameter.name,
        label=parameter.title or parameter.name.replace("_", " ").strip().capitalize(),
        kind=kind,
        required=parameter.is_required and not parameter.is_nullable and kind != "checkbox",
        default="" if parameter.is_secret else text_of(parameter.kind, parameter.default),
        options=options(parameter) if kind == "select" else [],
        min=lowest,
        max=highest,
        help=parameter.description,
        allowed=parameter.allowed,
    )


def kind_of(parameter: Parameter) -> Kind:
    if parameter.is_secret:
        return "password"
    if isinstance(parameter.kind, types.BoolType) and parameter.is_nullable:
        return "select"  # a box has two states
    if isinstance(parameter.kind, types.UnionType):
        return "text" if all(type(each) in KINDS for each in parameter.kind.types) else "multiline"
    return KINDS.get(type(parameter.kind), "multiline")


def options(parameter: Parameter) -> list[str]:
    values = parameter.choices or (True, False)
    return [*([""] if parameter.is_nullable else []), *map(plain_text, values)]


def bounds(kind: types.Type) -> tuple[float | int | None, float | int | None]:
    """The lowest and highest value that a field lets through; an open bound of fractions is told as it is."""
    if not isinstance(kind, types.IntType | types.FloatType):
        return None, None
    step = 1 if isinstance(kind, types.IntType) else 0
    lowest = [kind.ge, None if kind.gt is None else kind.gt + step]
    highest = [kind.le, None if kind.lt is None else kind.lt - step]
    return (
        max((value for value in lowest if value is not None), default=None),
        min((value for value in highest if value is not None), default=None),
    )
