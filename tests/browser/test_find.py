"""Finding in a log, all of whose lines stay: across lines that are not on the page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.installation import Installation
from tests.browser.reading import expect_state, open_job

MARKS = "s/line 7 /needle 7 /; s/line 15000 /NEEDLE 15000 /; s/line 29900 /a needle and a needle /"
LONG = f"seq -f 'line %g of many' 1 30000 | sed -e '{MARKS}'"


@pytest.fixture(scope="module")
def long_job(installation: Installation) -> str:
    return installation.run("sh", "-c", LONG)


def begin(page: Page, text: str) -> None:
    page.keyboard.press("/")
    page.get_by_label("Find in the whole log").fill(text)


def expect_match(page: Page, message: str, count: str) -> None:
    expect(page.locator(".log-found-current .log-message")).to_have_text(message)
    expect(page.locator("[data-find-count]")).to_have_text(count)


def test_matches_are_gone_through_across_lines_that_are_not_loaded(page: Page, long_job: str) -> None:
    open_job(page, long_job)
    expect(page.get_by_text("line 30000 of many")).to_be_visible()
    begin(page, "needle")
    expect_match(page, "needle 7 of many", "1 of 3")  # behind the end is the beginning
    page.keyboard.press("Enter")
    expect_match(page, "NEEDLE 15000 of many", "2 of 3")
    page.keyboard.press("Enter")
    expect_match(page, "a needle and a needle of many", "3 of 3")
    assert page.locator(".log-found-current mark").all_text_contents() == ["needle", "needle"]
    page.keyboard.press("Shift+Enter")
    expect_match(page, "NEEDLE 15000 of many", "2 of 3")
    expect(page.get_by_text("line 15001 of many")).to_be_visible()
    assert page.locator(".log-row").count() < 500


def test_case_and_expressions_are_switches(page: Page, long_job: str) -> None:
    open_job(page, long_job)
    expect(page.get_by_text("line 30000 of many")).to_be_visible()
    begin(page, "needle")
    expect_match(page, "needle 7 of many", "1 of 3")
    page.get_by_role("button", name="Match case").click()
    expect_match(page, "needle 7 of many", "1 of 2")
    page.get_by_role("button", name="Regular expression").click()
    page.get_by_label("Find in the whole log").fill(r"needle \d+ of")
    expect_match(page, "needle 7 of many", "1 of 1")
    assert page.locator(".log-found-current mark").all_text_contents() == ["needle 7 of"]


def test_a_bad_expression_is_refused_where_it_is_typed(page: Page, long_job: str) -> None:
    open_job(page, long_job)
    begin(page, "(")
    page.get_by_role("button", name="Regular expression").click()
    expect(page.locator(".find-bar .problem")).to_have_text(re.compile("missing \\)"))
    page.get_by_label("Find in the whole log").fill("x*")
    expect(page.locator(".find-bar .problem")).to_have_text("")


def test_what_is_nowhere_is_not_found(page: Page, long_job: str) -> None:
    open_job(page, long_job)
    begin(page, "haystack")
    expect(page.locator("[data-find-count]")).to_have_text("No line matches")
    expect(page.get_by_role("button", name="Next match")).to_be_disabled()


def test_a_search_ends_with_its_marks_and_the_next_one_begins_with_its_text(page: Page, long_job: str) -> None:
    open_job(page, long_job)
    begin(page, "of many")
    expect(page.locator(".log-found").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".find-bar")).to_be_hidden()
    expect(page.locator(".log-found")).to_have_count(0)
    expect(page.locator(".log-row").first).to_be_visible()
    page.keyboard.press("Control+f")
    expect(page.get_by_label("Find in the whole log")).to_be_focused()
    expect(page.locator(".log-found").first).to_be_visible()


def test_lines_that_come_meanwhile_are_counted_and_marked(page: Page, installation: Installation) -> None:
    with installation.speaking_job() as job:
        open_job(page, job.id)
        expect_state(page, "Live")
        job.say("one thing", "nothing")
        begin(page, "thing")
        expect_match(page, "one thing", "1 of 2")
        job.say("another thing")
        expect(page.locator(".log-message", has_text="another thing").locator("mark")).to_have_count(1)
        expect(page.locator("[data-find-count]")).to_have_text("1 of 3")
        job.finish()


def test_in_the_service_log_too(page: Page, installation: Installation) -> None:
    page.goto("/")
    page.keyboard.press("l")
    expect(page.locator("#service-log .log-row").first).to_be_visible()
    begin(page, "s")
    expect(page.locator("#service-log .log-found").first).to_be_visible()
