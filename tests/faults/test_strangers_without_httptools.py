"""The bounds of `test_strangers.py` where neither httptools nor uvloop is installed: h11 reads, asyncio accepts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.faults.strangers import Stranger, asked, head
from tests.processes import Serving

pytestmark = pytest.mark.slow

LARGE = 20_000_000
OPEN_HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
IN_CHUNKS = head("POST /login/", Transfer_Encoding="chunked") + b"1\r\na\r\n"
NOT_INSTALLED = ("httptools", "uvloop")


class Plain(Serving):
    """With so few descriptors that some hundred strangers would take them all."""

    command = ("sh", "-c", 'ulimit -n 256 && exec "$@"', "sh", sys.executable, "manage.py", "serve")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    directory = tmp_path_factory.mktemp("plain")
    for name in NOT_INSTALLED:
        (directory / f"{name}.py").write_text(f"raise ModuleNotFoundError('there is no {name}', name={name!r})\n")
    with Plain(directory / "data", "--no-worker", PYTHONPATH=str(directory)) as server:
        yield server.ready()
        for unwanted in ("has ended", "Traceback", "Too many open files", "Invalid HTTP"):
            assert unwanted not in server.said


def modules_of(server: Serving) -> str:
    return Path(f"/proc/{server.web().pid}/maps").read_text()


def test_it_is_another_parser_and_another_loop(server: Serving) -> None:
    assert not any(name in modules_of(server) for name in NOT_INSTALLED)


@pytest.mark.parametrize(
    "beginning",
    [
        OPEN_HEAD + b"X-Large: " + b"x" * LARGE,
        OPEN_HEAD + b"a:b\r\n" * (LARGE // 5),
        b"GET /" + b"x" * LARGE,
        IN_CHUNKS + b"0\r\nX-Trailer: " + b"x" * LARGE,
        IN_CHUNKS + b"1;" + b"x" * LARGE,
        b"\x16\x03\x01 no HTTP at all\r\n\r\n",
    ],
    ids=["one header", "many headers", "address", "trailer", "chunk extension", "no HTTP"],
)
def test_what_does_not_end_or_is_no_http_is_refused(server: Serving, beginning: bytes) -> None:
    assert asked(server.port, beginning).status in (400, 431)


def test_a_request_of_usual_size_is_answered_and_the_next_one_too(server: Serving) -> None:
    assert asked(server.port, head("GET /healthz", Connection="close", X_Large="x" * 60_000)).status == 200
    stranger = Stranger(server.port).send(head("GET /healthz") + head("GET /nowhere", Connection="close"))
    text = b"".join(iter(lambda: stranger.socket.recv(65536), b""))
    assert [line.split()[1] for line in text.splitlines() if line.startswith(b"HTTP/1.1")] == [b"200", b"404"]


def test_an_upgrade_is_answered_as_if_it_had_not_been_asked_for(server: Serving) -> None:
    wanted = {
        "Upgrade": "websocket",
        "Connection": "Upgrade, close",
        "Sec_WebSocket_Key": "x",
        "Sec_WebSocket_Version": "13",
    }
    assert asked(server.port, head("GET /healthz", **wanted)).status == 200


def test_who_does_not_go_on_is_sent_away(server: Serving) -> None:
    body = head("POST /login/", Content_Length="1000")
    beginnings = [b"GET / HT", OPEN_HEAD, b"", body, body + b"name=", OPEN_HEAD + b"\r\n" + b"GET /"]
    strangers = [Stranger(server.port).send(beginning) for beginning in beginnings]
    assert [stranger.answer().status for stranger in strangers] == [408, 408, 0, 408, 408, 200]


def test_connections_leave_descriptors_for_the_database(server: Serving) -> None:
    unread = head("GET /static/quaero/vendor/anser/index.js") * 16
    for beginning in (b"", b"GET / HT", head("POST /login/", Content_Length="1000") + b"x", unread):
        strangers = [Stranger(server.port).send(beginning) for _ in range(400)]
        with httpx.Client(base_url=server.address, timeout=60) as client:
            assert [client.get(path).status_code for path in ("/readyz", "/login/")] == [200, 200]
        for stranger in strangers:
            stranger.socket.close()
