"""Runs functions at the same moment, each in a thread with a database connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connections

T = TypeVar("T")


def at_once(*functions: Callable[[], T]) -> list[T]:
    """What the functions return, in their order. Raises what one of them raises."""
    barrier = Barrier(len(functions))

    def run(function: Callable[[], T]) -> T:
        try:
            barrier.wait(timeout=10)
            return function()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(functions)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, function) for function in functions]]
