"""What a reader sees on a job's page."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect


def open_job(page: Page, job_id: str, query: str = "") -> None:
    page.goto(f"/jobs/{job_id}/{query}")


def messages(page: Page) -> list[str]:
    """The messages on the page, as text and in their order. (In one step: rows come and go meanwhile.)"""
    expect_all_built(page)
    texts: list[str] = page.evaluate("[...document.querySelectorAll('.log-message')].map((each) => each.textContent)")
    return texts


def lines(page: Page) -> list[int]:
    expect_all_built(page)
    numbers: list[int] = page.evaluate("[...document.querySelectorAll('.log-line')].map((each) => +each.textContent)")
    return numbers


def expect_all_built(page: Page) -> None:
    """Rows are built some a frame, the last ones first; the others are a gap until then."""
    expect(page.locator(".log-gap")).to_have_count(0)


def expect_message(page: Page, text: str) -> None:
    expect(page.locator(".log-message").get_by_text(text, exact=True)).to_have_count(1)


def expect_count(page: Page, count: int) -> None:
    expect(page.locator(".log-row")).to_have_count(count)


def expect_state(page: Page, state: str) -> None:
    expect(page.locator("[data-state]")).to_have_text(re.compile(f"^{state}"))


def expect_status(page: Page, status: str) -> None:
    expect(page.locator("[data-job-status]")).to_have_text(status)
