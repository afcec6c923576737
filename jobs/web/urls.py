"""Addresses of the pages. Their names have no prefix, since Django's settings refer to `login`."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path

from jobs.web import views

urlpatterns = [
    path("", views.job_list, name="job-list"),
    path("jobs/<uuid:job_id>/", views.job_detail, name="job-detail"),
    path("run/", views.run_form, name="run-form"),
    path("workers/", views.worker_list, name="worker-list"),
    path("login/", views.SignIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("sign-in/<str:token>/", views.sign_in_by_link, name="sign-in-by-link"),
]
