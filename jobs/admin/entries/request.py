"""What a request to the list of entries asks for: the same filter as everywhere, under the admin's names."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.http import HttpRequest

from jobs.admin.links import FILTER_NAMES
from jobs.queries import Filter
from jobs.queries.log_page import counts_of
from jobs.queries.parameters import LogFilterQuery, OfAnyJobQuery, filter_of, unknown_job
from jobs.validation.query import BadParameter

KEPT_AS = "_quaero_asked"  # on the request: the list and its four filters ask


class EntryListQuery(LogFilterQuery, OfAnyJobQuery):
    """The conditions of the list, under the names of the API."""


class Asked(NamedTuple):
    wanted: Filter
    counts: dict[str, int]  # of the job or step, or of all jobs, by level


def asked(request: HttpRequest) -> Asked:
    """What the address asks for. A wrong value is told to the reader: raises IncorrectLookupParameters."""
    kept = getattr(request, KEPT_AS, None)
    if not isinstance(kept, Asked):
        wanted = read_wanted(request)
        kept = Asked(wanted, counts_of(wanted.job, wanted.step))
        setattr(request, KEPT_AS, kept)
    return kept


def wanted_of(request: HttpRequest) -> Filter:
    return asked(request).wanted


def read_wanted(request: HttpRequest) -> Filter:
    given = {FILTER_NAMES[name]: str(value) for name, value in request.GET.items() if value and name in FILTER_NAMES}
    try:
        query = EntryListQuery.of(given)
        for wrong in unknown_job(query.job):
            raise wrong
        return replace(filter_of(query, query.job), job=query.job)  # a step must be one of the job's
    except BadParameter as error:
        messages.error(request, str(error))
        raise IncorrectLookupParameters(str(error)) from error
