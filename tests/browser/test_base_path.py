"""The installation under a path of nginx's, with the configuration of docs/proxy.md, seen in a browser."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD, PEOPLE
from tests.browser.installation import Installation
from tests.nginx import NGINX, documented_location, running_nginx

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is missing: sudo apt-get install -y nginx")


@pytest.fixture(scope="module")
def under_path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    settings = {"QUAERO_BASE_PATH": "/quaero/", "QUAERO_TRUSTED_PROXIES": "127.0.0.2"}
    installation = Installation(tmp_path_factory.mktemp("under_path"), settings=settings)
    installation.start("--no-worker")
    installation.python(PEOPLE)
    yield installation
    installation.stop()


@pytest.fixture(scope="module")
def proxies(under_path: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """One that hands the path on, as documented, and one that cuts it off. Neither says that it was asked by https."""
    handed_on = documented_location("Under a path", under_path.port).replace("Forwarded-Proto https", "Asked-By http")
    locations = {"handed on": handed_on, "cut off": handed_on.replace(f"{under_path.port};", f"{under_path.port}/;")}
    with running_nginx(tmp_path_factory.mktemp("nginx"), locations) as addresses:
        yield addresses


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("proxy", ["handed on", "cut off"])
def test_one_signs_in_and_follows_a_job_under_the_path(
    proxies: dict[str, str], under_path: Installation, visitor: Page, proxy: str
) -> None:
    root = f"{proxies[proxy]}/quaero/"
    visitor.goto(root)
    assert visitor.url.startswith(f"{root}login/?next=/quaero/")
    visitor.get_by_label("Name").fill("viewer")
    visitor.get_by_label("Password").fill(PASSWORD)
    visitor.get_by_role("button", name="Sign in").click()
    expect(visitor).to_have_url(root)
    assert {cookie["path"] for cookie in visitor.context.cookies()} == {"/quaero/"}
    with under_path.speaking_job(f"import by {proxy}") as job:
        visitor.get_by_role("link", name=f"import by {proxy}").click()
        expect(visitor).to_have_url(f"{root}jobs/{job.id}/")
        expect(visitor.locator("main")).to_contain_text("Live")
        job.say("the first line")
        expect(visitor.locator("main")).to_contain_text("the first line")
        job.finish()
    expect(visitor.locator("main")).to_contain_text("completed", ignore_case=True)


def test_the_server_answers_with_the_path_and_without(under_path: Installation) -> None:
    assert "/quaero/sign-in/" in under_path.sign_in_link
    for path in ("/healthz", "/quaero/healthz", "/static/quaero/css/base.css", "/quaero/static/quaero/css/base.css"):
        assert httpx.get(f"{under_path.url}{path}").status_code == 200, path
    assert httpx.get(f"{under_path.url}/quaero/quaero/healthz").status_code == 404


def test_the_description_of_the_api_names_the_path(under_path: Installation) -> None:
    described = httpx.get(f"{under_path.url}/quaero/api/openapi.json").json()
    assert described["servers"] == [{"url": "/quaero"}]
    assert "/api/jobs/{job_id}/logs/stream" in described["paths"]


def test_errors_for_programs_are_json_under_the_path_too(under_path: Installation) -> None:
    for path in ("/quaero/api/nowhere", "/quaero/api/jobs"):
        answer = httpx.get(f"{under_path.url}{path}")
        assert answer.headers["Content-Type"] == "application/json"
        assert set(answer.json()) == {"error", "code", "detail"}
