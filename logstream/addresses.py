"""Where everything is that the pages ask for: the API, the streams, and each other.

The pages say it to their scripts, which know no address of their own: Quaero may be mounted under any path.
"""

from __future__ import annotations

import re
from functools import cache
from uuid import UUID

from django.conf import settings
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, get_script_prefix, reverse

ANY_JOB = UUID(int=0)  # a job's id in the addresses, for which the scripts put another one
JOB_LIST_STREAM = "jobs/stream"  # under the API's root


STREAMS = ("job_list_stream", "job_log_stream", "plain_log_stream", "service_log_stream", "streams_status")
DOWNLOADS = ("job_log_download", "service_log_download")
FINDS = ("job_log_find", "job_log_find_count", "service_log_find", "service_log_find_count")


def is_mounted() -> bool:
    """Whether Quaero has addresses in this project: its jobs may be recorded, and seen in the admin, without."""
    try:
        reverse("quaero:job_list")
    except NoReverseMatch:
        return False
    return True


@cache
def stream_paths() -> re.Pattern[str]:
    """The paths of all that is open for long, from the root of the application on."""
    addresses = [of_any(f"quaero:{name}") for name in (*STREAMS, *DOWNLOADS, *FINDS)] if is_mounted() else []
    inner = [address.removeprefix(get_script_prefix().rstrip("/")) for address in addresses]
    return re.compile("|".join(re.escape(address).replace(re.escape("{id}"), "[^/]+") for address in inner) or "(?!)")


def page_addresses() -> dict[str, str]:
    """By name. `{id}` stands for a job's id; `api` is the API's root, with a slash at its end."""
    job_list_stream = reverse("quaero:job_list_stream")
    return {
        "api": job_list_stream.removesuffix(JOB_LIST_STREAM),
        "job_list_stream": job_list_stream,
        "job_log_stream": of_any_job("quaero:job_log_stream"),
        "service_log_stream": reverse("quaero:service_log_stream"),
        "job_list": reverse("quaero:job_list"),
        "job": of_any_job("quaero:job_detail"),
        "run": reverse("quaero:run_form"),
        "sign_in": resolve_url(settings.LOGIN_URL),
    }


def of_any(name: str) -> str:
    """Of a route that may be a job's."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return of_any_job(name)


def of_any_job(name: str) -> str:
    return reverse(name, args=[ANY_JOB]).replace(str(ANY_JOB), "{id}")
