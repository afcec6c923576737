from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.installation import Installation
from tests.browser.reading import open_job
from tests.browser.test_hostile_text import HOSTILE


def panel(page: Page) -> Locator:
    return page.get_by_role("region", name="Service log")


def toggle(page: Page) -> Locator:
    return panel(page).get_by_role("button", name="Service log")


def expect_line(page: Page, text: str) -> None:
    expect(panel(page).locator(".log-message").get_by_text(text, exact=True)).to_have_count(1)


def expect_live(page: Page) -> None:
    expect(panel(page).locator("[data-service-state]")).to_have_text("Live")


def test_the_panel_streams_every_job_on_every_page(page: Page, installation: Installation) -> None:
    with installation.speaking_job("Panel one") as one, installation.speaking_job("Panel two") as two:
        page.goto("/")
        toggle(page).click()
        expect_live(page)
        one.say("from the first")
        expect_line(page, "from the first")
        two.say("from the second")
        expect_line(page, "from the second")
        expect(panel(page).locator(".log-row").last.locator(".log-job")).to_have_text("Panel two")
        expect(panel(page).locator("[data-service-counts]")).to_have_text(re.compile(r"^\d+ / [\d,]+ \([\d,]+\)$"))
        open_job(page, one.id)
        expect_line(page, "from the second")
        expect(toggle(page)).to_have_attribute("aria-expanded", "true")
        two.say("on another page")
        expect_line(page, "on another page")
        one.finish()
        two.finish()


def test_a_closed_panel_counts_what_came_and_marks_errors(page: Page, installation: Installation) -> None:
    with installation.speaking_job() as job:
        page.goto("/")
        expect_live(page)
        badge = panel(page).locator("[data-unread]")
        toggle(page).click()
        expect(panel(page).locator(".log-row").first).to_be_visible()
        page.keyboard.press("Escape")
        expect(toggle(page)).to_be_focused()
        job.say("INFO one", "INFO two")
        expect(badge).to_have_text("2 new")
        expect(panel(page).locator("[data-unread-errors]")).to_be_hidden()
        job.say("ERROR three")
        expect(badge).to_have_text("3 new")
        expect(panel(page).locator("[data-unread-errors]")).to_be_visible()
        page.reload()
        expect(badge).to_have_text("3 new")
        page.keyboard.press("l")
        expect(badge).to_be_hidden()
        expect_line(page, "ERROR three")
        job.finish()


def test_the_level_is_the_browsers_and_clearing_is_the_tabs(page: Page, installation: Installation) -> None:
    with installation.speaking_job() as job:
        other = page.context.new_page()
        for tab in (page, other):
            tab.goto("/")
            toggle(tab).click()
        job.say("DEBUG a detail", "WARN a warning")
        for tab in (page, other):
            expect_line(tab, "WARN a warning")
        assert panel(page).get_by_text("DEBUG a detail").count() == 0
        panel(page).get_by_label("Lines from").select_option("debug")
        for tab in (page, other):
            expect_line(tab, "DEBUG a detail")
            expect(panel(tab).get_by_label("Lines from")).to_have_value("debug")
        panel(page).get_by_role("button", name="Clear", exact=True).click()
        expect(panel(page).locator(".log-row")).to_have_count(0)
        expect_line(other, "DEBUG a detail")
        job.say("DEBUG after it")
        expect_line(page, "DEBUG after it")
        page.reload()
        expect(panel(page).locator(".log-row")).to_have_count(1)
        panel(page).get_by_role("button", name="Show cleared").click()
        expect_line(page, "WARN a warning")
        job.finish()


def test_the_reader_finds_the_line_again_on_the_next_page(page: Page, installation: Installation) -> None:
    with installation.speaking_job() as job:
        job.say(*(f"line {number}" for number in range(150)))
        page.goto("/")
        toggle(page).click()
        expect_line(page, "line 149")
        page.evaluate("document.querySelector('.service .log').scrollTop -= 400")
        expect(panel(page).get_by_role("button", name="Jump to the end")).to_be_visible()
        first = page.evaluate(FIRST_IN_SIGHT)
        job.say(*(f"more {number}" for number in range(150)))
        expect(panel(page).get_by_role("button", name="Follow")).to_have_text(re.compile("new lines"))
        assert page.evaluate(FIRST_IN_SIGHT) == first
        page.goto(f"/jobs/{job.id}/")
        expect(panel(page).get_by_role("button", name="Jump to the end")).to_be_visible()
        page.wait_for_function(f"(first) => ({FIRST_IN_SIGHT})() === first", arg=first)
        job.finish()


def test_all_tabs_share_one_stream(page: Page, installation: Installation) -> None:
    tabs = [page, page.context.new_page(), page.context.new_page()]
    for tab in tabs:
        tab.goto("/")
        expect_live(tab)
    page.wait_for_function(GLOBAL_STREAMS, arg=2)  # the service's and the jobs list's


def test_a_browser_without_shared_workers_has_its_streams_too(page: Page, installation: Installation) -> None:
    page.add_init_script("delete globalThis.SharedWorker")
    with installation.speaking_job("By itself") as job:
        page.goto("/")
        toggle(page).click()
        expect_live(page)
        job.say("without a worker")
        expect_line(page, "without a worker")
        expect(page.locator(f'[data-job-id="{job.id}"]')).to_contain_text("By itself")
        job.finish()


def test_hostile_text_is_only_text_in_the_panel(page: Page, installation: Installation) -> None:
    with installation.speaking_job("<img src=x onerror=alert(1)> \u202egnp") as job:
        page.goto("/")
        toggle(page).click()
        job.say(*HOSTILE)
        expect_line(page, HOSTILE[-1])
        assert [text for text in texts(page) if text in HOSTILE] == HOSTILE
        expect(panel(page).locator(".log-job").last).to_have_text("<img src=x onerror=alert(1)> \u202egnp")
        expect(panel(page).locator("img, script, b")).to_have_count(0)
        job.finish()


def test_who_may_not_look_has_no_panel(anonymous: Page) -> None:
    anonymous.goto("/")
    expect(anonymous.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(panel(anonymous)).to_have_count(0)


def texts(page: Page) -> list[str]:
    found: list[str] = panel(page).locator(".log-message").all_text_contents()
    return found


FIRST_IN_SIGHT = """() => {
    const log = document.querySelector(".service .log");
    const top = log.getBoundingClientRect().top;
    const rows = [...log.querySelectorAll(".log-row")];
    return rows.find((row) => row.getBoundingClientRect().bottom > top + 1)?.dataset.id;
}"""

GLOBAL_STREAMS = """async (count) => {
    const status = await (await fetch("/api/streams/status")).json();
    return status.connections.global.sse === count;
}"""
