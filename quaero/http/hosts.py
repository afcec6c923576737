"""Refuses requests under host names that the installation does not have.

A page of another site can make a browser send requests to this server under a name of that site (DNS rebinding), and
would have the same origin. So names are checked; addresses and `localhost` cannot be rebound.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from ipaddress import ip_address

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import sync_and_async_middleware

from jobs.errors import Refusal
from jobs.web.refusals import response_to, wants_json
from quaero.config.host_names import ADDRESSES, Texts, is_loopback, name_of

# Monitoring requests these by address, and their answers have no data.
PROBES = ("/healthz", "/readyz")

Response = HttpResponseBase | Awaitable[HttpResponseBase]


@sync_and_async_middleware
def only_allowed_hosts(get_response: Callable[[HttpRequest], Response]) -> Callable[[HttpRequest], Response]:
    """Refuses requests under other names. Without QUAERO_ALLOWED_HOSTS, every valid name is allowed."""
    allowed: Texts = settings.ENVIRONMENT.allowed_hosts

    if iscoroutinefunction(get_response):

        async def check_async(request: HttpRequest) -> HttpResponseBase:
            return refusal_of(request, allowed) or await get_response(request)

        return check_async

    def check(request: HttpRequest) -> Response:
        return refusal_of(request, allowed) or get_response(request)

    return check


def refusal_of(request: HttpRequest, allowed: Texts) -> HttpResponse | None:
    """The answer to a request under a wrong name; None where the name is allowed."""
    host = host_of(request)
    if request.path_info in PROBES or (host is not None and is_allowed(host, allowed)):
        return None
    response = refusal_for_programs(host) if wants_json(request) else refusal_for_people(request, host)
    # It is the client's mistake, and the answer says so. Otherwise Django would log each of them.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def refusal_for_programs(host: str | None) -> HttpResponse:
    words = f"this server is not called {host[:100]!r} here" if host else "the Host header cannot be read"
    return response_to(Refusal(f"{words}: QUAERO_ALLOWED_HOSTS names what it is called", code="wrong_host"))


def refusal_for_people(request: HttpRequest, host: str | None) -> HttpResponse:
    return render(request, "quaero/errors/wrong_host.html", {"host": (host or "")[:100]}, status=400)


def host_of(request: HttpRequest) -> str | None:
    """The Host header; `localhost` where there is none (HTTP/1.0); None where it cannot be read."""
    try:
        return request.get_host() if "HTTP_HOST" in request.META else "localhost"
    except DisallowedHost:
        return None


def is_allowed(host: str, allowed: Texts) -> bool:
    """Whether `host`, perhaps with a port, is one of `allowed`. An empty `allowed` allows all."""
    domain, _ = split_domain_port(host)
    if not allowed or is_loopback(domain.strip("[]")):
        return True
    if ADDRESSES in allowed and is_address(domain):
        return True
    return validate_host(domain, [name_of(pattern) for pattern in allowed if pattern != ADDRESSES])


def is_address(domain: str) -> bool:
    """Whether `domain` is an IP address, for IPv6 in brackets."""
    try:
        ip_address(domain.strip("[]"))
    except ValueError:
        return False
    return True
