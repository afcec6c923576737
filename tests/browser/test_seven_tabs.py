"""Seven tabs on seven running jobs, over HTTP/1.1 with its six connections."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Page, expect

from tests.browser.installation import Installation, SpeakingJob
from tests.browser.reading import expect_message, expect_state, open_job
from tests.browser.test_job_page import hide

TABS = 7


@pytest.fixture
def jobs(installation: Installation) -> Iterator[list[SpeakingJob]]:
    with ExitStack() as stack:
        yield [stack.enter_context(installation.speaking_job(f"Tab {number}")) for number in range(TABS)]


def test_seven_tabs_of_one_window_stay_current(page: Page, jobs: list[SpeakingJob]) -> None:
    """One is in sight; the others hold no connection and have missed nothing when they are shown."""
    tabs = [page, *(page.context.new_page() for _ in jobs[1:])]
    for tab, job in zip(tabs, jobs, strict=True):
        open_job(tab, job.id)
        expect_state(tab, "Live")
        job.say("hello")
        expect_message(tab, "hello")
        hide(tab, True)
    for tab, job in zip(tabs, jobs, strict=True):
        job.say(*(f"line {number}" for number in range(20)))
        hide(tab, False)
        expect_message(tab, "line 19")
        expect_state(tab, "Live")
        expect(tab.locator(".log-message")).to_have_text(["hello", *(f"line {number}" for number in range(20))])
        hide(tab, True)


def test_seven_windows_stay_current_though_not_each_has_a_stream(page: Page, jobs: list[SpeakingJob]) -> None:
    tabs = [page, *(page.context.new_page() for _ in jobs[1:])]
    for tab, job in zip(tabs, jobs, strict=True):
        open_job(tab, job.id)
    for tab in tabs[:3]:
        expect_state(tab, "Live")
    for tab in tabs[3:]:
        expect_state(tab, "Polling every 5 s · other tabs hold the connections")
    for job in jobs:
        job.say("to every window")
    for tab in tabs:
        expect_message(tab, "to every window")
    tabs[0].close()
    expect_state(tabs[3], "Live")
    jobs[3].say("by a stream now")
    expect_message(tabs[3], "by a stream now")
    expect(tabs[3].locator(".log-row")).to_have_count(2)
