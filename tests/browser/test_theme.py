from __future__ import annotations

from playwright.sync_api import Page, expect

DARK = "rgb(20, 23, 28)"
LIGHT = "rgb(255, 255, 255)"


def test_a_chosen_theme_holds_on_every_page_and_in_every_tab(page: Page) -> None:
    page.emulate_media(color_scheme="light")
    other = page.context.new_page()
    other.goto("/")
    page.goto("/")
    expect(page.locator("body")).to_have_css("background-color", LIGHT)
    page.get_by_label("Theme").select_option("dark")
    for tab in (page, other):
        expect(tab.locator("body")).to_have_css("background-color", DARK)
        expect(tab.get_by_label("Theme")).to_have_value("dark")
    page.goto("/nowhere/")
    expect(page.locator("body")).to_have_css("background-color", DARK)
    page.get_by_label("Theme").select_option("")
    expect(page.locator("body")).to_have_css("background-color", LIGHT)
    page.emulate_media(color_scheme="dark")
    expect(page.locator("body")).to_have_css("background-color", DARK)


def test_the_theme_is_there_before_the_first_paint(page: Page) -> None:
    """The script stands before the stylesheet and is neither deferred nor a module."""
    page.goto("/login/")
    script = page.locator("head script[src$='theme.js']")
    assert script.evaluate("(each) => [each.async, each.defer, each.type]") == [False, False, ""]
    assert script.evaluate("(each) => each.nextElementSibling.rel") == "stylesheet"


def test_every_browser_finds_an_icon(page: Page) -> None:
    answer = page.request.get("/favicon.ico")
    assert answer.status == 200
    assert answer.headers["content-type"] == "image/svg+xml"
