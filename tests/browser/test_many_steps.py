"""Steps beside the log, few and many, while they come and change."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.installation import Installation
from tests.browser.reading import expect_count, expect_message, expect_state, messages, open_job

MANY = 120  # more than are told each time, and more than are drawn at first


def step(page: Page, name: str) -> Locator:
    return page.locator("[data-step-id]", has=page.get_by_text(name, exact=True))


def group(name: str, *lines: str) -> list[str]:
    return [f"::group::{name}", *lines, "::endgroup::"]


def test_steps_come_and_change_while_the_job_runs(page: Page, installation: Installation) -> None:
    with installation.speaking_job() as job:
        open_job(page, job.id)
        expect_state(page, "Live")
        job.say(*(line for number in range(MANY) for line in group(f"step {number}")))
        expect(page.locator("[data-step-id]")).to_have_count(MANY)
        job.say("::group::last", "ERROR: it failed")
        expect(step(page, "last")).to_contain_text("Running")
        expect(step(page, "last")).to_contain_text("1 error")
        job.say("::endgroup::")
        expect(step(page, "last")).to_contain_text("Completed")
        expect(step(page, "step 7")).to_contain_text("Completed")
        names = page.locator("[data-step-id] .step-name").all_text_contents()
        assert names == [*(f"step {number}" for number in range(MANY)), "last"]
        job.finish()


def test_a_step_of_many_is_chosen_and_shows_its_lines(page: Page, installation: Installation) -> None:
    script = "\n".join(f"echo ::group::step {number}; echo in {number}; echo ::endgroup::" for number in range(MANY))
    open_job(page, installation.run("sh", "-c", script))
    expect(page.locator("[data-step-id]")).to_have_count(MANY)
    step(page, "step 100").click()
    expect_count(page, 1)
    assert messages(page) == ["in 100"]
    expect(step(page, "step 100")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-step-id][aria-pressed=true]")).to_have_count(1)
    page.get_by_role("button", name="All steps").click()
    expect_message(page, "in 119")


def test_numbers_of_any_size_are_shown_to_the_last_digit(page: Page, installation: Installation) -> None:
    number = 2**100 + 1
    script = f"""echo '::result::{{"n": {number}}}'; echo '::entry::{{"message": "m", "n": {number}}}'"""
    job_id = installation.run("sh", "-c", script)
    open_job(page, job_id)
    expect(page.locator(".log-fields")).to_have_text(f"n={number}")
    page.get_by_role("button", name="Result").click()
    expect(page.locator(".json-number")).to_have_text(str(number))
