from __future__ import annotations

import signal

import pytest
from playwright.sync_api import Page

from tests.browser.installation import Installation
from tests.browser.reading import expect_message, expect_state, expect_status, messages, open_job


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_page_goes_on_over_a_restart_without_losing_or_doubling_a_line(
    page: Page, installation: Installation, number: signal.Signals
) -> None:
    with installation.speaking_job() as job:
        open_job(page, job.id)
        job.say(*(f"before {count}" for count in range(50)))
        expect_message(page, "before 49")
        installation.stop(number)
        job.say(*(f"while it was down {count}" for count in range(300)))  # more than a first page would bring
        expect_state(page, "Connecting")
        installation.start()
        job.say(*(f"after {count}" for count in range(50)))
        expect_message(page, "after 49")
        expect_state(page, "Live")
        job.say("last")
        job.finish()
        expect_state(page, "Ended")
        expect_status(page, "Completed")
    said = {"before": 50, "while it was down": 300, "after": 50}
    assert messages(page) == [*(f"{when} {n}" for when, count in said.items() for n in range(count)), "last"]


def test_a_filtered_page_resumes_past_lines_that_do_not_match(page: Page, installation: Installation) -> None:
    with installation.speaking_job() as job:
        open_job(page, job.id, "?level=error")
        job.say("ERROR first", *(f"quiet {count}" for count in range(200)))
        expect_message(page, "ERROR first")
        installation.stop()
        job.say("ERROR second")
        installation.start()
        job.say("quiet again", "ERROR third")
        expect_message(page, "ERROR third")
        job.finish()
        expect_state(page, "Ended")
    assert messages(page) == ["ERROR first", "ERROR second", "ERROR third"]


def test_the_list_of_jobs_catches_up_after_a_restart(page: Page, installation: Installation) -> None:
    with installation.speaking_job("Outlives the server") as job:
        page.goto("/?q=Outlives")
        row = page.locator(f'[data-job-id="{job.id}"]')
        row.get_by_text("Running").wait_for()
        installation.stop()
        expect_state(page, "Connecting")
        job.finish(1)
        installation.start()
        expect_state(page, "Live")
        row.get_by_text("Failed").wait_for()
