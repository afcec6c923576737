"""The stream routes. They come before the API's mount, which would answer for them with 404."""

from __future__ import annotations

from django.urls import path

from jobs.api import api
from logstream import finding, views
from logstream.documentation import KINDS, OPERATIONS
from logstream.downloads import views as downloads

urlpatterns = [
    path("api/jobs/stream", views.job_list_stream, name="job_list_stream"),
    path("api/jobs/<str:job_id>/logs/stream", views.job_log_stream, name="job_log_stream"),
    path("api/jobs/<str:job_id>/logs/download", downloads.job_log_download, name="job_log_download"),
    path("api/jobs/<str:job_id>/logs/find", finding.job_log_find, name="job_log_find"),
    path("api/jobs/<str:job_id>/logs/find/count", finding.job_log_find_count, name="job_log_find_count"),
    path("api/logs/<str:job_id>", views.plain_log_stream, name="plain_log_stream"),
    path("api/service/logs/stream", views.service_log_stream, name="service_log_stream"),
    path("api/service/logs/download", downloads.service_log_download, name="service_log_download"),
    path("api/service/logs/find", finding.service_log_find, name="service_log_find"),
    path("api/service/logs/find/count", finding.service_log_find_count, name="service_log_find_count"),
    path("api/streams/status", views.streams_status, name="streams_status"),
]

for address, operation in OPERATIONS.items():
    api.describe(address, operation, KINDS)
