"""What an address of the admin may ask the database: what its filters ask, and nothing else.

Django lets a reader write any lookup of a model's own fields into the address. One of them is a regular
expression, which SQLite has Python match, a row at a time, while nothing else runs in the process.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

ASKED_BY_FILTERS = ("exact", "in", "isnull", "gte", "lt")
ASKED_BY_DATES = (*ASKED_BY_FILTERS, "year", "month", "day")


class KnownLookups(admin.ModelAdmin):  # type: ignore[type-arg]
    """A model's admin whose addresses hold the lookups of its filters alone."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup in known_lookups(self, request) and super().lookup_allowed(lookup, value, request)


def known_lookups(model_admin: admin.ModelAdmin[Any], request: HttpRequest) -> set[str]:
    known: set[str] = set()
    for chosen in model_admin.get_list_filter(request):
        known.update(lookups_of(chosen))
    if model_admin.date_hierarchy:
        known.update(f"{model_admin.date_hierarchy}__{name}" for name in ASKED_BY_DATES)
    return known


def lookups_of(chosen: Any) -> Iterator[str]:
    """Those of one filter: of a class with a name of its own, or of a field, whose relations it follows by `id`."""
    field = chosen[0] if isinstance(chosen, tuple | list) else chosen
    if not isinstance(field, str):
        yield field.parameter_name
        return
    yield field
    for path in (field, f"{field}__id"):
        yield from (f"{path}__{name}" for name in ASKED_BY_FILTERS)
