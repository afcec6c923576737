"""Where everything is that the pages ask for: the API, the streams, and each other.

The pages say it to their scripts, which know no address of their own: Quaero may be mounted under any path.
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.shortcuts import resolve_url
from django.urls import reverse

ANY_JOB = UUID(int=0)  # a job's id in the addresses, for which the scripts put another one
JOB_LIST_STREAM = "jobs/stream"  # under the API's root


def page_addresses() -> dict[str, str]:
    """By name. `{id}` stands for a job's id; `api` is the API's root, with a slash at its end."""
    job_list_stream = reverse("job-list-stream")
    return {
        "api": job_list_stream.removesuffix(JOB_LIST_STREAM),
        "job_list_stream": job_list_stream,
        "job_log_stream": of_any_job("job-log-stream"),
        "service_log_stream": reverse("service-log-stream"),
        "job_list": reverse("job-list"),
        "job": of_any_job("job-detail"),
        "run": reverse("run-form"),
        "sign_in": resolve_url(settings.LOGIN_URL),
    }


def of_any_job(name: str) -> str:
    return reverse(name, args=[ANY_JOB]).replace(str(ANY_JOB), "{id}")
