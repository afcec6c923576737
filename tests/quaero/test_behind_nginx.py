"""A real nginx in front of a real `serve`: with the configuration of docs/proxy.md, and with nginx's defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from tests.browser.installation import Installation
from tests.live.serving import DEADLINE_S
from tests.nginx import NGINX, documented_location, running_nginx

NAME = "quaero.example.org"
ORIGIN = f"https://{NAME}"
PASSWORD = "a long enough passphrase"
PEOPLE = f"""
from django.contrib.auth.models import Group, User
from jobs.models import Token
user = User.objects.create_user("viewer", password={PASSWORD!r})
user.groups.add(Group.objects.get(name="Quaero viewers"))
print(Token.issue(user, ["read"])[1])
"""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(NGINX is None, reason="nginx is missing: sudo apt-get install -y nginx"),
]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    names = {"QUAERO_ALLOWED_HOSTS": NAME, "QUAERO_TRUSTED_PROXIES": "127.0.0.2"}
    installation = Installation(tmp_path_factory.mktemp("behind"), settings=names)
    installation.start("--no-worker")
    yield installation
    installation.stop()


@pytest.fixture(scope="module")
def token(installation: Installation) -> str:
    return installation.python(PEOPLE).strip()


@pytest.fixture(scope="module")
def nginx(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The addresses of two servers of one nginx: `documented`, which says that it was asked by https, and `default`."""
    default = f"location / {{ proxy_pass http://127.0.0.1:{installation.port}; }}"
    locations = {"documented": documented_location("nginx", installation.port), "default": default}
    with running_nginx(tmp_path_factory.mktemp("nginx"), locations) as addresses:
        yield addresses


class Visitor:
    """A browser, as far as cookies go: it comes by https, as it sees it."""

    def __init__(self, address: str) -> None:
        self.client = httpx.Client(base_url=address, timeout=DEADLINE_S)
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, headers: Mapping[str, str] = {}, **options: Any) -> httpx.Response:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Host": NAME, "Origin": ORIGIN, "Cookie": cookies, **headers}
        response = self.client.request(method, path, headers=headers, **options)
        self.cookies |= dict(cookie.split(";")[0].split("=", 1) for cookie in response.headers.get_list("set-cookie"))
        return response

    def sign_in(self) -> httpx.Response:
        self.ask("GET", "/login/")
        form = {"username": "viewer", "password": PASSWORD, "csrfmiddlewaretoken": self.cookies["csrftoken"]}
        return self.ask("POST", "/login/", data=form)


@pytest.mark.parametrize("server", ["documented", "default"])
def test_one_signs_in_and_posts_by_a_proxy(nginx: dict[str, str], token: str, server: str) -> None:
    visitor = Visitor(nginx[server])
    assert visitor.sign_in().status_code == 302
    headers = {"X-CSRFToken": visitor.cookies["csrftoken"]}
    asked = visitor.ask("POST", "/api/tickets", json={"path": "/api/jobs/stream"}, headers=headers)
    assert asked.status_code == 200, asked.text


def test_a_form_of_another_site_is_refused(nginx: dict[str, str], token: str) -> None:
    visitor = Visitor(nginx["documented"])
    visitor.sign_in()
    headers = {"X-CSRFToken": visitor.cookies["csrftoken"], "Origin": f"http://{NAME}"}
    asked = visitor.ask("POST", "/api/tickets", json={"path": "/api/jobs/stream"}, headers=headers)
    assert (asked.status_code, asked.json()["code"]) == (403, "csrf_failed")


def test_over_https_cookies_are_secure_and_browsers_get_hsts(nginx: dict[str, str], token: str) -> None:
    visitor = Visitor(nginx["documented"])
    answer = visitor.sign_in()
    cookies = answer.headers.get_list("set-cookie")
    assert cookies
    assert all("Secure" in cookie for cookie in cookies)
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_forwarded_headers_of_strangers_are_ignored(installation: Installation, token: str) -> None:
    forged = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example", "Host": NAME}
    answer = httpx.get(f"{installation.url}/login/", headers=forged)
    assert answer.status_code == 200
    assert "Strict-Transport-Security" not in answer.headers
    assert "Secure" not in answer.headers["set-cookie"]


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
def test_a_stream_comes_through_line_by_line(
    nginx: dict[str, str], installation: Installation, token: str, encoding: str
) -> None:
    headers = {"Authorization": f"Bearer {token}", "Host": NAME, "Accept-Encoding": encoding}
    for address in nginx.values():
        with installation.speaking_job() as job:
            with httpx.stream("GET", f"{address}/api/logs/{job.id}", headers=headers, timeout=DEADLINE_S) as stream:
                assert stream.headers.get("Content-Encoding", "identity") == encoding
                lines = stream.iter_lines()
                for word in ("one", "two"):  # the second is said only when the first has come through
                    job.say(word)
                    assert any(f'"message":"{word}"' in line for line in lines)
            job.finish()


NOISE = """
from jobs import lifecycle
from jobs.recording import NewEntry, append
job = lifecycle.create_job("noise")
for begin in range(40):
    append(job, [NewEntry(str(hash((begin, n))) * 50) for n in range(1000)])
print(job.pk)
"""


@pytest.mark.parametrize("server", ["documented", "default"])
def test_a_download_that_is_broken_off_is_so_behind_a_proxy_too(
    nginx: dict[str, str], installation: Installation, token: str, server: str
) -> None:
    job = installation.python(NOISE).strip()
    headers = {"Authorization": f"Bearer {token}", "Host": NAME, "Accept-Encoding": "identity"}
    path = f"{nginx[server]}/api/jobs/{job}/logs/download"
    with httpx.stream("GET", path, headers=headers, timeout=DEADLINE_S) as answer:
        parts = answer.iter_raw()
        next(parts)
        installation.python(f"from jobs.models import Job; Job.objects.get(pk={job!r}).delete()")
        with pytest.raises(httpx.RemoteProtocolError):
            for _ in parts:
                pass


@pytest.mark.parametrize("host", ["evil.example", "quaero.example.org.evil.example", "10.0.0.1", "a b", "[::1"])
def test_another_name_is_refused(nginx: dict[str, str], installation: Installation, host: str) -> None:
    page = httpx.get(f"{installation.url}/", headers={"Host": host})
    assert (page.status_code, page.headers["Content-Type"]) == (400, "text/html; charset=utf-8")
    assert "Content-Security-Policy" in page.headers
    for path in ("/api/jobs", "/api/jobs/stream", "/v1/logs"):
        answer = httpx.get(f"{installation.url}{path}", headers={"Host": host})
        assert (answer.status_code, answer.json()["code"]) == (400, "wrong_host")
    by_proxy = httpx.get(f"{nginx['default']}/api/jobs", headers={"X-Forwarded-Host": host})
    assert (by_proxy.status_code, by_proxy.json()["code"]) == (400, "wrong_host")


@pytest.mark.parametrize("host", [NAME, NAME.upper(), f"{NAME}.", f"{NAME}:8443", "localhost", "127.0.0.1", "[::1]:80"])
def test_its_own_names_are_good(installation: Installation, host: str) -> None:
    assert httpx.get(f"{installation.url}/login/", headers={"Host": host}).status_code == 200


def test_probes_are_answered_under_any_name(installation: Installation) -> None:
    for path in ("/healthz", "/readyz"):
        assert httpx.get(f"{installation.url}{path}", headers={"Host": "10.0.0.1:8000"}).status_code == 200
