"""Django's answers when no view answers: JSON for programs, pages for people.

`quaero/urls.py` names these as its handlers, and the settings name `csrf_failure`.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views import csrf, defaults
from django.views.decorators.csrf import csrf_exempt

from jobs.errors import Forbidden, NotFound, Refusal
from jobs.web.refusals import refusal_of, response_to, wants_json


@csrf_exempt  # nothing is there to be changed
def no_such_address(request: HttpRequest) -> HttpResponse:
    """Under the API of another project, whose own answer would be a page."""
    return not_found_for_programs(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not wants_json(request):
        return defaults.bad_request(request, exception, "quaero/errors/400.html")
    return response_to(refusal_of(exception) or Refusal("this request cannot be read"))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not wants_json(request):
        return forbidden_page(request, exception)
    return response_to(Forbidden("you may not do this"))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not wants_json(request):
        return not_found_page(request, exception)
    return not_found_for_programs(request)


def forbidden_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    return defaults.permission_denied(request, exception, "quaero/errors/403.html")


def not_found_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    return defaults.page_not_found(request, exception, "quaero/errors/404.html")


def not_found_for_programs(request: HttpRequest) -> HttpResponse:
    hint = "; addresses here have no slash at their end" if request.path.endswith("/") else ""
    return response_to(NotFound(f"there is nothing at {request.path[:200]}{hint}"))


def server_error(request: HttpRequest) -> HttpResponse:
    """A 500 without details: Django has logged the exception with its traceback."""
    if not wants_json(request):
        return defaults.server_error(request, "quaero/errors/500.html")
    return response_to(Refusal("something went wrong here; it has been logged", status=500, code="internal_error"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    if not wants_json(request):
        return csrf.csrf_failure(request, reason, "quaero/errors/403_csrf.html")
    return response_to(Forbidden(reason or "the CSRF check failed", code="csrf_failed"))
