"""Registered jobs: which there are, what parameters they take, and running one."""

from __future__ import annotations

from typing import Any

import msgspec
from pydantic import Field

from jobs.access import Caller
from jobs.api.bodies import Body
from jobs.api.programs import Accepted, parent_of
from jobs.api.routing import Router
from jobs.errors import Refusals
from jobs.runnables import FormField, Runnable, registry
from jobs.running.ordering.pending import Origin
from jobs.running.ordering.registered import order_runnable

router = Router("runnables")
running = Router("runs")


class RunOrder(Body):
    parameters: dict[str, Any] = {}
    from_text: bool = Field(False, description="The values are texts, as a form gives them.")
    attributes: dict[str, Any] = {}
    parent: str | None = Field(None, description="The job that this one is part of.")


DEFAULTS = RunOrder()


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


@router.get("/runnables", "List registered jobs")
def list_runnables() -> RunnableList:
    """By name."""
    return RunnableList([runnable_row(each) for each in registry.all()])


@router.get("/runnables/{name}", "One registered job")
def get_runnable(name: str) -> RunnableRow:
    """With its parameters, as JSON Schema and as fields of a form."""
    return runnable_row(registry.find(name))


@running.post("/runnables/{name}/run", "Run a registered job", right="run")
def run_runnable(caller: Caller, name: str, body: RunOrder = DEFAULTS) -> Accepted:
    """400 with the problem of each parameter; 409 when it is one that runs once at a time, and runs."""
    wrong, parent = Refusals(), None
    with wrong:
        parent = parent_of(caller, body.parent)
    job = order_runnable(
        name,
        body.parameters,
        attributes=body.attributes,
        from_text=body.from_text,
        origin=Origin(created_by=caller.user, parent=parent),
        wrong=wrong,
    )
    return Accepted(str(job.pk))


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
