"""The list of shortcuts and the command palette: what the page can do, by keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import findings
from tests.browser.installation import Installation
from tests.browser.reading import expect_count, open_job

NAME = "Palette of the northern shops"


@pytest.fixture(scope="module")
def job_id(installation: Installation) -> str:
    return installation.run("seq", "5", name=NAME)


def palette(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Find jobs and actions")


def open_palette(page: Page, query: str = "") -> None:
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Job or action")).to_be_focused()
    page.keyboard.type(query)


def test_the_question_mark_lists_the_keys_of_the_page(page: Page, job_id: str) -> None:
    open_job(page, job_id)
    expect_count(page, 5)
    page.keyboard.press("?")
    shortcuts = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(shortcuts.get_by_text("Go to the end")).to_have_count(1)
    expect(shortcuts.get_by_text("Open or close the service log")).to_be_visible()
    assert findings(page) == []
    page.keyboard.press("l")
    expect(page.locator("#service-log")).to_have_count(0)  # the dialog has the keys
    page.keyboard.press("Escape")
    expect(shortcuts).to_be_hidden()


def test_single_characters_can_be_switched_off(page: Page, job_id: str) -> None:
    open_job(page, job_id)
    expect_count(page, 5)
    page.keyboard.press("?")
    page.get_by_label("Single characters are keys").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    expect_count(page, 5)
    page.keyboard.press("l")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Service log")).to_have_attribute("aria-expanded", "false")
    open_palette(page, "keyboard")
    page.keyboard.press("Enter")
    page.get_by_label("Single characters are keys").check()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)  # which has the keys for itself
    page.keyboard.press("l")
    expect(page.get_by_role("button", name="Service log")).to_have_attribute("aria-expanded", "true")


def test_a_box_that_was_ticked_takes_no_keys_from_the_page(page: Page, job_id: str) -> None:
    open_job(page, job_id)
    page.get_by_role("button", name="View", exact=True).click()
    page.get_by_label("Wrap long lines").uncheck()
    expect(page.get_by_label("Wrap long lines")).to_be_focused()
    page.keyboard.press("l")
    expect(page.get_by_role("button", name="Service log")).to_have_attribute("aria-expanded", "true")


def test_the_palette_finds_a_job_by_its_name(page: Page, job_id: str) -> None:
    page.goto("/workers/")
    open_palette(page, "palette of the northern")
    expect(palette(page).get_by_role("option", name=NAME)).to_have_count(1)
    expect(palette(page).get_by_role("status")).to_have_text("1 result")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(job_id))


def test_without_a_word_it_has_the_newest_jobs_first(page: Page, job_id: str) -> None:
    page.goto("/workers/")
    open_palette(page)
    expect(palette(page).get_by_role("option").first).to_contain_text("Job · ")
    assert findings(page) == []


def test_the_palette_does_what_the_page_can_do(page: Page, job_id: str) -> None:
    open_job(page, job_id, "?level=info")
    expect_count(page, 5)
    open_palette(page, "clear fil")
    expect(palette(page).get_by_role("option", selected=True)).to_contain_text("Clear the filters")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/{job_id}/$"))
    open_palette(page, "theme")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(palette(page).get_by_role("option", selected=True)).to_contain_text("Theme: Dark")
    page.keyboard.press("Enter")
    expect(page.locator(":root")).to_have_attribute("data-theme", "dark")
    open_palette(page, "go to workers")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/workers/$"))


def test_it_offers_only_what_the_reader_may_do(page: Page, runner: Page, job_id: str) -> None:
    for reader, count in [(page, 0), (runner, 1)]:
        open_job(reader, job_id)
        expect_count(reader, 5)
        open_palette(reader, "delete the job")
        expect(palette(reader).get_by_role("status")).not_to_have_text("Looking for jobs…")
        expect(palette(reader).get_by_role("option", name="Delete the job")).to_have_count(count)
    runner.keyboard.press("Enter")
    expect(runner.get_by_role("button", name="No", exact=True)).to_be_focused()


def test_the_palette_works_in_a_narrow_window(page: Page, job_id: str) -> None:
    page.set_viewport_size({"width": 390, "height": 700})
    open_job(page, job_id)
    page.get_by_role("button", name="Find jobs and actions").click()
    expect(palette(page).get_by_role("option").first).to_be_visible()
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    palette(page).get_by_role("option", name="Copy link").click()
    expect(palette(page)).to_be_hidden()
