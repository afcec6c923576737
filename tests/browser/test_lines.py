"""What a reader does with single lines: filters by what is in them, sees what is around them, links to them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.installation import Installation
from tests.browser.reading import expect_count, messages, open_job
from tests.browser.test_filter_chips import chips

SCRIPT = """
    echo "::group::Load"
    for number in $(seq 1 40); do
        printf '{"level": "info", "logger": "app.db", "message": "row %s", "shop": %s}\\n' $number $((number % 3))
    done
    echo "::endgroup::"
    printf '{"level": "error", "logger": "app.net", "message": "no answer"}\\n'
    seq 42 60
"""


@pytest.fixture(scope="module")
def job_id(installation: Installation) -> str:
    return installation.run("sh", "-c", SCRIPT, name="Lines")


def row(page: Page, text: str) -> Locator:
    return page.locator(".log-row[data-place]").filter(has=page.get_by_text(text, exact=True)).last


@pytest.mark.parametrize(
    ("part", "chip"),
    [(".log-source", "source: app.db ✕"), (".log-step", "step: Load ✕"), (".log-level", "level: info and above ✕")],
)
def test_a_click_on_a_part_of_a_line_filters_by_it(page: Page, job_id: str, part: str, chip: str) -> None:
    open_job(page, job_id)
    expect_count(page, 60)
    page.get_by_role("button", name="By step").click()  # where lines name no step, the head above them does
    row(page, "row 7").locator(part).click()
    expect(chips(page)).to_have_text([chip])


def test_a_count_of_a_level_filters_by_it(page: Page, job_id: str) -> None:
    open_job(page, job_id)
    page.get_by_role("button", name="1 error").click()
    expect(chips(page)).to_have_text(["level: error and above ✕"])
    expect_count(page, 1)


def test_the_time_of_a_line_begins_or_ends_what_is_shown(page: Page, job_id: str) -> None:
    open_job(page, job_id)
    expect_count(page, 60)
    row(page, "no answer").locator(".log-time").click()
    page.get_by_role("menuitem", name="Only from this time on").click()
    expect(chips(page)).to_have_text([re.compile("^from: ")])
    row(page, "no answer").locator(".log-time").click()
    page.get_by_role("menuitem", name="Only up to this time").click()
    expect(chips(page)).to_have_count(2)
    expect(row(page, "no answer")).to_be_visible()


def test_the_lines_around_one_open_in_place(page: Page, job_id: str) -> None:
    open_job(page, job_id, "?level=error")
    expect_count(page, 1)
    row(page, "no answer").hover()
    page.get_by_role("button", name="Show the lines around this one").click()
    expect_count(page, 11)
    expected = [*(f"row {number}" for number in range(36, 41)), "no answer", *map(str, range(42, 47))]
    assert messages(page) == expected
    page.get_by_role("button", name="Show 20 more before").click()
    expect_count(page, 31)
    page.get_by_role("button", name="Show 20 more after").click()
    expect_count(page, 45)  # to the end of the log
    page.locator(".log-context").get_by_role("button", name="Close").click()
    expect_count(page, 1)


def test_all_of_it_by_keyboard(page: Page, job_id: str) -> None:
    open_job(page, job_id, "?source=app.net")
    expect_count(page, 1)
    page.keyboard.press("j")
    page.keyboard.press("c")
    expect_count(page, 11)
    page.keyboard.press("c")
    expect_count(page, 1)
    page.keyboard.press("x")
    expect(page).to_have_url(re.compile("#L41$"))
    page.keyboard.press("m")
    menu = page.get_by_role("menu", name="Line 41")
    expect(menu.get_by_role("menuitem").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    expect(page.locator(".log")).to_be_focused()
    page.keyboard.press("Escape")
    expect_count(page, 60)


def test_a_line_is_linked_by_its_number_and_a_range_with_shift(page: Page, job_id: str) -> None:
    open_job(page, job_id, "?level=info")
    expect_count(page, 60)
    page.locator('[data-line="10"] .log-line').click()
    expect(page).to_have_url(re.compile(r"\?level=info#L10$"))
    page.locator('[data-line="12"] .log-line').click(modifiers=["Shift"])
    expect(page).to_have_url(re.compile(r"\?level=info#L10-L12$"))
    expect(page.locator(".log-chosen")).to_have_count(3)
    page.reload()
    expect(page.locator(".log-chosen")).to_have_count(3)
    expect(page.locator('[data-line="10"]')).to_be_in_viewport()
    page.get_by_role("button", name="Chosen: lines 10-12").click()
    expect(page.locator(".log-chosen")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"\?level=info$"))


def test_a_range_survives_another_view(page: Page, job_id: str) -> None:
    open_job(page, job_id, "#L3-L4")
    expect(page.locator(".log-chosen")).to_have_count(2)
    page.get_by_role("button", name="Earlier runs").click()
    expect(page).to_have_url(re.compile("#runs$"))
    page.get_by_role("button", name="Log", exact=True).click()
    expect(page).to_have_url(re.compile("#L3-L4$"))


def test_what_a_range_lacks_is_said(page: Page, job_id: str) -> None:
    open_job(page, job_id, "#L58-L70")
    expect(page.locator(".log-chosen")).to_have_count(3)
    expect(page.locator("[data-range]")).to_contain_text("The log ends at line 60.")


def test_a_line_of_another_log_leads_to_its_job(page: Page, job_id: str) -> None:
    page.goto("/")
    page.keyboard.press("l")
    link = page.locator(".service .log-row").filter(has=page.get_by_text("no answer", exact=True)).locator("a.log-job")
    expect(link.last).to_have_attribute("href", re.compile(r"/jobs/.*/#L41$"))
