"""Static files at the ASGI level, before Django.

WhiteNoise's middleware is sync-only: it would put every stream that passes it on a thread (S6). There is no
`collectstatic`: the files are served from where the staticfiles finders find them when the process starts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from wsgiref.headers import Headers
from wsgiref.types import StartResponse, WSGIEnvironment

from asgiref.sync import ThreadSensitiveContext
from asgiref.wsgi import WsgiToAsgi
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from whitenoise import WhiteNoise

if TYPE_CHECKING:
    from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope


def with_static_files(application: ASGI3Application) -> ASGI3Application:
    """`application`, but paths under STATIC_URL are answered with files."""
    files = WsgiToAsgi(static_files())  # type: ignore[no-untyped-call]

    async def serve(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(settings.STATIC_URL):
            await application(scope, receive, send)
            return
        # A thread of its own for each request: a slow reader must not hold the one all of them would share.
        async with ThreadSensitiveContext():
            await files(scope, receive, send)

    return serve


def static_files() -> WhiteNoise:
    """Every file that a finder knows; where two have one name, the first finder's."""
    # The names carry no hash of the content, so browsers must ask each time; the answer is mostly 304.
    files = WhiteNoise(not_found, max_age=0, allow_all_origins=False, add_headers_function=add_headers)
    for finder in get_finders():
        for path, storage in finder.list([]):
            url = settings.STATIC_URL + path.replace("\\", "/")
            if url not in files.files:
                files.add_file_to_dictionary(url, storage.path(path))
    return files


def add_headers(headers: Headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"


def not_found(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    body = b"There is no such file.\n"
    start_response(
        "404 Not Found",
        [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))],
    )
    return [body]
