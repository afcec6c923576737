"""The web process: `python -m quaero.serving.web_process SOCKET_FD PIPE_FD PULSE_FD`, started by `serve`."""

from __future__ import annotations

import asyncio
import faulthandler
import os
import resource
import socket
import sys
from contextlib import suppress

import uvicorn

from quaero.config.host_names import is_loopback, of_this_machine
from quaero.http.protocol import HttpDoor
from quaero.serving.tether import stop_with_parent
from quaero.serving.watchdog import BEAT_EVERY_S, DUMP_SIGNAL, beat

# Streams end by themselves within 2 s (S9); this is for requests that do not.
GRACEFUL_SHUTDOWN_S = 3


class Server(uvicorn.Server):
    """Beats as long as its loop turns: `serve` ends it when it does not."""

    def __init__(self, config: uvicorn.Config, pulse: int) -> None:
        super().__init__(config)
        self._pulse = pulse
        os.set_blocking(pulse, False)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._beat(asyncio.get_running_loop())

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        beat(self._pulse)
        loop.call_later(BEAT_EVERY_S, self._beat, loop)


def main() -> None:
    socket_fd, pipe_fd, pulse_fd = (int(argument) for argument in sys.argv[1:])
    with suppress(AttributeError, OSError, RuntimeError, ValueError):  # there is no standard error
        faulthandler.register(DUMP_SIGNAL)
    stop_with_parent(pipe_fd, kill_after_s=GRACEFUL_SHUTDOWN_S + 1)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quaero.settings")
    raise_file_limit()
    listener = socket.socket(fileno=socket_fd)
    name_hosts(listener.getsockname()[0])
    Server(configuration(), pulse_fd).run(sockets=[listener])


def name_hosts(address: str) -> None:
    """Sets what this server may be called where others can reach it, unless that is set. The settings read it."""
    if not is_loopback(address) and not os.environ.get("QUAERO_ALLOWED_HOSTS", "").strip():
        os.environ["QUAERO_ALLOWED_HOSTS"] = ",".join(of_this_machine())


def raise_file_limit() -> None:
    """Every stream is an open file: of the thousand that is usual, databases and pages would soon get none."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # some systems say "unlimited" and mean less
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def configuration() -> uvicorn.Config:
    return uvicorn.Config(
        "quaero.asgi:application",
        loop="uvloop",
        http=HttpDoor,
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,  # settings.LOGGING has it
        server_header=False,
        proxy_headers=False,  # quaero/http/proxies.py reads them, of those that are trusted
        timeout_graceful_shutdown=GRACEFUL_SHUTDOWN_S,
    )


if __name__ == "__main__":
    main()
