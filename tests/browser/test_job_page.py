from __future__ import annotations

import re
from contextlib import suppress

from playwright.sync_api import Page, expect

from tests.browser.installation import Installation
from tests.browser.reading import expect_count, expect_message, expect_state, expect_status, lines, messages, open_job


def test_lines_appear_while_the_job_runs_and_then_it_ends(page: Page, installation: Installation) -> None:
    with installation.speaking_job("Nightly import") as job:
        open_job(page, job.id)
        expect_state(page, "Live")
        expect_status(page, "Running")
        expect(page.get_by_text("Nothing has been logged yet")).to_be_visible()
        for number in range(1, 6):
            job.say(f"line {number}")
            expect_message(page, f"line {number}")
        expect_status(page, "Running")
        job.say("::progress::45")
        expect(page.get_by_text("45 %")).to_be_visible()
        job.finish(3)
        expect_state(page, "Ended")
        expect_status(page, "Failed")
    assert lines(page) == [1, 2, 3, 4, 5]
    expect(page).to_have_title("Failed: Nightly import · Quaero")


def test_a_finished_job_shows_what_it_logged(page: Page, installation: Installation) -> None:
    job_id = installation.run("sh", "-c", "echo one; echo two >&2")
    open_job(page, job_id)
    expect_state(page, "Ended")
    assert sorted(messages(page)) == ["one", "two"]
    expect(page.locator("[data-showing]")).to_have_text("Showing 2 of 2")


def test_filters_narrow_what_is_shown_and_stay_in_the_address(page: Page, installation: Installation) -> None:
    script = """
        echo "::group::Fetch"; echo "INFO fetched apples"; echo "WARN fetched 7 pears"; echo "::endgroup::"
        echo "::group::Load"; echo "ERROR no room for apples"; echo "INFO loaded 50%"; echo "::endgroup::"
    """
    open_job(page, installation.run("sh", "-c", script))
    expect_count(page, 4)
    page.get_by_label("Level").select_option("warn")
    expect_count(page, 2)
    expect(page.locator("[data-showing]")).to_have_text("Showing 2 of 2 filtered (4 total)")
    page.get_by_role("navigation", name="Steps").get_by_role("button", name="Load").click()
    expect_count(page, 1)
    assert messages(page) == ["ERROR no room for apples"]
    page.reload()
    expect_count(page, 1)
    expect(page.get_by_label("Level")).to_have_value("warn")
    page.keyboard.press("Escape")
    expect_count(page, 4)
    page.get_by_label("Search in messages").fill("50%")
    expect_count(page, 1)
    assert messages(page) == ["INFO loaded 50%"]
    expect(page).to_have_url(re.compile(r"\?search=50%25$"))


def test_a_filter_holds_for_lines_that_come_later(page: Page, installation: Installation) -> None:
    with installation.speaking_job() as job:
        open_job(page, job.id, "?level=error")
        expect_state(page, "Live")
        job.say("INFO quiet", "ERROR loud 1", "WARN hush", "ERROR loud 2")
        expect_message(page, "ERROR loud 2")
        assert messages(page) == ["ERROR loud 1", "ERROR loud 2"]
        page.get_by_label("Level").select_option("")
        expect_count(page, 4)
        job.finish()


def test_a_step_that_is_not_the_jobs_shows_the_whole_log(page: Page, installation: Installation) -> None:
    job_id = installation.run("echo", "hello")
    open_job(page, job_id, "?step=00000000-0000-4000-8000-00000000dead")
    expect_message(page, "hello")
    expect(page).to_have_url(f"{installation.url}/jobs/{job_id}/")


def test_a_short_log_is_in_the_document_whole(page: Page, installation: Installation) -> None:
    open_job(page, installation.run("seq", "1500"), "?limit=50")
    expect_count(page, 1500)
    expect(page.locator("[data-showing]")).to_have_text("Showing 1,500 of 1,500")
    expect(page.locator(".log-message").last).to_be_in_viewport()
    assert lines(page) == list(range(1, 1501))


