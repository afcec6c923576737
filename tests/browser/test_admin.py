"""The admin's page of a job in a real browser: its live log stands in a shadow tree, under the same policy."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import PASSWORD, sign_in
from tests.browser.installation import Installation
from tests.browser.reading import expect_count, expect_message, expect_state
from tests.browser.test_hostile_text import HOSTILE

STAFF = f"""
from django.contrib.auth.models import Group, User
user, _ = User.objects.get_or_create(username="staff", defaults={{"is_staff": True}})
user.set_password({PASSWORD!r})
user.save()
user.groups.add(Group.objects.get(name="Quaero operators"))
"""


@pytest.fixture
def staff_page(new_context: Callable[[], BrowserContext], installation: Installation) -> Page:
    installation.python(STAFF)
    page = new_context().new_page()
    sign_in(page, "staff")
    page.wait_for_url("/")
    return page


def open_admin(page: Page, job_id: str) -> None:
    page.goto(f"/admin/quaero_jobs/job/{job_id}/change/")


def shown(page: Page) -> list[str]:
    texts: list[str] = page.locator(".log-message").evaluate_all("(all) => all.map((each) => each.textContent)")
    return texts


def test_the_admin_shows_lines_while_the_job_runs(staff_page: Page, installation: Installation) -> None:
    with installation.speaking_job("Watched from the admin") as job:
        open_admin(staff_page, job.id)
        title = staff_page.title()
        expect_state(staff_page, "Live")
        job.say(*HOSTILE)
        expect_message(staff_page, HOSTILE[-2])
        expect(staff_page.locator("body")).to_contain_text("running")
        job.say("stderr it failed", "and went on")
        expect_message(staff_page, "and went on")
        job.finish()
        expect_state(staff_page, "Ended")
    assert shown(staff_page) == [*HOSTILE, "it failed", "and went on"]
    assert staff_page.locator(".log-lines :is(script, img, b, i)").count() == 0
    assert staff_page.title() == title


def test_menus_stay_open_until_a_click_elsewhere(staff_page: Page, installation: Installation) -> None:
    open_admin(staff_page, installation.run("echo", "one"))
    expect_count(staff_page, 1)
    staff_page.get_by_role("button", name="View").first.click()
    staff_page.get_by_label("Line number").click()
    expect(staff_page.locator(".log-line")).to_have_count(0)
    staff_page.get_by_label("Line number").click()
    expect(staff_page.locator(".log-line")).to_have_count(1)
    staff_page.locator("#content h1").click()
    expect(staff_page.get_by_label("Line number")).to_have_count(0)
    staff_page.get_by_role("button", name="Copy", exact=True).first.click()
    expect(staff_page.get_by_role("button", name="Copy link")).to_be_visible()
    staff_page.locator("#content h1").click()
    expect(staff_page.get_by_role("button", name="Copy link")).to_have_count(0)


def test_the_form_beside_the_log_follows_the_job(staff_page: Page, installation: Installation) -> None:
    with installation.speaking_job("Followed in the admin") as job:
        open_admin(staff_page, job.id)
        expect_state(staff_page, "Live")
        staff_page.get_by_label("Name").fill("Being edited")
        job.say("::group::Load", "stderr ERROR: it failed", "and went on")
        expect(staff_page.locator(".field-entries .readonly")).to_contain_text("1 error")
        expect(staff_page.locator("#steps-group")).to_contain_text("Load")
        expect(staff_page.get_by_role("button", name="Request cancel")).to_be_visible()
        job.finish(3)
        expect(staff_page.locator(".field-state .readonly")).to_have_text("failed")
        expect(staff_page.locator(".field-exit_code .readonly")).to_have_text("3")
        expect(staff_page.get_by_role("button", name="Request cancel")).to_have_count(0)
    assert staff_page.get_by_label("Name").input_value() == "Being edited"


def test_the_admin_has_the_filters_of_the_jobs_page(staff_page: Page, installation: Installation) -> None:
    open_admin(staff_page, installation.run("sh", "-c", "seq 12; echo ERROR: broken"))
    address = staff_page.url
    expect_count(staff_page, 13)
    staff_page.get_by_label("Level").select_option("error")
    expect_count(staff_page, 1)
    staff_page.get_by_role("button", name="Clear filters").click()
    staff_page.get_by_label("Search in messages").fill("1")
    expect_count(staff_page, 4)
    assert staff_page.url == address


def test_the_styles_of_log_and_admin_do_not_meet(staff_page: Page, installation: Installation) -> None:
    open_admin(staff_page, installation.run("echo", "one line"))
    expect_count(staff_page, 1)
    assert style(staff_page.locator(".log-row"), "fontFamily") != style(staff_page.locator("body"), "fontFamily")
    assert style(staff_page.locator(".log-row"), "whiteSpace") == "pre-wrap"
    in_log = style(staff_page.get_by_label("Stream"), "borderTopColor")
    assert in_log != style(staff_page.get_by_label("Name"), "borderTopColor")


def style(locator: Locator, name: str) -> str:
    value: str = locator.evaluate("(element, name) => getComputedStyle(element)[name]", name)
    return value


def test_the_form_still_saves_beside_the_log(staff_page: Page, installation: Installation) -> None:
    with installation.speaking_job("Before") as job:
        open_admin(staff_page, job.id)
        expect_state(staff_page, "Live")
        staff_page.get_by_label("Name").fill("After <b>")
        job.say("logged meanwhile")
        expect_message(staff_page, "logged meanwhile")
        staff_page.get_by_role("button", name="Save and continue editing").click()
        expect(staff_page.get_by_text("was changed successfully")).to_be_visible()
        expect_message(staff_page, "logged meanwhile")
        job.finish()
    assert (
        installation.python(f"from jobs.models import Job; print(Job.objects.get(pk='{job.id}').name)") == "After <b>\n"
    )


ADMIN_PAGES = [
    "",
    "quaero_jobs/job/",
    "quaero_jobs/logentry/",
    "quaero_jobs/step/",
    "auth/user/",
    "password_change/",
    "quaero_jobs/job/{job}/change/",
]


@pytest.mark.parametrize("path", ADMIN_PAGES)
def test_the_service_log_is_at_the_foot_of_every_admin_page(
    staff_page: Page, installation: Installation, path: str
) -> None:
    installation.python(
        "from django.contrib.auth.models import User; User.objects.filter(username='staff').update(is_superuser=True)"
    )
    with installation.speaking_job("Seen from the admin") as job:
        staff_page.goto(f"/admin/{path.format(job=job.id)}")
        toggle = staff_page.get_by_role("button", name="Service log")
        expect(toggle).to_be_in_viewport()
        expect(toggle).to_have_attribute("aria-expanded", "false")
        toggle.click()
        panel = staff_page.get_by_label("Service log lines")
        job.say(f"heard on /admin/{path}")
        expect(panel.get_by_text(f"heard on /admin/{path}", exact=True)).to_be_in_viewport()
        staff_page.keyboard.press("Escape")
        expect(panel).to_have_count(0)
        job.finish()


def test_typing_in_the_log_of_the_admin_opens_nothing(staff_page: Page, installation: Installation) -> None:
    open_admin(staff_page, installation.run("echo", "all"))
    staff_page.get_by_label("Search in messages").click()
    staff_page.keyboard.type("all")
    expect_count(staff_page, 1)
    expect(staff_page.get_by_role("button", name="Service log")).to_have_attribute("aria-expanded", "false")


def test_a_window_that_chooses_a_related_object_has_no_service_log(staff_page: Page) -> None:
    staff_page.goto("/admin/quaero_jobs/job/?_popup=1")
    expect(staff_page.get_by_role("button", name="Service log")).to_have_count(0)
