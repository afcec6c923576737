"""A message as it is stored: plain text, its coloured original, and the number of bytes that were cut."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from jobs.storable import cut, json_text, storable_object, storable_text, without_ansi

TRUNCATED = "truncated_bytes"


class StorableContent(NamedTuple):
    """The parts of an entry that depend on its message, as the database takes them."""

    message: str
    ansi: str | None
    fields: str | None  # JSON text


def storable_content(message: object, fields: Mapping[str, object] | None) -> StorableContent:
    """`message` without terminal sequences and at most 1 MiB, the original where it differs, `fields` as JSON.

    Raises TypeError when `fields` is not a mapping.
    """
    original = storable_text(message)
    plain, truncated = cut(without_ansi(original))
    ansi = None if plain == original or truncated else cut(original).text
    if truncated:
        fields = {**storable_object(fields), TRUNCATED: truncated}
    return StorableContent(plain, ansi, fields_text(fields))


def fields_text(fields: Mapping[str, object] | None) -> str | None:
    """`fields` as JSON text, made storable. Raises TypeError when they are not a mapping."""
    return None if fields is None else json_text(storable_object(fields))
