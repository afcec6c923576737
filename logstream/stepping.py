"""Reading in several steps from coroutines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Generic, NamedTuple, Protocol, TypeVar

from jobs.queries.long_reads import Steps

T = TypeVar("T")

NOTHING = b""


class StepResult(NamedTuple, Generic[T]):
    """`result` is what the reading returned, when the step was its last."""

    result: T | None = None
    is_last: bool = False


class Host(Protocol):
    async def step(self, user_id: int, reading: Steps[T]) -> StepResult[T]:
        """Makes the next step, in a reading thread, when it is this user's turn."""
        ...


class Stepwise(Generic[T]):
    """Iterate to read; yields NOTHING after each step. `result` is then what the reading returned."""

    result: T

    def __init__(self, host: Host, user_id: int, reading: Steps[T]) -> None:
        self._host = host
        self._user_id = user_id
        self._reading = reading

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            step = await self._host.step(self._user_id, self._reading)
            if step.is_last:
                self.result = step.result  # type: ignore[assignment]
                return
            yield NOTHING


def advance(reading: Steps[T]) -> StepResult[T]:
    """Makes a step in a thread. A future cannot carry the StopIteration that ends a generator."""
    try:
        next(reading)
    except StopIteration as end:
        return StepResult(end.value, is_last=True)
    return StepResult()
