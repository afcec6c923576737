from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, sign_in
from tests.browser.installation import Installation


def test_the_printed_link_signs_in_once(anonymous: Page, installation: Installation) -> None:
    anonymous.goto(installation.sign_in_link)
    anonymous.get_by_role("button", name="Sign in as admin").click()
    expect(anonymous).to_have_url(f"{installation.url}/")
    expect(anonymous.locator(".site-user-name")).to_have_text("admin")
    anonymous.get_by_role("button", name="Sign out").click()
    expect(anonymous.get_by_role("heading", name="Sign in")).to_be_visible()
    anonymous.goto(installation.sign_in_link)
    expect(anonymous.get_by_role("heading", name="This link works no more")).to_be_visible()


def test_a_link_that_somebody_made_up_tells_how_to_get_in(anonymous: Page) -> None:
    response = anonymous.goto("/sign-in/1.abcdef-0123456789abcdef0123456789abcdef/")
    assert response is not None
    assert response.status == 410
    anonymous.get_by_role("link", name="sign in with your name and password").click()
    expect(anonymous.get_by_label("Password")).to_be_visible()


def test_anonymous_people_come_back_to_where_they_wanted_to_go(anonymous: Page) -> None:
    anonymous.goto("/?status=failed")
    expect(anonymous).to_have_url(re.compile(r"/login/\?next="))
    anonymous.get_by_label("Name").fill("viewer")
    anonymous.get_by_label("Password").fill(PASSWORD)
    anonymous.keyboard.press("Enter")
    expect(anonymous).to_have_url(re.compile(r"/\?status=failed$"))


def test_a_wrong_password_says_so(anonymous: Page) -> None:
    anonymous.goto("/login/")
    anonymous.get_by_label("Name").fill("viewer")
    anonymous.get_by_label("Password").fill("wrong")
    anonymous.get_by_role("button", name="Sign in").click()
    expect(anonymous.get_by_role("alert")).to_contain_text("do not match")


def test_a_stranger_is_told_what_is_missing(anonymous: Page, installation: Installation) -> None:
    sign_in(anonymous, "stranger")
    expect(anonymous.get_by_role("heading", name="No permission")).to_be_visible()
    expect(anonymous.locator("main")).to_contain_text("quaero_jobs.view_job")
    job_id = installation.run("true")
    for path in ["/", f"/jobs/{job_id}/"]:
        response = anonymous.goto(path)
        assert response is not None
        assert response.status == 403
    assert anonymous.request.get(f"/api/jobs/{job_id}/logs").status == 403


def test_an_unknown_job_is_not_found(page: Page) -> None:
    response = page.goto("/jobs/00000000-0000-4000-8000-00000000dead/")
    assert response is not None
    assert response.status == 404
    expect(page.get_by_role("heading", name="Not found")).to_be_visible()


def test_somebody_who_was_signed_out_elsewhere_is_told(page: Page, installation: Installation) -> None:
    job_id = installation.run("true")
    page.goto(f"/jobs/{job_id}/")
    expect(page.locator("[data-state]")).to_have_text("Ended")
    page.context.clear_cookies()
    page.get_by_label("Level").select_option("warn")
    expect(page.locator("[data-state]")).to_have_text(re.compile("^Refused"))
    expect(page.get_by_role("link", name="Sign in again")).to_be_visible()
