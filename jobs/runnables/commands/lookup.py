"""Which command a name in QUAERO_COMMANDS means."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

from django.apps import apps
from django.core import management
from django.core.management import find_commands, get_commands, load_command_class
from django.core.management.base import BaseCommand

from jobs.runnables.commands.problems import BrokenCommand, CommandNotAllowed, UnknownCommand

OWN_APPS = ("jobs", "logstream", "quaero")  # what of them is to be run has its own ways, with their own rights
ENDLESS = ("runserver", "testserver", "shell", "dbshell")  # they wait for a terminal or for a signal
CORE = "django.core"


def app_of(name: str) -> tuple[str, str]:
    """The app that has the command, as it is imported, and the command's own name. Raises CommandProblem."""
    prefix, _, command = name.rpartition(".")
    app = app_called(prefix, command, name) if prefix else core_or_app(command)
    if app in OWN_APPS:
        raise CommandNotAllowed(f"{name} is a command of Quaero itself")
    if command in ENDLESS:
        raise CommandNotAllowed(f"{name} waits for a terminal, or runs until it is stopped")
    return app, command


def core_or_app(command: str) -> str:
    """The app whose command `manage.py COMMAND` runs."""
    commands = get_commands()
    if command not in commands:
        raise UnknownCommand(f"there is no command {command}{near(command, list(commands))}")
    return str(commands[command])


def app_called(prefix: str, command: str, name: str) -> str:
    """The app of this label, or else of this name or last part of one, that has such a command."""
    names = {config.label: config.name for config in apps.get_app_configs()}
    called = [names[prefix]] if prefix in names else []
    called += [each for each in (*names.values(), CORE) if prefix in (each, each.rpartition(".")[2])]
    having = [each for each in dict.fromkeys(called) if command in commands_of(each)]
    if not called:
        raise UnknownCommand(f"{name}: there is no app {prefix}{near(prefix, list(names))}")
    if not having:
        known = ", ".join(sorted(commands_of(called[0]))) or "none"
        raise UnknownCommand(f"{name}: {called[0]} has no command {command}; it has {known}")
    if len(having) > 1 and having[0] != names.get(prefix):
        raise UnknownCommand(f"{name} may be a command of {' or of '.join(having)}: write the app's label")
    return having[0]


def commands_of(app: str) -> list[str]:
    if app == CORE:
        return find_commands(management.__path__[0])
    path = next(config.path for config in apps.get_app_configs() if config.name == app)
    return find_commands(str(Path(path, "management")))


def near(word: str, known: list[str]) -> str:
    found = get_close_matches(word, known, n=1)
    return f" (is it {found[0]} that you mean?)" if found else ""


def loaded(app: str, command: str) -> BaseCommand:
    """Raises BrokenCommand."""
    try:
        return load_command_class(app, command)
    except (Exception, SystemExit) as error:  # a module's code: anything can go wrong in it
        raise BrokenCommand(f"{app} cannot load {command}: {type(error).__name__}: {error}") from error
