"""A job and those that it has started, on one page."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.ordering import run_program
from tests.browser.reading import expect_message, expect_state, expect_status, messages

PARENT = """
import pathlib, quaero_job, time
print("parent begins")
quaero_job.spawn(program="echo 'ERROR child speaks'", language="shell", name="First child")
while not pathlib.Path({go!r}).exists():
    time.sleep(0.02)
print("parent ends")
"""


def test_children_appear_while_the_parent_runs_and_their_lines_beside_its_own(runner: Page, tmp_path: Path) -> None:
    go = tmp_path / "go"
    job_id = run_program(runner, PARENT.format(go=str(go)), name="Parent", language="python")
    family = runner.get_by_role("navigation", name="Jobs that it has started")
    child = family.get_by_role("listitem").filter(has_text="First child")
    expect(child).to_contain_text("Completed")
    expect(child).to_contain_text("1 error")
    expect_status(runner, "Running")
    expect_message(runner, "parent begins")
    assert "ERROR child speaks" not in messages(runner)
    runner.get_by_label("With children").check()
    expect_message(runner, "ERROR child speaks")
    expect(runner.locator(".log-row", has_text="child speaks").locator(".log-job")).to_have_text("First child")
    runner.reload()
    expect(runner.get_by_label("With children")).to_be_checked()
    expect_message(runner, "ERROR child speaks")
    go.touch()
    expect_state(runner, "Ended")
    runner.get_by_label("With children").uncheck()
    expect(runner).to_have_url(re.compile(f"/jobs/{job_id}/$"))
    expect(runner.locator(".log-job")).to_have_count(0)
    child.get_by_role("link").click()
    expect(runner.locator(f'.facts a[href="/jobs/{job_id}/"]')).to_have_text("Parent")
    runner.goto("/")
    parent_link = runner.locator("tr", has_text="First child").first.get_by_role(
        "link", name="The job that started this"
    )
    expect(parent_link).to_have_attribute("href", f"/jobs/{job_id}/")


def test_delete_says_how_many_go_with_it(runner: Page, tmp_path: Path) -> None:
    go = tmp_path / "go"
    go.touch()
    run_program(runner, PARENT.format(go=str(go)), name="Parent", language="python")
    expect_status(runner, "Completed")
    expect(runner.get_by_role("listitem").filter(has_text="First child")).to_contain_text("Completed")
    runner.get_by_role("button", name="Delete").click()
    expect(runner.get_by_text("Delete this job and the 1 job that it has started")).to_be_visible()


def test_what_a_job_has_started_can_be_cancelled_when_it_has_ended_itself(runner: Page) -> None:
    program = "import quaero_job\nquaero_job.spawn('sleep 60', language='shell', name='Sleeper')"
    run_program(runner, program, name="Parent", language="python")
    expect_status(runner, "Completed")
    child = runner.get_by_role("listitem").filter(has_text="Sleeper")
    expect(child).to_contain_text("Running")
    runner.get_by_role("button", name="Cancel what it has started").click()
    runner.get_by_role("button", name="Yes, cancel").click()
    expect(child).to_contain_text("Cancelled")
    expect(runner.get_by_role("button", name="Cancel what it has started")).to_be_hidden()
