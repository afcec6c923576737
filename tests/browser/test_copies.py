"""What is copied from a log is what was logged: each character, whichever of its rows are in the document."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.installation import Installation
from tests.browser.reading import expect_count, open_job

LONG = 30_000
HOSTILE = "tab\there \u202eright\u202c bell\u0007 <b>&amp;</b> ```` end"
MAKE_LONG = f"""
from jobs import lifecycle, recording
from jobs.models import Job
job = lifecycle.create_job("Long log")
for start in range(0, {LONG}, 1000):
    recording.append(job, [recording.NewEntry(f"row {{number}}") for number in range(start + 1, start + 1001)])
print(job.pk)
"""
CLIPBOARD = ["clipboard-read", "clipboard-write"]


@pytest.fixture
def page(new_context: Callable[[], BrowserContext], viewers_cookies: list[dict[str, object]]) -> Page:
    context = new_context()
    context.add_cookies(viewers_cookies)  # type: ignore[arg-type]
    context.grant_permissions(CLIPBOARD)
    return context.new_page()


@pytest.fixture(scope="module")
def job_id(installation: Installation) -> str:
    return installation.run("printf", "%s\\n", "one", HOSTILE, "three", "four", name="Copies")


STEPS = """
    echo "::group::First"; echo "a one"; echo "::endgroup::"
    echo "between"
    echo "::group::Second"; echo "b one"; echo "b two"; echo "::endgroup::"
