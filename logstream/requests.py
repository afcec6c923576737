"""Reads and checks a client's request for a log stream before the stream opens.

These functions read the database: call them in a thread.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from django.http import HttpRequest
from pydantic import Field

from jobs import access, conf
from jobs.api.logs import SERVICE_LIMIT
from jobs.models import Job
from jobs.queries import NO_LIMIT, START, Filter, Position
from jobs.queries.cursors import CursorReset, position_of
from jobs.queries.families import is_finished
from jobs.queries.parameters import (
    ChildrenQuery,
    Cursor,
    Limit,
    LogFilterQuery,
    OfAnyJobQuery,
    asking_for,
    filter_of,
    limit_of,
)
from jobs.terms.encodings import accepts_gzip
from jobs.validation.query import Query, Text
from logstream.formats import DONE_ID, PLAIN
from logstream.frames import GZIP, IDENTITY, Encoding
from logstream.open_stream import Viewer
from logstream.registry import FAMILY, SERVICE, Topic, family_topic, job_topic
from logstream.streams import LogRequest

A_TICKET = Text(str, "a ticket", {"type": "string"})


class TicketQuery(Query):
    ticket: Annotated[str | None, A_TICKET] = Field(
        None, description="What `POST /api/tickets` has given for this path, in place of a token."
    )


class SinceQuery(Query):
    since: Cursor = Field(None, description="Everything after the entry with this id; 0: from the beginning.")


class BeginningQuery(Query):
    limit: Limit = Field(None, description="Begin with the last so many matching entries.")


class LevelQuery(asking_for(["level"])):  # type: ignore[misc]  # made from its definition, which mypy cannot follow
    """All that a plain stream can be filtered by."""


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
    """The caller, with the right to read. Raises Unauthenticated and Forbidden."""
    caller = access.stream_caller_of(request)
    caller.require("read")
    return caller


def read_job_request(request: HttpRequest, job_id: str) -> LogRequest | None:
    """The checked request; None when the client has received `done` before and only reconnects (S8).

    Raises Unauthenticated, Forbidden, NotFound and BadParameter, and CursorOfAnotherJob.
    """
    caller = access.stream_caller_of(request)
    job = access.readable_job(caller, job_id)
    query = JobStreamQuery.of_url(request.GET)
    log_filter = filter_of(query, job.pk, with_children=query.children)
    asked = log_request(request, caller, job_topic(job.pk), log_filter, query, limit_of(query.limit))
    return None if has_received_done(request, job, asked.filter) else asked


def read_plain_request(request: HttpRequest, job_id: str) -> LogRequest | None:
    """As `read_job_request`, for the stream that begins with the first entry."""
    caller = access.stream_caller_of(request)
    job = access.readable_job(caller, job_id)
    query = PlainStreamQuery.of_url(request.GET)
    log_filter = filter_of(query, job.pk)
    asked = log_request(request, caller, job_topic(job.pk), log_filter, query, NO_LIMIT)
    if has_received_done(request, job, asked.filter):
        return None
    return replace(asked, since=asked.since or START, format=PLAIN)


def read_service_request(request: HttpRequest) -> LogRequest:
    """The checked request for the stream of all jobs."""
    caller = stream_reader(request)
    query = ServiceStreamQuery.of_url(request.GET)
    log_filter = filter_of(query, None)
    return log_request(request, caller, SERVICE, log_filter, query, limit_of(query.limit, SERVICE_LIMIT))


def has_received_done(request: HttpRequest, job: Job, log_filter: Filter) -> bool:
    """Whether the client reconnects after `done`, and its job (or family) has ended."""
    if request.headers.get("Last-Event-ID") != DONE_ID:
        return False
    return job.is_finished if log_filter.family is None else is_finished(log_filter.family)


def log_request(
    request: HttpRequest, caller: access.Caller, topic: Topic, log_filter: Filter, query: SinceQuery, limit: int
) -> LogRequest:
    """A checked request from a checked query. Raises CursorOfAnotherJob."""
    if log_filter.family is not None:
        topic = family_topic(log_filter.family)
    since, reset_reason = read_start(request, topic, query.since)
    return LogRequest(topic, log_filter, viewer_of(caller), limit, since, reset_reason, encoding=encoding_of(request))


def encoding_of(request: HttpRequest) -> Encoding:
    is_accepted = accepts_gzip(request.headers.get("Accept-Encoding", ""))
    return GZIP if is_accepted and conf.stream_compression() else IDENTITY


def read_start(request: HttpRequest, topic: Topic, cursor: int | None) -> tuple[Position | None, str | None]:
    """The position from which the client continues (None: it does not), and why it must begin anew (None: no need).

    `Last-Event-ID` wins over `since` (S5): a browser that reconnects repeats the old address. With a header that makes
    no sense the client begins anew: a refusal would be final.
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
