"""One block of code in four forms: `with`, `async with`, and a decorator of plain and of async functions."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable
from types import TracebackType
from typing import Any, Generic, ParamSpec, TypeVar, cast

from jobs.background import flush
from jobs.tracking.places import Place, current

Handle = TypeVar("Handle")
P = ParamSpec("P")
R = TypeVar("R")


class Block(Generic[Handle]):
    """What jobs and steps have in common as blocks; subclasses define `begin`, `end` and `again`.

    A block is entered once; as a decorator it makes a new one for each call.
    """

    def begin(self) -> tuple[Handle, Place | None]:
        """The handle for the code inside, and its place."""
        raise NotImplementedError

    def end(self, handle: Handle, exception: BaseException | None) -> None:
        """Called when the code has ended, in the process that entered the block."""
        raise NotImplementedError

    def again(self) -> Block[Handle]:
        """A new block with the same name and settings."""
        raise NotImplementedError

    def __enter__(self) -> Handle:
        if hasattr(self, "_handle"):
            raise RuntimeError("this block was entered before: make a new one with track() or step()")
        self._pid, self._outside = os.getpid(), current.get()
        self._handle, place = self.begin()
        current.set(place)
        return self._handle

    def __exit__(
        self, kind: type[BaseException] | None, exception: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave(exception)
        flush.settle()

    async def __aenter__(self) -> Handle:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, exception: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave(exception)
        await flush.settle_async()

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise TypeError(f"{function.__name__} is a generator: use `with` inside it, around what it does")
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def run_async(*args: Any, **kwargs: Any) -> Any:
                async with self.again():
                    return await function(*args, **kwargs)

            return cast(Callable[P, R], run_async)

        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            with self.again():
                return function(*args, **kwargs)

        return run

    def _leave(self, exception: BaseException | None) -> None:
        # Without a token of the context variable: a generator may be closed in another context than it began in.
        current.set(self._outside)
        # A child process that was forked inside leaves the block too; the job goes on in its parent.
        if os.getpid() == self._pid:
            self.end(self._handle, exception)
