"""Who asks, in the routes that take nothing in the query of their address."""

from __future__ import annotations

from django.http import HttpRequest

from jobs.access import Caller, caller_of
from jobs.queries.parameters import Parameters


def caller_without_parameters(request: HttpRequest) -> Caller:
    """As `caller_of`. Raises UnknownParameter for any parameter: one that was ignored would be taken for heeded."""
    caller = caller_of(request)
    Parameters.of_query(request.GET, ())
    return caller
