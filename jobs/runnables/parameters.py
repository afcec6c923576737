"""A runnable's parameters, read from the signature of its function."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from pydantic import BaseModel, PydanticUserError, TypeAdapter
from pydantic_core import to_jsonable_python

from jobs.runnables.annotations import CONFIG, translated
from jobs.runnables.declarations import BadDeclaration
from jobs.secrets.names import is_sensitive
from jobs.storable import storable_json
from jobs.validation.schemas import Schema, choices_of, kind_of, resolved, schema_of, without_null
from jobs.validation.wording import allowed

Function = Callable[..., object]

JSON_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}

# Parameters that a caller could not give by name.
NAMELESS = {
    inspect.Parameter.POSITIONAL_ONLY: "is positional only",
    inspect.Parameter.VAR_POSITIONAL: "is *args",
    inspect.Parameter.VAR_KEYWORD: "is **kwargs",
}


@dataclass(frozen=True)
class Secret:
    """Marks a parameter whose value is kept encrypted while it is needed, and shown nowhere:
    `password: Annotated[str, Secret()]`.
    """


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    adapter: TypeAdapter[Any] = field(repr=False)
    schema: Schema
    """Of what it lets through but null, without references."""
    is_nullable: bool
    is_required: bool
    default: object
    """As JSON data; None when it is required."""
    is_secret: bool
    title: str
    description: str

    @property
    def choices(self) -> list[Any]:
        """Of a Literal or an Enum, in their order, as JSON data, without None."""
        return choices_of(self.schema)

    @property
    def allowed(self) -> str:
        return f"{allowed(self.schema)}, or null" if self.is_nullable else allowed(self.schema)

    def read(self, given: object) -> object:
        """The value that JSON data stand for. Raises ValidationError, and ValueError for what no JSON can hold."""
        return self.adapter.validate_json(json.dumps(given))


def parameters_of(function: Function) -> tuple[Parameter, ...]:
    """Raises BadDeclaration for a parameter that cannot be given by name, or whose type no JSON has."""
    hints = hints_of(function)
    signature = inspect.signature(function)
    return tuple(parameter_of(each, hints) for each in signature.parameters.values())


def hints_of(function: Function) -> dict[str, Any]:
    try:
        return get_type_hints(function, include_extras=True)
    except Exception as error:  # an annotation is an expression: anything can go wrong in it
        raise BadDeclaration(f"its annotations cannot be read: {type(error).__name__}: {error}") from error


def parameter_of(declared: inspect.Parameter, hints: Mapping[str, Any]) -> Parameter:
    name = declared.name
    if declared.kind in NAMELESS:
        raise BadDeclaration(f"parameter {name!r} {NAMELESS[declared.kind]}: parameters are given by name")
    return parameter_from(name, hints[name] if name in hints else annotation_from(declared.default), declared.default)


def parameter_from(name: str, annotation: Any, default: object) -> Parameter:
    """`default`: `inspect.Parameter.empty` where it is required. Raises BadDeclaration."""
    adapter, whole = adapter_of(name, annotation)
    schema, is_nullable = without_null(resolved(whole))
    parameter = Parameter(
        name=name,
        adapter=adapter,
        schema=schema,
        is_nullable=is_nullable or kind_of(schema) == "null",
        is_required=default is inspect.Parameter.empty,
        default=default_of(name, default),
        is_secret=is_secret(name, annotation, schema),
        title=said_in(whole, "title"),
        description=said_in(whole, "description"),
    )
    check_default(parameter)
    return parameter


def annotation_from(default: object) -> Any:
    """The type of a parameter without annotation: that of its default; text when there is none either."""
    if default is inspect.Parameter.empty:
        return str
    return str | None if default is None else type(default)


def adapter_of(name: str, annotation: Any) -> tuple[TypeAdapter[Any], Schema]:
    try:
        read_as = translated(annotation)
        adapter: TypeAdapter[Any] = TypeAdapter(read_as, config=None if is_model(read_as) else CONFIG)
        schema = schema_of(adapter)
        refuse_ambiguous(resolved(schema))
    except (PydanticUserError, TypeError, ValueError, NameError) as error:
        reason = str(error).splitlines()[0]
        raise BadDeclaration(f"parameter {name!r} has a type that cannot be given as JSON: {reason}") from error
    return adapter, schema


def is_model(annotation: Any) -> bool:
    """Such a class has its own configuration."""
    if get_origin(annotation) is Annotated:
        return is_model(get_args(annotation)[0])
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def refuse_ambiguous(schema: Any) -> None:
    """Raises TypeError for alternatives that JSON has alike: a text would be one of them by chance."""
    if isinstance(schema, list):
        for each in schema:
            refuse_ambiguous(each)
    elif isinstance(schema, dict):
        kinds = [kind for each in schema.get("anyOf", ()) for kind in json_types(each)]
        if len(kinds) > len(set(kinds)):
            raise TypeError("its alternatives look the same in JSON")
        refuse_ambiguous(list(schema.values()))


def json_types(schema: Schema) -> Iterable[str]:
    if "enum" in schema:
        return {JSON_TYPES.get(type(value), "any") for value in schema["enum"]}
    kinds = schema.get("type", "any")
    return kinds if isinstance(kinds, list) else [kinds]


def said_in(schema: Schema, member: str) -> str:
    """Title or description of an annotation, wherever it is in it; not that of a class, which is referred to."""
    places = [schema, *schema.get("anyOf", ())]
    return next((str(each[member]) for each in places if member in each), "")


def is_secret(name: str, annotation: Any, schema: Schema) -> bool:
    """By its mark, or as a text by its name.

    Raises BadDeclaration for a marked one that is no text, as it could be neither masked nor kept.
    """
    is_text = kind_of(schema) == "string"
    if not marks_secret(annotation):
        return is_text and is_sensitive(name)
    if not is_text:
        raise BadDeclaration(f"parameter {name!r} is secret: its type is str, or str | None, marked as a whole")
    return True


def marks_secret(annotation: Any) -> bool:
    """Whether the mark is anywhere in it: one that was overlooked would make a secret public."""
    marks = getattr(annotation, "__metadata__", ())
    if any(mark is Secret or isinstance(mark, Secret) for mark in marks):
        return True
    return get_origin(annotation) is not Literal and any(map(marks_secret, get_args(annotation)))


def default_of(name: str, default: object) -> object:
    if default is inspect.Parameter.empty:
        return None
    try:
        return json_of(default)
    except (TypeError, ValueError, RecursionError) as error:
        raise BadDeclaration(f"the default of parameter {name!r} cannot be given as JSON: {error}") from error


def json_of(value: object) -> object:
    """A Python value as the JSON data that is converted to it. Raises ValueError."""
    return to_jsonable_python(value, bytes_mode="base64", fallback=members_by_name)


def members_by_name(value: object) -> object:
    if not isinstance(value, msgspec.Struct):
        raise TypeError(f"{type(value).__name__} is no type of JSON")
    return {each.encode_name: getattr(value, each.name) for each in msgspec.structs.fields(value)}


def check_default(parameter: Parameter) -> None:
    if parameter.is_required:
        return
    shown = "" if parameter.is_secret else f" {parameter.default!r}"
    try:
        parameter.read(parameter.default)
        fits = storable_json(parameter.default) == parameter.default
    except ValueError:
        fits = False
    if not fits:
        raise BadDeclaration(f"the default{shown} of parameter {parameter.name!r} must be {parameter.allowed}")
