"""A value among an entry's `fields`: how it is asked for, found in SQL, and found in an entry that has just come.

A value is compared as JSON shows it: a text by its characters, a number as it was written (7 is not 7.0), true and
false by their names. A member may lie deeper: `http.status` is one of that name, or `status` within `http`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db import models

from jobs.queries.texts import MAX_SEARCH, short_text

MAX_NAME = 200  # characters
ESCAPED = frozenset('"\\')
NOT_IN_NAMES = ESCAPED | {"="}  # two that JSON writes otherwise, and what ends a name on a command line

ALLOWED = (
    f'NAME=VALUE, a name of at most {MAX_NAME} characters (not ", \\ or =; dots lead to members within members) and '
    f"a value of at most {MAX_SEARCH}"
)
DECODER = json.JSONDecoder(parse_int=str, parse_float=str)  # kept: making one takes longer than most of its work


class FieldValue(NamedTuple):
    """That a member of `fields` has this value."""

    name: str
    text: str

    @property
    def paths(self) -> set[tuple[str, ...]]:
        return {(self.name,), tuple(self.name.split("."))}

    @property
    def written(self) -> bytes:
        """What the JSON of each matching entry contains, so that few others are decoded. Empty where it has escapes."""
        is_plain = self.text.isascii() and self.text.isprintable() and not ESCAPED & set(self.text)
        return self.text.encode() if is_plain else b""


def read_field_value(name: str, text: str) -> FieldValue:
    """Raises ValueError."""
    if len(name) > MAX_NAME or NOT_IN_NAMES & set(name) or not name.isprintable() or not all(name.split(".")):
        raise ValueError(name)
    return FieldValue(name, short_text(text))


class MemberIs(models.Func):
    """Whether a member of a JSON column is this text, number or boolean."""

    output_field = models.BooleanField()

    def __init__(self, column: str, path: tuple[str, ...], text: str) -> None:
        super().__init__(models.F(column))
        self.path, self.text = path, text

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, tuple[Any, ...]]:
        """`->>` gives a text without its quotes and escapes, `->` a number as it is stored."""
        column, of_column = compiler.compile(self.source_expressions[0])
        path = "$" + "".join(f'."{name}"' for name in self.path)
        sql = (
            f"(CASE json_type({column}, %s) WHEN 'text' THEN {column} ->> %s "
            f"WHEN 'object' THEN NULL WHEN 'array' THEN NULL WHEN 'null' THEN NULL ELSE {column} -> %s END) = %s"
        )
        return sql, (*of_column, path, *of_column, path, *of_column, path, self.text)


def is_in(column: str, wanted: FieldValue) -> models.Q:
    condition = models.Q()
    for path in sorted(wanted.paths):
        condition |= models.Q(MemberIs(column, path, wanted.text))
    return condition


def members_of(fields: bytes) -> object:
    """JSON with its numbers as texts, as they are written."""
    return DECODER.decode(fields.decode())


def is_among(members: object, wanted: FieldValue) -> bool:
    """The same in Python, of `members_of` an entry's fields."""
    return any(shown(value) == wanted.text for path in wanted.paths for value in members_at(members, path))


def members_at(members: object, path: tuple[str, ...]) -> Iterator[object]:
    for name in path:
        if not (isinstance(members, dict) and name in members):
            return
        members = members[name]
    yield members


def shown(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else None
