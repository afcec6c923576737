"""Histograms of logs: entries over time, by level."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from jobs.access import Caller
from jobs.api.routing import Router
from jobs.models import Job
from jobs.queries import Log
from jobs.queries.parameters import USUAL_BUCKETS, JobHistogramQuery, ServiceHistogramQuery, filter_of
from jobs.queries.pictures import Histogram, histogram_of

LATELY = timedelta(hours=1)

router = Router("logs")


@router.get("/jobs/{job_id}/logs/histogram", "A job's log over time")
def job_histogram(caller: Caller, job: Job, query: JobHistogramQuery) -> Histogram:
    """How many entries of each level match, in buckets of time of a round width. Of a long log the numbers are near
    and not exact (`is_sampled`), or of what is counted so far (`is_complete` is false: ask again)."""
    wanted = filter_of(query, job.pk, with_children=query.children)
    return histogram_of(Log(job.pk, wanted), query.buckets or USUAL_BUCKETS, caller.user.pk)


@router.get("/service/logs/histogram", "Every log over time")
def service_histogram(caller: Caller, query: ServiceHistogramQuery) -> Histogram:
    """As of a job's log. Of the last hour, where neither `from` nor `to` says otherwise."""
    wanted = filter_of(query, None)
    if wanted.from_time is None and wanted.to_time is None and wanted.job is None:
        # Of a whole minute, so that what was counted for one request serves the next one.
        wanted = replace(wanted, from_time=(timezone.now() - LATELY).replace(second=0, microsecond=0))
    return histogram_of(Log(None, wanted), query.buckets or USUAL_BUCKETS, caller.user.pk)
