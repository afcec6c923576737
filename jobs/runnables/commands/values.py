"""The type of what one argument of a parser takes, as an annotation of a parameter."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from decimal import Decimal
from pathlib import PurePath
from typing import Annotated, Any, Literal, get_origin

from pydantic import AfterValidator, Field

from jobs.runnables.commands.problems import UnusableArguments
from jobs.runnables.parameters import Secret
from jobs.secrets.names import is_sensitive
from jobs.validation.wording import READER

PLAIN = {int: int, float: float, Decimal: Decimal, str: str, bool: str}  # bool("no") is true


def annotation_of(action: argparse.Action, parser: argparse.ArgumentParser, *, is_list: bool) -> Any:
    """`is_list`: of an action that may be given several times. Raises UnusableArguments."""
    item, count = item_of(action, parser), action.nargs
    if count in (None, argparse.OPTIONAL):
        count = argparse.ONE_OR_MORE if action.required else argparse.ZERO_OR_MORE
        return list_of(item, count) if is_list else secret_if_named(item, action.dest)
    several: Any = list_of(item, count)
    return list[several] if is_list and not isinstance(action, EXTENDS) else several


EXTENDS = argparse._ExtendAction  # whose list has the values of all the times that it is given


def list_of(item: Any, count: int | str | None) -> Any:
    if count == argparse.ZERO_OR_MORE:
        return list[item]
    if count == argparse.ONE_OR_MORE:
        return Annotated[list[item], Field(min_length=1)]
    if isinstance(count, int):
        return Annotated[list[item], Field(min_length=count, max_length=count)]
    raise UnusableArguments("takes all that is left of the command line")


def item_of(action: argparse.Action, parser: argparse.ArgumentParser) -> Any:
    if action.choices is not None and (choices := choices_of(action)):
        return Literal[choices]
    reader: Any = parser._registry_get("type", action.type, action.type)
    if isinstance(reader, type):
        return str if issubclass(reader, PurePath) else PLAIN.get(reader) or text_for(reader)
    is_plain = action.type is None or isinstance(reader, argparse.FileType)  # which would open the file
    return str if is_plain else text_for(reader)


def choices_of(action: argparse.Action) -> tuple[Any, ...]:
    """As JSON has them: a choice that JSON does not have becomes its text."""
    assert action.choices is not None
    is_plain = all(type(choice) in (str, int) for choice in action.choices)
    return tuple(dict.fromkeys(choice if is_plain else str(choice) for choice in action.choices))


def text_for(reader: Callable[[str], object]) -> Any:
    """A text that the parser gives to a function, which may refuse it."""

    def readable(text: str) -> str:
        try:
            reader(text)
        except (argparse.ArgumentTypeError, TypeError, ValueError) as error:  # what argparse expects of it
            raise ValueError(str(error)) from error
        return text

    name = getattr(reader, "__qualname__", type(reader).__name__).rpartition("<locals>.")[2]
    name = "the command" if name == "<lambda>" else name
    return Annotated[str, AfterValidator(readable), Field(json_schema_extra={READER: name})]


def takes_text(item: Any) -> bool:
    return item is str or (get_origin(item) is Annotated and item.__origin__ is str)


def secret_if_named(item: Any, name: str) -> Any:
    """Options of another spelling may fill what is secret by its name."""
    return Annotated[item, Secret()] if takes_text(item) and is_sensitive(name) else item