"""


@pytest.fixture(scope="module")
def long_id(installation: Installation) -> str:
    return installation.python(MAKE_LONG).strip()


def clipboard(page: Page) -> str:
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def expect_copied(page: Page, text: str) -> None:
    expect(page.locator(".log-panel [data-copied]")).to_contain_text(text)


def select(page: Page, first: str, last: str) -> None:
    """From the middle of one message to the middle of another."""
    page.evaluate(
        """([first, last]) => {
            const node = (text) => [...document.querySelectorAll('.log-message')]
                .find((each) => each.textContent === text).firstChild;
            getSelection().setBaseAndExtent(node(first), 1, node(last), 2);
        }""",
        [first, last],
    )


def without_times(page: Page) -> None:
    page.get_by_role("button", name="Copy", exact=True).click()
    page.get_by_label("Times").uncheck()
    page.get_by_label("Level, step, source, fields").uncheck()
    page.keyboard.press("Escape")


def test_what_is_selected_is_copied_exactly(page: Page, job_id: str) -> None:
    open_job(page, job_id)
    expect_count(page, 4)
    without_times(page)
    select(page, "one", "three")
    page.keyboard.press("Control+c")
    assert clipboard(page) == f"ne\n{HOSTILE}\nth"


def test_a_copy_has_times_and_numbers_as_the_reader_likes(page: Page, job_id: str) -> None:
    open_job(page, job_id)
    expect_count(page, 4)
    page.locator(".log-lines").evaluate("(lines) => getSelection().selectAllChildren(lines)")
    page.keyboard.press("Control+c")
    stamped = re.compile(r"^\d\d:\d\d:\d\d\.\d{3} INFO one\n")
    assert stamped.match(clipboard(page))
    page.get_by_role("button", name="Copy", exact=True).click()
    page.get_by_label("Line numbers").check()
    page.keyboard.press("Escape")
    page.locator(".log").focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+c")
    assert re.match(r"^1 \d\d:", clipboard(page))


def test_a_range_that_was_never_wholly_on_the_page_is_copied_whole(page: Page, long_id: str) -> None:
    open_job(page, long_id, "#L1000")
    without_times(page)
    expect(page.locator('[data-line="1000"]')).to_be_in_viewport()
    page.evaluate(
        """() => {
            const text = document.querySelector('[data-line="1000"] .log-message').firstChild;
            getSelection().setBaseAndExtent(text, 0, text, 3);
        }"""
    )
    page.keyboard.press("g")
    expect(page.locator('[data-line="30000"]')).to_be_in_viewport()
    page.evaluate(
        """() => {
            const text = document.querySelector('[data-line="30000"] .log-message').firstChild;
            getSelection().extend(text, text.length);
        }"""
    )
    page.keyboard.press("Control+c")
    expect_copied(page, "29,001 lines copied.")
    assert clipboard(page) == "\n".join(f"row {number}" for number in range(1000, 30_001))


def test_all_of_a_log_is_selected_and_copied_whatever_is_on_the_page(page: Page, long_id: str) -> None:
    open_job(page, long_id)
    expect(page.locator(".log-row").last).to_be_visible()
    page.locator(".log").focus()
    page.keyboard.press("Control+a")
    expect_copied(page, "30,000 lines are selected")
    page.keyboard.press("Control+c")
    expect_copied(page, "All that is shown copied.")
    lines = clipboard(page).splitlines()
    assert len(lines) == LONG
    assert lines[0].endswith("row 1")


def test_the_menu_copies_all_that_filters_show(page: Page, long_id: str) -> None:
    open_job(page, long_id, "?search=row+2999")
    page.get_by_role("button", name="Copy", exact=True).click()
    page.get_by_role("button", name="Copy all that is shown").click()
    expect_copied(page, "All that is shown copied.")
    assert len(clipboard(page).splitlines()) == 11


def test_a_log_too_long_for_the_clipboard_is_offered_as_a_file(page: Page, long_id: str) -> None:
    page.route("**/logs/download?*", lambda route: route.fulfill(body="x" * (10 * 2**20 + 1)))
    open_job(page, long_id)
    page.get_by_role("button", name="Copy", exact=True).click()
    page.get_by_role("button", name="Copy all lines").click()
    expect_copied(page, "This is more than 10 MB: download it instead.")
    page.locator("[data-copied]").get_by_role("button", name="Download").click()
    expect(page.locator('[data-download="shown"]').get_by_role("link")).to_have_count(3)


def test_a_copy_that_fails_says_why(page: Page, long_id: str) -> None:
    refusal = '{"error": "busy", "code": "busy", "detail": {}}'
    page.route("**/logs/download?*", lambda route: route.fulfill(status=503, body=refusal))
    open_job(page, long_id)
    page.get_by_role("button", name="Copy", exact=True).click()
    page.get_by_role("button", name="Copy all lines").click()
    expect_copied(page, "Nothing was copied: The server is busy.")


def test_chosen_lines_are_copied_as_markdown_with_a_link(page: Page, installation: Installation, job_id: str) -> None:
    open_job(page, job_id, "?level=info#L2-L3")
    expect(page.locator(".log-chosen")).to_have_count(2)
    without_times(page)
    page.get_by_role("button", name="Copy", exact=True).click()
    page.get_by_role("button", name="Copy as Markdown").click()
    expect_copied(page, "The lines copied.")
    href = f"{installation.url}/jobs/{job_id}/?level=info#L2-L3"
    assert clipboard(page) == f"[Copies, lines 2-3](<{href}>)\n\n`````text\n{HOSTILE}\nthree\n`````\n"


def test_a_link_is_copied_with_filters_and_lines(page: Page, installation: Installation, job_id: str) -> None:
    open_job(page, job_id, "?level=info#L2-L3")
    expect(page.locator(".log-chosen")).to_have_count(2)
    page.keyboard.press("y")
    expect_copied(page, "The link copied.")
    assert clipboard(page) == f"{installation.url}/jobs/{job_id}/?level=info#L2-L3"


def test_without_tls_the_old_way_copies_the_same(page: Page, job_id: str) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { get: () => undefined, configurable: true })")
    open_job(page, job_id, "#L2")
    expect(page.locator(".log-chosen")).to_have_count(1)
    without_times(page)
    page.get_by_role("button", name="Copy", exact=True).click()
    page.get_by_role("button", name="Copy chosen lines").click()
    expect_copied(page, "The lines copied.")
    page.evaluate("delete navigator.clipboard")
    assert clipboard(page) == HOSTILE


@pytest.mark.parametrize(("query", "kinds"), [("", ["shown"]), ("?level=info", ["shown", "all"])])
def test_the_log_is_downloaded_as_shown_or_whole(page: Page, job_id: str, query: str, kinds: list[str]) -> None:
    open_job(page, job_id, query)
    expect_count(page, 4)
    page.get_by_role("button", name="Download", exact=True).click()
    for kind in kinds:
        links = page.locator(f'[data-download="{kind}"]').get_by_role("link")
        expect(links).to_have_text(["Text", "NDJSON", "CSV"])
        with page.expect_download() as started:
            links.nth(1).click()
        assert len(started.value.path().read_text().splitlines()) == 4


def test_lines_that_are_read_by_step_are_copied_as_they_stand(page: Page, installation: Installation) -> None:
    open_job(page, installation.run("sh", "-c", STEPS, name="Steps"), "#L1-L3")
    expect(page.locator(".log-step-head")).to_have_count(3)
    expect(page.locator(".log-chosen")).to_have_count(3)
    without_times(page)
    select(page, "between", "b two")
    page.keyboard.press("Control+c")
    assert clipboard(page) == "etween\na one\nb one\nb "
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Copy", exact=True).click()
    page.get_by_role("button", name="Copy chosen lines").click()
    expect_copied(page, "The lines copied.")
    assert clipboard(page) == "a one\nbetween\nb one"
