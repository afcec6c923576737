"""Running, cancelling, running again and deleting, from the pages."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.installation import Installation
from tests.browser.ordering import add_parameter, choose_view, fill_program, job_of, run_program, submit
from tests.browser.reading import expect_message, expect_state, expect_status, open_job

HOSTILE = "<img src=x onerror=\"document.title='taken'\">"


def until(path: Path) -> str:
    """Shell that waits for the test to make a file."""
    return f"until [ -e {path} ]; do sleep 0.02; done"


def stubborn(go: Path) -> str:
    """Shell that ends when it is asked to and the test has made a file."""
    return f"trap '{until(go)}; exit 1' TERM\necho ready\nwhile :; do sleep 0.02; done"


def test_a_program_is_run_and_watched_to_its_end(runner: Page, tmp_path: Path) -> None:
    go = tmp_path / "go"
    rows = '[{"shop": "north", "sold": 9}, {"shop": "south", "sold": 10, "open": true}]'
    run_program(runner, f"echo first\n{until(go)}\necho last\necho '::result::{rows}'", name="Sales")
    expect_status(runner, "Running")
    expect_message(runner, "first")
    expect(runner.get_by_role("button", name="Result", exact=True)).to_be_hidden()
    go.touch()
    expect_state(runner, "Ended")
    expect_status(runner, "Completed")
    expect_message(runner, "last")
    choose_view(runner, "Result")
    table = runner.get_by_role("table", name="Result, 2 rows")
    expect(table.get_by_role("columnheader")).to_have_text(["shop", "sold", "open"])
    expect(table.get_by_role("row").nth(1).get_by_role("cell")).to_have_text(["north", "9", ""])
    expect(runner).to_have_url(re.compile("#result$"))


def test_a_table_is_sorted_by_its_heads_and_is_a_tree_as_well(runner: Page) -> None:
    run_program(runner, """echo '::result::[{"n": 9, "x": {"y": [1]}}, {"n": 10}, {"n": null}]'""", name="Sorting")
    expect_status(runner, "Completed")
    choose_view(runner, "Result")
    first = runner.locator(".result-table tbody td:first-child")
    expect(first).to_have_text(["9", "10", "null"])
    head = runner.get_by_role("button", name="n", exact=True)
    for texts in (["9", "10", "null"], ["10", "9", "null"], ["9", "10", "null"]):
        head.click()
        expect(first).to_have_text(texts)
    runner.get_by_role("button", name="Tree").click()
    expect(runner.locator(".json-tree")).to_contain_text("[ 3 items ]")
    expect(runner.locator(".json-leaf", has_text="10")).to_be_visible()
    with runner.expect_download() as download:
        runner.get_by_role("link", name="Download as JSON").click()
    assert '"y": [' in Path(download.value.path()).read_text()


def test_a_large_tree_is_built_where_somebody_opens_it(runner: Page) -> None:
    run_program(runner, "{'rows': list(range(500)), 'name': 'north'}", language="python", name="Large tree")
    expect_status(runner, "Completed")
    choose_view(runner, "Result")
    expect(runner.locator(".json-leaf")).to_have_count(1)
    runner.locator("summary", has_text="500 items").press("Enter")
    expect(runner.locator(".json-leaf")).to_have_count(201)
    runner.get_by_role("button", name="Show more of 300").click()
    expect(runner.locator(".json-leaf")).to_have_count(401)


def test_what_a_result_says_is_only_text(runner: Page) -> None:
    run_program(runner, f"[{{{HOSTILE!r}: {HOSTILE!r}}}]", language="python", name="Hostile")
    expect_status(runner, "Completed")
    choose_view(runner, "Result")
    for shape in ("Table", "Tree"):
        runner.get_by_role("button", name=shape).click()
        expect(runner.get_by_text(HOSTILE).first).to_be_visible()
        expect(runner.locator("main img")).to_have_count(0)
    expect(runner).to_have_title("Completed: Hostile · Quaero")


def test_a_registered_job_has_a_form_that_says_what_is_wrong_at_its_field(runner: Page) -> None:
    runner.goto("/run/")
    runner.get_by_role("navigation", name="What to run").get_by_role("button", name="prune-logs").click()
    expect(runner).to_have_url(re.compile(r"\?job=prune-logs$"))
    days = runner.get_by_label("Older than days")
    days.fill("0")
    runner.get_by_role("button", name="Run", exact=True).click()
    field = runner.locator("[data-parameter=older_than_days]")
    expect(field).to_contain_text("Must be a whole number from 1 to 36500, not 0")
    expect(days).to_be_focused()
    expect(days).to_have_value("0")
    days.fill("30000")
    submit(runner)
    expect_status(runner, "Completed")
    expect(runner.get_by_role("heading", name="prune-logs")).to_be_visible()
    choose_view(runner, "What was run")
    expect(runner.get_by_label("What was run, itself")).to_contain_text("older_than_days")


def test_a_management_command_has_a_form_as_well(runner: Page) -> None:
    runner.goto("/run/?job=showmigrations")
    for option in ("list", "plan"):
        runner.locator(f"[data-field={option}]").check()
    runner.get_by_role("button", name="Run", exact=True).click()
    expect(runner.locator("[data-parameter=plan]")).to_contain_text("Cannot be given with list")
    runner.locator("[data-field=list]").uncheck()
    runner.get_by_label("App label").fill("sessions")
    submit(runner)
    expect_status(runner, "Completed")
    expect_message(runner, "[X]  sessions.0001_initial")


def test_what_is_wrong_with_a_program_is_said_and_what_was_typed_stays(runner: Page) -> None:
    runner.goto("/run/")
    fill_program(runner, " ", name="Kept")
    runner.get_by_role("button", name="Run", exact=True).click()
    expect(runner.locator("#program-problem")).to_contain_text("is empty")
    runner.locator("textarea.program").fill("true")
    timeout = runner.get_by_label("Timeout in seconds")
    for text, problem in [("soon", "a number of seconds"), ("0", "more than 0")]:
        timeout.fill(text)
        timeout.press("Control+Enter")
        expect(runner.locator("#timeout-problem")).to_contain_text(problem)
        expect(runner.get_by_label("Name", exact=True)).to_have_value("Kept")
    timeout.fill("")
    add_parameter(runner, "", "lost")
    runner.get_by_role("button", name="Run", exact=True).click()
    expect(runner.locator("#parameters-problem")).to_contain_text("no name")
    runner.get_by_role("button", name="Remove the parameter").click()
    submit(runner)
    expect_status(runner, "Completed")


def test_tab_indents_a_program_and_leaves_it_after_escape(runner: Page) -> None:
    runner.goto("/run/")
    program = runner.locator("textarea.program")
    program.fill("if true; then\n")
    program.press("Tab")
    program.press_sequentially("echo indented; fi")
    expect(program).to_have_value("if true; then\n    echo indented; fi")
    program.press("Escape")
    program.press("Tab")
    expect(runner.get_by_label("Language")).to_be_focused()
    runner.get_by_label("Language").select_option("shell")
    program.focus()
    program.press("Control+Enter")
    job_of(runner)
    expect_message(runner, "indented")


def test_cancel_asks_once_more_and_shows_that_it_was_asked(runner: Page, tmp_path: Path) -> None:
    go = tmp_path / "go"
    run_program(runner, stubborn(go))
    expect_message(runner, "ready")
    actions = runner.get_by_role("group", name="Actions")
    actions.get_by_role("button", name="Cancel", exact=True).click()
    expect(actions.get_by_role("button", name="No", exact=True)).to_be_focused()
    runner.keyboard.press("Escape")
    expect(actions.get_by_role("button", name="Cancel", exact=True)).to_be_focused()
    expect_status(runner, "Running")
    actions.get_by_role("button", name="Cancel", exact=True).click()
    actions.get_by_role("button", name="Yes, cancel").click()
    expect(actions.get_by_text("Cancel requested")).to_be_visible()
    expect(actions.get_by_role("button", name="Cancel", exact=True)).to_be_hidden()
    go.touch()
    expect_status(runner, "Cancelled")
    expect(actions.get_by_text("Cancel requested")).to_be_hidden()
    expect_message(runner, "cancel requested by runner")


def test_who_watches_sees_that_somebody_else_has_asked_to_cancel(
    runner: Page, tmp_path: Path, installation: Installation
) -> None:
    go = tmp_path / "go"
    job_id = run_program(runner, stubborn(go))
    expect_message(runner, "ready")
    installation.python(
        "from jobs import operations\nfrom jobs.models import Job\n"
        f"operations.cancel(Job.objects.get(pk='{job_id}'), 'somebody else')"
    )
    expect(runner.locator("[data-cancel-requested]")).to_be_visible()
    go.touch()
    expect_status(runner, "Cancelled")


def test_a_run_with_a_secret_asks_for_it_when_it_is_run_again(runner: Page) -> None:
    runner.goto("/run/")
    fill_program(
        runner, 'echo "region $QUAERO_PARAMETER_REGION"; printenv QUAERO_PARAMETER_CODE | wc -c', name="Secretive"
    )
    add_parameter(runner, "region", "north")
    add_parameter(runner, "code", "a-secret-of-22-letters", secret=True)
    expect(runner.get_by_label("Value of the parameter").last).to_have_attribute("type", "password")
    first = submit(runner)
    expect_message(runner, "23")
    choose_view(runner, "What was run")
    expect(runner.locator(".pairs")).to_contain_text("region")
    expect(runner.locator(".pairs")).to_contain_text("•••")
    runner.get_by_role("button", name="Run again").click()
    runner.get_by_role("dialog").get_by_label("code").fill("another")
    runner.get_by_role("dialog").get_by_role("button", name="Run again").click()
    expect(runner).not_to_have_url(re.compile(first))
    expect_message(runner, "region north")
    expect_message(runner, "8")
    expect(runner.locator(f'.facts a[href="/jobs/{first}/"]')).to_contain_text("Secretive")
    choose_view(runner, "Earlier runs")
    expect(runner.locator("[data-run]")).to_have_count(2)
    expect(runner.locator("[data-run]").first).to_contain_text("this one")
    runner.locator(f'[data-run="{first}"]').get_by_role("link").click()
    expect(runner).to_have_url(re.compile(first))


def test_a_program_can_be_edited_and_run_again(runner: Page) -> None:
    runner.goto("/run/")
    fill_program(runner, "echo before", name="Edited")
    add_parameter(runner, "days", "7")
    submit(runner)
    choose_view(runner, "What was run")
    runner.get_by_role("link", name="Edit and run again").click()
    program = runner.locator("textarea.program")
    expect(program).to_have_value("echo before")
    expect(runner.get_by_label("Name", exact=True)).to_have_value("Edited")
    expect(runner.get_by_label("Value of the parameter")).to_have_value("7")
    program.fill("echo after $QUAERO_PARAMETER_DAYS")
    submit(runner)
    expect_message(runner, "after 7")


def test_delete_asks_once_more_and_goes_to_the_list(runner: Page) -> None:
    job_id = run_program(runner, "true", name="Deleted soon")
    expect_status(runner, "Completed")
    runner.get_by_role("button", name="Delete").click()
    expect(runner.get_by_text("Delete this job, with all that was logged?")).to_be_visible()
    runner.get_by_role("button", name="Yes, delete").click()
    expect(runner.get_by_role("heading", name="Jobs", exact=True)).to_be_visible()
    expect(runner.locator("tbody tr").first).to_be_visible()
    expect(runner.locator(f'[data-job-id="{job_id}"]')).to_have_count(0)


def test_a_refusal_is_said_on_the_page(runner: Page, installation: Installation) -> None:
    job_id = run_program(runner, "true", name="Gone meanwhile")
    expect_status(runner, "Completed")
    installation.python(f"from jobs.models import Job\nJob.objects.filter(pk='{job_id}').delete()")
    runner.get_by_role("button", name="Run again").click()
    expect(runner.locator("[data-notice]")).to_contain_text("This job is not there any more")


def test_who_may_only_look_has_no_buttons(page: Page, runner: Page) -> None:
    job_id = run_program(runner, "true", name="Looked at")
    open_job(page, job_id)
    expect_state(page, "Ended")
    expect(page.get_by_role("button", name="What was run")).to_be_visible()
    for name in ("Run again", "Delete", "Cancel"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    expect(page.get_by_role("navigation", name="Site").get_by_role("link")).to_have_text(["Jobs", "Workers"])
    page.goto("/run/")
    expect(page.get_by_role("heading", name="No permission")).to_be_visible()


def test_the_workers_show_what_they_run(runner: Page, page: Page, tmp_path: Path) -> None:
    go = tmp_path / "go"
    page.goto("/workers/")
    expect(page.get_by_text("Idle").first).to_be_visible()
    job_id = run_program(runner, f"echo ::progress::40\n{until(go)}", name="Slow import")
    row = page.locator("[data-worker]", has_text="Slow import")
    expect(row).to_contain_text("Busy")
    expect(row).to_contain_text("40 %")
    expect(row.get_by_role("link")).to_have_attribute("href", f"/jobs/{job_id}/")
    go.touch()
    expect(page.locator("[data-worker]", has_text="Slow import")).to_have_count(0)
