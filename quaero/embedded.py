"""Quaero's addresses within a project: `path("ops/logs/", include("quaero.embedded"))`.

Signing in, the admin and what is answered at other addresses are the project's own.
"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from jobs.api import api
from jobs.web.error_views import no_such_address

app_name = "quaero"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("logstream.urls")),  # before the API's mount, which would answer for them with 404
    path("api/", api.urls),
    re_path("^api/", no_such_address),
    path("", include("jobs.web.urls")),
]
