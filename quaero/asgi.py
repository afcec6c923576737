"""The ASGI application: Django with the live side around it."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

from quaero.static_files import with_static_files

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quaero.settings")

django_application = get_asgi_application()


async def lifespan(scope, receive, send):  # type: ignore[no-untyped-def]
    if scope["type"] != "lifespan":
        return await django_application(scope, receive, send)
    while True:
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return None


application = with_static_files(lifespan)
