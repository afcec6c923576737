"""Why a command cannot be offered as a registered job."""

from __future__ import annotations

from jobs.runnables.declarations import BadDeclaration


class CommandProblem(BadDeclaration):
    """Something in QUAERO_COMMANDS that cannot be offered. `id` is that of the system check that says so."""

    id: str
    hint: str


class UnknownCommand(CommandProblem):
    id = "quaero_jobs.E101"
    hint = "`manage.py help --commands` lists the commands. Name one as it is there, or as app.command."


class CommandNotAllowed(CommandProblem):
    id = "quaero_jobs.E102"
    hint = "Leave it out of QUAERO_COMMANDS, and run it in a terminal."


class BrokenCommand(CommandProblem):
    id = "quaero_jobs.E103"
    hint = "Mend the command, or leave it out of QUAERO_COMMANDS."


class UnusableArguments(CommandProblem):
    id = "quaero_jobs.E104"
    hint = "Write a function with @job that calls the command with call_command(), and leave it out of QUAERO_COMMANDS."


class NameIsTaken(CommandProblem):
    id = "quaero_jobs.E105"
    hint = "Name the command as app.command, or the other job by @job(name=...)."
