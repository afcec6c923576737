"""Running something again: a new job of the same spec."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.models import User
from django.db import transaction

from jobs import recording
from jobs.errors import Conflict, Refusal
from jobs.models import Job
from jobs.recording import NewEntry
from jobs.running.ordering.pending import Origin
from jobs.running.ordering.programs import order_program
from jobs.running.ordering.registered import order_runnable
from jobs.running.ordering.specs import NotARun, ProgramSpec, Spec, spec_of
from jobs.terms.streams import SYSTEM


class CannotRerun(Conflict):
    code = "cannot_rerun"


def rerun(job: Job, by: str, *, created_by: User | None = None, secrets: Mapping[str, object] | None = None) -> Job:
    """A new job with `rerun_of`. `secrets`: the values of the secret parameters, which are not kept.

    Raises CannotRerun for a job that was not run here or lacks a secret, and what an order raises.
    """
    try:
        spec = spec_of(job)
    except NotARun as error:
        raise CannotRerun(f"{error}: run it again where it was started") from error
    given = required_secrets(spec, secrets or {})
    with transaction.atomic():
        again = order_again(job, spec, given, Origin(created_by=created_by, rerun_of=job))
        note(again, f"rerun of {job.pk}, by {by}")
        note(job, f"rerun as {again.pk}, by {by}")
    return again


def required_secrets(spec: Spec, given: Mapping[str, object]) -> Mapping[str, object]:
    missing = [name for name in spec.secrets if name not in given]
    if missing:
        raise CannotRerun(
            f"secret parameters are not kept: give {', '.join(missing)} again",
            code="secrets_needed",
            detail={"secrets": spec.secrets, "missing": missing},
        )
    unknown = sorted(given.keys() - set(spec.secrets))
    if unknown:
        raise Refusal(
            f"a rerun has the parameters of before: only secret ones can be given, not {', '.join(unknown)[:200]}",
            code="bad_parameter",
            detail={"parameters": unknown, "allowed": spec.secrets},
        )
    return given


def order_again(job: Job, spec: Spec, secrets: Mapping[str, object], origin: Origin) -> Job:
    parameters = {**spec.parameters, **secrets}
    if isinstance(spec, ProgramSpec):
        return order_program(
            spec.program,
            language=spec.language,
            name=job.name,
            timeout=spec.timeout,
            attributes=job.attributes,
            parameters=parameters,
            secrets=spec.secrets,
            origin=origin,
        )
    return order_runnable(spec.runnable, parameters, attributes=job.attributes, origin=origin)


def note(job: Job, text: str) -> None:
    recording.append(job, [NewEntry(text, "info", stream=SYSTEM)])
