"""The API put together: its addresses, and its description with that of what is served beside it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.views.decorators.csrf import csrf_exempt

from jobs import conf
from jobs.api import machines
from jobs.api.openapi import SECURITY_SCHEMES, Json, Kinds, described, needing, schemas_of
from jobs.api.reference import groups_of
from jobs.api.routing import Router, patterns_of
from jobs.errors import MethodNotAllowed
from jobs.web.refusals import response_to

READS = ("GET", "HEAD")


class Api:
    def __init__(self, *routers: Router) -> None:
        self.operations = [operation for router in routers for operation in router.operations]
        self.beside: dict[str, Json] = {}
        self.kinds_beside: set[type[msgspec.Struct]] = set()
        for address, operation in machines.OPERATIONS.items():
            if conf.is_installation() or address.startswith("/api/"):  # probes are a project's own business
                self.describe(address, operation, machines.KINDS)

    def describe(self, address: str, operation: Json, kinds: Kinds = ()) -> None:
        """Adds to the description a GET that is served beside this API. `kinds`: what it refers to."""
        self.beside[address] = {"get": operation}
        self.kinds_beside.update(kinds)
        self.__dict__.pop("openapi", None)

    @property
    def urls(self) -> tuple[list[URLPattern], str | None, str | None]:
        patterns = [
            path("openapi.json", read_only(self.show_openapi), name="api_openapi"),
            path("docs", read_only(self.show_reference), name="api_docs"),
        ]
        return [*patterns, *patterns_of(self.operations)], None, None

    @cached_property
    def openapi(self) -> Json:
        """The description, made once for all that has been described."""
        paths: dict[str, Json] = {}
        for operation in self.operations:
            paths.setdefault(f"/api{operation.address}", {})[operation.method.lower()] = described(operation)
        answers = {kind for operation in self.operations for kind in operation.answers} | self.kinds_beside
        bodies = {operation.body for operation in self.operations if operation.body is not None}
        schemas = schemas_of(sorted(answers, key=lambda kind: kind.__name__), bodies)
        return {
            "openapi": "3.1.0",
            "info": {"title": "Quaero", "version": "1", "description": ""},
            "paths": {**paths, **self.beside},
            "components": {"schemas": schemas, "securitySchemes": SECURITY_SCHEMES},
            "security": needing("read"),
        }

    def show_openapi(self, request: HttpRequest) -> HttpResponse:
        # It may be kept: it is no news.
        return JsonResponse({**self.openapi, "servers": [{"url": root() or "/"}]})

    def show_reference(self, request: HttpRequest) -> HttpResponse:
        """The same as a page for people; one of ours, and none that would come from a CDN."""
        origin = f"{request.scheme}://{request.get_host()}{root()}"
        return render(request, "quaero/api/docs.html", {"groups": groups_of(self.openapi, origin), "origin": origin})


def root() -> str:
    """Where Quaero is mounted, without a slash at its end: every path that is described begins there."""
    return reverse("quaero:job_list").rstrip("/")


def read_only(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    @csrf_exempt  # the answer to a POST names the methods there are; nothing can be changed here
    def checked(request: HttpRequest) -> HttpResponse:
        return view(request) if request.method in READS else response_to(MethodNotAllowed(request.method, READS))

    return checked
