"""Typed operations: the signature of a view says what it takes and answers, and the description is made from it.

A view may take, by the types of its parameters:

caller: Caller      who asks
job: Job            that of the address, which the caller may look at, or change where the right is `write`
query: JobQuery     the parameters of the URL; an operation without has none
body: Rerun         the body; with a default it may be left out

and the other places of its address as texts. Checks come in this order: 401, parameters where there are none, 403, 404,
the query, the body. What it returns is encoded as it is.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt

from jobs.access import Caller, caller_of, operable_job, readable_job
from jobs.api.answers import json_answer, status_of
from jobs.api.bodies import Body, read_body
from jobs.errors import MethodNotAllowed
from jobs.validation.query import NoParameters, Query
from jobs.web.refusals import refusal_of, response_to
from jobs.web.transactions import outside_transactions

V = TypeVar("V", bound=Callable[..., Any])


@dataclass(frozen=True)
class Operation:
    method: str
    address: str  # below /api, as /jobs/{job_id}
    summary: str
    tag: str
    right: str
    view: Callable[..., Any]
    takes: frozenset[str]
    query: type[Query]
    body: type[Body] | None
    needs_body: bool
    answers: tuple[type[msgspec.Struct], ...]

    @property
    def places(self) -> list[str]:
        return [part.strip("{}") for part in self.address.split("/") if part.startswith("{")]

    def answer(self, request: HttpRequest, places: dict[str, str]) -> HttpResponse:
        caller = caller_of(request)
        if self.query is NoParameters:
            self.query.of_url(request.GET)
        caller.require(self.right)
        found = self.view(**self.arguments(request, caller, dict(places)))
        return json_answer(found, status_of(found))

    def arguments(self, request: HttpRequest, caller: Caller, places: dict[str, str]) -> dict[str, Any]:
        given: dict[str, Any] = {"caller": caller}
        if "job" in self.takes:
            get = operable_job if self.right == "write" else readable_job
            given["job"] = get(caller, places.pop(self.places[0]))
        if self.query is not NoParameters:
            given["query"] = self.query.of_url(request.GET)
        if self.body is not None:
            given["body"] = read_body(request, self.body, is_needed=self.needs_body)
        return {**{name: value for name, value in given.items() if name in self.takes}, **places}


class Router:
    """Operations that are described together, under one `tag`."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.operations: list[Operation] = []

    def get(self, address: str, summary: str) -> Callable[[V], V]:
        return self.operation("GET", address, summary, "read")

    def post(self, address: str, summary: str, *, right: str) -> Callable[[V], V]:
        return self.operation("POST", address, summary, right)

    def delete(self, address: str, summary: str, *, right: str) -> Callable[[V], V]:
        return self.operation("DELETE", address, summary, right)

    def operation(self, method: str, address: str, summary: str, right: str) -> Callable[[V], V]:
        def add(view: V) -> V:
            hints = get_type_hints(view)
            takes = inspect.signature(view).parameters
            body = takes.get("body")
            self.operations.append(
                Operation(
                    method,
                    address,
                    summary,
                    self.tag,
                    right,
                    view,
                    takes=frozenset(takes),
                    query=hints.get("query", NoParameters),
                    body=hints.get("body"),
                    needs_body=body is not None and body.default is inspect.Parameter.empty,
                    answers=alternatives(hints["return"]),
                )
            )
            return view

        return add


def alternatives(annotation: Any) -> tuple[type[msgspec.Struct], ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)


def patterns_of(operations: Sequence[Operation]) -> list[URLPattern]:
    """One address each, with all its methods, in the order of their first operations, after which it is named."""
    by_address: dict[str, dict[str, Operation]] = {}
    for operation in operations:
        by_address.setdefault(operation.address, {})[operation.method] = operation
    return [path(route_of(address), view_of(methods), name=name_of(methods)) for address, methods in by_address.items()]


def name_of(methods: dict[str, Operation]) -> str:
    """As `api-list_jobs`."""
    return f"api_{next(iter(methods.values())).view.__name__}"


def route_of(address: str) -> str:
    return address.removeprefix("/").replace("{", "<str:").replace("}", ">")


def view_of(methods: dict[str, Operation]) -> Callable[..., HttpResponse]:
    allowed = {*methods, *(("HEAD",) if "GET" in methods else ())}

    @outside_transactions
    @csrf_exempt  # `caller_of` looks, which knows whether the request has a token
    def view(request: HttpRequest, **places: str) -> HttpResponse:
        try:
            operation = methods.get("GET" if request.method == "HEAD" else request.method or "")
            if operation is None:
                raise MethodNotAllowed(request.method, allowed)
            return operation.answer(request, places)
        except Exception as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            return response_to(refusal)

    return view
