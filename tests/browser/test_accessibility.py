"""Every page, in both themes and at three widths, has nothing that axe finds."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import findings
from tests.browser.conftest import sign_in
from tests.browser.installation import Installation
from tests.browser.reading import expect_state, open_job

SCRIPT = """
    echo "::group::Fetch"; echo "INFO fetched"; echo "WARN slow"; echo "DEBUG detail"; echo "::endgroup::"
    echo "::group::Load"; echo "ERROR no room"; printf '\\033[33mcoloured\\033[0m\\n'; echo "bell \\007"
    echo "::endgroup::"
    echo "::progress::40"; exit 3
"""
EACH_LOOK = pytest.mark.parametrize("theme", ["light", "dark"])
EACH_WIDTH = pytest.mark.parametrize("width", [1440, 1024, 390])


@pytest.fixture(scope="module")
def job_id(installation: Installation) -> str:
    return installation.run("sh", "-c", SCRIPT, name="Nightly import of everything there is in the northern shops")


def look(page: Page, theme: str, width: int) -> None:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 800})


@EACH_LOOK
@EACH_WIDTH
def test_the_list(page: Page, job_id: str, theme: str, width: int) -> None:
    look(page, theme, width)
    page.goto("/")
    expect(page.locator(f'[data-job-id="{job_id}"]')).to_contain_text("1 error")
    expect_state(page, "Live")
    assert findings(page) == []


@EACH_LOOK
@EACH_WIDTH
def test_a_job_and_the_open_panel(page: Page, job_id: str, theme: str, width: int) -> None:
    look(page, theme, width)
    open_job(page, job_id)
    expect(page.locator(".log-row")).to_have_count(6)
    page.keyboard.press("l")
    expect(page.locator(".service .log-row").last).to_be_visible()
    assert findings(page) == []


@EACH_LOOK
def test_lists_without_rows(page: Page, theme: str) -> None:
    look(page, theme, 1440)
    page.goto("/?q=nothing-like-it&created=between")
    expect(page.get_by_role("heading", name="No job matches")).to_be_visible()
    assert findings(page) == []
    page.route("**/api/jobs?*", lambda route: route.abort())
    page.goto("/")
    expect(page.get_by_role("alert")).to_be_visible()
    assert findings(page) == []


@EACH_LOOK
def test_pages_with_a_message(anonymous: Page, theme: str) -> None:
    look(anonymous, theme, 390)
    anonymous.goto("/login/")
    assert findings(anonymous) == []
    anonymous.get_by_label("Name").fill("viewer")
    anonymous.get_by_label("Password").fill("wrong")
    anonymous.get_by_role("button", name="Sign in").click()
    expect(anonymous.get_by_role("alert")).to_be_visible()
    assert findings(anonymous) == []
    sign_in(anonymous, "stranger")
    expect(anonymous.get_by_role("heading", name="No permission")).to_be_visible()
    assert findings(anonymous) == []


def test_a_job_can_be_found_and_read_by_keyboard(page: Page, job_id: str) -> None:
    page.goto("/")
    expect(page.locator(f'[data-job-id="{job_id}"]')).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.locator(f'[data-job-id="{job_id}"]').get_by_role("link").focus()
    page.keyboard.press("Enter")
    step = page.get_by_role("navigation", name="Steps").get_by_role("button", name="Fetch")
    step.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".log-row")).to_have_count(3)
    page.keyboard.press("l")
    expect(page.get_by_role("log", name="Service log lines")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Service log")).to_be_focused()
