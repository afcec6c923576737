"""The delays of other clients during attacks by strangers: of streams that follow a job, and of requests with a token.

    python benchmarks/attacks.py [--seconds N] [ATTACK ...]

Each attack goes on for some seconds while a job logs at a steady pace. The table has the delays of its lines on open
streams, and of a page of the log that is requested again and again. Target: half of the lines, and half of the pages,
arrive in less than 200 ms under each attack.
"""

from __future__ import annotations

import argparse
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

import httpx
from figures import Targets, percentile, table
from installation import Installation

HERE = Installation()

from readers import Readers  # noqa: E402
from server import Server, raise_file_limit  # noqa: E402
from writer import Plan  # noqa: E402
from writers import WRITERS, Writer  # noqa: E402

from jobs import lifecycle  # noqa: E402

INTERVAL_S = 0.1
LONGEST_MS = 200.0
HALF_OPEN = 3_000
OPEN_HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
LARGE = 100_000_000
PIECE = 1_000_000

Attack = Callable[[int], None]
"""One round against a port. As many threads as ATTACKS says repeat it until the time is over."""


def send(port: int, *pieces: bytes) -> None:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 10) as stranger:
        for piece in pieces:
            stranger.sendall(piece)
        stranger.recv(65536)


def large_header(port: int) -> None:
    send(port, OPEN_HEAD + b"X-Large: ", *[b"x" * PIECE] * (LARGE // PIECE))


def small_headers(port: int) -> None:
    send(port, OPEN_HEAD, *[b"a:b\r\n" * (PIECE // 5)] * 32)


def large_body(port: int) -> None:
    head = b"POST /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 300000000\r\n\r\n"
    send(port, head, *[b"x" * PIECE] * 300)


def garbage(port: int) -> None:
    send(port, b"\x16\x03\x01\x02\x00")


def wrong_host(port: int) -> None:
    send(port, b"GET /login/ HTTP/1.1\r\nHost: a_b/c\r\nConnection: close\r\n\r\n")


def half_open(port: int) -> None:
    strangers: list[socket.socket] = []
    with suppress(OSError):
        for _ in range(HALF_OPEN):
            stranger = socket.create_connection(("127.0.0.1", port), 5)
            stranger.sendall(OPEN_HEAD)
            strangers.append(stranger)
    time.sleep(1)
    for stranger in strangers:
        stranger.close()


def guess_password(port: int) -> None:
    with suppress(httpx.HTTPError), httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        client.get("/login/")
        form = {"username": "admin", "password": "guess", "csrfmiddlewaretoken": client.cookies.get("csrftoken", "")}
        client.post("/login/", data=form)


ATTACKS: dict[str, tuple[Attack, int]] = {
    "nothing": (lambda port: time.sleep(0.1), 1),
    "large-header": (large_header, 2),
    "small-headers": (small_headers, 4),
    "large-body": (large_body, 2),
    "garbage": (garbage, 4),
    "wrong-host": (wrong_host, 4),
    "half-open": (half_open, 1),
    "passwords": (guess_password, 20),
}


class PageReader(threading.Thread):
    """Requests a page of the log again and again, and notes when, and how long it took (seconds, milliseconds)."""

    def __init__(self, port: int, token: str, job_id: UUID) -> None:
        super().__init__(daemon=True)
        self.url = f"http://127.0.0.1:{port}/api/jobs/{job_id}/logs?limit=10"
        self.headers = {"Authorization": f"Bearer {token}"}
        self.times: list[tuple[float, float]] = []
        self.failed = 0

    def run(self) -> None:
        while True:
            began = time.monotonic()
            try:
                httpx.get(self.url, headers=self.headers, timeout=120).raise_for_status()
            except httpx.HTTPError:
                self.failed += 1
            self.times.append((began, 1000 * (time.monotonic() - began)))
            time.sleep(0.05)

    def between(self, start: float, end: float) -> list[float]:
        return [took for began, took in self.times if start <= began < end]


def carry_out(attack: Attack, threads: int, port: int, seconds: float) -> None:
    until = time.monotonic() + seconds

    def go_on() -> None:
        while time.monotonic() < until:
            attack(port)

    strangers = [threading.Thread(target=go_on, daemon=True) for _ in range(threads)]
    for stranger in strangers:
        stranger.start()
    for stranger in strangers:
        stranger.join(seconds + 60)


def run(server: Server, writer: Writer, options: argparse.Namespace) -> int:
    token, job = HERE.token(), lifecycle.create_job("followed")
    lifecycle.start_job(job, leased=False)
    readers = Readers(server.port, token, job.pk)
    names = options.attacks or list(ATTACKS)
    writer.start(Plan(job.pk, int(len(names) * (options.seconds + 5) / INTERVAL_S), 1, INTERVAL_S))
    page_reader = PageReader(server.port, token, job.pk)
    page_reader.start()
    targets = Targets()
    heads = ("attack", "lines", "p50 ms", "p99 ms", "max ms", "pages", "p50 ms", "p99 ms", "max ms", "failed")
    with table(f"Delays under attacks of {options.seconds} s", *heads) as result:
        for name in names:
            attack, threads = ATTACKS[name]
            began, failed = time.monotonic(), page_reader.failed
            carry_out(attack, threads, server.port, options.seconds)
            time.sleep(2)
            lines = readers.between(began, time.monotonic()) or [float("inf")]
            pages = page_reader.between(began, time.monotonic()) or [float("inf")]
            of_lines = (percentile(lines, 0.5), percentile(lines, 0.99), max(lines))
            of_pages = (percentile(pages, 0.5), percentile(pages, 0.99), max(pages))
            result.add(name, len(lines), *of_lines, len(pages), *of_pages, page_reader.failed - failed)
            reached = of_lines[0] < LONGEST_MS and of_pages[0] < LONGEST_MS
            targets.check(f"{name}: p50 of lines {of_lines[0]:.0f} ms, of pages {of_pages[0]:.0f} ms", reached)
    return targets.exit_code


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("attacks", nargs="*", metavar="ATTACK", help=f"of {', '.join(ATTACKS)} (all)")
    options = parser.parse_args()
    unknown = set(options.attacks) - set(ATTACKS)
    if unknown:
        parser.error(f"{', '.join(sorted(unknown))}: there are {', '.join(ATTACKS)}")
    raise_file_limit()
    with WRITERS["in another process"]() as (server, writer):
        return run(server, writer, options)


if __name__ == "__main__":
    sys.exit(main())
