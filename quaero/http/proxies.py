"""Forwarded headers, which are used only when they come from a proxy in QUAERO_TRUSTED_PROXIES.

A proxy sends the scheme, the host and the client's address in X-Forwarded-Proto, -Host and -For. Any client can send
these headers too, so those of others are ignored. It is an ASGI wrapper, so that all code inside sees the same values,
however the web process is started.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope

UNIX = "unix"
"""The word among trusted proxies for connections through a socket in the file system."""


@dataclass(frozen=True)
class Trusted:
    """The trusted proxies."""

    networks: tuple[IPv4Network | IPv6Network, ...]
    unix: bool

    @classmethod
    def of(cls, texts: Iterable[str]) -> Trusted:
        """From addresses, networks and `unix`. Raises ValueError."""
        chosen = list(texts)
        return cls(tuple(ip_network(text) for text in chosen if text != UNIX), UNIX in chosen)

    def has_peer(self, client: Iterable[object] | None) -> bool:
        """Whether a connection comes from a trusted proxy. `client`: address and port, as in an ASGI scope."""
        if client is None:
            return self.unix
        address = address_of(str(next(iter(client))))
        return address is not None and self.has(address)

    def has(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self.networks)


def behind_proxies(application: ASGI3Application, texts: Iterable[str]) -> ASGI3Application:
    """`application`, with the scheme, host and address of the client for requests through trusted proxies."""
    trusted = Trusted.of(texts)

    async def serve(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] == "http" and trusted.has_peer(scope["client"]):
            scope = as_client_sent(scope, trusted)
        await application(scope, receive, send)

    return serve if trusted.networks or trusted.unix else application


def as_client_sent(scope: HTTPScope, trusted: Trusted) -> HTTPScope:
    """A copy of the scope with the forwarded values. Of several, the last one counts: the trusted proxy added it."""
    forwarded = dict(scope)
    scheme = values_of(scope, b"x-forwarded-proto")[-1:]
    if scheme and scheme[0] in ("http", "https"):
        forwarded["scheme"] = scheme[0]
    client = client_of(values_of(scope, b"x-forwarded-for"), trusted)
    if client is not None:
        forwarded["client"] = (str(client), 0)
    host = values_of(scope, b"x-forwarded-host")[-1:]
    if host:
        others = [(name, value) for name, value in scope["headers"] if name != b"host"]
        forwarded["headers"] = [(b"host", host[0].encode("latin-1")), *others]
    return cast("HTTPScope", forwarded)


def client_of(addresses: list[str], trusted: Trusted) -> IPv4Address | IPv6Address | None:
    """The nearest address that is no trusted proxy's; the farthest where all are; None where there is no address."""
    found = None
    for text in reversed(addresses):
        address = address_of(text)
        if address is None:
            break
        found = address
        if not trusted.has(address):
            break
    return found


def address_of(text: str) -> IPv4Address | IPv6Address | None:
    """The address in `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` or `[2001:db8::1]:4711`; None for other texts."""
    host = text.partition("]")[0].lstrip("[") if text.startswith("[") else text
    if host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ip_address(host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def values_of(scope: HTTPScope, name: bytes) -> list[str]:
    """The values of a header, split at commas, from all its lines."""
    lines = [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name]
    return [value for line in lines for part in line.split(",") if (value := part.strip())]
