"""Restricts the lookups in the admin's addresses to those of its filters.

Django lets a reader write any lookup of a model's own fields into the address. One of them is a regular
expression, which SQLite matches by calling Python for each row, while nothing else runs in the process.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

ASKED_BY_FILTERS = ("exact", "in", "isnull", "gte", "lt")
ASKED_BY_DATES = (*ASKED_BY_FILTERS, "year", "month", "day")


class KnownLookups(admin.ModelAdmin):  # type: ignore[type-arg]
    """A model's admin whose addresses may have the lookups of its filters only."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        return lookup in known_lookups(self, request) and super().lookup_allowed(lookup, value, request)


def known_lookups(model_admin: admin.ModelAdmin[Any], request: HttpRequest) -> set[str]:
    """The lookups that the filters and the date hierarchy of a model's admin use."""
    known: set[str] = set()
    for chosen in model_admin.get_list_filter(request):
        known.update(lookups_of(chosen))
    if model_admin.date_hierarchy:
        known.update(f"{model_admin.date_hierarchy}__{name}" for name in ASKED_BY_DATES)
    return known


def lookups_of(chosen: Any) -> Iterator[str]:
    """The lookups of one filter: of a filter class, or of a field, whose relations it follows by `id`."""
    field = chosen[0] if isinstance(chosen, tuple | list) else chosen
    if not isinstance(field, str):
        yield field.parameter_name
        return
    yield field
    for path in (field, f"{field}__id"):
        yield from (f"{path}__{name}" for name in ASKED_BY_FILTERS)
