"""Static files at the ASGI level."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from email.utils import formatdate
from pathlib import Path

import httpx
import pytest
from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope
from pytest_django import Settings

from quaero.http.static_files import with_static_files


async def application(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    await send({"type": "http.response.start", "status": 299, "headers": [], "trailers": False})
    await send({"type": "http.response.body", "body": b"Django", "more_body": False})


@pytest.fixture
async def client(tmp_path: Path, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    (tmp_path / "inner").mkdir()
    for name, text in {"page.js": "let it;", "inner/ä b.css": "a{}", "data.json": "{}", "m.mjs": "export"}.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "big.bin").write_bytes(bytes(300_000))
    (tmp_path / "big.mjs").write_text("let it;\n" * 1000)
    settings.STATICFILES_DIRS = [tmp_path]
    transport = httpx.ASGITransport(app=with_static_files(application))  # type: ignore[arg-type]
    plain = {"Accept-Encoding": "identity"}
    async with httpx.AsyncClient(transport=transport, base_url="http://quaero", headers=plain) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/static/page.js", 'text/javascript; charset="utf-8"'),
        ("/static/m.mjs", 'text/javascript; charset="utf-8"'),
        ("/static/inner/%C3%A4%20b.css", 'text/css; charset="utf-8"'),
        ("/static/data.json", "application/json"),
        ("/static/big.bin", "application/octet-stream"),
        ("/static/admin/css/base.css", 'text/css; charset="utf-8"'),
        ("/static/admin/img/search.svg", "image/svg+xml"),
    ],
)
async def test_files_have_their_type(client: httpx.AsyncClient, path: str, kind: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == kind
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert int(answer.headers["content-length"]) == len(answer.content) > 0


async def test_a_file_that_has_not_changed_is_not_sent_again(client: httpx.AsyncClient) -> None:
    first = await client.get("/static/page.js")
    assert first.text == "let it;"
    assert first.headers["cache-control"] == "max-age=0, public"
    for headers in (
        {"If-Modified-Since": first.headers["last-modified"]},
        {"If-None-Match": first.headers["etag"]},
    ):
        again = await client.get("/static/page.js", headers=headers)
        assert (again.status_code, again.content) == (304, b"")
    long_ago = await client.get("/static/page.js", headers={"If-Modified-Since": formatdate(0, usegmt=True)})
    assert long_ago.status_code == 200


@pytest.mark.parametrize(
    "path", ["/static/", "/static/nothing.js", "/static/inner", "/static/../pyproject.toml", "/static/%2e%2e/manage.py"]
)
async def test_what_is_no_file_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code in (404, 299)  # the client itself resolves `..`: then it is Django's to answer
    assert answer.text in ("There is no such file.\n", "Django")


async def test_only_reading_is_allowed(client: httpx.AsyncClient) -> None:
    assert (await client.post("/static/page.js")).status_code == 405
    head = await client.head("/static/page.js")
    assert (head.status_code, head.headers["content-length"], head.content) == (200, "7", b"")


@pytest.mark.parametrize("path", ["/", "/api/jobs", "/statics/page.js", "/x/static/page.js"])
async def test_everything_else_is_djangos(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).text == "Django"


async def test_texts_are_compressed_for_who_takes_it(client: httpx.AsyncClient) -> None:
    plain = await client.get("/static/big.mjs")
    packed = await client.get("/static/big.mjs", headers={"Accept-Encoding": "br, gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < 200
    assert packed.content == plain.content == b"let it;\n" * 1000
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"
    assert plain.headers["etag"] == packed.headers["etag"]
    assert plain.headers["etag"].startswith("W/")
    headers = {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["etag"]}
    assert (await client.get("/static/big.mjs", headers=headers)).status_code == 304


async def test_a_file_is_compressed_once(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    compress = gzip.compress
    monkeypatch.setattr(gzip, "compress", lambda content, **options: made.append(1) or compress(content, **options))
    for _ in range(3):
        await client.get("/static/big.mjs", headers={"Accept-Encoding": "gzip"})
    assert made == [1]


@pytest.mark.parametrize("path", ["/static/big.bin", "/static/page.js"])
async def test_what_would_gain_nothing_is_sent_as_it_is(client: httpx.AsyncClient, path: str) -> None:
    assert "content-encoding" not in (await client.get(path, headers={"Accept-Encoding": "gzip"})).headers


async def test_a_part_of_a_file_is_of_the_file_itself(client: httpx.AsyncClient) -> None:
    part = await client.get("/static/big.mjs", headers={"Accept-Encoding": "gzip", "Range": "bytes=4-5"})
    assert (part.status_code, part.content, "content-encoding" in part.headers) == (206, b"it", False)
