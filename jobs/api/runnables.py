"""Registered jobs: which there are, and what parameters they take."""

from __future__ import annotations

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router

from jobs.api.answers import json_answer
from jobs.api.callers import caller_without_parameters
from jobs.api.documentation import documented
from jobs.runnables import FormField, Runnable, registry

router = Router()


class RunnableRow(msgspec.Struct):
    name: str
    description: str
    steps: list[str]
    timeout: float | None  # seconds; null: that of QUAERO_RUN_TIMEOUT_S
    retries: int
    concurrency: str
    parameters: dict[str, object]  # a JSON Schema
    fields: list[FormField]  # the same for a form


class RunnableList(msgspec.Struct):
    runnables: list[RunnableRow]


@router.get("/runnables", summary="List registered jobs", openapi_extra=documented(RunnableList))
def list_runnables(request: HttpRequest) -> HttpResponse:
    """By name."""
    caller_without_parameters(request).require("read")
    return json_answer(RunnableList([runnable_row(each) for each in registry.all()]))


@router.get("/runnables/{name}", summary="One registered job", openapi_extra=documented(RunnableRow))
def get_runnable(request: HttpRequest, name: str) -> HttpResponse:
    caller_without_parameters(request).require("read")
    return json_answer(runnable_row(registry.find(name)))


def runnable_row(runnable: Runnable) -> RunnableRow:
    return RunnableRow(
        name=runnable.name,
        description=runnable.description,
        steps=list(runnable.steps),
        timeout=runnable.timeout_s,
        retries=runnable.retries,
        concurrency=runnable.concurrency,
        parameters=runnable.schema(),
        fields=runnable.form_fields(),
    )
