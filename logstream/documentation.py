"""What `/api/openapi.json` says of streams and downloads, which are served beside the API."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from jobs.api.openapi import (
    REFUSED,
    TEXT,
    Json,
    Kinds,
    content_of,
    needing,
    path_parameter,
    query_parameters,
)
from jobs.queries.finding import FindCount, Found
from jobs.queries.log_page import LogsPayload
from jobs.queries.parameters import JobFindCountQuery, JobFindQuery, ServiceFindCountQuery, ServiceFindQuery
from jobs.queries.results import PlainEntry
from jobs.queries.rows import JobRow, StepRow
from jobs.validation.query import NoParameters, Query
from jobs.web.refusals import RefusalBody
from logstream.downloads.formats import FORMATS
from logstream.downloads.requests import JobDownloadQuery, ServiceDownloadQuery
from logstream.feeds.family_state import FamilyPayload
from logstream.feeds.job import StatusPayload
from logstream.feeds.jobs import Stats
from logstream.open_stream import Session
from logstream.requests import JobsStreamQuery, JobStreamQuery, PlainStreamQuery, ServiceStreamQuery

LAST_EVENT_ID: Json = {
    "in": "header",
    "name": "Last-Event-ID",
    "description": "The id of the last event that was read: the stream goes on after it. It wins over `since`.",
    "schema": TEXT,
    "required": False,
}


class JobStatus(StatusPayload, kw_only=True):
    """Of many steps `steps` has all in the first event of a connection, then those that changed (`partial`)."""

    steps: list[StepRow]  # type: ignore[assignment]  # feeds encode them once for many events
    steps_total: int | msgspec.UnsetType = msgspec.UNSET  # these two are there of many steps alone
    partial: bool | msgspec.UnsetType = msgspec.UNSET


class FamilyStatus(FamilyPayload, kw_only=True):
    """The same, with the job's descendants."""

    steps: list[StepRow]  # type: ignore[assignment]
    steps_total: int | msgspec.UnsetType = msgspec.UNSET
    partial: bool | msgspec.UnsetType = msgspec.UNSET


class ServiceStatus(msgspec.Struct):
    """What a `status` event says of the service."""

    status: str
    version: str
    started_at: str
    jobs: dict[str, int]  # how many of each status
    streams: int
    entries_per_second: float


class ServicePayload(msgspec.Struct):
    service: ServiceStatus


class JobsStats(Stats):
    """The numbers above the list of jobs."""

    active_sessions: list[Session]  # feeds do not look into them


class Gone(msgspec.Struct):
    """A job that was deleted."""

    id: str


class Ping(msgspec.Struct):
    """Sent when there was nothing else for a while."""

    timestamp: str


class Reset(msgspec.Struct):
    """What is shown is to be dropped; what follows is complete. Where a job was deleted, nothing follows."""

    reason: str


class Done(msgspec.Struct):
    """Nothing more will come."""

    status: str
    exit_code: int | None


class StreamCount(msgspec.Struct):
    sse: int


class OpenStreams(msgspec.Struct):
    global_: StreamCount = msgspec.field(name="global")  # of the list of jobs, and of everything
    jobs: dict[str, StreamCount]  # by the job's id


class StreamsStatus(msgspec.Struct):
    """The open streams of one web process."""

    status: str  # active, or closing
    connections: OpenStreams
    lagging: int  # streams whose clients read slower than it is logged
    active_streams: int
    active_users: int
    active_sessions: list[Session]  # the newest of them
    limit: int
    batch_interval_ms: int  # the longest from one batch to the next


Events = Mapping[str, Kinds]
REFUSED_EVENT: Events = {"refused": (RefusalBody,)}  # of every stream, when the right to it has ended
LOG_EVENTS: Events = {"logs": (LogsPayload,), "ping": (Ping,), "reset": (Reset,), **REFUSED_EVENT}
JOB_EVENTS: Events = {"status": (JobStatus, FamilyStatus), **LOG_EVENTS, "done": (Done,)}
SERVICE_EVENTS: Events = {"status": (ServicePayload,), **LOG_EVENTS}
PLAIN_EVENTS: Events = {"message": (PlainEntry,), "reset": (Reset,), **REFUSED_EVENT, "done": ()}
JOBS_EVENTS: Events = {
    "job:created": (JobRow,),
    "job:updated": (JobRow,),
    "job:deleted": (Gone,),
    "job:stats": (JobsStats,),
    "ping": (Ping,),
    **REFUSED_EVENT,
}

KINDS: Kinds = (
    *(LogsPayload, JobStatus, FamilyStatus, ServicePayload, PlainEntry, JobRow, JobsStats),
    *(Gone, Ping, Reset, Done, StreamsStatus, Found, FindCount),
)


