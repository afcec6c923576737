"""An installation in which nobody runs what is ordered, and which allows no programs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PEOPLE, Complaints, sign_in
from tests.browser.installation import Installation
from tests.browser.ordering import submit
from tests.browser.reading import expect_status


@pytest.fixture(scope="module")
def lonely(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    installation = Installation(tmp_path_factory.mktemp("lonely"), programs="")
    installation.start("--no-worker")
    installation.python(PEOPLE)
    yield installation
    installation.stop()


@pytest.fixture
def lonely_page(chromium: Browser, lonely: Installation, complaints: Complaints) -> Iterator[Page]:
    context = chromium.new_context(base_url=lonely.url)
    context.set_default_timeout(20_000)
    context.on("page", complaints.watch)
    page = context.new_page()
    sign_in(page, "runner")
    yield page
    context.close()


def test_a_run_that_nobody_takes_says_so_on_every_page(lonely_page: Page) -> None:
    lonely_page.goto("/run/?job=check-installation")
    expect(lonely_page.locator("[data-no-worker]")).to_contain_text("No worker is there. The run will wait")
    submit(lonely_page)
    expect_status(lonely_page, "Pending")
    expect(lonely_page.locator("[data-waiting]")).to_contain_text("No worker is there. The run waits")
    lonely_page.goto("/workers/")
    expect(lonely_page.get_by_role("heading", name="No worker is there")).to_be_visible()
    expect(lonely_page.get_by_text("1 job waits, and no worker is there")).to_be_visible()
    lonely_page.goto("/")
    expect(lonely_page.locator("[data-waiting]")).to_contain_text("1 job waits, and no worker is there")
    lonely_page.get_by_role("link", name="check-installation").click()
    lonely_page.get_by_role("button", name="Cancel", exact=True).click()
    lonely_page.get_by_role("button", name="Yes, cancel").click()
    expect_status(lonely_page, "Cancelled")
    expect(lonely_page.locator("[data-waiting]")).to_be_hidden()


def test_where_programs_are_off_the_page_says_which_setting_allows_them(lonely_page: Page) -> None:
    lonely_page.goto("/run/")
    expect(lonely_page.get_by_role("heading", name="check-installation")).to_be_visible()
    lonely_page.get_by_role("navigation", name="What to run").get_by_role("button", name="Program").click()
    expect(lonely_page.get_by_role("heading", name="Programs are off")).to_be_visible()
    expect(lonely_page.locator("main")).to_contain_text("QUAERO_PROGRAMS")
    expect(lonely_page.locator("textarea.program")).to_be_hidden()
