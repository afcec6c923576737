"""Reads a request to the list of entries: the same filter as everywhere, under the admin's names."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.http import HttpRequest

from jobs.queries import Filter
from jobs.queries.filter import FIELDS
from jobs.queries.log_page import counts_of
from jobs.queries.parameters import LogFilterQuery, OfAnyJobQuery, filter_of
from jobs.validation.query import BadParameter

KEPT_AS = "_quaero_entry_request"  # attribute of the request: the list and each of its filters read it


class EntryListQuery(LogFilterQuery, OfAnyJobQuery):
    """The conditions of the list, under the names of the API."""


class EntryRequest(NamedTuple):
    """The filter, and the counts for its choices."""

    filter: Filter
    counts: dict[str, int]  # of the job or step, or of all jobs, by level


def entry_request(request: HttpRequest) -> EntryRequest:
    """The filter in the address, read once a request.

    For a wrong value it adds a message for the reader and raises IncorrectLookupParameters.
    """
    kept = getattr(request, KEPT_AS, None)
    if not isinstance(kept, EntryRequest):
        log_filter = read_entry_filter(request)
        kept = EntryRequest(log_filter, counts_of(log_filter.job, log_filter.step))
        setattr(request, KEPT_AS, kept)
    return kept


def filter_in_address(request: HttpRequest) -> Filter:
    """The filter in the request's address."""
    return entry_request(request).filter


def read_entry_filter(request: HttpRequest) -> Filter:
    """The filter in the address. Raises IncorrectLookupParameters, after a message for the reader."""
    parameters = ((parameter_of(name), str(value)) for name, value in request.GET.items())
    given = {name: value for name, value in parameters if name and value}
    try:
        query = EntryListQuery.of(given)
        return filter_of(query, query.conditions.get("job"))  # a step must belong to the job
    except BadParameter as error:
        messages.error(request, str(error))
        raise IncorrectLookupParameters(str(error)) from error


def parameter_of(name: str) -> str | None:
    """What the API calls a part of the address; None for what is no filter."""
    for definition in FIELDS.values():
        if name == definition.lookup:
            return definition.name
        if not definition.lookup and definition.takes(name):
            return name
    return None
