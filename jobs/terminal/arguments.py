"""Parameters of a registered job on a command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from jobs.errors import Refusal
from jobs.runnables import Runnable

FOLLOW = ("--follow", "-f")


class BadArgument(Refusal, ValueError):
    """A word on the command line is no parameter. The text names it."""


@dataclass
class Arguments:
    """A command line as it was read: parameters by name, and whether to follow the log."""

    parameters: dict[str, object] = field(default_factory=dict)  # values: a text, or a list of texts
    follows: bool = False

    def add(self, name: str, text: str) -> None:
        """Adds a value; a repeated parameter becomes a list."""
        present = self.parameters.get(name)
        if present is None:
            self.parameters[name] = text
        else:
            self.parameters[name] = [*present, text] if isinstance(present, list) else [present, text]


def read_arguments(words: Sequence[str], runnable: Runnable) -> Arguments:
    """Reads `--name value`, `--name=value`, `--name` alone (true), `--no-name` (false). Raises BadArgument.

    A value that looks like an option needs the form with `=`.
    """
    known = {parameter.name for parameter in runnable.parameters}
    arguments, rest = Arguments(), list(words)
    while rest:
        word = rest.pop(0)
        option, equals, value = word.partition("=")
        name = option.removeprefix("--").replace("-", "_")
        if word in FOLLOW and name not in known:
            arguments.follows = True
        elif not option.startswith("--") or not name:
            raise BadArgument(f"{word!r} is no parameter: write --name value")
        elif equals:
            arguments.add(name, value)
        elif name not in known and name.startswith("no_") and name[3:] in known:
            arguments.add(name[3:], "false")
        elif rest and not rest[0].startswith("--") and rest[0] not in FOLLOW:
            arguments.add(name, rest.pop(0))
        else:
            arguments.add(name, "true")
    return arguments
