"""What a page needs to know to show a form for a runnable's parameters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from jobs.runnables.parameters import Parameter
from jobs.runnables.texts import plain_text, text_of
from jobs.validation.schemas import Schema, kind_of

Kind = Literal["text", "multiline", "integer", "number", "checkbox", "select", "password", "datetime", "date"]

KINDS: dict[str, Kind] = {
    "integer": "integer",
    "number": "number",
    "decimal": "number",
    "boolean": "checkbox",
    "choice": "select",
    "date-time": "datetime",
    "local-date-time": "datetime",
    "date": "date",
    "string": "text",
    "base64": "text",
    "uuid": "text",
    "time": "text",
    "duration": "text",
}


class FormField(msgspec.Struct, frozen=True):
    """One field. Its text goes to `Runnable.convert(..., from_text=True)`."""

    name: str
    label: str
    kind: Kind
    required: bool
    default: str  # as text; a datetime's is in UTC, a checkbox's "true" or "false", a secret's never shown
    options: list[str]  # of a select, in their order; "" is none
    min: float | int | None
    max: float | int | None
    help: str
    allowed: str  # in words


def form_fields_of(parameters: Iterable[Parameter]) -> list[FormField]:
    return [form_field(parameter) for parameter in parameters]


def form_field(parameter: Parameter) -> FormField:
    kind = field_kind(parameter)
    lowest, highest = bounds(parameter.schema)
    return FormField(
        name=parameter.name,
        label=parameter.title or parameter.name.replace("_", " ").strip().capitalize(),
        kind=kind,
        required=parameter.is_required and not parameter.is_nullable and kind != "checkbox",
        default="" if parameter.is_secret else text_of(parameter.schema, parameter.default),
        options=options(parameter) if kind == "select" else [],
        min=lowest,
        max=highest,
        help=parameter.description,
        allowed=parameter.allowed,
    )


def field_kind(parameter: Parameter) -> Kind:
    if parameter.is_secret:
        return "password"
    kind = kind_of(parameter.schema)
    if kind == "boolean" and parameter.is_nullable:
        return "select"  # a box has two states
    if kind == "union":
        return "text" if all(kind_of(each) in KINDS for each in parameter.schema["anyOf"]) else "multiline"
    return KINDS.get(kind, "multiline")


def options(parameter: Parameter) -> list[str]:
    values = parameter.choices or (True, False)
    return [*([""] if parameter.is_nullable else []), *map(plain_text, values)]


def bounds(schema: Schema) -> tuple[float | int | None, float | int | None]:
    """The lowest and highest value that a field lets through; an open bound of fractions is given as it is."""
    step = 1 if kind_of(schema) == "integer" else 0
    lowest = [schema.get("minimum"), moved(schema.get("exclusiveMinimum"), step)]
    highest = [schema.get("maximum"), moved(schema.get("exclusiveMaximum"), -step)]
    return (
        max((value for value in lowest if value is not None), default=None),
        min((value for value in highest if value is not None), default=None),
    )


def moved(bound: float | None, step: int) -> float | None:
    return None if bound is None else bound + step
