"""Reads and checks a client's request for a download. These functions read the database: call them in a thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from django.http import HttpRequest
from pydantic import Field

from jobs import access
from jobs.models import Job, LogEntry
from jobs.queries import START, Log, Position
from jobs.queries.cursors import newest_family_position, newest_position
from jobs.queries.parameters import ChildrenQuery, LogFilterQuery, OfAnyJobQuery, filter_of
from jobs.validation.query import Query, one_of
from logstream.compression import accepts_gzip
from logstream.downloads.formats import FORMATS, DownloadFormat
from logstream.downloads.names import disposition
from logstream.open_stream import Viewer
from logstream.registry import SERVICE, Topic, family_topic, job_topic
from logstream.requests import viewer_of


class DownloadQuery(Query):
    format: Annotated[str, one_of(tuple(FORMATS))] = Field("text", description="How the entries are written.")


class JobDownloadQuery(DownloadQuery, ChildrenQuery, LogFilterQuery):
    """Of a job's log."""


class ServiceDownloadQuery(DownloadQuery, LogFilterQuery, OfAnyJobQuery):
    """Of every log."""


@dataclass(frozen=True, slots=True)
class DownloadRequest:
    """A checked request for a download: the entries of `log` up to `end`."""

    log: Log
    end: Position
    topic: Topic
    viewer: Viewer
    format: DownloadFormat
    is_gzipped: bool
    disposition: str

    @property
    def headers(self) -> dict[str, str]:
        headers = {
            "Content-Type": self.format.content_type,
            "Content-Disposition": self.disposition,
            "Cache-Control": "no-store",
            "Vary": "Accept-Encoding",
            "X-Accel-Buffering": "no",
        }
        return {**headers, "Content-Encoding": "gzip"} if self.is_gzipped else headers


def read_job_download(request: HttpRequest, job_id: str) -> DownloadRequest:
    caller = access.caller_of(request)
    job = access.readable_job(caller, job_id)
    query = JobDownloadQuery.of_url(request.GET)
    log = Log(job.pk, filter_of(query, job.pk, with_children=query.children))
    end = newest_family_position(job.pk) if query.children else newest_of_job(job)
    topic = family_topic(job.pk) if query.children else job_topic(job.pk)
    return checked(request, caller, log, end, topic, query.format, job)


def read_service_download(request: HttpRequest) -> DownloadRequest:
    caller = access.caller_of(request)
    caller.require("read")
    query = ServiceDownloadQuery.of_url(request.GET)
    log = Log(None, filter_of(query, None))
    job = None if log.filter.job is None else Job.objects.filter(pk=log.filter.job).first()
    return checked(request, caller, log, newest_position(None, 0), SERVICE, query.format, job)


def checked(
    request: HttpRequest, caller: access.Caller, log: Log, end: Position, topic: Topic, name: str, job: Job | None
) -> DownloadRequest:
    form = FORMATS[name](log.job_id is None)
    is_gzipped = accepts_gzip(request.headers.get("Accept-Encoding", ""))
    return DownloadRequest(log, end, topic, viewer_of(caller), form, is_gzipped, disposition(job, form.suffix))


def newest_of_job(job: Job) -> Position:
    newest = LogEntry.objects.filter(job=job).order_by("-line").values_list("line", "id").first()
    return Position(*newest) if newest else START
