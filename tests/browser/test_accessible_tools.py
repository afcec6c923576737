"""What stands around a log has nothing that axe finds either: chips, forms, menus, what is around a line."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import findings
from tests.browser.installation import Installation
from tests.browser.reading import expect_count, open_job
from tests.browser.test_accessibility import EACH_LOOK, EACH_WIDTH, look

SCRIPT = """
    for shop in 7 8 9; do
        printf '{"level": "info", "logger": "app.db", "message": "shop %s", "shop": %s}\\n' $shop $shop
    done
    echo "ERROR no answer"
"""
SMALL = """() => [...document.querySelectorAll('.chips button, .menus button, .menus input, .menus a, .row-menu button,'
    + ' .row-bar button, .add-filter button, .add-filter select, .palette-open')].filter((each) => {
    const { width, height } = each.closest('label')?.getBoundingClientRect() ?? each.getBoundingClientRect();
    return width > 0 && Math.min(width, height) < 24;
}).map((each) => each.outerHTML)"""


@pytest.fixture(scope="module")
def job_id(installation: Installation) -> str:
    return installation.run("sh", "-c", SCRIPT, name="Tools")


def expect_nothing_found(page: Page, width: int) -> None:
    assert findings(page) == []
    assert page.evaluate(SMALL) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@EACH_LOOK
@EACH_WIDTH
def test_the_tools_of_a_log(page: Page, job_id: str, theme: str, width: int) -> None:
    look(page, theme, width)
    open_job(page, job_id, "?level=info&source=app.db&mark=shop&from=2020-01-01T00:00:00Z#L2-L9")
    expect_count(page, 3)
    page.get_by_role("button", name="Add filter").click()
    page.get_by_role("button", name="Add", exact=True).click()
    page.keyboard.press("j")
    expect_nothing_found(page, width)
    for menu in ("Copy", "Download"):
        page.get_by_role("button", name=menu, exact=True).click()
        expect_nothing_found(page, width)
    page.get_by_role("button", name="Download", exact=True).click()
    page.get_by_role("button", name="Close").click()
    page.locator(".log").focus()
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect(page.locator(".log-context").first).to_be_visible()
    page.keyboard.press("m")
    expect(page.get_by_role("menu", name=re.compile("^Line"))).to_be_visible()
    expect_nothing_found(page, width)


@EACH_LOOK
def test_a_log_that_filters_hide(page: Page, job_id: str, theme: str) -> None:
    look(page, theme, 390)
    open_job(page, job_id, "?source=nothing")
    expect(page.locator("[data-hidden]")).to_be_visible()
    expect_nothing_found(page, 390)


@EACH_LOOK
@EACH_WIDTH
def test_steps_that_fold(page: Page, installation: Installation, theme: str, width: int) -> None:
    look(page, theme, width)
    script = "for step in one two; do echo ::group::$step; seq 100; echo ::endgroup::; done"
    open_job(page, installation.run("sh", "-c", script, name="Steps"))
    expect(page.locator(".log-current-toggle")).to_be_visible()
    expect_nothing_found(page, width)
    page.get_by_role("button", name="Fold all", exact=True).click()
    expect_count(page, 0)
    expect_nothing_found(page, width)
    page.keyboard.press("Control+f")
    page.get_by_label("Find in the whole log").fill("42")
    expect(page.locator("[data-find-count]")).to_have_text("1 of 2")
    expect_nothing_found(page, width)
