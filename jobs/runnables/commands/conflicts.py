"""What a parser says about several arguments together."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jobs.runnables.commands.arguments import Argument


@dataclass(frozen=True)
class Rules:
    arguments: Sequence[Argument]
    parser: argparse.ArgumentParser

    def __call__(self, values: Mapping[str, object]) -> Mapping[str, str]:
        """What is wrong, by name. `values`: those that are right by themselves."""
        problems = {**self.left_out(values), **self.taken_for_options(values)}
        for group in self.parser._mutually_exclusive_groups:
            members = [each for each in self.arguments if each.action in group._group_actions]
            problems |= wrong_in(members, values, is_required=group.required)
        return problems

    def left_out(self, values: Mapping[str, object]) -> Mapping[str, str]:
        """Positional arguments before one that is given: it would take the place of what is left out."""
        positional = [each for each in self.arguments if each.is_positional]
        problems = {}
        later = ""
        for argument in reversed(positional):
            if argument.name not in values or argument.words(values[argument.name]):
                later = argument.name if argument.name in values and not argument.parameter.is_required else later
            elif later:
                problems[argument.name] = f"is missing: it is needed where {later} is given"
        return problems

    def taken_for_options(self, values: Mapping[str, object]) -> Mapping[str, str]:
        """Texts that a parser would not take for values."""
        problems = {}
        for argument in self.arguments:
            texts = [text for text in texts_in(values.get(argument.name)) if len(text) > 1]
            if argument.is_positional and "--" in texts:
                problems[argument.name] = "must not be '--', which ends the options of a command"
            elif takes_several(argument.action) and any(text.startswith("-") for text in texts):
                problems[argument.name] = (
                    "must have no value that begins with '-': the command would take it for an option"
                )
        return problems


def texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from texts_in(each)


def takes_several(action: argparse.Action) -> bool:
    """Whether its values follow it, each as a word of its own."""
    return bool(action.option_strings) and action.nargs not in (None, argparse.OPTIONAL)


def wrong_in(members: Sequence[Argument], values: Mapping[str, object], *, is_required: bool) -> Mapping[str, str]:
    given = [each.name for each in members if each.name in values and is_given(each, values[each.name])]
    if len(given) > 1:
        return {name: f"cannot be given with {listed(given, but=name)}" for name in given}
    if not given and is_required and members and all(each.name in values for each in members):
        return {members[0].name: f"is missing: give one of {', '.join(each.name for each in members)}"}
    return {}


def is_given(argument: Argument, value: object) -> bool:
    return bool(argument.words(value)) and (not argument.is_positional or value != argument.parameter.default)


def listed(names: Sequence[str], *, but: str) -> str:
    return ", ".join(name for name in names if name != but)
