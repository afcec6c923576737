"""Addresses of the pages."""

from __future__ import annotations

from django.urls import path

from jobs.web import views
from jobs.web.page_files import views as page_files

urlpatterns = [
    path("", views.job_list, name="job_list"),
    path("jobs/<uuid:job_id>/", views.job_detail, name="job_detail"),
    path("jobs/<uuid:job_id>/log", views.job_log, name="job_log"),
    path("run/", views.run_form, name="run_form"),
    path("workers/", views.worker_list, name="worker_list"),
    path("scripts/<str:digest>.js", page_files.scripts, name="page_scripts"),
    path("styles/<str:digest>/<str:names>.css", page_files.styles, name="page_styles"),
]
