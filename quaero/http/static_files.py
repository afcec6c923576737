"""Static files at the ASGI level, before Django.

WhiteNoise's middleware is sync-only: it would put every stream that passes it on a thread (S6). There is no
`collectstatic`: the files are served from where the staticfiles finders find them when the process starts.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING
from wsgiref.headers import Headers

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from whitenoise import WhiteNoise
from whitenoise.responders import Response

if TYPE_CHECKING:
    from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope

Answer = tuple[HTTPStatus, list[tuple[bytes, bytes]], bytes]
NO_SUCH_FILE = b"There is no such file.\n"


def with_static_files(application: ASGI3Application) -> ASGI3Application:
    """`application`, but paths under STATIC_URL are answered with files."""
    files, root = static_files(), static_root()

    async def serve(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(root):
            await application(scope, receive, send)
            return
        # Only the reading is done in a thread. asgiref's way to send from a thread leaves its executor in the
        # connection's context, where the next request on the connection would find it and fail.
        status, headers, body = await asyncio.to_thread(answer, files, scope)
        await send({"type": "http.response.start", "status": status, "headers": headers, "trailers": False})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    return serve


def answer(files: WhiteNoise, scope: HTTPScope) -> Answer:
    """Status, headers and the whole file as the body: the largest file has a fifth of a megabyte."""
    static_file = files.files.get(scope["path"])
    if static_file is None:
        length = str(len(NO_SUCH_FILE)).encode()
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", length)]
        return HTTPStatus.NOT_FOUND, headers, NO_SUCH_FILE
    response: Response = static_file.get_response(scope["method"], as_wsgi(scope))
    return response.status, as_asgi(response), content_of(response)


def as_wsgi(scope: HTTPScope) -> dict[str, str]:
    """The request's headers under the names that WhiteNoise looks for."""
    return {
        f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}": value.decode("latin-1")
        for name, value in scope["headers"]
    }


def as_asgi(response: Response) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]


def content_of(response: Response) -> bytes:
    if response.file is None:
        return b""
    with response.file as file:
        return bytes(file.read())


def static_files() -> WhiteNoise:
    """All files of the staticfiles finders; where two have the same name, the first finder's."""
    # The names have no hash of the content, so browsers must ask each time; the answer is mostly 304.
    root = static_root()
    files = WhiteNoise(None, max_age=0, allow_all_origins=False, add_headers_function=add_headers)
    for finder in get_finders():
        for path, storage in finder.list([]):
            url = root + path.replace("\\", "/")
            if url not in files.files:
                files.add_file_to_dictionary(url, storage.path(path))
    return files


def static_root() -> str:
    """STATIC_URL from the installation's root on."""
    return settings.STATIC_URL.removeprefix(settings.FORCE_SCRIPT_NAME or "")


def add_headers(headers: Headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
