"""Ordering runs: checks what is asked for, makes the pending job, and lets the workers know of it.

Every door comes through here: the API, the pages, the command line, programs that spawn others. What is wrong
with an order is an ApiError that names the part of it, and then there is no job.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from jobs import lifecycle, statuses
from jobs.errors import ApiError, Forbidden
from jobs.models import Job
from jobs.runnables import Runnable, registry
from jobs.runnables.values import STORABLE
from jobs.running.command_line import masked_line
from jobs.running.masking import NO_MASK, Masker
from jobs.running.sealing import seal
from jobs.running.specs import LANGUAGES, PROGRAM_KIND, REGISTERED_KIND, ProgramSpec, RegisteredSpec, Spec, as_json
from jobs.sensitive import is_sensitive
from jobs.storable import storable_json
from jobs.workflow_commands import shortened

MAX_PROGRAM_BYTES = 1024 * 1024
MAX_PARAMETERS_BYTES = 64 * 1024  # as JSON in ASCII: they reach the program by one variable of its environment
MAX_PARAMETER_NAME_CHARACTERS = 200
MAX_ATTRIBUTES_BYTES = 64 * 1024  # every row of a list has them
MAX_NAME_CHARACTERS = 255
MAX_DERIVED_NAME_CHARACTERS = 80
CONTROL_CHARACTERS = ("Cc", "Cs", "Zl", "Zp")  # surrogates and line ends among them
MAX_CHILDREN = 1_000  # of one job
MAX_DEPTH = 16  # a program that spawns itself must come to an end
MAX_TIMEOUT_S = 7 * 24 * 3600
SAYS_NOTHING = re.compile(
    r"#!|import |from \S+ import |set [-+]\w"
)  # how programs begin, of which no two can be told apart


class BadOrder(ApiError):
    code = "bad_parameter"

    def __init__(self, name: str, problem: str, *, status: int = 400, code: str = "bad_parameter") -> None:
        super().__init__(f"{name} {problem}", status=status, code=code, detail={"parameter": name, "problem": problem})


class AlreadyRuns(ApiError):
    """A registered job that does not run twice at a time, and runs or waits already."""

    def __init__(self, runnable: Runnable, job: Job) -> None:
        super().__init__(
            f"{runnable.name} is {job.status} already, and a second one at a time is skipped",
            status=409,
            code="already_runs",
            detail={"job": str(job.pk)},
        )


class Origin(msgspec.Struct, frozen=True):
    """Where an order comes from."""

    created_by: User | None = None
    parent: Job | None = None
    rerun_of: Job | None = None
    job_id: UUID | None = None  # chosen by who orders; None: a new one
    masker: Masker = NO_MASK  # of the parent's secrets, which the order must not tell


NOWHERE = Origin()


def order_program(
    program: str,
    *,
    language: str = "python",
    name: str | None = None,
    timeout: float | None = None,
    attributes: Mapping[str, object] | None = None,
    parameters: Mapping[str, object] | None = None,
    secrets: Sequence[str] = (),
    origin: Origin = NOWHERE,
) -> Job:
    """A pending job that will run `program`. Raises ApiError: BadOrder for what is wrong, Forbidden for what is off.

    `timeout` in seconds. `secrets` names those of `parameters` that nobody may see; those whose names tell it are
    secret as well.
    """
    require_program(program)
    require_language(language)
    plain, hidden = divided(parameters or {}, secrets)
    spec = ProgramSpec(program, language, checked_timeout(timeout), plain, sorted(hidden))
    shown = checked_name(name) if name is not None else name_of_program(program, language)
    shown = Masker(list(hidden.values())).mask(shown)
    with transaction.atomic():
        return create(shown, PROGRAM_KIND, spec, hidden, attributes, origin)


def order_runnable(
    name: str,
    parameters: Mapping[str, object] | None = None,
    *,
    attributes: Mapping[str, object] | None = None,
    from_text: bool = False,
    origin: Origin = NOWHERE,
) -> Job:
    """A pending job that will run the registered job of this name.

    `from_text`: the values are what somebody has typed. Raises UnknownRunnable, BadParameters, and AlreadyRuns and
    BadOrder, which are ApiErrors.
    """
    runnable = registry.find(name)
    plain, hidden = runnable.split(parameters or {}, from_text=from_text)
    require_size("parameters", {**plain, **hidden}, MAX_PARAMETERS_BYTES)
    spec = RegisteredSpec(name, dict(plain), sorted(hidden), runnable.timeout_s, runnable.retries, runnable.concurrency)
    exclusive = "" if runnable.concurrency == "allow" else f"registered:{name}"
    with transaction.atomic():
        job = create(name, REGISTERED_KIND, spec, hidden, attributes, origin, exclusive=exclusive)
        if runnable.concurrency == "skip":
            # Ours is there already, so of two orders at once at least one sees the other.
            others = Job.objects.filter(exclusive=exclusive, status__in=statuses.ACTIVE).exclude(pk=job.pk)
            other = others.order_by("created_at").first()
            if other is not None:
                raise AlreadyRuns(runnable, other)
        for step in runnable.steps:
            lifecycle.add_step(job, step, status=statuses.PENDING)
    return job


def create(
    name: str,
    kind: str,
    spec: Spec,
    hidden: Mapping[str, str],
    attributes: Mapping[str, object] | None,
    origin: Origin,
    *,
    exclusive: str = "",
) -> Job:
    require_size("attributes", attributes or {}, MAX_ATTRIBUTES_BYTES)
    require_no_secret(spec, origin.masker)
    if origin.parent is not None:
        require_parent(origin.parent)
    job = lifecycle.create_job(
        origin.masker.mask(name),
        kind=kind,
        parent=origin.parent,
        rerun_of=origin.rerun_of,
        created_by=origin.created_by,
        attributes=origin.masker.mask_object(attributes or {}),
        spec=as_json(spec),
        job_id=origin.job_id,
        due_at=timezone.now(),
        exclusive=exclusive,
    )
    seal(job, hidden)
    return job


def require_no_secret(spec: Spec, masker: Masker) -> None:
    """Refuses what would keep a secret of the parent in the spec."""
    if isinstance(spec, ProgramSpec) and masker.tells_secret(spec.program):
        raise BadOrder("program", "has a secret of its parent in its text: give it as a parameter")
    for name, value in spec.parameters.items():
        if masker.tells_secret(storable_json({name: value})):
            shown = masker.mask(name)
            raise BadOrder(f"parameters.{shown}", "has a secret of its parent, which only a secret parameter may have")


def require_parent(parent: Job) -> None:
    """Refuses children of a job that is to end: whoever cancels it asks those that it has by then."""
    row = Job.objects.select_for_update().filter(pk=parent.pk).values("status", "cancel_requested_at").first()
    if row is None:
        raise BadOrder("parent", f"is {parent.pk}: there is no such job any more")
    if row["cancel_requested_at"] is not None or row["status"] == statuses.CANCELLED:
        raise BadOrder("parent", f"is {parent.pk}, which was cancelled", status=409, code="parent_is_cancelled")
    if Job.objects.filter(parent=parent).count() >= MAX_CHILDREN:
        problem = f"is {parent.pk}, which has {MAX_CHILDREN} children: no more are allowed"
        raise BadOrder("parent", problem, status=409, code="family_is_full")
    if depth_of(parent) >= MAX_DEPTH:
        problem = f"is {parent.pk}, over which {MAX_DEPTH} generations stand already"
        raise BadOrder("parent", problem, status=409, code="family_is_full")


def depth_of(job: Job) -> int:
    """How many ancestors it has, counted up to MAX_DEPTH."""
    depth, parent = 0, job.parent_id
    while parent is not None and depth < MAX_DEPTH:
        depth += 1
        parent = Job.objects.filter(pk=parent).values_list("parent", flat=True).first()
    return depth


def require_size(name: str, value: Mapping[str, object], most: int) -> None:
    size = len(json.dumps(storable_json(value)))
    if size > most:
        raise BadOrder(name, f"takes {size} bytes as JSON: at most {most}", status=413, code="too_large")


def require_program(program: str) -> None:
    if not program.strip():
        raise BadOrder("program", "is empty: give the text to run")
    size = len(program.encode("utf-8", "surrogatepass"))
    if size > MAX_PROGRAM_BYTES:
        raise BadOrder("program", f"has {size} bytes: at most {MAX_PROGRAM_BYTES}", status=413, code="too_large")
    if "\0" in program:
        raise BadOrder("program", "has a NUL character, which no language allows")
    if any("\ud800" <= character <= "\udfff" for character in program):
        raise BadOrder("program", "has a lone surrogate, which no file can hold")


def require_language(language: str) -> None:
    if language not in LANGUAGES:
        raise BadOrder("language", f"is {language[:100]!r}: use one of {', '.join(LANGUAGES)}")
    allowed = getattr(settings, "QUAERO_PROGRAMS", ())
    if language not in allowed:
        there = f"only {', '.join(allowed)}" if allowed else "no programs at all"
        raise Forbidden(
            f"{language} programs may not be run here: QUAERO_PROGRAMS allows {there}",
            code="programs_off",
            detail={"allowed": list(allowed)},
        )


def checked_timeout(timeout: float | None) -> float | None:
    if timeout is not None and not 0 < timeout <= MAX_TIMEOUT_S:
        raise BadOrder("timeout", f"is {timeout:g}: seconds, more than 0 and at most {MAX_TIMEOUT_S} (7 days)")
    return timeout


def checked_name(name: str) -> str:
    if not name.strip():
        raise BadOrder("name", "is empty: leave it out, or give one")
    if len(name) > MAX_NAME_CHARACTERS:
        raise BadOrder("name", f"has {len(name)} characters: at most {MAX_NAME_CHARACTERS}")
    if any(unicodedata.category(character) in CONTROL_CHARACTERS for character in name):
        raise BadOrder("name", "has a control character (NUL, a line break or the like), which is not allowed")
    return name.strip()


def name_of_program(program: str, language: str) -> str:
    """Its first line that says something, without what makes it a comment, and without secrets."""
    printable = ("".join(filter(str.isprintable, line)).strip() for line in program.splitlines())
    telling = (line.lstrip("# ") for line in printable if not SAYS_NOTHING.match(line))
    first = next(filter(None, telling), f"{language} program")
    return shortened(masked_line(first), MAX_DERIVED_NAME_CHARACTERS)


def divided(parameters: Mapping[str, object], secrets: Sequence[str]) -> tuple[dict[str, object], dict[str, str]]:
    """The parameters that anybody may see, and the secret ones as texts."""
    unknown = sorted(set(secrets) - parameters.keys())
    if unknown:
        raise BadOrder("secrets", f"names {', '.join(unknown)[:200]}, of which no parameter has the name")
    require_parameters(parameters)
    secret_names = {*secrets, *filter(is_sensitive, parameters)}
    hidden = {name: secret_text(name, value) for name, value in parameters.items() if name in secret_names}
    return {name: value for name, value in parameters.items() if name not in hidden}, hidden


def require_parameters(parameters: Mapping[str, object]) -> None:
    require_size("parameters", parameters, MAX_PARAMETERS_BYTES)
    for name, value in parameters.items():
        if not 0 < len(name) <= MAX_PARAMETER_NAME_CHARACTERS or storable_json(name) != name:
            raise BadOrder(
                "parameters",
                f"has a name that is not 1 to {MAX_PARAMETER_NAME_CHARACTERS} characters without NUL: {name[:50]!r}",
            )
        if storable_json(value) != value:
            raise BadOrder(f"parameters.{name}", f"must be {STORABLE}")


def secret_text(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise BadOrder(f"parameters.{name}", "is secret: such a value is a text or a number")
