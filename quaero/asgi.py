"""The ASGI application: Django with the live side around it."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quaero.settings")

application = get_asgi_application()
