"""Browser tests: a real Chromium on a real server. They need neither Django nor its database in this process."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.installation import Installation

CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox",  # the tests may run as root, in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "a long enough passphrase"
PEOPLE = f"""
from django.contrib.auth.models import Group, User
people = {{"viewer": ["viewers"], "runner": ["operators", "runners"], "stranger": []}}
for name, groups in people.items():
    user = User.objects.create_user(name, password={PASSWORD!r})
    user.groups.set(Group.objects.filter(name__in=[f"Quaero {{group}}" for group in groups]))
"""

expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.slow)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="Chromium is missing: sudo apt-get install -y chromium"))


@pytest.fixture(scope="package")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One for all browser tests. Who stops its server starts it again."""
    installation = Installation(tmp_path_factory.mktemp("installation"), settings={"QUAERO_COMMANDS": "showmigrations"})
    installation.start()
    installation.python(PEOPLE)
    yield installation
    installation.stop()


# Playwright's loop lives in this thread while it runs, so it must be over before other tests use theirs.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Complaints:
    """What a page complained of: errors in scripts, and what the Content-Security-Policy refused."""

    texts: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.texts.append(str(error)))
        page.on("console", self.hear)

    def hear(self, message: ConsoleMessage) -> None:
        # A request that fails is part of some tests, and what the page makes of it is seen on the page.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.texts.append(message.text)


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """What pages complained of. At the end of a test there must be nothing that it did not expect and clear."""
    complaints = Complaints()
    yield complaints
    assert complaints.texts == []


@pytest.fixture
def new_context(
    chromium: Browser, installation: Installation, complaints: Complaints
) -> Iterator[Callable[[], BrowserContext]]:
    """Makes browsers of people who are not signed in."""
    contexts = []

    def make() -> BrowserContext:
        context = chromium.new_context(base_url=installation.url, viewport={"width": 1440, "height": 900})
        context.set_default_timeout(20_000)
        context.on("page", complaints.watch)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def anonymous(new_context: Callable[[], BrowserContext]) -> Page:
    return new_context().new_page()


def sign_in(page: Page, name: str) -> None:
    page.goto("/login/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def cookies_of(name: str, chromium: Browser, installation: Installation) -> list[dict[str, object]]:
    context = chromium.new_context(base_url=installation.url)
    page = context.new_page()
    sign_in(page, name)
    page.wait_for_url("/")
    cookies = [dict(cookie) for cookie in context.cookies()]
    context.close()
    return cookies


@pytest.fixture(scope="package")
def viewers_cookies(chromium: Browser, installation: Installation) -> list[dict[str, object]]:
    return cookies_of("viewer", chromium, installation)


@pytest.fixture(scope="package")
def runners_cookies(chromium: Browser, installation: Installation) -> list[dict[str, object]]:
    return cookies_of("runner", chromium, installation)


@pytest.fixture
def page(new_context: Callable[[], BrowserContext], viewers_cookies: list[dict[str, object]]) -> Page:
    """A page of somebody who is signed in and may look."""
    context = new_context()
    context.add_cookies(viewers_cookies)  # type: ignore[arg-type]
    return context.new_page()


@pytest.fixture
def runner(new_context: Callable[[], BrowserContext], runners_cookies: list[dict[str, object]]) -> Page:
    """A page of somebody who may also run something, and cancel, rerun and delete."""
    context = new_context()
    context.add_cookies(runners_cookies)  # type: ignore[arg-type]
    return context.new_page()
