"""Reads `tail`'s command line as the API reads its parameters, and checks it before anything is printed."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from jobs.models import Job
from jobs.queries import START, Filter, Position
from jobs.queries.cursors import CursorReset, position_of
from jobs.queries.fields import FilterField
from jobs.queries.filter import FIELDS, OfStep
from jobs.queries.parameters import CHILDREN, OF_ANY_LOG, ChildrenQuery, Cursor, LogFilterQuery, filter_of
from jobs.terminal.lookup import NotChosen, job_called, latest_job, step_called
from jobs.validation.query import BadParameter, Texts, whole_number

USUAL_COUNT = 100
MOST_LINES = 1_000_000_000
DEFINITIONS = tuple(FIELDS[member] for member in OF_ANY_LOG)
TYPED = {OfStep.name: "its name or id"}  # where more may be typed than the API takes


class Options(ChildrenQuery, LogFilterQuery):
    since: Cursor = None
    n: Annotated[int | None, whole_number(0, MOST_LINES)] = None


class TailRequest(NamedTuple):
    job: Job | None  # None: all jobs and the service's own log
    filter: Filter
    last: int | None  # begin with so many of the last entries; None: with everything after `since`
    since: Position = START
    reset_reason: str | None = None  # why `since` could not be used: then begin with everything that is stored


def add_filter_options(parser: ArgumentParser) -> None:
    """One for each field of the filter."""
    for definition in DEFINITIONS:
        allowed = TYPED.get(definition.name, definition.text.words)
        words = f"{definition.meaning.removesuffix('.')}: {allowed}".replace("%", "%%")
        action = "append" if isinstance(definition.text, Texts) else "store"
        metavar = metavar_of(definition)
        parser.add_argument(option_of(definition), dest=definition.name, action=action, metavar=metavar, help=words)


def option_of(definition: type[FilterField[Any]]) -> str:
    """As `--first-line`."""
    return f"--{definition.option or definition.name.replace('_', '-')}"


def metavar_of(definition: type[FilterField[Any]]) -> str:
    if isinstance(definition.text, Texts):
        return "NAME=VALUE"
    if "enum" in definition.text.schema:
        return definition.name.upper()
    kind = definition.text.schema.get("format") or definition.text.schema["type"]
    return {"uuid": "STEP", "date-time": "TIME", "integer": "NUMBER"}.get(kind, "TEXT")


def typed_name(parameter: str) -> str:
    """The option that gives a parameter."""
    if parameter == "n":
        return "-n"
    return next((option_of(each) for each in DEFINITIONS if each.takes(parameter)), f"--{parameter}")


def read_request(options: Mapping[str, Any]) -> TailRequest:
    """The checked request. Raises NotChosen, BadParameter and CursorOfAnotherJob."""
    job = chosen_job(options)
    job_id = None if job is None else job.pk
    given = texts_of(options)
    with_children = given.get(CHILDREN) == "1"
    if job is None and with_children:
        raise NotChosen("--children goes with one job: --service shows all jobs anyway")
    if job is not None and given.get("step"):
        given["step"] = str(step_called(job, given["step"], with_children=with_children).pk)
    typed = Options.of(given)
    log_filter = filter_of(typed, job_id, with_children=typed.children)
    if typed.since is None:
        return TailRequest(job, log_filter, USUAL_COUNT if typed.n is None else typed.n)
    try:
        return TailRequest(job, log_filter, None, position_of(job_id, typed.since, with_children=with_children))
    except CursorReset as reset:
        return TailRequest(job, log_filter, None, reset_reason=reset.reason.value)


def texts_of(options: Mapping[str, Any]) -> dict[str, str]:
    """What was typed, by the parameter's name."""
    families = Options.families()
    given = {name: str(options[name]) for name in Options.names() if options.get(name) is not None}
    for name in families.keys() & given.keys():
        del given[name]
        for typed in options[name]:
            member, equals, text = typed.partition("=")
            if not equals or f"{families[name].prefix}{member}" in given:
                raise BadParameter(name, typed, f"{families[name].words}, and each name once")
            given[f"{families[name].prefix}{member}"] = text
    return given


def chosen_job(options: Mapping[str, object]) -> Job | None:
    """The job that the command line names; None with --service. Raises NotChosen."""
    if options["service"]:
        return None
    return latest_job() if options["latest"] else job_called(str(options["job"]))
