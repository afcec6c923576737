"""Filters as chips: added by a form, removed one by one, kept in the address and in its history."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.installation import Installation
from tests.browser.reading import expect_count, messages, open_job
from tests.browser.test_service_panel import expect_line, expect_live, panel

SCRIPT = """
    echo "::group::Fetch"
    for shop in 7 8; do
        printf '{"level": "info", "logger": "app.db", "message": "shop %s", "shop": %s}\\n' $shop $shop
    done
    echo "::endgroup::"; echo "::group::Load"
    echo "WARN slow" >&2
    printf '{"level": "error", "logger": "app.net", "message": "no answer"}\\n'
    echo "::endgroup::"
    echo "plain"
"""


@pytest.fixture(scope="module")
def job_id(installation: Installation) -> str:
    return installation.run("sh", "-c", SCRIPT, name="Chips")


def chips(page: Page) -> Locator:
    return page.locator(".log-panel .chip")


def add_filter(page: Page, kind: str, value: str) -> None:
    page.locator(".log-panel").get_by_role("button", name="Add filter").click()
    form = page.get_by_role("form", name="Add a filter")
    form.get_by_label("Only").select_option(label=kind)
    form.get_by_label("Value").fill(value)
    form.get_by_role("button", name="Add", exact=True).click()


def test_every_filter_is_a_chip_that_removes_it(page: Page, job_id: str) -> None:
    open_job(page, job_id, "?level=warn&stream=stdout&search=no&source=app.net&first_line=1")
    expect_count(page, 1)
    words = ["level: warn and above ✕", "stream: stdout ✕", "text: no ✕"]
    expect(chips(page)).to_have_text([*words, "source: app.net ✕", "first line: 1 ✕"])
    for name in ["text: no", "level: warn", "source: app.net", "first line: 1", "stream: stdout"]:
        chips(page).filter(has_text=name).click()
    expect_count(page, 5)
    expect(chips(page)).to_have_count(0)
    expect(page).to_have_url(re.compile(rf"/{job_id}/$"))


@pytest.mark.parametrize(
    ("kind", "value", "shown", "query"),
    [
        ("Source", "app.db", ["shop 7", "shop 8"], "source=app.db"),
        ("Field", "shop=7", ["shop 7"], "fields.shop=7"),
        ("Step", "load", ["no answer"], "step="),
        ("Lines", "1-2", ["shop 7", "shop 8"], "first_line=1&last_line=2"),
    ],
)
def test_a_filter_is_added_by_typing_it(
    page: Page, job_id: str, kind: str, value: str, shown: list[str], query: str
) -> None:
    open_job(page, job_id)
    expect_count(page, 5)
    add_filter(page, kind, value)
    expect_count(page, len(shown))
    assert sorted(messages(page)) == sorted(shown)
    assert query in page.url
    page.reload()
    expect_count(page, len(shown))


def test_a_time_is_added_in_the_readers_zone(page: Page, job_id: str) -> None:
    open_job(page, job_id)
    expect_count(page, 5)
    add_filter(page, "To time", f"{datetime.now().year - 1}-01-01 08:00")
    expect(page.locator("[data-hidden]")).to_contain_text("No line of 5 matches the filter “to: ")
    page.get_by_role("button", name=re.compile("^Remove “to:")).click()
    expect_count(page, 5)


def test_what_is_no_filter_is_said_at_once(page: Page, job_id: str) -> None:
    open_job(page, job_id)
    add_filter(page, "Lines", "ten")
    expect(page.get_by_role("alert").get_by_text("Lines are a number or two")).to_be_visible()
    expect(page.get_by_label("Value")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Add filter")).to_be_focused()
    expect(page.get_by_role("form", name="Add a filter")).to_have_count(0)


def test_what_the_server_refuses_is_said_at_its_chip(page: Page, job_id: str) -> None:
    open_job(page, job_id, "?source=app.db&from=soon")
    place = page.locator(".chip-place").filter(has_text="from: soon")
    expect(place.locator(".problem")).to_contain_text("it must be")
    page.get_by_role("button", name="from: soon").click()
    expect_count(page, 2)


def test_a_filter_that_hides_everything_offers_to_go(page: Page, job_id: str) -> None:
    open_job(page, job_id, "?source=nothing")
    hidden = page.locator("[data-hidden]")
    expect(hidden).to_contain_text("No line of 5 matches the filter “source: nothing”.")
    hidden.get_by_role("button", name="Remove “source: nothing”").click()
    expect_count(page, 5)


def test_back_takes_the_last_filter_away(page: Page, job_id: str) -> None:
    open_job(page, job_id)
    expect_count(page, 5)
    page.get_by_label("Level").select_option("warn")
    expect_count(page, 2)
    page.get_by_label("Search in messages").press_sequentially("slow")
    expect_count(page, 1)
    page.go_back()
    expect_count(page, 5)
    expect(page.get_by_label("Level")).to_have_value("")
    page.go_forward()
    expect_count(page, 1)


def test_a_chip_is_removed_by_keyboard_and_the_focus_stays_near(page: Page, job_id: str) -> None:
    open_job(page, job_id, "?level=info&source=app.db")
    expect_count(page, 2)
    chips(page).first.focus()
    page.keyboard.press("Enter")
    expect(chips(page)).to_have_count(1)
    expect(chips(page).first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".log-panel").get_by_role("button", name="Add filter")).to_be_focused()


def test_the_service_panel_filters_as_well(page: Page, installation: Installation) -> None:
    installation.run("sh", "-c", SCRIPT.replace("shop %s", "depot %s"))
    page.goto("/")
    page.keyboard.press("l")
    expect_live(page)
    panel(page).get_by_role("button", name="Add filter").click()
    form = panel(page).get_by_role("form", name="Add a filter")
    form.get_by_label("Only").select_option(label="Field")
    form.get_by_label("Value").fill("shop=7")
    page.keyboard.press("Enter")
    expect_line(page, "depot 7")
    expect(panel(page).locator(".log-message").get_by_text("depot 8", exact=True)).to_have_count(0)
    expect(page).to_have_url(re.compile(r"fields\.shop=7"))
    panel(page).get_by_role("button", name="fields.shop: 7").click()
    expect_line(page, "depot 8")
