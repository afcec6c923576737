"""Tickets: a minute's right to open one stream, for an EventSource that can send no header."""

from __future__ import annotations

import msgspec
from django.urls import Resolver404, get_script_prefix, resolve

from jobs.access import TICKET_LIFETIME, Caller, issue_ticket, readable_job
from jobs.api.bodies import Body
from jobs.api.routing import Router
from jobs.errors import Refusal

# The names of the stream routes, by which this app knows them: they belong to the live side.
STREAMS = ("job_log_stream", "plain_log_stream", "service_log_stream", "job_list_stream")
STREAM_ROUTES = tuple(("quaero", name) for name in STREAMS)
STREAM_PATHS = "/api/jobs/{id}/logs/stream, /api/logs/{id}, /api/service/logs/stream or /api/jobs/stream"

router = Router("tickets")


class TicketRequest(Body):
    path: str


class Ticket(msgspec.Struct):
    ticket: str
    expires_in: int  # seconds


@router.post("/tickets", "A ticket for a stream", right="read")
def create_ticket(caller: Caller, body: TicketRequest) -> Ticket:
    """Opens the stream at `path` (without a query string) within 60 s, as `?ticket=`, with the right to read."""
    require_stream(caller, body.path)
    return Ticket(issue_ticket(caller, body.path), int(TICKET_LIFETIME.total_seconds()))


def require_stream(caller: Caller, path: str) -> None:
    """Raises Refusal for what is no stream here, and NotFound for the stream of a job that is not there."""
    try:
        match = resolve("/" + path.removeprefix(get_script_prefix())) if path.startswith("/") else None
    except Resolver404:
        match = None
    if match is None or (*match.app_names, match.url_name) not in STREAM_ROUTES:
        raise Refusal(
            f"path={path[:200]!r} is no stream: use {STREAM_PATHS}, without host and query string",
            code="bad_parameter",
            detail={"parameter": "path", "allowed": STREAM_PATHS},
        )
    if "job_id" in match.kwargs:
        readable_job(caller, match.kwargs["job_id"])
