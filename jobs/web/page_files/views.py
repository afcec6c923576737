"""Scripts and styles of the pages. They are the same for all, so anyone may fetch them, as all static files."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from jobs.errors import NotFound
from jobs.web.error_views import not_found_page
from jobs.web.page_files.scripts import page_scripts
from jobs.web.page_files.styles import page_styles


@require_safe
def scripts(request: HttpRequest, digest: str) -> HttpResponse:
    return page_scripts().response(request, digest)


@require_safe
def styles(request: HttpRequest, digest: str, names: str) -> HttpResponse:
    try:
        return page_styles(names).response(request, digest)
    except NotFound as error:
        return not_found_page(request, error)
