"""The web process: `python -m quaero.serving.web_process SOCKET_FD PIPE_FD PULSE_FD`, started by `serve`."""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import os
import resource
import socket
import sys
from contextlib import suppress

import uvicorn

from jobs.terms.extras import how_to_install
from quaero.config.host_names import is_loopback, of_this_machine
from quaero.http.protocols import HAS_HTTPTOOLS, http_protocol
from quaero.serving.listener import BACKLOG
from quaero.serving.tether import stop_with_parent
from quaero.serving.watchdog import BEAT_EVERY_S, DUMP_SIGNAL, beat

logger = logging.getLogger(__name__)

# Streams end by themselves within 2 s (S9); this is for other requests.
GRACEFUL_SHUTDOWN_S = 3

# asyncio takes so many connections before it looks at the first: those for which there is no room must not take the
# descriptors that are left for the database. As many as before may wait for it.
ACCEPTED_AT_ONCE = 4


class BeatingServer(uvicorn.Server):
    """Beats as long as its loop turns; the parent kills it when the beats stop."""

    def __init__(self, config: uvicorn.Config, pulse: int) -> None:
        super().__init__(config)
        self._pulse = pulse
        os.set_blocking(pulse, False)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or ():
            listener.listen(BACKLOG)
        loop = asyncio.get_running_loop()
        log_missing_packages(loop)
        self._beat(loop)

    def _beat(self, loop: asyncio.AbstractEventLoop) -> None:
        beat(self._pulse)
        loop.call_later(BEAT_EVERY_S, self._beat, loop)


def main() -> None:
    socket_fd, pipe_fd, pulse_fd = (int(argument) for argument in sys.argv[1:])
    with suppress(AttributeError, OSError, RuntimeError, ValueError):  # without a standard error
        faulthandler.register(DUMP_SIGNAL)
    stop_with_parent(pipe_fd, kill_after_s=GRACEFUL_SHUTDOWN_S + 1)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quaero.settings")
    raise_file_limit()
    listener = socket.socket(fileno=socket_fd)
    name_hosts(listener.getsockname()[0])
    BeatingServer(configuration(), pulse_fd).run(sockets=[listener])


def log_missing_packages(loop: asyncio.AbstractEventLoop) -> None:
    has_uvloop = type(loop).__module__.partition(".")[0] == "uvloop"
    missing = [name for name, is_there in (("uvloop", has_uvloop), ("httptools", HAS_HTTPTOOLS)) if not is_there]
    if missing:
        text = "Without %s this server serves fewer clients at once: %s"
        logger.info(text, " and ".join(missing), how_to_install("server"))


def name_hosts(address: str) -> None:
    """Sets QUAERO_ALLOWED_HOSTS for the settings, where it is not set and other machines can reach the server."""
    if not is_loopback(address) and not os.environ.get("QUAERO_ALLOWED_HOSTS", "").strip():
        os.environ["QUAERO_ALLOWED_HOSTS"] = ",".join(of_this_machine())


def raise_file_limit() -> None:
    """Raises the limit of open files as far as allowed: each stream needs one, and the usual limit is a thousand."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # some systems say "unlimited" and mean less
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def configuration() -> uvicorn.Config:
    """uvicorn's configuration for Quaero's application."""
    return uvicorn.Config(
        "quaero.asgi:application",
        loop="auto",  # uvloop, where it is installed
        http=http_protocol(),
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,  # settings.LOGGING has it
        server_header=False,
        proxy_headers=False,  # quaero/http/proxies.py reads them, from trusted proxies
        backlog=ACCEPTED_AT_ONCE,
        timeout_graceful_shutdown=GRACEFUL_SHUTDOWN_S,
    )


if __name__ == "__main__":
    main()
