"""What a worker wants of a task backend."""

from __future__ import annotations

from abc import ABC, abstractmethod


class TaskQueue(ABC):
    @abstractmethod
    def has_ready(self) -> bool:
        """Whether there is a task to be taken now. Cheap: it is asked many times a second."""

    @abstractmethod
    def run_one(self) -> None:
        """Takes a task, if there is one, and runs it to its end in this thread."""

    @abstractmethod
    def tidy(self) -> None:
        """Deletes what is left of tasks that have ended. The jobs tell what became of them."""
