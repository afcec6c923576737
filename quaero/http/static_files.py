"""Static files at the ASGI level, before Django.

WhiteNoise's middleware is sync-only: it would put every stream that passes it on a thread (S6). There is no
`collectstatic`: the files are served from where the staticfiles finders find them when the process starts. Each is
compressed once, when a client that takes gzip first asks for it, and kept so.
"""

from __future__ import annotations

import asyncio
import gzip
import os
from http import HTTPStatus
from typing import TYPE_CHECKING
from wsgiref.headers import Headers

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from whitenoise import WhiteNoise
from whitenoise.responders import Response

from jobs.terms.encodings import accepts_gzip

if TYPE_CHECKING:
    from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope

Answer = tuple[HTTPStatus, list[tuple[bytes, bytes]], bytes]
NO_SUCH_FILE = b"There is no such file.\n"
SMALLEST_COMPRESSED = 1000  # bytes: less fits into one packet as it is
COMPRESSIBLE = ("text/", "application/json", "image/svg+xml")


def with_static_files(application: ASGI3Application) -> ASGI3Application:
    """`application`, but paths under STATIC_URL are answered with files."""
    files, kept, root = static_files(), Compressed(), static_root()

    async def serve(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(root):
            await application(scope, receive, send)
            return
        # Only the reading is done in a thread. asgiref's way to send from a thread leaves its executor in the
        # connection's context, where the next request on the connection would find it and fail.
        status, headers, body = await asyncio.to_thread(answer, files, kept, scope)
        await send({"type": "http.response.start", "status": status, "headers": headers, "trailers": False})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    return serve


class Compressed:
    """The compressed contents of files by their paths."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes] = {}

    def of(self, path: str, response: Response) -> bytes:
        """Of a whole file. Two threads that want the same one at once make the same."""
        if path not in self._contents:
            self._contents[path] = gzip.compress(content_of(response), mtime=0)
        elif response.file is not None:
            response.file.close()
        return self._contents[path]


def answer(files: WhiteNoise, kept: Compressed, scope: HTTPScope) -> Answer:
    """Status, headers and the whole file as the body: the largest file has a fifth of a megabyte."""
    static_file = files.files.get(scope["path"])
    if static_file is None:
        length = str(len(NO_SUCH_FILE)).encode()
        headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", length)]
        return HTTPStatus.NOT_FOUND, headers, NO_SUCH_FILE
    request = as_wsgi(scope)
    response: Response = static_file.get_response(scope["method"], request)
    if is_to_be_compressed(response, request):
        body = kept.of(scope["path"], response)
        response.headers = [each for each in response.headers if each[0] != "Content-Length"]
        response.headers += [("Content-Encoding", "gzip"), ("Content-Length", str(len(body)))]
        return response.status, as_asgi(response), body
    return response.status, as_asgi(response), content_of(response)


def is_to_be_compressed(response: Response, request: dict[str, str]) -> bool:
    headers = dict(response.headers)
    is_whole = response.file is not None and response.status == HTTPStatus.OK and "Content-Encoding" not in headers
    is_large = int(headers.get("Content-Length", 0)) >= SMALLEST_COMPRESSED
    return is_whole and is_large and "Vary" in headers and accepts_gzip(request.get("HTTP_ACCEPT_ENCODING", ""))


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
    if (headers["Content-Type"] or "").startswith(COMPRESSIBLE):
        headers["Vary"] = "Accept-Encoding"
        file = os.stat(path)
        headers["ETag"] = f'W/"{int(file.st_mtime):x}-{file.st_size:x}"'  # weak: of both encodings
