"""The API put together: its routers, and what holds for all of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import msgspec
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from jobs.api import control, execution, jobs, logs, machines, runnables, runs, tickets
from jobs.api.documentation import SECURITY_SCHEMES, Json, Kinds, needing, schemas_of
from jobs.api.reference import Reference
from jobs.api.refusals import method_not_allowed, refuse
from jobs.errors import MethodNotAllowed
from jobs.queries import results
from jobs.queries.log_page import LogsPayload
from jobs.queries.rows import JobDetail, JobRow, StepRow
from jobs.web.refusals import response_to

View = Callable[..., HttpResponseBase]

DESCRIBED = (
    *(jobs.JobList, JobDetail, JobRow, jobs.StepList, StepRow, jobs.Deleted, jobs.JobTree, LogsPayload),
    *(tickets.Ticket, tickets.TicketRequest, runnables.RunnableList, runnables.RunnableRow),
    *(execution.ProgramOrder, execution.WaitingOrder, execution.Accepted, execution.WaitedFor),
    *(
        execution.ExecutionList,
        execution.StillRunning,
        *results.HTTP_STATUS,
        runs.RunOrder,
        control.Asked,
        control.Rerun,
        control.NewJob,
        control.WorkerList,
    ),
)


class Api(NinjaAPI):
    """Ninja's API with HEAD wherever there is GET, and its own refusals in the shape of all errors."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.beside: dict[str, Json] = {}
        self.kinds_beside: set[type[msgspec.Struct]] = set()

    def describe(self, path: str, operation: Json, kinds: Kinds = ()) -> None:
        """Has the description tell of a GET that is served beside this API. `kinds`: what it refers to."""
        self.beside[path] = {"get": operation}
        self.kinds_beside.update(kinds)

    @property
    def urls(self) -> tuple[list[URLResolver | URLPattern], str, str]:
        patterns, app_name, namespace = super().urls
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                is_description = pattern.name in ("openapi-json", "openapi-view")
                view = read_only(pattern.callback) if is_description else pattern.callback
                pattern.callback = as_machines_expect(view)
        return patterns, app_name, namespace

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__  # generated clients make method names of it

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        schema["paths"].update(self.beside)
        schema["components"]["schemas"].update(schemas_of((*DESCRIBED, *self.kinds_beside)))
        schema["components"]["securitySchemes"] = SECURITY_SCHEMES
        return schema


def read_only(view: View) -> View:
    """A view of ninja's own, which would answer to any method."""

    @csrf_exempt
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "GET":  # or HEAD, which comes as GET
            return response_to(MethodNotAllowed(request.method, ("GET", "HEAD")))
        return view(request, *args, **kwargs)

    return wrapped


def as_machines_expect(view: View) -> View:
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = answer_to_head(view, request, *args, **kwargs)
        return method_not_allowed(request, response) if response.status_code == 405 else response

    return wrapped


def answer_to_head(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """The answer of `view`; to HEAD that to GET, whose body the server leaves out."""
    if request.method != "HEAD":
        return view(request, *args, **kwargs)
    request.method = "GET"
    try:
        return view(request, *args, **kwargs)
    finally:
        request.method = "HEAD"


api = Api(title="Quaero", version="1", docs=Reference(), openapi_extra={"security": needing("read")})
api.add_router("", jobs.router, tags=["jobs"])
api.add_router("", control.router, tags=["jobs"])
api.add_router("", execution.router, tags=["runs"])
api.add_router("", runs.router, tags=["runs"])
api.add_router("", logs.router, tags=["logs"])
api.add_router("", runnables.router, tags=["runnables"])
api.add_router("", tickets.router, tags=["tickets"])
for address, operation in machines.OPERATIONS.items():
    api.describe(address, operation, machines.KINDS)

for kind in (Exception, Http404, HttpError, ValidationError):  # ninja has handlers of its own for each of these
    api.add_exception_handler(kind, refuse)
