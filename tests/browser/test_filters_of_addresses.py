"""Filters that only the address has: shown on the page, and removed there."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.installation import Installation
from tests.browser.reading import expect_count, messages, open_job
from tests.browser.test_service_panel import expect_line, expect_live, panel

TWO_SHOPS = """
    for shop in 7 8; do
        printf '{"level": "info", "logger": "app.db", "message": "shop %s", "shop": %s}\\n' $shop $shop
    done
    echo "a plain line"
"""


def test_a_job_page_takes_filters_from_its_address_and_removes_them(page: Page, installation: Installation) -> None:
    open_job(page, installation.run("sh", "-c", TWO_SHOPS), "?source=app.db&fields.shop=7")
    expect_count(page, 1)
    assert messages(page) == ["shop 7"]
    page.get_by_role("button", name="fields.shop: 7").click()
    expect_count(page, 2)
    expect(page).to_have_url(re.compile(r"\?source=app\.db$"))
    page.get_by_role("button", name="Clear filters").click()
    expect_count(page, 3)
    expect(page.locator(".chip")).to_have_count(0)


def test_the_service_panel_takes_them_where_the_page_has_no_log(page: Page, installation: Installation) -> None:
    installation.run("sh", "-c", TWO_SHOPS.replace("shop %s", "store %s"))
    page.goto("/?source=app.db&fields.shop=7&status=completed")
    expect_live(page)
    expect_line(page, "store 7")
    panel(page).get_by_role("button", name="fields.shop: 7").click()
    expect_line(page, "store 8")
    panel(page).get_by_role("button", name="source: app.db").click()
    expect(panel(page).locator(".log-message").get_by_text("a plain line").first).to_be_visible()
    expect(page).to_have_url(re.compile(r"/\?status=completed$"))
