"""The listening socket: waits for a port that becomes free, and has a clear message for others."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from quaero.config.host_names import is_loopback
from quaero.serving.listener import CannotListen, base_url, listen


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    with listen("127.0.0.1", 0) as listener:
        yield listener


def port_of(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


def test_a_port_in_use_is_refused_when_patience_ends(taken: socket.socket) -> None:
    port = port_of(taken)
    with pytest.raises(CannotListen, match=rf"Port {port} is in use .* `--port {port + 1}`"):
        listen("127.0.0.1", port, patience_s=0.15)


def test_a_port_that_becomes_free_is_taken(taken: socket.socket) -> None:
    waits: list[bool] = []

    def let_go() -> None:
        waits.append(True)
        taken.close()

    with listen("127.0.0.1", port_of(taken), on_wait=let_go) as listener:
        assert port_of(listener)
    assert waits == [True]


def test_an_unknown_host_is_named() -> None:
    with pytest.raises(CannotListen, match=r"Cannot listen on nowhere\.invalid:80"):
        listen("nowhere.invalid", 80)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("example.org", "http://example.org:80"),
    ],
)
def test_the_address_is_one_that_a_browser_here_can_open(host: str, url: str) -> None:
    assert base_url(host, 80) == url


def test_what_only_this_machine_can_reach() -> None:
    assert [is_loopback(host) for host in ("127.0.0.1", "127.9.9.9", "::1", "localhost")] == [True] * 4
    assert [is_loopback(host) for host in ("0.0.0.0", "::", "10.0.0.1", "example.org")] == [False] * 4
