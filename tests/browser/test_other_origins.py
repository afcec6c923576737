"""Pages of other origins in a real browser: what QUAERO_CORS_ORIGINS lets them do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.installation import Installation
from tests.live.serving import free_port

TOKEN = """
from django.contrib.auth.models import Group, User
from jobs.models import Token
user = User.objects.create_user("elsewhere")
user.groups.set(Group.objects.filter(name__in=["Quaero runners", "Quaero operators"]))
print(Token.issue(user, ["read", "run"])[1])
"""
CALL = """async ([url, token, method, body]) => {
    try {
        const response = await fetch(url, {
            method, body,
            headers: {Authorization: `Bearer ${token}`, "Content-Type": "application/json", "Idempotency-Key": "1"},
        });
        const told = ["Allow", "Retry-After", "WWW-Authenticate"].map((name) => response.headers.get(name));
        return [response.status, method === "HEAD" ? null : await response.json(), told];
    } catch (error) {
        return [0, error.name, []];
    }
}"""
READ_STREAM = """(url) => new Promise((resolve) => {
    const stream = new EventSource(url);
    const lines = [];
    const take = (event) => lines.push(...JSON.parse(event.data).logs.map((entry) => entry.message));
    stream.addEventListener("logs", take);
    stream.addEventListener("done", () => { stream.close(); resolve(lines); });
    stream.addEventListener("error", () => { stream.close(); resolve("refused"); });
})"""


class Silent(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


class OtherSite:
    """A web server of somebody else, with one empty page."""

    def __init__(self, directory: Path) -> None:
        (directory / "index.html").write_text("<!DOCTYPE html><title>Elsewhere</title>")
        self.server = ThreadingHTTPServer(("127.0.0.1", free_port()), partial(Silent, directory=str(directory)))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture(scope="module")
def friend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OtherSite]:
    site = OtherSite(tmp_path_factory.mktemp("friend"))
    yield site
    site.server.shutdown()


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OtherSite]:
    site = OtherSite(tmp_path_factory.mktemp("stranger"))
    yield site
    site.server.shutdown()


@pytest.fixture(scope="module")
def open_installation(tmp_path_factory: pytest.TempPathFactory, friend: OtherSite) -> Iterator[Installation]:
    installation = Installation(tmp_path_factory.mktemp("open"), settings={"QUAERO_CORS_ORIGINS": friend.origin})
    installation.start()
    yield installation
    installation.stop()


@pytest.fixture(scope="module")
def token(open_installation: Installation) -> str:
    return open_installation.python(TOKEN).strip()


@pytest.fixture
def elsewhere(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    yield context.new_page()
    context.close()


def read_a_job(page: Page, url: str, token: str, job_id: str) -> tuple[object, object]:
    """What a page gets of a job: by a page of its log, and by a stream that a ticket opens."""
    log = page.evaluate(CALL, [f"{url}/api/jobs/{job_id}/logs", token, "GET", None])
    path = f"/api/jobs/{job_id}/logs/stream"
    _, ticket, _ = page.evaluate(CALL, [f"{url}/api/tickets", token, "POST", f'{{"path": "{path}"}}'])
    secret = ticket["ticket"] if isinstance(ticket, dict) else "none"
    return log, page.evaluate(READ_STREAM, f"{url}{path}?ticket={secret}")


def test_a_page_of_a_named_origin_reads_pages_and_streams(
    elsewhere: Page, open_installation: Installation, friend: OtherSite, token: str
) -> None:
    job_id = open_installation.run("echo", "for everybody")
    elsewhere.goto(friend.origin)
    log, lines = read_a_job(elsewhere, open_installation.url, token, job_id)
    assert [entry["message"] for entry in log[1]["logs"]] == ["for everybody"]  # type: ignore[index]
    assert lines == ["for everybody"]


def test_it_reads_why_it_is_refused(
    elsewhere: Page, open_installation: Installation, friend: OtherSite, token: str
) -> None:
    elsewhere.goto(friend.origin)
    url = open_installation.url
    status, body, told = elsewhere.evaluate(CALL, [f"{url}/api/jobs", "quaero_wrong", "GET", None])
    assert (status, body["code"], told[2]) == (401, "bad_token", "Bearer")
    status, body, _ = elsewhere.evaluate(CALL, [f"{url}/api/jobs/none", token, "GET", None])
    assert (status, body["code"]) == (404, "no_such_job")
    status, body, told = elsewhere.evaluate(CALL, [f"{url}/api/tickets", token, "DELETE", None])
    assert (status, body["code"], told[0]) == (405, "method_not_allowed", "POST")
    too_much = "x" * (9 * 1024 * 1024)
    status, body, _ = elsewhere.evaluate(CALL, [f"{url}/api/execute-async", token, "POST", too_much])
    assert (status, body["code"]) == (413, "too_large")


def test_a_page_of_another_origin_gets_nothing(
    elsewhere: Page, open_installation: Installation, stranger: OtherSite, token: str
) -> None:
    job_id = open_installation.run("echo", "not for you")
    elsewhere.goto(stranger.origin)
    log, lines = read_a_job(elsewhere, open_installation.url, token, job_id)
    assert (log, lines) == ([0, "TypeError", []], "refused")


def test_a_session_is_of_no_use_to_pages_of_another_origin(
    elsewhere: Page, open_installation: Installation, friend: OtherSite
) -> None:
    elsewhere.goto(open_installation.sign_in_link)
    elsewhere.goto(friend.origin)
    asked = "fetch(url, {credentials: 'include'}).then((response) => response.status, (error) => error.name)"
    assert elsewhere.evaluate(f"(url) => {asked}", f"{open_installation.url}/api/jobs") == "TypeError"
