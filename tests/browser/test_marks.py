"""Words that are marked in a log: what the filter searches for, and what the reader wants to see."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.installation import Installation
from tests.browser.reading import expect_count, open_job

MARKED = """() => Object.fromEntries([...CSS.highlights].map(([name, ranges]) => [
    name,
    [...ranges].map((range) => {
        const text = document.createRange();
        text.setStart(range.startContainer, range.startOffset);
        text.setEnd(range.endContainer, range.endOffset);
        return text.toString();
    }),
]).filter(([, texts]) => texts.length))"""


@pytest.fixture(scope="module")
def job_id(installation: Installation) -> str:
    return installation.run("printf", "%b\\n", "Time out", "a t\\033[31mIME\\033[0mout", "other", name="Marks")


def marked(page: Page) -> dict[str, list[str]]:
    found: dict[str, list[str]] = page.evaluate(MARKED)
    return {name: sorted(texts) for name, texts in found.items()}


def test_what_the_filter_searches_for_is_marked(page: Page, job_id: str) -> None:
    open_job(page, job_id, "?search=time")
    expect_count(page, 2)
    assert marked(page) == {"quaero-search": ["Time", "tIME"]}  # across the colours of a text, too


def test_a_marked_text_hides_nothing_and_stays(page: Page, job_id: str) -> None:
    open_job(page, job_id)
    expect_count(page, 3)
    page.keyboard.press("h")
    expect(page.get_by_label("Value")).to_be_focused()
    page.keyboard.type("OUT")
    page.keyboard.press("Enter")
    expect(page.locator(".chip-mark")).to_have_text(["OUT ✕"])
    expect_count(page, 3)
    assert marked(page) == {"quaero-mark-1": ["out", "out"]}
    expect(page).to_have_url(re.compile(r"\?mark=OUT$"))
    page.reload()
    expect_count(page, 3)
    assert marked(page) == {"quaero-mark-1": ["out", "out"]}
    page.locator(".chip-mark").click()
    expect(page.locator(".chip-mark")).to_have_count(0)
    assert marked(page) == {}


def test_a_selected_text_is_marked_by_a_key(page: Page, job_id: str) -> None:
    open_job(page, job_id, "?mark=out")
    expect_count(page, 3)
    page.evaluate("getSelection().selectAllChildren([...document.querySelectorAll('.log-message')].at(-1))")
    page.keyboard.press("h")
    expect(page.locator(".chip-mark")).to_have_text(["out ✕", "other ✕"])
    assert marked(page)["quaero-mark-2"] == ["other"]


def test_marks_stay_while_the_log_is_searched(page: Page, job_id: str) -> None:
    open_job(page, job_id, "?mark=out")
    expect_count(page, 3)
    page.keyboard.press("Control+f")
    expect(page.get_by_role("searchbox", name="Find in the whole log")).to_be_focused()
    page.keyboard.type("out")
    expect(page.locator("mark")).to_have_count(2)
    assert marked(page) == {"quaero-mark-1": ["out", "out"]}
    page.keyboard.press("Escape")
    expect(page.locator("mark")).to_have_count(0)
    assert marked(page) == {"quaero-mark-1": ["out", "out"]}