def test_the_view_follows_the_end_until_the_reader_scrolls_up(page: Page, installation: Installation) -> None:
    log = page.locator(".log")
    with installation.speaking_job() as job:
        job.say(*(f"line {number}" for number in range(1, 101)))
        open_job(page, job.id)
        expect_count(page, 100)
        expect(page.locator(".log-message").last).to_be_in_viewport()
        log.hover()
        page.mouse.wheel(0, -600)
        expect(page.get_by_role("button", name="Jump to the end")).to_be_visible()
        top = log.evaluate("(log) => log.scrollTop")
        job.say(*(f"line {number}" for number in range(101, 121)))
        expect_count(page, 120)
        assert log.evaluate("(log) => log.scrollTop") == top
        page.keyboard.press("g")
        expect(page.locator(".log-message").last).to_be_in_viewport()
        expect(page.get_by_role("button", name="Jump to the end")).to_be_hidden()
        job.say("line 121")
        expect(page.locator(".log-message").last).to_have_text("line 121")
        expect(page.locator(".log-message").last).to_be_in_viewport()
        job.finish()


def test_a_key_goes_to_the_filter_by_text_and_escape_clears_it(page: Page, installation: Installation) -> None:
    open_job(page, installation.run("seq", "12"))
    expect_count(page, 12)
    page.keyboard.press("s")
    page.keyboard.type("1")
    expect_count(page, 4)
    page.keyboard.press("Escape")
    expect_count(page, 12)
    expect(page.get_by_label("Search in messages")).to_have_value("")


def test_colours_are_shown_and_a_copied_line_reads_like_a_log(page: Page, installation: Installation) -> None:
    open_job(page, installation.run("printf", r"\033[31mred\033[0m and \033[38;5;46mgreen\033[0m\n"))
    expect(page.locator(".ansi-red-fg")).to_have_text("red")
    expect(page.locator(".ansi-tuned")).to_have_text("green")
    page.locator(".log").evaluate("(log) => getSelection().selectAllChildren(log.querySelector('.log-row'))")
    copied = page.evaluate("getSelection().toString()")
    assert re.fullmatch(r"\d\d:\d\d:\d\d\.\d{3} (info|INFO) red and green", copied.strip())


def test_who_prefers_polling_gets_lines_too(page: Page, installation: Installation) -> None:
    with installation.speaking_job() as job:
        open_job(page, job.id)
        expect_state(page, "Live")
        page.get_by_role("button", name="Poll instead").click()
        expect_state(page, "Polling")
        job.say("by polling")
        expect_message(page, "by polling")
        page.get_by_role("button", name="Go live").click()
        expect_state(page, "Live")
        job.say("by the stream")
        expect_message(page, "by the stream")
        page.get_by_role("button", name="Poll instead").click()
        job.finish()
        expect_state(page, "Ended")
    assert messages(page) == ["by polling", "by the stream"]


def run_clock_until(page: Page, state: str) -> None:
    """Second by second, each with a while for the server, whose answers may be too late by the page's clock."""
    for _ in range(200):
        page.clock.run_for(1000)
        with suppress(AssertionError):
            expect(page.locator("[data-state]")).to_have_text(state, timeout=100)
            return
    expect_state(page, state)


def test_where_streams_do_not_work_the_page_polls_and_says_so(page: Page, installation: Installation) -> None:
    page.clock.install()
    page.route("**/logs/stream*", lambda route: route.abort())
    with installation.speaking_job() as job:
        open_job(page, job.id)
        run_clock_until(page, "Polling every 5 s · The stream keeps failing")
        job.say("still read")
        page.clock.run_for(5000)
        expect_message(page, "still read")
        page.unroute("**/logs/stream*")
        page.clock.run_for(30_000)
        expect_state(page, "Live")
        job.finish()


def test_a_hidden_tab_has_no_stream_and_misses_nothing(page: Page, installation: Installation) -> None:
    with installation.speaking_job() as job:
        open_job(page, job.id)
        job.say("before")
        expect_message(page, "before")
        hide(page, True)
        expect_state(page, "Paused")
        page.wait_for_function(HAS_NO_STREAM, arg=job.id)
        job.say("while nobody looked")
        hide(page, False)
        expect_message(page, "while nobody looked")
        job.finish()
        expect_state(page, "Ended")
    assert messages(page) == ["before", "while nobody looked"]


HAS_NO_STREAM = """async (jobId) => {
    const status = await (await fetch("/api/streams/status")).json();
    return !(jobId in status.connections.jobs);
}"""


def hide(page: Page, hidden: bool) -> None:
    """As a browser does with a tab in the background. (Headless, it has none.)"""
    page.evaluate(
        """(hidden) => {
            Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )
