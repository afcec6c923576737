"""Forwarded headers: used from trusted proxies, the last value of several, and ignored otherwise."""

from __future__ import annotations

from typing import Any

import pytest

from quaero.http.proxies import behind_proxies

PROXY, OTHER_PROXY, STRANGER = "10.0.0.1", "10.0.0.2", "203.0.113.9"


async def seen(peer: tuple[str, int] | None, headers: dict[str, str], *trusted: str) -> tuple[str, str | None, str]:
    """Scheme, client and host as the application behind the proxies sees them."""
    found: list[Any] = []

    async def inside(scope: Any, receive: Any, send: Any) -> None:
        found.append(scope)

    pairs = [(b"host", b"upstream"), *((name.lower().encode(), value.encode()) for name, value in headers.items())]
    scope: Any = {"type": "http", "scheme": "http", "client": peer, "headers": pairs}
    await behind_proxies(inside, trusted)(scope, None, None)  # type: ignore[arg-type]
    hosts = [value.decode() for name, value in found[0]["headers"] if name == b"host"]
    assert len(hosts) == 1
    return found[0]["scheme"], found[0]["client"] and found[0]["client"][0], hosts[0]


FORWARDED = {"X-Forwarded-Proto": "https", "X-Forwarded-For": STRANGER, "X-Forwarded-Host": "quaero.example.org"}


@pytest.mark.parametrize("trusted", [PROXY, "10.0.0.0/8"])
async def test_a_trusted_proxy_is_believed(trusted: str) -> None:
    assert await seen((PROXY, 1), FORWARDED, trusted) == ("https", STRANGER, "quaero.example.org")


async def test_who_listens_on_every_address_sees_old_addresses_in_new_ones() -> None:
    assert (await seen((f"::ffff:{PROXY}", 1), FORWARDED, PROXY))[1] == STRANGER


@pytest.mark.parametrize("trusted", [(), (OTHER_PROXY,), ("unix",)])
async def test_no_other_peer_is_trusted(trusted: tuple[str, ...]) -> None:
    assert await seen((PROXY, 1), FORWARDED, *trusted) == ("http", PROXY, "upstream")


async def test_a_socket_in_the_file_system_has_a_name_of_its_own() -> None:
    assert await seen(None, FORWARDED, "unix") == ("https", STRANGER, "quaero.example.org")
    assert await seen(None, FORWARDED, PROXY) == ("http", None, "upstream")


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        (f"1.2.3.4, {STRANGER}", STRANGER),  # the first is what the stranger has made up
        (f"1.2.3.4, {STRANGER}, {OTHER_PROXY}", STRANGER),
        (f"{STRANGER}:4711", STRANGER),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        (f"{OTHER_PROXY}", OTHER_PROXY),
        ("unknown", PROXY),
        (f"{STRANGER}, unknown", PROXY),
        (", ,", PROXY),
    ],
)
async def test_the_client_is_the_nearest_that_is_no_trusted_proxy(forwarded: str, client: str) -> None:
    assert (await seen((PROXY, 1), {"X-Forwarded-For": forwarded}, "10.0.0.0/8"))[1] == client


async def test_of_several_words_the_last_counts() -> None:
    forwarded = {"X-Forwarded-Proto": "https, http", "X-Forwarded-Host": "evil.example, quaero.example.org"}
    assert await seen((PROXY, 1), forwarded, PROXY) == ("http", PROXY, "quaero.example.org")


async def test_a_scheme_that_is_none_is_no_scheme() -> None:
    assert (await seen((PROXY, 1), {"X-Forwarded-Proto": "javascript"}, PROXY))[0] == "http"
