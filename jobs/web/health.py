"""For whoever watches over the process: does it live, and can it work?"""

from __future__ import annotations

from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from jobs.errors import Unavailable
from jobs.readiness import NotReady, unapplied_migrations
from jobs.web.refusals import response_to


@csrf_exempt  # a POST is told which methods there are; nothing can be changed here
@never_cache
@require_safe
async def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers. The database is not asked: a restart would not mend it."""
    return JsonResponse({"status": "ok"})


@csrf_exempt  # a POST is told which methods there are; nothing can be changed here
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when requests can be served; 503 with the reason when the database is away or not migrated."""
    problem = what_is_missing()
    if problem is None:
        return JsonResponse({"status": "ready"})
    return response_to(Unavailable(problem, code="not_ready"))


def what_is_missing() -> str | None:
    try:
        count = unapplied_migrations()
    except NotReady:
        return "the database is of a newer version than this one"
    except Error as error:
        return f"the database does not answer ({type(error).__name__})"
    return f"{count} migrations are not applied: run manage.py migrate" if count else None
