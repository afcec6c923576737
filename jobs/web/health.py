"""Probes for monitoring: whether the process lives, and whether it can serve requests."""

from __future__ import annotations

from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from jobs.configuration.command_name import command_name
from jobs.errors import Unavailable
from jobs.readiness import NotReady, unapplied_migrations
from jobs.web.refusals import response_to


@csrf_exempt  # a POST gets 405 with the allowed methods; nothing can be changed here
@never_cache
@require_safe
async def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers. It does not ask the database, which a restart would not repair."""
    return JsonResponse({"status": "ok"})


@csrf_exempt  # a POST gets 405 with the allowed methods; nothing can be changed here
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when requests can be served; 503 with the reason when the database is away or not migrated."""
    problem = what_is_missing()
    if problem is None:
        return JsonResponse({"status": "ready"})
    return response_to(Unavailable(problem, code="not_ready"))


def what_is_missing() -> str | None:
    """Why requests cannot be served, in words; None where they can."""
    try:
        count = unapplied_migrations()
    except NotReady:
        return "the database is of a newer version than this one"
    except Error as error:
        return f"the database does not answer ({type(error).__name__})"
    return f"{count} migrations are not applied: run {command_name()} migrate" if count else None
