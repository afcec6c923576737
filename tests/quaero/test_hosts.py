"""The names under which an installation may be called."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from django.test import override_settings

from quaero.config.checks import check_proxies
from quaero.config.host_names import of_this_machine, trusted_origins
from quaero.http.hosts import is_allowed
from tests.processes import Serving
from tests.quaero.test_environment import read


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("anything.example", ()),
        ("quaero.example.org", ("quaero.example.org",)),
        ("QUAERO.example.org.:80", ("quaero.example.org:8443",)),
        ("a.b.example.org", (".example.org",)),
        ("example.org", (".example.org",)),
        ("192.0.2.7:8000", ("addresses",)),
        ("[2001:db8::1]:8000", ("addresses",)),
        ("localhost:8000", ("quaero.example.org",)),
        ("127.0.0.1", ("quaero.example.org",)),
        ("[::1]:8000", ("quaero.example.org",)),
        ("anything.example", ("*",)),
    ],
)
def test_a_name_is_good(host: str, allowed: tuple[str, ...]) -> None:
    assert is_allowed(host, allowed)


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("evil.example", ("quaero.example.org",)),
        ("quaero.example.org.evil.example", ("quaero.example.org",)),
        ("notexample.org", (".example.org",)),
        ("192.0.2.7", ("quaero.example.org",)),
        ("192.0.2.7.evil.example", ("addresses",)),
        ("localhost.evil.example", ("quaero.example.org",)),
        ("", ("quaero.example.org",)),
    ],
)
def test_another_is_not(host: str, allowed: tuple[str, ...]) -> None:
    assert not is_allowed(host, allowed)


def test_forms_come_from_ones_own_names() -> None:
    names = ("quaero.example.org", ".example.net:8443", "addresses", "*")
    assert trusted_origins(names, knows_scheme=True) == ["https://quaero.example.org", "https://*.example.net:8443"]
    assert trusted_origins(names[:1], knows_scheme=False) == ["https://quaero.example.org", "http://quaero.example.org"]


def test_a_proxy_without_names_is_warned_of(tmp_path: Path) -> None:
    for names, problems in (("", 1), ("quaero.example.org", 0)):
        environment = read(tmp_path, QUAERO_TRUSTED_PROXIES="127.0.0.1", QUAERO_ALLOWED_HOSTS=names)
        with override_settings(ENVIRONMENT=environment):
            assert len(check_proxies(None)) == problems


@pytest.mark.slow
def test_a_server_that_others_can_reach_answers_to_its_own_names(tmp_path: Path) -> None:
    with Serving(tmp_path / "data", "--host", "0.0.0.0", "--no-worker") as server:
        server.ready()
        own = of_this_machine()[1]
        for host, status in (("evil.example", 400), (own, 200), ("192.0.2.7", 200), ("localhost", 200)):
            answer = httpx.get(f"{server.address}/login/", headers={"Host": host})
            assert answer.status_code == status, host
        assert "QUAERO_ALLOWED_HOSTS" in server.said


@pytest.mark.slow
def test_a_server_for_this_machine_alone_takes_any_name(tmp_path: Path) -> None:
    with Serving(tmp_path / "data", "--no-worker") as server:
        server.ready()
        assert httpx.get(f"{server.address}/login/", headers={"Host": "any.example"}).status_code == 200
