"""The commands that QUAERO_COMMANDS names, among the registered jobs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.management.base import BaseCommand

from jobs import conf
from jobs.runnables.commands.arguments import Argument, arguments_of
from jobs.runnables.commands.conflicts import Rules
from jobs.runnables.commands.lookup import app_of, loaded
from jobs.runnables.commands.problems import BrokenCommand, CommandProblem, NameIsTaken
from jobs.runnables.declarations import BadDeclaration, checked_name
from jobs.runnables.registry import Registry, first_paragraph, registry
from jobs.runnables.runnable import Runnable

PROGRAM = "manage.py"


@dataclass(frozen=True)
class OfferedCommand:
    app: str
    command: str
    arguments: Sequence[Argument]

    def __call__(self, **values: object) -> None:
        """As `manage.py COMMAND ...`, with a SystemExit where it fails. What it writes goes to the standard streams."""
        loaded(self.app, self.command).run_from_argv([PROGRAM, self.command, *self.words(values)])

    def words(self, values: Mapping[str, object]) -> list[str]:
        """What one would type after the command's name."""
        written = [(each, each.words(values[each.name])) for each in self.arguments]
        options = [word for each, words in written if not each.is_positional for word in words]
        positional = [word for each, words in written if each.is_positional for word in words]
        return ["--no-color", *options, *(["--", *positional] if positional else [])]


def runnable_of_command(name: str, app: str, command: str, loaded_command: BaseCommand) -> Runnable:
    """Raises CommandProblem."""
    try:
        parser = loaded_command.create_parser(PROGRAM, command)
        arguments = arguments_of(parser)
    except CommandProblem as error:
        raise type(error)(f"{name} cannot be offered: {error}") from error
    except (Exception, SystemExit) as error:  # `add_arguments` is a command's own code
        raise BrokenCommand(f"{name} cannot say its arguments: {type(error).__name__}: {error}") from error
    return Runnable(
        name=checked_name(name),
        function=OfferedCommand(app, command, arguments),
        origin=(type(loaded_command).__module__, type(loaded_command).__qualname__),
        parameters=tuple(argument.parameter for argument in arguments),
        conflicts=Rules(arguments, parser),
        description=f"{PROGRAM} {command}: {first_paragraph(str(loaded_command.help))}".rstrip(": "),
    )


def offer(name: str, to: Registry) -> None:
    """Makes the command of this name a registered job. Raises CommandProblem."""
    app, command = app_of(name)
    runnable = runnable_of_command(name, app, command, loaded(app, command))
    if name in to.by_name and to.by_name[name].origin == runnable.origin:
        return
    try:
        to.add(runnable)
    except BadDeclaration as error:
        raise NameIsTaken(str(error)) from error


def offer_commands(to: Registry = registry) -> list[CommandProblem]:
    """Those of the settings. Gives what is wrong with them: the rest is offered all the same."""
    problems: list[CommandProblem] = []
    for name in conf.commands():
        try:
            offer(name, to)
        except CommandProblem as problem:
            problems.append(problem)
    return problems
