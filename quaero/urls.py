"""Every address of this installation."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from jobs.web import health, views

handler400 = "jobs.web.error_views.bad_request"
handler403 = "jobs.web.error_views.forbidden"
handler404 = "jobs.web.error_views.not_found"
handler500 = "jobs.web.error_views.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/login/", views.admin_sign_in),
    path("admin/", admin.site.urls),
    # Django's own settings refer to these by name.
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("sign-in/<str:token>/", views.sign_in_by_link, name="sign_in_by_link"),
    # Asked for by browsers on pages that name no icon: the admin's, a JSON answer.
    path("favicon.ico", RedirectView.as_view(url=static("quaero/img/quaero.svg"))),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", include("quaero.embedded")),
]
