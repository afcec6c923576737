"""The interface between a worker and a task backend."""

from __future__ import annotations

from abc import ABC, abstractmethod


class TaskQueue(ABC):
    @abstractmethod
    def has_ready(self) -> bool:
        """Whether there is a task to run now. It must be cheap: the loop calls it many times a second."""

    @abstractmethod
    def run_one(self) -> None:
        """Takes a task, if there is one, and runs it in this thread until it ends."""

    @abstractmethod
    def tidy(self) -> None:
        """Deletes the rows of ended tasks. Their outcome is in the jobs."""
