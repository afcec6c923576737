"""Every address of this installation. Stream routes come before the API's mount."""

from __future__ import annotations

from django.contrib import admin
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from jobs.api import api
from jobs.web import health
from jobs.web.views import admin_sign_in

handler400 = "jobs.web.error_views.bad_request"
handler403 = "jobs.web.error_views.forbidden"
handler404 = "jobs.web.error_views.not_found"
handler500 = "jobs.web.error_views.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/login/", admin_sign_in),
    path("admin/", admin.site.urls),
    path("", include("logstream.urls")),
    path("api/", api.urls),
    path("", include("jobs.web.urls")),
    # Asked for by browsers on pages that name no icon: the admin's, a JSON answer.
    path("favicon.ico", RedirectView.as_view(url=static("quaero/img/quaero.svg"))),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
