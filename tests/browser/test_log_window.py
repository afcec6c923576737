"""A log of any length: few rows are in the document, and the reader goes wherever they like in it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.installation import Installation
from tests.browser.reading import expect_message, expect_state, open_job

LINES = 30_000
MOST_ROWS = 500
MADE: dict[tuple[str, str], str] = {}
MAKE = """
from jobs import lifecycle
from jobs.models import Job, LogEntry
from jobs.recording import NewEntry, append
job = Job.objects.create(name={name!r})
lifecycle.start_job(job.pk, leased=False)
for begin in range(1, {count} + 1, 1000):
    append(job, [NewEntry(f"line {{n}}" + {more}, level="error" if n == {error} else "info")
                 for n in range(begin, min(begin + 1000, {count} + 1))])
lifecycle.finish_job(job.pk, {status!r})
print(job.pk)
"""
# Per row in view: its line, and how far its top is from that of the log.
IN_VIEW = """(log) => {
    const view = log.getBoundingClientRect();
    const rows = [...log.querySelectorAll(".log-row:not(.log-kept)")].map((row) => [row, row.getBoundingClientRect()]);
    return rows.filter(([, box]) => box.bottom > view.top + 1 && box.top < view.bottom - 1)
        .map(([row, box]) => [Number(row.dataset.line), Math.round(box.top - view.top)]);
}"""
HAS_ROW_AT = """([line, top]) => {
    const log = document.querySelector(".log");
    const box = log.querySelector(`[data-line="${line}"]`)?.getBoundingClientRect();
    return box && Math.abs(box.top - log.getBoundingClientRect().top - top) < 2;
}"""
HAS_LINES = """([first, last]) => {
    const log = document.querySelector(".log");
    const view = log.getBoundingClientRect();
    const seen = [...log.querySelectorAll(".log-row, .log-gap")].filter((row) => {
        const box = row.getBoundingClientRect();
        return box.bottom > view.top + 1 && box.top < view.bottom - 1;
    });
    if (seen.some((row) => row.matches(".log-gap")) || !seen.length) return false;
    const lines = seen.map((row) => Number(row.dataset.line));
    return lines[0] >= first && lines.at(-1) <= last;
}"""


def made_job(
    installation: Installation, count: int = LINES, *, more: str = "''", error: int = 0, status: str = "completed"
) -> str:
    """The id of a finished job with so many lines, to each of which `more` adds something. Made once."""
    code = MAKE.format(name=f"{count} lines", count=count, more=more, error=error, status=status)
    if (installation.url, code) not in MADE:
        MADE[installation.url, code] = installation.python(code).strip()
    return MADE[installation.url, code]


@pytest.fixture
def log(page: Page) -> Locator:
    return page.locator(".log-panel .log")


def expect_lines(page: Page, first: int, last: int) -> None:
    """Whatever is in view lies between these lines, in order, with few rows in the document."""
    page.wait_for_function(HAS_LINES, arg=[first, last])
    lines = [line for line, _ in page.locator(".log-panel .log").evaluate(IN_VIEW)]
    assert lines == list(range(lines[0], lines[-1] + 1))
    assert len(lines) > 10
    assert page.locator(".log-row").count() < MOST_ROWS


def scroll_to(log: Locator, share: float) -> None:
    """As a reader who drags the scroll bar."""
    log.evaluate("(log, share) => { log.scrollTop = share * (log.scrollHeight - log.clientHeight); }", share)


def test_a_long_log_opens_at_its_end_and_is_read_anywhere(page: Page, installation: Installation, log: Locator) -> None:
    open_job(page, made_job(installation))
    expect_lines(page, LINES - 100, LINES)
    scroll_to(log, 0)
    expect_lines(page, 1, 60)
    assert log.evaluate(IN_VIEW)[0][0] == 1
    scroll_to(log, 0.5)
    expect_lines(page, LINES // 2 - 500, LINES // 2 + 500)
    scroll_to(log, 1)
    expect_lines(page, LINES - 100, LINES)
    assert log.evaluate(IN_VIEW)[-1][0] == LINES
    expect(page.locator("[data-showing]")).to_have_text("Showing 30,000 of 30,000")


def test_the_wheel_moves_by_exactly_its_pixels(page: Page, installation: Installation, log: Locator) -> None:
    open_job(page, made_job(installation, more="' word' * (n % 60)"), "#L15000")
    expect_lines(page, 14_900, 15_100)
    log.hover()
    for _ in range(8):
        line, top = log.evaluate(IN_VIEW)[2]
        page.mouse.wheel(0, -300)
        page.wait_for_function(HAS_ROW_AT, arg=[line, top + 300])
        rows = log.evaluate(IN_VIEW)
        assert [line for line, _ in rows] == list(range(rows[0][0], rows[-1][0] + 1))


def test_both_ends_are_reached_when_rows_are_of_different_heights(
    page: Page, installation: Installation, log: Locator
) -> None:
    open_job(page, made_job(installation, more="' word' * (n % 60)"))
    expect_lines(page, LINES - 100, LINES)
    scroll_to(log, 0.002)
    expect_lines(page, 1, 300)
    log.hover()
    for _ in range(40):
        page.mouse.wheel(0, -600)
    page.wait_for_function("() => document.querySelector('.log').scrollTop === 0")
    expect_lines(page, 1, 100)
    assert log.evaluate(IN_VIEW)[0][0] == 1
    scroll_to(log, 0.998)
    expect_lines(page, LINES - 300, LINES)
    for _ in range(40):
        page.mouse.wheel(0, 600)
    expect(page.get_by_role("button", name="Follow")).to_have_attribute("aria-pressed", "true")
    assert log.evaluate(IN_VIEW)[-1][0] == LINES


def test_an_address_opens_the_log_at_its_line(page: Page, installation: Installation, log: Locator) -> None:
    open_job(page, made_job(installation), "#L15000")
    expect_lines(page, 14_900, 15_100)
    expect(page.locator("[aria-current=true]")).to_have_attribute("data-line", "15000")
    page.evaluate("location.hash = '#L20-L30'")
    expect_lines(page, 1, 100)
    expect(page.locator("[aria-current=true]")).to_have_attribute("data-line", "20")


def test_a_failed_job_opens_at_its_first_error(page: Page, installation: Installation) -> None:
    open_job(page, made_job(installation, error=12_000, status="failed"))
    expect_lines(page, 11_900, 12_100)
    expect(page.locator("[aria-current=true]")).to_have_attribute("data-line", "12000")


def test_a_line_that_is_not_there_is_said_so(page: Page, installation: Installation) -> None:
    notice = page.locator("[data-log-notice]")
    open_job(page, made_job(installation), "#L99999")
    expect(notice).to_contain_text("Line 99,999 does not exist: the log ends at line 30,000.")
    expect_lines(page, LINES - 100, LINES)
    job_id = made_job(installation, 6000)
    installation.python(PRUNE.format(job_id=job_id))
    page.goto("about:blank")
    open_job(page, job_id, "#L1234")
    expect(notice).to_contain_text("Line 1,234 is not stored any more; the log begins at line 5,001.")
    expect(page.locator("[aria-current=true]")).to_have_attribute("data-line", "5001")
    page.get_by_role("button", name="OK").click()
    expect(notice).to_be_hidden()


PRUNE = """
from jobs.models import LogEntry
LogEntry.objects.filter(job={job_id!r}, line__lte=5000).delete()
"""


def test_the_field_goes_to_a_line_or_a_time(page: Page, installation: Installation) -> None:
    open_job(page, made_job(installation))
    expect_lines(page, LINES - 100, LINES)
    page.keyboard.press(":")
    page.keyboard.type("12,345")
    page.keyboard.press("Enter")
    expect_lines(page, 12_250, 12_450)
    page.keyboard.press("j")
    expect(page.locator("[aria-current=true]")).to_have_attribute("data-line", "12346")
    field = page.get_by_label("Go to a line or a time")
    field.fill("2020-01-01T00:00:00Z")
    field.press("Enter")
    expect_lines(page, 1, 100)
    field.fill("nonsense")
    field.press("Enter")
    expect(page.locator("[data-log-notice]")).to_contain_text("Give the number of a line")


def test_live_lines_do_not_move_what_is_read_and_are_reached(
    page: Page, installation: Installation, log: Locator
) -> None:
    with installation.speaking_job() as job:
        job.say(*(f"line {number}" for number in range(1, 3001)))
        open_job(page, job.id)
        expect_message(page, "line 3000")
        scroll_to(log, 0.5)
        expect_lines(page, 1000, 2000)
        before = log.evaluate(IN_VIEW)
        job.say(*(f"line {number}" for number in range(3001, 5001)))
        follow = page.get_by_role("button", name="Follow")
        expect(follow).to_have_text("Follow · 2,000 new lines")
        assert log.evaluate(IN_VIEW) == before
        page.keyboard.press("F")
        expect_message(page, "line 5000")
        expect_lines(page, 4900, 5000)
        job.say("one more")
        expect(page.locator(".log-message").last).to_have_text("one more")
        expect(page.locator(".log-message").last).to_be_in_viewport()
        job.finish()


def test_a_log_that_grows_long_under_a_reader_stays_where_it_is(
    page: Page, installation: Installation, log: Locator
) -> None:
    with installation.speaking_job() as job:
        job.say(*(f"line {number}" for number in range(1, 1501)))
        open_job(page, job.id)
        expect(page.locator(".log-row")).to_have_count(1500)
        scroll_to(log, 0.5)
        expect(page.get_by_role("button", name="Follow")).to_have_attribute("aria-pressed", "false")
        before = log.evaluate(IN_VIEW)
        job.say(*(f"line {number}" for number in range(1501, 3001)))
        expect(page.get_by_role("button", name="Follow")).to_have_text("Follow · 1,500 new lines")
        page.wait_for_function("() => document.querySelectorAll('.log-row').length < 500")
        assert log.evaluate(IN_VIEW) == before
        job.finish()


def test_a_selection_survives_new_lines_and_scrolling(page: Page, installation: Installation, log: Locator) -> None:
    selected = "[getSelection().anchorNode.textContent, getSelection().focusNode.textContent, getSelection().type]"
    with installation.speaking_job() as job:
        job.say(*(f"line {number}" for number in range(1, 3001)))
        open_job(page, job.id)
        expect_message(page, "line 3000")
        page.evaluate(
            """() => {
                const all = [...document.querySelectorAll(".log-message")];
                const [first, last] = ["line 2980", "line 2990"].map((text) =>
                    all.find((each) => each.textContent === text).firstChild);
                getSelection().setBaseAndExtent(first, 0, last, 9);
            }"""
        )
        job.say(*(f"line {number}" for number in range(3001, 4001)))
        expect_message(page, "line 4000")
        scroll_to(log, 0)
        expect_lines(page, 1, 60)
        assert page.evaluate(selected) == ["line 2980", "line 2990", "Range"]
        job.finish()


def test_lines_that_cannot_be_read_are_tried_again(page: Page, installation: Installation, log: Locator) -> None:
    open_job(page, made_job(installation))
    expect_lines(page, LINES - 100, LINES)
    page.route(re.compile(r"/logs\?.*offset="), lambda route: route.abort())
    scroll_to(log, 0.5)
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    page.unroute(re.compile(r"/logs\?.*offset="))
    again.click()
    expect_lines(page, 14_000, 16_000)


def test_a_log_of_wrapping_lines_is_read_in_a_narrow_window(
    page: Page, installation: Installation, log: Locator
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_job(page, made_job(installation, more="' word' * (n % 60)"), "#L15000")
    page.wait_for_function(HAS_LINES, arg=[14_900, 15_100])
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    scroll_to(log, 0)
    page.wait_for_function(HAS_LINES, arg=[1, 100])
    assert log.evaluate(IN_VIEW)[0][0] == 1


def test_a_filter_has_a_scroll_bar_of_its_own(page: Page, installation: Installation, log: Locator) -> None:
    open_job(page, made_job(installation), "?search=line 1")
    expect_state(page, "Ended")
    expect(page.locator("[data-showing]")).to_have_text("Showing 11,111 of 11,111 filtered (30,000 total)")
    scroll_to(log, 0.5)
    page.wait_for_function(HAS_LINES, arg=[14_000, 16_000])
    scroll_to(log, 0)
    page.wait_for_function("() => document.querySelector('.log-row')?.dataset.line === '1'")


def test_where_a_reader_scrolls_to_outlasts_what_is_drawn_before_the_browser_says_so(
    page: Page, installation: Installation, log: Locator
) -> None:
    page.add_init_script("""
        const {setTimeout: real} = window;
        window.setTimeout = (callback, ms, ...more) => {
            if (ms === 150) window.drawAtRest = callback; // the log's, once nothing moves
            return real(callback, ms, ...more);
        };
    """)
    open_job(page, made_job(installation))
    expect_state(page, "Ended")
    scroll_to(log, 0.5)
    page.wait_for_function(HAS_LINES, arg=[14_000, 16_000])
    log.evaluate("(log) => { log.scrollTop = 0; window.drawAtRest(); }")
    page.wait_for_function(HAS_LINES, arg=[1, 100])


def test_the_log_has_a_page_of_its_own(page: Page, installation: Installation, log: Locator) -> None:
    job_id = made_job(installation)
    open_job(page, job_id, "?level=info")
    expect_lines(page, LINES - 100, LINES)
    page.keyboard.press("Shift+F")
    expect(page).to_have_url(re.compile(f"/jobs/{job_id}/log\\?level=info$"))
    expect_lines(page, LINES - 100, LINES)
    box = log.bounding_box()
    assert box is not None
    assert box["height"] > 700
    page.get_by_role("link", name="Leave full screen").click()
    expect(page).to_have_url(re.compile(f"/jobs/{job_id}/\\?level=info$"))