def stream(name: str, summary: str, description: str, parameters: list[Json], events: Events) -> Json:
    """The operation that opens a stream. Its events are described in `x-events`: OpenAPI has no word for them."""
    opened: Json = {
        "description": "Server-Sent Events, until the client leaves or nothing more can come",
        "content": {"text/event-stream": {"schema": TEXT}},
        "x-events": {event: data_of(*kinds) for event, kinds in events.items()},
    }
    ended: Json = {"description": "`Last-Event-ID` is `done`, and there is nothing more"}
    return operation(name, summary, description, parameters, {"200": opened, "204": ended})


def download(name: str, summary: str, description: str, parameters: list[Json]) -> Json:
    kinds = {form(False).content_type.partition(";")[0] for form in FORMATS.values()}
    file: Json = {
        "description": "The file. Where it could not be completed, the connection breaks off in the middle of it",
        "content": {kind: {"schema": TEXT} for kind in sorted(kinds)},
    }
    return operation(name, summary, description, parameters, {"200": file}, tag="logs")


def answering(name: str, summary: str, description: str, parameters: list[Json], kind: type[msgspec.Struct]) -> Json:
    return operation(
        name, summary, description, parameters, {"200": {"description": "OK", "content": content_of(kind)}}, tag="logs"
    )


def operation(
    name: str, summary: str, description: str, parameters: list[Json], responses: Json, tag: str = "streams"
) -> Json:
    return {
        "operationId": name,
        "summary": summary,
        "description": description,
        "tags": [tag],
        "parameters": parameters,
        "responses": {**responses, "default": REFUSED},
        "security": needing("read"),
    }


def log_parameters(query: type[Query], *places: str) -> list[Json]:
    return [*map(path_parameter, places), *query_parameters(query), LAST_EVENT_ID]


def data_of(*kinds: type[msgspec.Struct]) -> Json:
    return content_of(*kinds)["application/json"] if kinds else {"schema": {"type": "object"}}  # type: ignore[return-value]


OPERATIONS: dict[str, Json] = {
    "/api/jobs/stream": stream(
        "job_list_stream",
        "The list of jobs, live",
        "Jobs as they come, change and go, and the numbers above the list. Open it first, then read `GET /api/jobs`.",
        query_parameters(JobsStreamQuery),
        JOBS_EVENTS,
    ),
    "/api/jobs/{job_id}/logs/stream": stream(
        "job_log_stream",
        "A job's log, live",
        "The last `limit` matching entries, then what comes; with `since` everything after that entry.",
        log_parameters(JobStreamQuery, "job_id"),
        JOB_EVENTS,
    ),
    "/api/logs/{job_id}": stream(
        "plain_log_stream",
        "A job's log, live and plain",
        "Every entry as an event without a name, from the first on, then `done`.",
        log_parameters(PlainStreamQuery, "job_id"),
        PLAIN_EVENTS,
    ),
    "/api/service/logs/stream": stream(
        "service_log_stream",
        "Every log, live",
        "As a job's log, of all jobs and of Quaero itself. It never ends by itself.",
        log_parameters(ServiceStreamQuery),
        SERVICE_EVENTS,
    ),
    "/api/jobs/{job_id}/logs/download": download(
        "job_log_download",
        "A job's log as a file",
        "All matching entries that there are at this moment, oldest first; gzipped for those who accept it.",
        [path_parameter("job_id"), *query_parameters(JobDownloadQuery)],
    ),
    "/api/service/logs/download": download(
        "service_log_download",
        "Every log as a file",
        "As a job's log, of all jobs and of Quaero itself.",
        query_parameters(ServiceDownloadQuery),
    ),
    "/api/jobs/{job_id}/logs/find": answering(
        "job_log_find",
        "Find in a job's log",
        "The first matching entries in which a text or an expression is found, or the next, or those before.",
        [path_parameter("job_id"), *query_parameters(JobFindQuery)],
        Found,
    ),
    "/api/jobs/{job_id}/logs/find/count": answering(
        "job_log_find_count",
        "How often it is found",
        "The number of matching entries in which it is found, and how many of them are not after one.",
        [path_parameter("job_id"), *query_parameters(JobFindCountQuery)],
        FindCount,
    ),
    "/api/service/logs/find": answering(
        "service_log_find", "Find in every log", "As in a job's log.", query_parameters(ServiceFindQuery), Found
    ),
    "/api/service/logs/find/count": answering(
        "service_log_find_count",
        "How often it is found in every log",
        "As in a job's log.",
        query_parameters(ServiceFindCountQuery),
        FindCount,
    ),
    "/api/streams/status": operation(
        "streams_status",
        "The open streams",
        "How many streams the web process that answers has open, and for what.",
        query_parameters(NoParameters),
        {"200": {"description": "OK", "content": content_of(StreamsStatus)}},
    ),
}
