"""Pages and JSON are compressed for clients that take it."""

from __future__ import annotations

import gzip

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from quaero.http.compressed_pages import compressed_pages

LONG = b"a line that comes again\n" * 1000


def answered(response: HttpResponse | StreamingHttpResponse, accepted: str = "gzip, br") -> HttpResponse:
    request: HttpRequest = RequestFactory().get("/", headers={"Accept-Encoding": accepted})
    answer = compressed_pages(lambda _: response)(request)
    assert isinstance(answer, HttpResponse | StreamingHttpResponse)
    return answer  # type: ignore[return-value]


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/json"])
def test_a_long_answer_is_compressed(kind: str) -> None:
    answer = answered(HttpResponse(LONG, content_type=kind))
    assert (answer.headers["Content-Encoding"], answer.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert gzip.decompress(answer.content) == LONG
    assert int(answer.headers["Content-Length"]) == len(answer.content) < 1000


def test_a_client_that_does_not_take_gzip_gets_it_as_it_is() -> None:
    answer = answered(HttpResponse(LONG), accepted="gzip;q=0")
    assert (answer.content, answer.headers["Vary"]) == (LONG, "Accept-Encoding")


@pytest.mark.parametrize(
    "response",
    [
        StreamingHttpResponse([LONG], content_type="text/html"),
        HttpResponse(LONG, content_type="text/csv"),
        HttpResponse(LONG, headers={"Content-Encoding": "zstd"}),
        HttpResponse(b"short"),
    ],
)
def test_all_else_is_left_alone(response: HttpResponse) -> None:
    before = response.headers.get("Content-Encoding")
    assert answered(response).headers.get("Content-Encoding") == before
