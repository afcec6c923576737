"""A job's log by its steps, each of which folds."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.installation import Installation
from tests.browser.reading import expect_state, messages, open_job

SHORT = """
echo before
echo ::group::build; echo b1; echo b2; echo ::endgroup::
echo ::group::test; echo t1; echo ::endgroup::
echo after
"""
LONG = """
for step in one two three; do
    echo ::group::$step
    seq -f "$step %g" 1 1000
    [ $step = two ] && echo 'ERROR: it broke' && echo '::error::it broke'
    echo ::endgroup::
done
exit 1
"""


def head(page: Page, name: str) -> Locator:
    return page.locator(".log-step-toggle", has=page.get_by_text(name, exact=True))


def expect_folded(page: Page, name: str, is_folded: bool = True) -> None:
    expect(head(page, name)).to_have_attribute("aria-expanded", str(not is_folded).lower())


@pytest.fixture(scope="module")
def short_job(installation: Installation) -> str:
    return installation.run("sh", "-c", SHORT)


@pytest.fixture(scope="module")
def long_job(installation: Installation) -> str:
    return installation.run("sh", "-c", LONG)


def test_a_short_log_is_open_with_what_is_outside_of_its_steps_first(page: Page, short_job: str) -> None:
    open_job(page, short_job)
    expect(page.locator(".log-step-head")).to_have_count(3)
    expect(page.locator(".log-row")).to_have_count(5)
    assert messages(page) == ["before", "after", "b1", "b2", "t1"]
    expect(head(page, "build")).to_contain_text("Completed")
    expect(head(page, "build")).to_contain_text("2 lines")


def test_a_step_folds_and_opens_by_its_head(page: Page, short_job: str) -> None:
    open_job(page, short_job)
    head(page, "build").click()
    expect_folded(page, "build")
    expect(page.locator(".log-message", has_text="b1")).to_have_count(0)
    head(page, "build").focus()
    page.keyboard.press("Enter")
    expect_folded(page, "build", False)
    expect(page.locator(".log-row")).to_have_count(5)
    assert messages(page) == ["before", "after", "b1", "b2", "t1"]


def test_all_steps_fold_and_open_at_once(page: Page, short_job: str) -> None:
    open_job(page, short_job)
    page.get_by_role("button", name="Fold all", exact=True).click()
    expect(page.locator(".log-row")).to_have_count(0)
    page.get_by_role("button", name="Unfold all").click()
    expect(page.locator(".log-row")).to_have_count(5)


def test_a_reader_who_wants_the_lines_in_order_gets_them_and_keeps_them(page: Page, short_job: str) -> None:
    open_job(page, short_job)
    page.get_by_role("button", name="By step").click()
    expect(page.locator(".log-step-head")).to_have_count(0)
    expect(page.locator(".log-row")).to_have_count(5)
    assert messages(page) == ["before", "b1", "b2", "t1", "after"]
    page.reload()
    expect(page.locator(".log-row")).to_have_count(5)
    expect(page.locator(".log-step-head")).to_have_count(0)


def test_of_a_long_log_the_step_that_failed_is_open_at_its_error(page: Page, long_job: str) -> None:
    open_job(page, long_job)
    expect(page.locator("[aria-current=true]")).to_contain_text("ERROR: it broke")
    expect_folded(page, "three")
    page.locator(".log").press("Home")
    expect_folded(page, "one")
    expect(page.locator(".log-row .log-message").first).to_have_text("two 1")


def test_a_line_of_a_folded_step_is_gone_to(page: Page, long_job: str) -> None:
    open_job(page, long_job)
    expect(page.locator("[aria-current=true]")).to_contain_text("ERROR: it broke")
    page.get_by_placeholder("Line or time").fill("500")
    page.keyboard.press("Enter")
    expect(page.locator("[aria-current=true] .log-message")).to_have_text("one 500")


def test_the_step_that_runs_opens_itself_and_is_followed(page: Page, installation: Installation) -> None:
    with installation.speaking_job() as job:
        open_job(page, job.id)
        expect_state(page, "Live")
        job.say("::group::first", *(f"first {number}" for number in range(2100)), "::endgroup::")
        expect(head(page, "first")).to_contain_text("2,100 lines")
        expect_folded(page, "first")
        job.say("::group::second", "hello")
        expect_folded(page, "second", False)
        expect(page.locator(".log-message", has_text="hello")).to_be_visible()
        job.finish()


def test_filters_show_lines_in_their_order(page: Page, short_job: str) -> None:
    open_job(page, short_job, "?search=t")
    expect(page.locator(".log-row")).to_have_count(2)
    expect(page.locator(".log-step-head")).to_have_count(0)


def test_the_head_of_a_step_stays_in_view_while_its_lines_are_read(page: Page, long_job: str) -> None:
    current = page.locator(".log-current-toggle")
    open_job(page, long_job)
    expect(page.locator("[aria-current=true]")).to_contain_text("ERROR: it broke")
    expect(current).to_contain_text("two")
    expect(current).to_contain_text("Completed")
    expect(current).to_contain_text("1,002 lines")
    page.locator(".log").press("Home")
    expect(current).to_have_count(0)


def test_a_step_that_is_folded_by_the_head_in_view_leaves_its_head_where_that_was(page: Page, long_job: str) -> None:
    open_job(page, long_job)
    expect(page.locator("[aria-current=true]")).to_contain_text("ERROR: it broke")
    page.get_by_role("button", name="Unfold all").click()
    page.get_by_placeholder("Line or time").fill("1500")
    page.keyboard.press("Enter")
    current = page.locator(".log-current-toggle")
    expect(current).to_contain_text("two")
    box = current.bounding_box()
    assert box is not None
    current.click()
    expect_folded(page, "two")
    expect(current).to_have_count(0)
    assert head(page, "two").bounding_box() == pytest.approx(box, abs=2)


def test_a_line_that_the_keyboard_goes_to_is_not_covered_by_the_head_in_view(page: Page, long_job: str) -> None:
    open_job(page, long_job)
    expect(page.locator("[aria-current=true]")).to_contain_text("ERROR: it broke")
    page.get_by_placeholder("Line or time").fill("500")
    page.keyboard.press("Enter")
    line = page.locator("[aria-current=true]")
    current = page.locator(".log-current-toggle")
    expect(current).to_contain_text("one")
    expect(line.locator(".log-message")).to_have_text("one 500")
    for number in range(499, 474, -1):
        page.keyboard.press("k")
        expect(line.locator(".log-message")).to_have_text(f"one {number}")
    covered, box = current.bounding_box(), line.bounding_box()
    assert covered is not None
    assert box is not None
    assert box["y"] >= covered["y"] + covered["height"] - 1
