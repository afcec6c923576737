"""The filter of entries.

A filter means the same in SQL (history, counts, downloads) and in Python (live entries): in the definition of each of
its fields `condition` and `matcher` are next to each other, and a test compares them. The entries of a
family of jobs are read through SQL alone, live ones too.

A new field is a definition here, a member of `Filter`, a control on the page, and a line in the docs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, get_type_hints
from uuid import UUID

from django.db import models
from django.db.models.expressions import RawSQL

from jobs import levels
from jobs.models import STREAMS, EntryRecord
from jobs.models.entry import NOTABLE
from jobs.models.record import UNSET, wire_time, wire_uuid
from jobs.queries.entry_fields import ALLOWED, FieldValue, is_among, is_in, members_of, read_field_value
from jobs.queries.families import InFamilyUnindexed
from jobs.queries.fields import FilterField, Test
from jobs.queries.lookups import contains_ascii
from jobs.queries.texts import A_SHORT_TEXT, A_TIME, id_of
from jobs.validation.query import Text, Texts, one_of, whole_number

NO_LIMIT = 2**62


class OfJob(FilterField[UUID]):
    name = "job"
    meaning = "Entries of this job."
    text = id_of("job")
    lookup = "job__id__exact"
    is_counted = True

    @staticmethod
    def condition(value: UUID) -> models.Q:
        return models.Q(job=value)

    @staticmethod
    def matcher(value: UUID) -> Test:
        job = wire_uuid(value)
        return lambda entry: entry.job_id == job


class OfStep(FilterField[UUID]):
    name = "step"
    meaning = "Entries of this step."
    text = id_of("step")
    lookup = "step__id__exact"
    is_counted = True

    @staticmethod
    def condition(value: UUID) -> models.Q:
        return models.Q(step=value)

    @staticmethod
    def matcher(value: UUID) -> Test:
        step = wire_uuid(value)
        return lambda entry: entry.step_id == step


def only_if_one(text: str) -> bool | None:
    return ("0", "1").index(text) == 1 or None  # else a ValueError


class OutsideSteps(FilterField[bool]):
    name = "outside_steps"
    meaning = "1: entries that belong to no step."
    text = Text(only_if_one, "1 (entries of no step) or 0 (all)", {"enum": ["0", "1"]})

    @staticmethod
    def condition(value: bool) -> models.Q:
        return models.Q(step=None)

    @staticmethod
    def matcher(value: bool) -> Test:
        return lambda entry: entry.step_id is None


def lowest_level(text: str) -> int | None:
    level = levels.parse(text)
    return None if level == levels.DEBUG else level  # everything is at least debug


class OfLevel(FilterField[int]):
    name = "level"
    meaning = "Entries of this level or above."
    text = Text(lowest_level, f"one of {', '.join(levels.NUMBERS)}", {"enum": list(levels.NUMBERS)})
    lookup = "level__gte"
    is_counted = True

    @staticmethod
    def condition(value: int) -> models.Q:
        condition = models.Q(level__gte=value)
        if value >= NOTABLE:
            # As a literal, no parameter: so the database sees that the partial index holds all these entries.
            condition &= models.Q(RawSQL(f"level >= {NOTABLE}", (), models.BooleanField()))  # noqa: S611
        return condition

    @staticmethod
    def matcher(value: int) -> Test:
        names = {name for number, name in levels.NAMES.items() if number >= value}
        return lambda entry: entry.level in names


class OfStream(FilterField[str]):
    name = "stream"
    meaning = "Entries of this stream."
    text = one_of(STREAMS)
    lookup = "stream__exact"

    @staticmethod
    def condition(value: str) -> models.Q:
        return models.Q(stream=value)

    @staticmethod
    def matcher(value: str) -> Test:
        return lambda entry: entry.stream == value


class OfSource(FilterField[str]):
    name = "source"
    meaning = "Entries of this source: the exact name of a logger."
    text = A_SHORT_TEXT

    @staticmethod
    def condition(value: str) -> models.Q:
        return models.Q(source=value)

    @staticmethod
    def matcher(value: str) -> Test:
        return lambda entry: entry.source == value


class HavingFields(FilterField[tuple[FieldValue, ...]]):
    name = "fields.NAME"
    option = "field"
    meaning = "Entries with this value among their fields, as `fields.shop=7`. Several may be given: all must match."
    text = Texts("fields.", read_field_value, ALLOWED, {"type": "string"}, most=10)

    @staticmethod
    def condition(value: tuple[FieldValue, ...]) -> models.Q:
        condition = models.Q()
        for each in value:
            condition &= is_in("fields", each)
        return condition

    @staticmethod
    def matcher(value: tuple[FieldValue, ...]) -> Test:
        written = [each.written for each in value]

        def test(entry: EntryRecord) -> bool:
            if entry.fields is UNSET:
                return False
            fields = bytes(entry.fields)
            if not all(text in fields for text in written):
                return False
            members = members_of(fields)
            return all(is_among(members, each) for each in value)

        return test


class Containing(FilterField[str]):
    name = "search"
    meaning = "A substring of the message, case-insensitive for ASCII."
    text = A_SHORT_TEXT
    lookup = "q"

    @staticmethod
    def condition(value: str) -> models.Q:
        return models.Q(message__contains_ascii=value)

    @staticmethod
    def matcher(value: str) -> Test:
        needle = value.encode().lower()
        return lambda entry: contains_ascii(entry.message, needle)


class FromTime(FilterField[datetime]):
    name = "from"
    meaning = "Not before this time."
    text = A_TIME

    @staticmethod
    def condition(value: datetime) -> models.Q:
        return models.Q(timestamp__gte=value)

    @staticmethod
    def matcher(value: datetime) -> Test:
        earliest = wire_time(value)
        return lambda entry: entry.timestamp >= earliest


class ToTime(FilterField[datetime]):
    name = "to"
    meaning = "Not after this time."
    text = A_TIME

    @staticmethod
    def condition(value: datetime) -> models.Q:
        return models.Q(timestamp__lte=value)

    @staticmethod
    def matcher(value: datetime) -> Test:
        latest = wire_time(value)
        return lambda entry: entry.timestamp <= latest


class FirstLine(FilterField[int]):
    name = "first_line"
    meaning = "Not before this line."
    text = whole_number(1)
    is_of_one_job = True

    @staticmethod
    def condition(value: int) -> models.Q:
        return models.Q(line__gte=value)

    @staticmethod
    def matcher(value: int) -> Test:
        return lambda entry: entry.line >= value


class LastLine(FilterField[int]):
    name = "last_line"
    meaning = "Not after this line."
    text = whole_number(1)
    is_of_one_job = True

    @staticmethod
    def condition(value: int) -> models.Q:
        return models.Q(line__lte=value)

    @staticmethod
    def matcher(value: int) -> Test:
        return lambda entry: entry.line <= value


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries match; None is no condition. Hashable, since clients with equal filters share a feed."""

    job: Annotated[UUID | None, OfJob] = None  # in the log of all jobs; a job's own log has it in its name
    step: Annotated[UUID | None, OfStep] = None
    level: Annotated[int | None, OfLevel] = None  # this or above
    stream: Annotated[str | None, OfStream] = None
    search: Annotated[str | None, Containing] = None
    from_time: Annotated[datetime | None, FromTime] = None  # both ends included
    to_time: Annotated[datetime | None, ToTime] = None
    first_line: Annotated[int | None, FirstLine] = None
    last_line: Annotated[int | None, LastLine] = None
    source: Annotated[str | None, OfSource] = None
    fields: Annotated[tuple[FieldValue, ...] | None, HavingFields] = None
    outside_steps: Annotated[bool | None, OutsideSteps] = None
    family: UUID | None = None  # entries of this job and its descendants: asked for by a parameter of its own

    @property
    def is_counted(self) -> bool:
        """Whether the counters of job and step give the number of matching entries."""
        return all(getattr(self, member) is None for member in UNCOUNTED)

    def condition(self) -> models.Q:
        """The filter for `LogEntry.objects.filter`."""
        condition = models.Q()
        if self.family is not None:
            condition &= models.Q(InFamilyUnindexed("job_id", self.family))
        for definition, value in self._given():
            condition &= definition.condition(value)
        return condition

    def matcher(self) -> Test | None:
        """A function that returns whether an entry matches; None when all entries do.

        Only the database can say which jobs belong to a family, so this is not for filters with a `family`.
        """
        assert self.family is None
        tests = [definition.matcher(value) for definition, value in self._given()]
        if not tests:
            return None
        if len(tests) == 1:
            return tests[0]
        return lambda entry: all(test(entry) for test in tests)

    def _given(self) -> Iterator[tuple[type[FilterField[Any]], Any]]:
        for member, definition in FIELDS.items():
            value = getattr(self, member)
            if value is not None:
                yield definition, value


FIELDS: dict[str, type[FilterField[Any]]] = {  # by the member of `Filter`
    member: definition
    for member, hint in get_type_hints(Filter, include_extras=True).items()
    for definition in getattr(hint, "__metadata__", ())
}
UNCOUNTED = tuple(member for member, definition in FIELDS.items() if not definition.is_counted)
EVERYTHING = Filter()
