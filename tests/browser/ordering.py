"""Running something as somebody does who sits before the page."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

JOB_ADDRESS = re.compile(r"/jobs/([0-9a-f-]{36})/$")


def run_program(page: Page, program: str, *, name: str = "", language: str = "shell") -> str:
    """Fills the form, sends it, and is then on the job's page. Gives the job's id."""
    page.goto("/run/")
    fill_program(page, program, name=name, language=language)
    return submit(page)


def fill_program(page: Page, program: str, *, name: str = "", language: str = "shell") -> None:
    page.get_by_label("Program", exact=True).and_(page.locator("textarea")).fill(program)
    page.get_by_label("Language").select_option(language)
    page.get_by_label("Name", exact=True).fill(name)


def add_parameter(page: Page, name: str, value: str, *, secret: bool = False) -> None:
    page.get_by_role("button", name="Add a parameter").click()
    page.get_by_label("Name of the parameter").last.fill(name)
    page.get_by_label("Value of the parameter").last.fill(value)
    page.get_by_role("checkbox", name="Secret").last.set_checked(secret)


def submit(page: Page) -> str:
    page.get_by_role("button", name="Run", exact=True).click()
    return job_of(page)


def job_of(page: Page) -> str:
    """The id of the job whose page comes up."""
    expect(page).to_have_url(JOB_ADDRESS)
    found = JOB_ADDRESS.search(page.url)
    assert found is not None
    return found.group(1)


def choose_view(page: Page, name: str) -> None:
    page.get_by_role("group", name="View").get_by_role("button", name=name).click()
