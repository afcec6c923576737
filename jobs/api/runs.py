"""Running registered jobs. What there is to run is told in `runnables.py`."""

from __future__ import annotations

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router

from jobs.api.answers import json_answer
from jobs.api.bodies import read_optional_body
from jobs.api.callers import caller_without_parameters
from jobs.api.documentation import documented
from jobs.api.execution import Accepted, parent_of
from jobs.running.ordering.pending import Origin
from jobs.running.ordering.registered import order_runnable

router = Router()


class RunOrder(msgspec.Struct, forbid_unknown_fields=True):
    parameters: dict[str, object] = {}
    from_text: bool = False  # the values are texts, as a form gives them
    attributes: dict[str, object] = {}
    parent: str | None = None  # the job that this one is part of


@router.post(
    "/runnables/{name}/run",
    summary="Run a registered job",
    openapi_extra=documented(Accepted, body=RunOrder, right="run", needs_body=False),
)
def run_runnable(request: HttpRequest, name: str) -> HttpResponse:
    """400 with the problem of each parameter; 409 when it is one that runs once at a time, and runs."""
    caller = caller_without_parameters(request)
    caller.require("run")
    order = read_optional_body(request, RunOrder)
    origin = Origin(created_by=caller.user, parent=parent_of(caller, order.parent))
    job = order_runnable(name, order.parameters, attributes=order.attributes, from_text=order.from_text, origin=origin)
    return json_answer(Accepted(str(job.pk)))
