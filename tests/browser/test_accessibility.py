"""Every page, in both themes and at three widths, has nothing that axe finds."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from jobs.web.throttle import OF_NAME
from tests.browser.accessibility import findings
from tests.browser.conftest import sign_in
from tests.browser.installation import Installation
from tests.browser.ordering import add_parameter, choose_view, run_program
from tests.browser.reading import expect_state, expect_status, open_job

SCRIPT = """
    echo "::group::Fetch"; echo "INFO fetched"; echo "WARN slow"; echo "DEBUG detail"; echo "::endgroup::"
    echo "::group::Load"; echo "ERROR no room"; printf '\\033[33mcoloured\\033[0m\\n'; echo "bell \\007"
    echo "::endgroup::"
    echo "::progress::40"; exit 3
"""
EACH_LOOK = pytest.mark.parametrize("theme", ["light", "dark"])
EACH_WIDTH = pytest.mark.parametrize("width", [1440, 1024, 390])


@pytest.fixture(scope="module")
def job_id(installation: Installation) -> str:
    return installation.run("sh", "-c", SCRIPT, name="Nightly import of everything there is in the northern shops")


def look(page: Page, theme: str, width: int) -> None:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 800})


@EACH_LOOK
@EACH_WIDTH
def test_the_list(page: Page, job_id: str, theme: str, width: int) -> None:
    look(page, theme, width)
    page.goto("/")
    expect(page.locator(f'[data-job-id="{job_id}"]')).to_contain_text("1 error")
    expect_state(page, "Live")
    assert findings(page) == []


@EACH_LOOK
@EACH_WIDTH
def test_a_job_and_the_open_panel(page: Page, job_id: str, theme: str, width: int) -> None:
    look(page, theme, width)
    open_job(page, job_id)
    expect(page.locator(".log-row")).to_have_count(6)
    page.keyboard.press("l")
    expect(page.locator(".service .log-row").last).to_be_visible()
    assert findings(page) == []


@EACH_LOOK
@EACH_WIDTH
def test_the_forms_with_something_wrong_in_them(runner: Page, theme: str, width: int) -> None:
    look(runner, theme, width)
    runner.goto("/run/")
    add_parameter(runner, "", "value", secret=True)
    runner.get_by_role("button", name="Run", exact=True).click()
    expect(runner.locator("#parameters-problem")).to_be_visible()
    assert findings(runner) == []
    runner.goto("/run/?job=prune-logs")
    runner.get_by_label("Older than days").fill("0")
    runner.get_by_role("button", name="Run", exact=True).click()
    expect(runner.locator(".field-problem").get_by_text("Must be")).to_be_visible()
    assert findings(runner) == []


@EACH_LOOK
@EACH_WIDTH
def test_the_views_of_a_run_and_its_questions(runner: Page, theme: str, width: int) -> None:
    look(runner, theme, width)
    program = (
        'import quaero_job\nquaero_job.spawn(program="echo ERROR", language="shell")\n[{"a": 1, "b": [1], "c": None}]'
    )
    run_program(runner, program, name="Looked at from all sides", language="python")
    expect_status(runner, "Completed")
    family = runner.get_by_role("navigation", name="Jobs that it has started")
    expect(family).to_be_visible()
    for view in ("Result", "What was run", "Earlier runs"):
        choose_view(runner, view)
        assert findings(runner) == []
    choose_view(runner, "Result")
    runner.get_by_role("button", name="Tree").click()
    runner.get_by_role("button", name="Delete").click()
    assert findings(runner) == []


@EACH_LOOK
@EACH_WIDTH
def test_the_workers(page: Page, theme: str, width: int) -> None:
    look(page, theme, width)
    page.goto("/workers/")
    expect(page.locator("[data-worker]").first).to_be_visible()
    assert findings(page) == []


@EACH_LOOK
def test_the_question_for_secrets(runner: Page, theme: str) -> None:
    look(runner, theme, 390)
    runner.goto("/run/")
    runner.locator("textarea.program").fill("1")
    add_parameter(runner, "code", "a-secret", secret=True)
    runner.get_by_role("button", name="Run", exact=True).click()
    expect_status(runner, "Completed")
    runner.get_by_role("button", name="Run again").click()
    expect(runner.get_by_role("dialog")).to_be_visible()
    assert findings(runner) == []


@EACH_LOOK
def test_lists_without_rows(page: Page, theme: str) -> None:
    look(page, theme, 1440)
    page.goto("/?q=nothing-like-it&created=between")
    expect(page.get_by_role("heading", name="No job matches")).to_be_visible()
    assert findings(page) == []
    page.route("**/api/jobs?*", lambda route: route.abort())
    page.goto("/")
    expect(page.get_by_role("alert")).to_be_visible()
    assert findings(page) == []


@EACH_LOOK
def test_pages_with_a_message(anonymous: Page, installation: Installation, theme: str) -> None:
    look(anonymous, theme, 390)
    anonymous.goto("/login/")
    assert findings(anonymous) == []
    anonymous.get_by_label("Name").fill("viewer")
    anonymous.get_by_label("Password").fill("wrong")
    anonymous.get_by_role("button", name="Sign in").click()
    expect(anonymous.get_by_role("alert")).to_be_visible()
    assert findings(anonymous) == []
    for _ in range(OF_NAME.free + 1):
        anonymous.get_by_label("Name").fill("nobody")
        anonymous.get_by_label("Password").fill("wrong")
        anonymous.get_by_role("button", name="Sign in").click()
        expect(anonymous.get_by_label("Password")).to_have_value("")
    expect(anonymous.get_by_role("alert")).to_contain_text("Try again in")
    assert findings(anonymous) == []
    anonymous.goto(installation.new_sign_in_link("viewer"))
    expect(anonymous.get_by_role("button", name="Sign in as viewer")).to_be_visible()
    assert findings(anonymous) == []
    sign_in(anonymous, "stranger")
    expect(anonymous.get_by_role("heading", name="No permission")).to_be_visible()
    assert findings(anonymous) == []


@EACH_LOOK
@EACH_WIDTH
def test_the_reference_of_the_api(anonymous: Page, theme: str, width: int) -> None:
    look(anonymous, theme, width)
    anonymous.goto("/api/docs")
    anonymous.locator("#job_log_stream summary").click()
    expect(anonymous.locator("#job_log_stream details pre").last).to_be_visible()
    assert findings(anonymous) == []


def test_a_job_can_be_found_and_read_by_keyboard(page: Page, job_id: str) -> None:
    page.goto("/")
    expect(page.locator(f'[data-job-id="{job_id}"]')).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.locator(f'[data-job-id="{job_id}"]').get_by_role("link").focus()
    page.keyboard.press("Enter")
    step = page.get_by_role("navigation", name="Steps").get_by_role("button", name="Fetch")
    step.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".log-row")).to_have_count(3)
    page.keyboard.press("l")
    expect(page.get_by_role("log", name="Service log lines")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Service log")).to_be_focused()
