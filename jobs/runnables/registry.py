"""Which registered jobs there are, and the decorator that makes a function one."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar, overload

from jobs.errors import NotFound
from jobs.runnables.declarations import (
    BadDeclaration,
    Concurrency,
    checked_concurrency,
    checked_name,
    checked_retries,
    checked_steps,
    checked_timeout,
)
from jobs.runnables.parameters import Function, parameters_of
from jobs.runnables.runnable import Runnable

F = TypeVar("F", bound=Function)


class UnknownRunnable(NotFound, LookupError):
    """There is no registered job of this name. The text says which there are."""

    code = "no_such_runnable"

    def __init__(self, name: str, known: list[str]) -> None:
        there_are = f"there are {', '.join(known)}" if known else "there are none"
        text = f"there is no registered job {name[:100]!r}: {there_are}"
        super().__init__(text, detail={"name": name[:100], "known": known})


class NameTaken(BadDeclaration):
    """Two functions want to be registered under one name. The text says which."""


class Registry:
    def __init__(self) -> None:
        self.by_name: dict[str, Runnable] = {}

    def find(self, name: str) -> Runnable:
        """Raises UnknownRunnable."""
        try:
            return self.by_name[name]
        except KeyError:
            raise UnknownRunnable(name, sorted(self.by_name)) from None

    def all(self) -> list[Runnable]:
        """Sorted by name."""
        return [self.by_name[name] for name in sorted(self.by_name)]

    def add(self, runnable: Runnable) -> None:
        """Raises NameTaken when another function has the name. The same one again, of a reloaded module, takes
        the place of the former."""
        there = self.by_name.get(runnable.name)
        if there is not None and there.origin != runnable.origin:
            raise NameTaken(
                f"the name {runnable.name!r} is taken: {'.'.join(there.origin)} has it, "
                f"and {'.'.join(runnable.origin)} wants it too"
            )
        self.by_name[runnable.name] = runnable

    @overload
    def job(self, function: F, /) -> F: ...

    @overload
    def job(
        self,
        *,
        name: str | None = ...,
        description: str | None = ...,
        steps: list[str] | tuple[str, ...] | None = ...,
        timeout: float | timedelta | None = ...,
        retries: int = ...,
        concurrency: Concurrency = ...,
    ) -> Callable[[F], F]: ...

    def job(self, function: Any = None, **options: Any) -> Any:
        """Makes the decorated function a registered job, and gives it back unchanged. `@job` or `@job(...)`:

        name          of A-Z, a-z, 0-9, blank, `.`, `_` and `-`, at most 100; else the function's, with `-` for `_`
        description   else the first paragraph of the docstring
        steps         names of steps that are shown from the start, in this order
        timeout       seconds, or a timedelta, of at most 7 days; None: that of QUAERO_RUN_TIMEOUT_S
        retries       how often a failed run is tried again, at most 100
        concurrency   what to do when one is running already: `allow` another, `skip` it, or `queue` it

        Raises BadDeclaration.
        """

        def register(decorated: F) -> F:
            try:
                self.add(runnable_of(decorated, **options))
            except BadDeclaration as error:
                raise type(error)(f"@job on {place_of(decorated)}: {error}") from error
            return decorated

        return register if function is None else register(function)


def runnable_of(
    function: Function,
    *,
    name: object = None,
    description: object = None,
    steps: object = None,
    timeout: object = None,
    retries: object = 0,
    concurrency: object = "allow",
) -> Runnable:
    if not inspect.isfunction(function):
        raise BadDeclaration("only a function can be a registered job")
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise BadDeclaration("a generator cannot be a registered job: it would end before it began")
    return Runnable(
        name=checked_name(function.__name__.replace("_", "-") if name is None else name),
        function=function,
        origin=(function.__module__, function.__qualname__),
        parameters=parameters_of(function),
        description=first_paragraph(inspect.getdoc(function)) if description is None else str(description),
        steps=checked_steps(steps),
        timeout_s=checked_timeout(timeout),
        retries=checked_retries(retries),
        concurrency=checked_concurrency(concurrency),
    )


def first_paragraph(text: str | None) -> str:
    return " ".join((text or "").partition("\n\n")[0].split())


def place_of(function: object) -> str:
    module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", None)
    return f"{module}.{name}" if name else repr(function)


registry = Registry()
job = registry.job
