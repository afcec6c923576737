"""The arguments of a command's parser: what parameters they are, and how their values are written for it."""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from jobs.runnables.commands.problems import UnusableArguments
from jobs.runnables.commands.values import EXTENDS, annotation_of
from jobs.runnables.declarations import BadDeclaration
from jobs.runnables.parameters import Parameter, json_of, parameter_from

# What every command has. A run has its settings, its path and its colours already.
BASE_OPTIONS = {
    "--help", "--version", "--settings", "--pythonpath", "--traceback", "--no-color", "--force-color", "--skip-checks",
}  # fmt: skip
MOST_TIMES = 100
NEEDED = inspect.Parameter.empty

FLAGS = (argparse._StoreTrueAction, argparse._StoreFalseAction, argparse._StoreConstAction, argparse._AppendConstAction)
REPEATED = (argparse._AppendAction, EXTENDS)
Words = Callable[[Any], list[str]]


@dataclass(frozen=True)
class Argument:
    action: argparse.Action
    parameter: Parameter
    words: Words
    """How a value is written on a command line; nothing where it is not given."""

    @property
    def name(self) -> str:
        return self.parameter.name

    @property
    def is_positional(self) -> bool:
        return not self.action.option_strings


def arguments_of(parser: argparse.ArgumentParser) -> list[Argument]:
    """Raises UnusableArguments."""
    if parser.fromfile_prefix_chars or set(parser.prefix_chars) != {"-"}:
        raise UnusableArguments("its parser has prefixes of its own: options begin with '-', and files are not read")
    actions = list(offered(parser))
    taken = {name_of(action) for action in actions if not action.option_strings}
    arguments = [argument_of(action, parser, taken if action.option_strings else set()) for action in actions]
    names = [argument.name for argument in arguments]
    for name in names:
        if names.count(name) > 1:
            raise UnusableArguments(f"two of its arguments are called {name!r}")
    return arguments


def offered(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """All but those of every command and those that its help hides. The verbosity, which every command has, is last."""
    for action in sorted(parser._actions, key=lambda action: "--verbosity" in action.option_strings):
        is_base = not BASE_OPTIONS.isdisjoint(action.option_strings)
        is_hidden = action.help == argparse.SUPPRESS and not action.required
        if not is_base and not is_hidden:
            yield action


def argument_of(action: argparse.Action, parser: argparse.ArgumentParser, taken: set[str]) -> Argument:
    """`taken`: names of positional arguments. An option that is called so as well is called by its destination."""
    shown = "/".join(action.option_strings) or action.dest
    try:
        annotation, default, words = read(action, parser)
        name = action.dest if name_of(action) in taken else name_of(action)
        about = Field(description=description_of(action, parser) or None)
        return Argument(action, fitting(name, annotation, default, about), words)
    except BadDeclaration as error:
        raise UnusableArguments(f"its argument {shown} cannot be offered: {error}") from error


def read(action: argparse.Action, parser: argparse.ArgumentParser) -> tuple[Any, object, Words]:
    """Annotation, default, and how to write a value. By the exact class: one derived from it may do anything."""
    kind = type(action)
    option = (action.option_strings or [""])[0]
    if kind in FLAGS:
        return bool, False, lambda value: [option] if value else []
    if kind is argparse._CountAction:
        return Annotated[int, Field(ge=0, le=MOST_TIMES)], 0, lambda value: [option] * value
    if kind is argparse.BooleanOptionalAction:
        return yes_or_no(action)
    if kind is argparse._StoreAction:
        annotation = annotation_of(action, parser, is_list=False)
        default = default_of(action)
        return annotation, default, stored(action, option, default)
    if kind in REPEATED:
        annotation = annotation_of(action, parser, is_list=True)
        return annotation, NEEDED if action.required else [], repeated(action, option)
    if kind is argparse._SubParsersAction:
        raise UnusableArguments("it has subcommands, each with arguments of its own")
    raise UnusableArguments(f"its action is {kind.__module__}.{kind.__qualname__}, and only argparse's own are known")


def yes_or_no(action: argparse.Action) -> tuple[Any, object, Words]:
    positive = next(each for each in action.option_strings if not each.startswith("--no-"))
    negative = next(each for each in action.option_strings if each.startswith("--no-"))
    default = NEEDED if action.required else action.default if isinstance(action.default, bool) else None

    def words(value: bool | None) -> list[str]:
        return [] if value is None or value == default else [positive if value else negative]

    return (bool | None if default is None else bool), default, words


def stored(action: argparse.Action, option: str, default: object) -> Words:
    def words(value: Any) -> list[str]:
        if value is None:
            return []
        texts = [str(each) for each in value] if isinstance(value, list) else [str(value)]
        if not option:
            return texts
        if value == default or str(value) == str(default):  # a Decimal's default is text, as JSON has it
            return []
        if action.nargs == argparse.OPTIONAL and value == action.const:
            return [option]
        return [option, *texts] if isinstance(value, list) else [f"{option}={texts[0]}"]

    return words


def repeated(action: argparse.Action, option: str) -> Words:
    def words(value: list[Any]) -> list[str]:
        if isinstance(action, EXTENDS) and action.nargs is not None:
            return [option, *map(str, value)] if value else []
        times = [[option, *map(str, each)] if isinstance(each, list) else [f"{option}={each}"] for each in value]
        return [word for time in times for word in time]

    return words


def default_of(action: argparse.Action) -> object:
    """As the parser would have it; None where that is nothing that one could type."""
    is_optional = not action.option_strings and action.nargs in (argparse.OPTIONAL, argparse.ZERO_OR_MORE)
    if action.required and not is_optional:
        return NEEDED
    default = None if action.default == argparse.SUPPRESS else action.default
    if default is None and not action.option_strings and action.nargs == argparse.ZERO_OR_MORE:
        return []
    if isinstance(default, str) and action.type in (int, float):
        return action.type(default)
    try:
        return json_of(default)
    except (TypeError, ValueError, RecursionError):
        return None


def fitting(name: str, annotation: Any, default: object, about: Any) -> Parameter:
    """Nothing takes the place of a default that the argument itself would not take: then the parser has its own."""
    if default is NEEDED:
        return parameter_from(name, Annotated[annotation, about], default)
    try:
        if default is not None:
            return parameter_from(name, Annotated[annotation, about], default)
    except BadDeclaration:
        pass
    return parameter_from(name, Annotated[annotation | None, about], None)


def name_of(action: argparse.Action) -> str:
    """Of an option its first long form: several options may fill one destination."""
    long = [each for each in action.option_strings if each.startswith("--")]
    return (long or action.option_strings or [action.dest])[0].lstrip("-").replace("-", "_")


def description_of(action: argparse.Action, parser: argparse.ArgumentParser) -> str:
    """A sentence, as further ones follow it on a form."""
    metavar = action.metavar if isinstance(action.metavar, str) else " ".join(action.metavar or ())
    says_more = metavar.lower().replace("-", "_") not in (action.dest.lower(), name_of(action).lower())
    text = ": ".join(filter(None, [metavar if says_more else "", help_of(action, parser)]))
    return f"{text}." if text and text[-1] not in ".!?" else text


def help_of(action: argparse.Action, parser: argparse.ArgumentParser) -> str:
    if not action.help or action.help == argparse.SUPPRESS:
        return ""
    try:
        return " ".join(parser._get_formatter()._expand_help(action).split())
    except (KeyError, TypeError, ValueError):  # a per cent sign that is none of argparse's
        return " ".join(str(action.help).split())
