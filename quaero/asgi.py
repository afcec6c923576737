"""The ASGI application: Django with the live side around it, and static files in front."""

from __future__ import annotations

import os
from typing import cast

from asgiref.typing import ASGI3Application
from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quaero.settings")

django_application = cast(ASGI3Application, get_asgi_application())

# What is imported here has models in it, and those exist only now.
from logstream.asgi import application as live_application  # noqa: E402
from quaero.duties import DUTIES  # noqa: E402
from quaero.http.base_path import from_base_path, under_base_path  # noqa: E402
from quaero.http.bodies import with_bounded_bodies  # noqa: E402
from quaero.http.cors import with_cors  # noqa: E402
from quaero.http.proxies import behind_proxies  # noqa: E402
from quaero.http.static_files import with_static_files  # noqa: E402
from quaero.service_log import keep_service_log  # noqa: E402

BASE_PATH = settings.ENVIRONMENT.base_path

application = live_application(under_base_path(django_application, BASE_PATH), (*DUTIES, keep_service_log))
application = with_static_files(with_bounded_bodies(application))
application = with_cors(application, settings.ENVIRONMENT.cors_origins)
application = behind_proxies(application, settings.ENVIRONMENT.trusted_proxies)
application = from_base_path(application, BASE_PATH)
