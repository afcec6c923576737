"""What a page says when it is refused: in a person's words, and with the way back to what was shown."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD
from tests.browser.installation import Installation
from tests.browser.ordering import fill_program
from tests.browser.reading import expect_count, expect_state, open_job

FOR_PROGRAMS = re.compile(r"authorization|bearer|token|jobs\.\w+_\w+|HTTP|40[134]", re.IGNORECASE)


def expect_words(page: Page, text: str) -> None:
    expect(page.locator("body")).to_contain_text(text)
    assert FOR_PROGRAMS.search(page.locator("body").inner_text()) is None


def sign_in_again(page: Page) -> None:
    page.get_by_role("link", name="Sign in again").click()
    page.get_by_label("Name").fill("viewer")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_who_was_signed_out_comes_back_to_the_log_with_its_filters(page: Page, installation: Installation) -> None:
    with installation.speaking_job("Signed out") as job:
        job.say("INFO quiet", "ERROR loud")
        open_job(page, job.id)
        expect_count(page, 2)
        page.context.clear_cookies()
        page.get_by_label("Level").select_option("error")
        expect_state(page, "Refused · You are signed out")
        expect_words(page, "You are signed out")
        sign_in_again(page)
        expect(page).to_have_url(re.compile(rf"/jobs/{job.id}/\?level=error$"))
        expect_count(page, 1)
        job.finish()


def test_who_was_signed_out_comes_back_to_the_list_with_its_filters(page: Page) -> None:
    page.goto("/")
    expect_state(page, "Live")
    page.context.clear_cookies()
    page.get_by_label("Search by name").fill("no such thing")
    expect_words(page, "You are signed out")
    sign_in_again(page)
    expect(page).to_have_url(re.compile(r"/\?q=no\+such\+thing$"))
    expect(page.get_by_role("heading", name="No job matches")).to_be_visible()


def test_who_was_signed_out_loses_no_program_that_was_typed(runner: Page) -> None:
    runner.goto("/run/")
    fill_program(runner, "echo typed")
    runner.context.clear_cookies()
    runner.get_by_role("button", name="Run", exact=True).click()
    expect_words(runner, "You are signed out")
    expect(runner.get_by_role("link", name="Sign in again")).to_have_attribute("target", "_blank")
    expect(runner.locator("textarea.program")).to_have_value("echo typed")


def test_the_workers_and_the_service_log_say_it_too(page: Page) -> None:
    page.goto("/")
    page.locator(".service-toggle").click()
    page.context.clear_cookies()
    page.locator(".service").get_by_label("Lines from").select_option("warn")
    expect(page.locator(".service .placeholder").last).to_contain_text("You are signed out")
    expect(page.locator(".service").get_by_role("link", name="Sign in again")).to_have_attribute(
        "href", "/login/?next=%2F"
    )
    assert FOR_PROGRAMS.search(page.locator("body").inner_text()) is None


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (403, "permission_missing", "You may not do this. An administrator can put you into the group Quaero viewers"),
        (404, "no_such_job", "This job is not there any more"),
        (429, "throttled", "Too many requests at once, trying again in"),
        (503, "too_many_streams", "The server has no room for another live view, trying again in"),
        (503, "closing", "The server is stopping"),
        (502, "", "Something went wrong on the server"),
    ],
)
def test_a_log_that_is_refused_says_why(
    page: Page, installation: Installation, status: int, code: str, words: str
) -> None:
    body = {"error": "use 'Authorization: Bearer'", "code": code, "detail": {"permission": "quaero_jobs.view_job"}}
    page.route("**/logs/stream*", lambda route: route.fulfill(status=status, json=body, headers={"Retry-After": "5"}))
    waiting = "from jobs.models import Job; print(Job.objects.create(name='Waits').pk)"
    open_job(page, installation.python(waiting).strip())
    expect(page.locator("[data-state]")).to_contain_text(words)
    expect_words(page, words)


def test_a_network_that_is_away_is_said_and_counted_down(page: Page, installation: Installation) -> None:
    with installation.speaking_job() as job:
        open_job(page, job.id)
        expect_state(page, "Live")
        page.context.set_offline(True)
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        page.get_by_label("Level").select_option("error")
        expect(page.locator("[data-state]")).to_contain_text(
            re.compile(r"^Connecting · This device is offline, trying again in \d+ s$")
        )
        page.context.set_offline(False)
        expect_state(page, "Live")
        job.finish()
