"""Lookups of the filter that Django does not have, next to the same in Python."""

from __future__ import annotations

from typing import Any

from django.db import models


class ContainsAscii(models.Lookup):
    """Substring, case-insensitive for ASCII letters only: as SQLite's LIKE is and as `contains_ascii` is."""

    lookup_name = "contains_ascii"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        escaped = str(self.rhs).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return f"{column} LIKE %s ESCAPE '\\'", (*parameters, f"%{escaped}%")


models.TextField.register_lookup(ContainsAscii)
models.CharField.register_lookup(ContainsAscii)


def contains_ascii(text: str, needle: bytes) -> bool:
    """The same in Python. `needle`: UTF-8 with ASCII letters in lower case (`str.lower` would turn U+212A into k)."""
    return needle in text.encode().lower()
