"""Host names of an installation, as in QUAERO_ALLOWED_HOSTS."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterator

Texts = tuple[str, ...]

ADDRESSES = "addresses"
"""The word among them for every IP address."""

ANY = "*"

LABEL = "[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?"
PATTERN = re.compile(rf"\*|(\.?{LABEL}(\.{LABEL})*|\[[0-9a-f:.]+\])(:[0-9]{{1,5}})?")


def is_host_pattern(text: str) -> bool:
    return PATTERN.fullmatch(text) is not None


def name_of(pattern: str) -> str:
    """`pattern` without its port."""
    return re.sub(r":[0-9]+$", "", pattern)


def trusted_origins(allowed: Texts, *, knows_scheme: bool) -> list[str]:
    """The origins that Django's CSRF check trusts, beside that of the request's own address.

    The two differ behind a proxy that forwards neither host nor scheme, as nginx does by default. Where trusted proxies
    forward the scheme, pages that came without encryption are not trusted.
    """
    schemes = ("https",) if knows_scheme else ("https", "http")
    names = [pattern for pattern in allowed if pattern not in (ADDRESSES, ANY)]
    hosts = [f"*{name}" if name.startswith(".") else name for name in names]
    return [f"{scheme}://{host}" for host in hosts for scheme in schemes]


def of_this_machine() -> Texts:
    """The default for a server that other machines can reach: its addresses and its own names."""
    return (ADDRESSES, *dict.fromkeys(filter(is_host_pattern, own_names())))


def own_names() -> Iterator[str]:
    name = socket.gethostname().lower()
    short = name.partition(".")[0]
    yield from (name, short, f"{short}.local")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens on `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
