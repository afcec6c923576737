"""Quaero in another project: a real one, in a directory of its own, with a real server and a real browser."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.embedded.host import PASSWORD, Host, Installed
from tests.package.installed import InstalledPackage

# A WSGI server has no streams, the project's own door no icon, and a server that was stopped no answer.
EXPECTED = ("501 (Not Implemented)", "/favicon.ico", "ERR_CONNECTION_REFUSED")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/embedded/" in item.path.as_posix():
            item.add_marker(pytest.mark.slow)
            if CHROMIUM is None and "visitor" in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.skip(reason="Chromium is missing: sudo apt-get install -y chromium"))


@pytest.fixture(scope="package")
def installed(bare_venv: InstalledPackage) -> Installed:
    """Quaero as people install it, without any extra, and nothing of the sources in reach."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("QUAERO_", "DJANGO_", "PYTHON"))}
    return Installed(str(bare_venv.python), {**kept, "SHOP_REGION": "north"})


@pytest.fixture(scope="package")
def host(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Host:
    host = Host(tmp_path_factory.mktemp("host"), installed)
    host.make()
    return host


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[Page]:
    """A page of a browser whose errors fail the test."""
    context = chromium.new_context()
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(said(message)) if message.type == "error" else None)
    yield page
    context.close()
    assert [error for error in errors if not any(words in error for words in EXPECTED)] == []


def said(message: ConsoleMessage) -> str:
    return f"{message.text} ({message.location.get('url')})"


def sign_in(page: Page, host: Host) -> None:
    """Through the project's own door."""
    page.goto(host.root)
    page.locator("[name=username]").fill("owner")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Enter").click()
