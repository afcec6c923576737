"""What a filter is made of: its fields, each with all that anything else needs to know of it.

Parameters of the API and their description, the options of `tail`, the admin's list and the pages are made from
these definitions, which are in `jobs/queries/filter.py`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

from django.db import models

from jobs.models import EntryRecord
from jobs.validation.query import Text, Texts

T = TypeVar("T")
Test = Callable[[EntryRecord], bool]


class FilterField(ABC, Generic[T]):
    """One condition on entries. `condition` and `matcher` mean the same, in SQL and on an entry that has just come."""

    name: ClassVar[str]  # of the parameter
    option: ClassVar[str] = ""  # of `tail`, if not the same
    meaning: ClassVar[str]  # a sentence: the API's description and `tail --help` have it
    text: ClassVar[Text | Texts]  # how a value is read, and what is allowed
    lookup: ClassVar[str] = ""  # what it is called in the admin's addresses, if not by its name
    is_counted: ClassVar[bool] = False  # the counters of jobs and steps know how many entries match
    is_of_one_job: ClassVar[bool] = False  # it makes no sense in a log of several

    @classmethod
    def takes(cls, parameter: str) -> bool:
        """Whether a parameter of this name asks for it."""
        return cls.text.has(parameter) if isinstance(cls.text, Texts) else parameter == cls.name

    @staticmethod
    @abstractmethod
    def condition(value: T) -> models.Q: ...

    @staticmethod
    @abstractmethod
    def matcher(value: T) -> Test: ...
