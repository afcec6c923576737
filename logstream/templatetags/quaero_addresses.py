"""`{% quaero_addresses %}`: what `js/lib/addresses.mjs` reads from the attribute `data-addresses` of a page."""

from __future__ import annotations

import json

from django import template

from jobs.queries.filter import FIELDS
from jobs.queries.parameters import OF_ANY_LOG
from logstream.addresses import is_mounted, page_addresses

register = template.Library()


@register.simple_tag
def quaero_addresses() -> str:
    """Nothing where Quaero has no addresses."""
    return json.dumps(page_addresses()) if is_mounted() else ""


@register.simple_tag
def quaero_filters() -> str:
    """For `data-filters`, which `js/log/filters.mjs` reads: the parameters that a log can be filtered by."""
    return json.dumps([FIELDS[member].name for member in OF_ANY_LOG])
