"""Requests that are to freeze, fill or shut a server, sent to a real one by somebody whom nobody knows."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import httpx
import psutil
import pytest

from tests.faults.strangers import Stranger, asked, head
from tests.processes import Serving, eventually, manage

pytestmark = pytest.mark.slow

LARGE = 20_000_000
OPEN_HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with Serving(tmp_path_factory.mktemp("faults") / "data", "--no-worker") as server:
        yield server.ready()
        assert "has ended" not in server.said  # the web process that was there at the beginning
        assert "Traceback" not in server.said  # not of an answer to a connection that is closed either


def kept_by(process: psutil.Process) -> int:
    return int(process.memory_info().rss)


def entries_of_the_service_log(server: Serving) -> list[str]:
    done = manage("tail", "--service", "--no-follow", "-n", "1000", QUAERO_DATA_DIR=str(server.data_dir))
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    "beginning",
    [
        OPEN_HEAD + b"X-Large: " + b"x" * LARGE,
        OPEN_HEAD + b"a:b\r\n" * (LARGE // 5),
        b"GET /" + b"x" * LARGE,
        b"X" * LARGE,
        OPEN_HEAD + b"Cookie: " + b"a=b;" * (LARGE // 4),
        head("POST /login/", Transfer_Encoding="chunked") + b"1\r\na\r\n0\r\nX-Trailer: " + b"x" * LARGE,
        head("POST /login/", Transfer_Encoding="chunked") + b"1\r\na\r\n0\r\n" + b"a:b\r\n" * (LARGE // 5),
        head("POST /login/", Transfer_Encoding="chunked") + b"1;" + b"x" * LARGE,
    ],
    ids=["one header", "many headers", "address", "method", "cookie", "trailer", "trailers", "chunk extension"],
)
def test_a_head_that_does_not_end_is_refused_and_not_kept(server: Serving, beginning: bytes) -> None:
    web = server.web()
    before = kept_by(web)
    assert asked(server.port, beginning).status in (400, 431)
    assert kept_by(web) - before < LARGE
    assert httpx.get(f"{server.address}/healthz").status_code == 200


@pytest.mark.parametrize("size", [1_000, 60_000])
def test_a_head_of_usual_size_is_answered(server: Serving, size: int) -> None:
    assert asked(server.port, head("GET /healthz", Connection="close", X_Large="x" * size)).status == 200


def test_requests_do_not_wait_by_the_thousand_on_one_connection(server: Serving) -> None:
    web = server.web()
    before = kept_by(web)
    strangers = [Stranger(server.port).send(head("GET /healthz") * 10_000) for _ in range(5)]
    assert all(stranger.answer().status in (0, 200) for stranger in strangers)
    assert kept_by(web) - before < LARGE


@pytest.mark.parametrize(
    "path", ["/healthz", "/login/", "/", "/admin/", "/nowhere", "/static/quaero/js/pages/theme.js"]
)
def test_a_large_body_is_not_taken_from_a_stranger(server: Serving, path: str) -> None:
    announced = Stranger(server.port).send(head(f"POST {path}", Content_Length="300000000") + b"x" * 200_000)
    assert announced.answer().status in (413, 405)
    chunks = (b"10000\r\n" + b"x" * 65536 + b"\r\n") * 20
    assert asked(server.port, head(f"POST {path}", Transfer_Encoding="chunked") + chunks).status in (413, 405)


@pytest.mark.parametrize(
    "path", ["/api/execute", "/api/execute-async", "/api/tickets", "/api/jobs", "/api/jobs/stream"]
)
@pytest.mark.parametrize("authorization", ["", "Bearer quaero_nobody", "Basic eDp5", "nonsense"])
def test_under_api_nothing_is_read_of_a_stranger(server: Serving, path: str, authorization: str) -> None:
    headers = {"Content_Length": "1000", "Expect": "100-continue", "Authorization": authorization}
    answer = asked(server.port, head(f"POST {path}", **headers))
    assert (answer.status, "100 Continue" in answer.text) == (401, False)


def test_who_is_known_may_send_a_large_body_up_to_a_bound(server: Serving) -> None:
    create = ("token", "create", "--user", "ci", "--create-user", "--scopes", "read,run")
    token = manage(*create, QUAERO_DATA_DIR=str(server.data_dir)).stdout.split()[-1]
    with httpx.Client(base_url=server.address, headers={"Authorization": f"Bearer {token}"}) as client:
        assert client.post("/api/tickets", content=b" " * 1_000_000).status_code == 400
        assert client.post("/api/tickets", content=b" " * 9_000_000).status_code == 413
        assert client.post("/api/tickets", content=iter([b" " * 1_000_000] * 9)).status_code == 413
        assert client.get("/api/jobs").status_code == 200


def test_who_does_not_go_on_is_sent_away(server: Serving) -> None:
    body = head("POST /login/", Content_Length="1000")
    beginnings = [b"GET / HT", OPEN_HEAD, b"\r\n", b"", body, body + b"name=", OPEN_HEAD + b"\r\n" + b"GET /"]
    strangers = [Stranger(server.port).send(beginning) for beginning in beginnings]
    answers = [stranger.answer() for stranger in strangers]
    assert [answer.status for answer in answers] == [408, 408, 408, 0, 408, 408, 200]


def test_a_slow_upload_that_moves_is_heard_to_its_end(server: Serving) -> None:
    """The pauses are what is tested: all of them together are longer than one that stalls is let be."""
    stranger = Stranger(server.port).send(head("POST /login/", Connection="close", Content_Length="25600"))
    for _ in range(25):
        stranger.send(b"x" * 1024)
        time.sleep(1)
    assert stranger.answer().status == 403  # by the CSRF check, which looks into the body


@pytest.mark.parametrize("path", ["/login/", "/healthz", "/api/jobs", "/nowhere"])
@pytest.mark.parametrize("length", ["0", "2"])
def test_a_request_that_django_cannot_even_make_is_no_error_of_the_server(
    server: Serving, path: str, length: str
) -> None:
    headers = {"Content_Type": "text/plain; charset=utf-8", "Content_Length": length, "Connection": "close"}
    answer = asked(server.port, head(f"POST {path}?{'a=b&' * 5000}", **headers) + b"{}"[: int(length)])
    assert answer.status == 400
    assert "Traceback" not in server.said


def test_what_strangers_send_leaves_a_few_lines_in_the_service_log(server: Serving) -> None:
    before = len(entries_of_the_service_log(server))
    for _ in range(200):
        asked(server.port, b"abcde\r\n\r\n")
        asked(server.port, b"GET /login/ HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n")
        asked(server.port, head("GET /healthz", Connection="Upgrade, close", Upgrade="websocket"))
        httpx.get(f"{server.address}/api/jobs", headers={"Authorization": "Bearer quaero_nobody"})
    lines = entries_of_the_service_log(server)[before:]
    assert len(lines) < 12
    assert "Traceback" not in "".join(lines)


class FewFiles(Serving):
    """With so few descriptors that a thousand strangers would take them all."""

    command = ("sh", "-c", 'ulimit -n 256 && exec "$@"', "sh", sys.executable, "manage.py", "serve")


def test_connections_leave_descriptors_for_the_database(tmp_path_factory: pytest.TempPathFactory) -> None:
    with FewFiles(tmp_path_factory.mktemp("few") / "data", "--no-worker") as server:
        server.ready()
        unread = head("GET /static/quaero/vendor/anser/index.js") * 16
        for beginning in (b"", b"GET / HT", head("POST /login/", Content_Length="1000") + b"x", unread):
            strangers = [Stranger(server.port).send(beginning) for _ in range(400)]
            for path in ("/readyz", "/login/", "/healthz"):
                assert eventually(lambda path=path: httpx.get(f"{server.address}{path}").status_code == 200)
            for stranger in strangers:
                stranger.socket.close()
        assert "Too many open files" not in server.said
