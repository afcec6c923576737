"""What a client asks a log stream for, read and checked before anything opens.

All of it reads the database, and is called in a thread.
"""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest

from jobs import access
from jobs.api.logs import SERVICE_LIMIT
from jobs.models import Job
from jobs.queries import NO_LIMIT, START, Filter, Position
from jobs.queries.cursors import CursorReset, position_of
from jobs.queries.families import is_finished
from jobs.queries.parameters import CHILDREN, FILTER_PARAMETERS, Parameters, read_cursor, read_filter, read_limit
from logstream.formats import DONE_ID, PLAIN
from logstream.open_stream import Viewer
from logstream.registry import FAMILY, SERVICE, Topic, family_topic, job_topic
from logstream.streams import LogRequest

SERVICE_PARAMETERS = ("job", *FILTER_PARAMETERS, "limit", "since", "ticket")
STREAM_PARAMETERS = (*FILTER_PARAMETERS, CHILDREN, "limit", "since", "ticket")
PLAIN_PARAMETERS = ("level", "since", "ticket")


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
    parameters = Parameters.of_query(request.GET, STREAM_PARAMETERS)
    asked = log_request(request, caller, job_topic(job.pk), parameters, read_limit(parameters))
    return None if has_had_the_end(request, job, asked.wanted) else asked


def read_plain_request(request: HttpRequest, job_id: str) -> LogRequest | None:
    """As `read_job_request`, for the stream that begins with the first entry."""
    caller = access.stream_caller_of(request)
    job = access.readable_job(caller, job_id)
    parameters = Parameters.of_query(request.GET, PLAIN_PARAMETERS)
    asked = log_request(request, caller, job_topic(job.pk), parameters, NO_LIMIT)
    if has_had_the_end(request, job, asked.wanted):
        return None
    return replace(asked, since=asked.since or START, format=PLAIN)


def read_service_request(request: HttpRequest) -> LogRequest:
    caller = stream_reader(request)
    parameters = Parameters.of_query(request.GET, SERVICE_PARAMETERS)
    return log_request(request, caller, SERVICE, parameters, read_limit(parameters, SERVICE_LIMIT))


def has_had_the_end(request: HttpRequest, job: Job, wanted: Filter) -> bool:
    if request.headers.get("Last-Event-ID") != DONE_ID:
        return False
    return job.is_finished if wanted.family is None else is_finished(wanted.family)


def log_request(
    request: HttpRequest, caller: access.Caller, topic: Topic, parameters: Parameters, limit: int
) -> LogRequest:
    wanted = read_filter(parameters, topic.job_id)
    if wanted.family is not None:
        topic = family_topic(wanted.family)
    since, reset_reason = read_start(request, topic, parameters)
    return LogRequest(topic, wanted, viewer_of(caller), limit, since, reset_reason)


def read_start(request: HttpRequest, topic: Topic, parameters: Parameters) -> tuple[Position | None, str | None]:
    """Where the client wants to go on, or why it must begin anew (S5).

    `Last-Event-ID` wins over `since`: a browser that reconnects repeats the old address. A header that makes
    no sense is no reason to refuse it for ever, so it begins anew.
    """
    cursor = read_cursor(parameters, "since")
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
