"""A runnable's parameters, read from the signature of its function."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import inspect as types

from jobs.runnables.declarations import BadDeclaration
from jobs.runnables.wording import allowed, one_of
from jobs.secrets.names import is_sensitive
from jobs.storable import storable_json

Function = Callable[..., object]

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
    annotation: Any
    kind: types.Type
    """The annotation as msgspec reads it, without `None` and what is said about it."""
    is_nullable: bool
    is_required: bool
    default: object
    """As JSON data; None when it is required."""
    is_secret: bool
    title: str
    description: str
    choices: tuple[object, ...]
    """Of a Literal or an Enum, in their order, as JSON data, without None."""

    @property
    def allowed(self) -> str:
        text = one_of(self.choices) if self.choices else allowed(self.kind)
        return f"{text}, or null" if self.is_nullable else text


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
    annotation = hints[name] if name in hints else annotation_from(declared.default)
    bare, is_nullable = without_none(annotation)
    described = type_of(name, annotation)
    parameter = Parameter(
        name=name,
        annotation=annotation,
        kind=without_metadata(type_of(name, bare)),
        is_nullable=is_nullable,
        is_required=declared.default is inspect.Parameter.empty,
        default=default_of(declared),
        is_secret=is_secret(name, annotation),
        choices=choices_of(bare),
        **said_about(described),
    )
    check_default(parameter)
    return parameter


def annotation_from(default: object) -> Any:
    """The type of a parameter without annotation: that of its default; text when there is none either."""
    if default is inspect.Parameter.empty:
        return str
    return str | None if default is None else type(default)


def type_of(name: str, annotation: Any) -> types.Type:
    try:
        msgspec.json.Decoder(annotation)
        msgspec.json.schema(annotation)
        return types.type_info(annotation)
    except (TypeError, ValueError, RuntimeError) as error:
        reason = str(error).splitlines()[-1]
        raise BadDeclaration(f"parameter {name!r} has a type that cannot be given as JSON: {reason}") from error


def without_none(annotation: Any) -> tuple[Any, bool]:
    """The annotation without the alternative None, and whether that was one."""
    plain = without_annotated(annotation)
    if get_origin(plain) is Literal:
        return annotation, None in get_args(plain)
    if get_origin(plain) not in (Union, UnionType):
        return annotation, False
    rest = tuple(each for each in get_args(plain) if each is not NoneType)
    return (Union[rest] if rest else annotation), len(rest) < len(get_args(plain))  # noqa: UP007


def without_annotated(annotation: Any) -> Any:
    return without_annotated(get_args(annotation)[0]) if get_origin(annotation) is Annotated else annotation


def without_metadata(kind: types.Type) -> types.Type:
    return without_metadata(kind.type) if isinstance(kind, types.Metadata) else kind


def said_about(kind: types.Type) -> dict[str, str]:
    """Title and description of an annotation, wherever they stand in it."""
    said = {"title": "", "description": ""}
    for found in metadata_in(kind):
        for member in said:
            said[member] = said[member] or str(found.get(member, ""))
    return said


def metadata_in(kind: types.Type) -> Iterator[Mapping[str, object]]:
    if isinstance(kind, types.Metadata):
        yield kind.extra_json_schema or {}
        yield from metadata_in(kind.type)
    elif isinstance(kind, types.UnionType):
        for each in kind.types:
            yield from metadata_in(each)


def choices_of(annotation: Any) -> tuple[object, ...]:
    plain = without_annotated(annotation)
    if get_origin(plain) is Literal:
        return tuple(value for value in get_args(plain) if value is not None)
    if isinstance(plain, type) and issubclass(plain, Enum):
        return tuple(member.value for member in plain)
    return ()


def is_secret(name: str, annotation: Any) -> bool:
    """By its mark, or as a text by its name.

    Raises BadDeclaration for a marked one that is no text, as it could be neither masked nor kept.
    """
    is_text = without_annotated(without_none(annotation)[0]) is str
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


def default_of(declared: inspect.Parameter) -> object:
    if declared.default is inspect.Parameter.empty:
        return None
    try:
        return json_of(declared.default)
    except (TypeError, ValueError, RecursionError) as error:
        raise BadDeclaration(f"the default of parameter {declared.name!r} cannot be given as JSON: {error}") from error


def json_of(value: object) -> object:
    """A Python value as the JSON data that is converted to it. Raises TypeError."""
    return with_lists(msgspec.to_builtins(value, str_keys=True))


def with_lists(value: object) -> object:
    if isinstance(value, dict):
        return {key: with_lists(item) for key, item in value.items()}
    return [with_lists(item) for item in value] if isinstance(value, list | tuple) else value


def check_default(parameter: Parameter) -> None:
    if parameter.is_required:
        return
    shown = "" if parameter.is_secret else f" {parameter.default!r}"
    try:
        msgspec.convert(parameter.default, parameter.annotation, str_keys=True)
        fits = storable_json(parameter.default) == parameter.default
    except msgspec.ValidationError:
        fits = False
    if not fits:
        raise BadDeclaration(f"the default{shown} of parameter {parameter.name!r} must be {parameter.allowed}")
