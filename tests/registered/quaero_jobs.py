"""Jobs that do what registered jobs do."""

from __future__ import annotations

import asyncio
import logging
from typing import Annotated

from jobs.models import Job
from jobs.reporting import progress, result, step
from jobs.runnables import Secret, job

logger = logging.getLogger("shop.stock")


@job(steps=["Read"])
def report(shop: int, password: Annotated[str, Secret()] = "none") -> dict[str, object]:
    with step("Read"):
        logger.warning("shop %s", shop, extra={"shop": shop})
        print("printed", password)  # noqa: T201
    progress(50)
    return {"jobs": Job.objects.listed().count()}


@job
def fails() -> None:
    with step("Read"):
        raise ValueError("no stock")


@job
def tells_and_fails() -> None:
    result([1])
    raise ValueError("afterwards")


@job
async def waits() -> str:
    await asyncio.sleep(0)
    return "waited"


@job
def imports_by_the_other_name() -> bool:
    import quaero_job  # noqa: PLC0415 - only a run has it on its path

    quaero_job.step("Other")
    return quaero_job.step is step
