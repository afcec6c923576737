"""Tickets: a minute's right to open one stream, for an EventSource that can send no header."""

from __future__ import annotations

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, get_script_prefix, resolve
from ninja import Router

from jobs.access import TICKET_LIFETIME, Caller, issue_ticket, readable_job
from jobs.api.answers import json_answer
from jobs.api.bodies import read_body
from jobs.api.callers import caller_without_parameters
from jobs.api.documentation import documented
from jobs.errors import Refusal

# The names of the stream routes, by which this app knows them: they belong to the live side.
STREAM_ROUTES = ("job-log-stream", "plain-log-stream", "service-log-stream", "job-list-stream")
STREAM_PATHS = "/api/jobs/{id}/logs/stream, /api/logs/{id}, /api/service/logs/stream or /api/jobs/stream"

router = Router()


class TicketRequest(msgspec.Struct, forbid_unknown_fields=True):
    path: str


class Ticket(msgspec.Struct):
    ticket: str
    expires_in: int  # seconds


@router.post("/tickets", summary="A ticket for a stream", openapi_extra=documented(Ticket, body=TicketRequest))
def create_ticket(request: HttpRequest) -> HttpResponse:
    """Opens the stream at `path` (without a query string) within 60 s, as `?ticket=`, with the right to read."""
    caller = caller_without_parameters(request)
    caller.require("read")
    path = read_body(request, TicketRequest).path
    require_stream(caller, path)
    return json_answer(Ticket(issue_ticket(caller, path), int(TICKET_LIFETIME.total_seconds())))


def require_stream(caller: Caller, path: str) -> None:
    """Raises Refusal for what is no stream here, and NotFound for the stream of a job that is not there."""
    try:
        match = resolve("/" + path.removeprefix(get_script_prefix())) if path.startswith("/") else None
    except Resolver404:
        match = None
    if match is None or match.url_name not in STREAM_ROUTES:
        raise Refusal(
            f"path={path[:200]!r} is no stream: use {STREAM_PATHS}, without host and query string",
            code="bad_parameter",
            detail={"parameter": "path", "allowed": STREAM_PATHS},
        )
    if "job_id" in match.kwargs:
        readable_job(caller, match.kwargs["job_id"])
