"""What a client asks a log stream for, read and checked before anything opens.

All of it reads the database, and is called in a thread.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from django.http import HttpRequest
from pydantic import Field

from jobs import access
from jobs.models import Job
from jobs.queries import NO_LIMIT, START, Filter, Position
from jobs.queries.cursors import CursorReset, position_of
from jobs.queries.families import is_finished
from jobs.queries.parameters import (
    ChildrenQuery,
    Cursor,
    Level,
    Limit,
    LogFilterQuery,
    OfAnyJobQuery,
    filter_of,
    limit_of,
)
from jobs.validation.query import Query, Text
from logstream.formats import PLAIN
from logstream.open_stream import Viewer
from logstream.registry import FAMILY, SERVICE, Topic, family_topic, job_topic
from logstream.streams import LogRequest

SERVICE_LIMIT = 50
DONE_ID = "done"

A_TICKET = Text(str, "a ticket", {"type": "string"})


class TicketQuery(Query):
    ticket: Annotated[str | None, A_TICKET] = Field(
        None, description="What `POST /api/tickets` has given for this path, in place of a token."
    )


class SinceQuery(Query):
    since: Cursor = Field(None, description="Everything after the entry with this id; 0: from the beginning.")


class BeginningQuery(Query):
    limit: Limit = Field(None, description="Begin with the last so many matching entries.")


class LevelQuery(Query):
    level: Level = Field(None, description="Entries of this level or above.")


class JobStreamQuery(TicketQuery, SinceQuery, BeginningQuery, ChildrenQuery, LogFilterQuery):
    """Of a job's log."""


class ServiceStreamQuery(TicketQuery, SinceQuery, BeginningQuery, LogFilterQuery, OfAnyJobQuery):
    """Of every log."""


class PlainStreamQuery(TicketQuery, SinceQuery, LevelQuery):
    """Of a job's log, without names of events."""


class JobsStreamQuery(TicketQuery):
    """Of the list of jobs."""


def viewer_of(caller: access.Caller) -> Viewer:
    return Viewer(caller.user.pk, caller.user.get_username(), caller.grounds)


def stream_reader(request: HttpRequest) -> access.Caller:
    caller = access.stream_caller_of(request)
    caller.require("read")
    return caller


def read_job_request(request: HttpRequest, job_id: str) -> LogRequest | None:
    """The checked request; None when the client has had the end already and only asks again (S8)."""
    caller = access.stream_caller_of(request)
    job = access.readable_job(caller, job_id)
    query = JobStreamQuery.of_url(request.GET)
    wanted = filter_of(query, job.pk, with_children=query.children)
    asked = log_request(request, caller, job_topic(job.pk), wanted, query, limit_of(query.limit))
    return None if has_had_the_end(request, job, asked.wanted) else asked


def read_plain_request(request: HttpRequest, job_id: str) -> LogRequest | None:
    """As `read_job_request`, for the stream that begins with the first entry."""
    caller = access.stream_caller_of(request)
    job = access.readable_job(caller, job_id)
    query = PlainStreamQuery.of_url(request.GET)
    wanted = filter_of(LogFilterQuery.model_construct(level=query.level), job.pk)
    asked = log_request(request, caller, job_topic(job.pk), wanted, query, NO_LIMIT)
    if has_had_the_end(request, job, asked.wanted):
        return None
    return replace(asked, since=asked.since or START, format=PLAIN)


def read_service_request(request: HttpRequest) -> LogRequest:
    caller = stream_reader(request)
    query = ServiceStreamQuery.of_url(request.GET)
    wanted = filter_of(query, None, narrowed_to=query.job)
    return log_request(request, caller, SERVICE, wanted, query, limit_of(query.limit, SERVICE_LIMIT))


def has_had_the_end(request: HttpRequest, job: Job, wanted: Filter) -> bool:
    if request.headers.get("Last-Event-ID") != DONE_ID:
        return False
    return job.is_finished if wanted.family is None else is_finished(wanted.family)


def log_request(
    request: HttpRequest, caller: access.Caller, topic: Topic, wanted: Filter, query: SinceQuery, limit: int
) -> LogRequest:
    if wanted.family is not None:
        topic = family_topic(wanted.family)
    since, reset_reason = start_of(request, topic, query.since)
    return LogRequest(topic, wanted, viewer_of(caller), limit, since, reset_reason)


def start_of(request: HttpRequest, topic: Topic, cursor: int | None) -> tuple[Position | None, str | None]:
    """Where the client wants to go on, or why it must begin anew (S5).

    `Last-Event-ID` wins over `since`: a browser that reconnects repeats the old address. A header that makes
    no sense is no reason to refuse it for ever, so it begins anew.
    """
    header = request.headers.get("Last-Event-ID", "").strip()
    if header:
        if not (header.isascii() and header.isdigit() and len(header) < 19):
            return None, "bad_last_event_id"
        cursor = int(header)
    if cursor is None:
        return None, None
    try:
        return position_of(topic.job_id, cursor, with_children=topic.kind == FAMILY), None
    except CursorReset as reset:
        return None, reset.reason.value
