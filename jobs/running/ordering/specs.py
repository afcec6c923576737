"""What a run is to do, as its job's `spec` keeps it: for the worker that does it, and for its reruns."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from jobs.models import Job
from jobs.terms.languages import PYTHON

PROGRAM_KIND, REGISTERED_KIND = "program", "registered"


class ProgramSpec(msgspec.Struct, tag="program"):
    """A text to be run in a language."""

    program: str
    language: str = PYTHON
    timeout: float | None = None  # seconds; None: QUAERO_RUN_TIMEOUT_S
    parameters: dict[str, object] = {}  # without the secret ones, of which only the names are here
    secrets: list[str] = []

    retries = 0
    concurrency = "allow"


class RegisteredSpec(msgspec.Struct, tag="registered"):
    """A registered job, as it was when the run was ordered."""

    runnable: str
    parameters: dict[str, object] = {}
    secrets: list[str] = []
    timeout: float | None = None
    retries: int = 0
    concurrency: str = "allow"


Spec = ProgramSpec | RegisteredSpec


class NotARun(ValueError):
    """The job is nothing that a worker could run: something else reports it."""


def spec_of(job: Job) -> Spec:
    """Raises NotARun."""
    try:
        return msgspec.convert(job.spec, Spec)  # type: ignore[no-any-return]
    except msgspec.ValidationError as error:
        raise NotARun(f"{job.name} was not started here, but reported from elsewhere") from error


def as_json(spec: Spec) -> Mapping[str, object]:
    built: Mapping[str, object] = msgspec.to_builtins(spec)
    return built
