from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.urls import path

from quaero.urls import *  # noqa: F403
from quaero.urls import urlpatterns as all_patterns


def fail(request: HttpRequest) -> HttpResponse:
    logging.getLogger("shop").info("about to fail")
    raise ValueError("bad row")


urlpatterns = [*all_patterns, path("fail", fail)]
