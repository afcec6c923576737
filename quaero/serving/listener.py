"""The socket that the server listens on, opened by the parent so that a restarted web process keeps it."""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Callable

BACKLOG = 2048
PATIENCE_S = 5.0  # after a kill -9 the old web process needs a moment to close the port
PAUSE_S = 0.1


class CannotListen(Exception):
    """The port cannot be used. The text says why, and what to do."""


def listen(
    host: str, port: int, *, patience_s: float = PATIENCE_S, on_wait: Callable[[], None] = lambda: None
) -> socket.socket:
    """A socket that listens on `host` and `port` (0: any free one). Raises CannotListen.

    It tries a port in use again for `patience_s`, and calls `on_wait` once before that.
    """
    deadline = time.monotonic() + patience_s
    waiting = False
    while True:
        try:
            return open_socket(host, port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() >= deadline:
                raise CannotListen(reason(error, host, port)) from error
        if not waiting:
            on_wait()
            waiting = True
        time.sleep(PAUSE_S)


def open_socket(host: str, port: int) -> socket.socket:
    """A listening socket. Raises OSError."""
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # It listens at once: two servers may bind the same port, but only one may listen on it.
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def reason(error: OSError, host: str, port: int) -> str:
    """Why the port cannot be used, in words for an operator."""
    where = base_url(host, port).removeprefix("http://")
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use ({where}). Choose another, for example `--port {port + 1}`."
    if error.errno == errno.EACCES:
        return f"Port {port} may not be used by this user. Choose one above 1023, for example `--port 8000`."
    return f"Cannot listen on {where}: {error.strerror or error}."


def base_url(host: str, port: int) -> str:
    """The address for a browser on this machine."""
    return f"http://{as_url_host(reachable(host))}:{port}"


def reachable(host: str) -> str:
    """`host`; the local address where `host` means every address of this machine."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104


def as_url_host(host: str) -> str:
    return f"[{host}]" if ":" in host else host
