"""A reader who has scrolled back stays there, however much comes in meanwhile."""

from __future__ import annotations

import re
import sys

from playwright.sync_api import Page, Route, expect

from tests.browser.installation import Installation
from tests.browser.reading import expect_count, expect_message, lines, open_job

ROWS = 400
# About 1,000 lines a second until the pipe is told to end.
FAST = """
import sys, threading, time
threading.Thread(target=lambda: (sys.stdin.read(), print("last", flush=True)), daemon=False).start()
number = 0
while threading.active_count() > 1:
    print("\\n".join(f"line {number + each}" for each in range(20)), flush=True)
    number += 20
    time.sleep(0.02)
"""
FIRST_IN_SIGHT = """(log) => {
    const top = log.getBoundingClientRect().top;
    const row = [...log.querySelectorAll(".log-row")].find((each) => each.getBoundingClientRect().bottom > top + 1);
    return [Number(row.dataset.id), Math.round(row.getBoundingClientRect().top - top)];
}"""


def with_few_rows(page: Page) -> None:
    """A page that holds as many rows in seconds as others in minutes."""

    def fulfill(route: Route) -> None:
        response = route.fetch()
        text, count = re.subn(r"maxBufferSize: \d+", f"maxBufferSize: {ROWS}", response.text())
        assert count
        route.fulfill(response=response, body=text)

    page.route("**/js/log-stream.js", fulfill)


def test_nothing_moves_under_a_reader_who_scrolled_back(page: Page, installation: Installation) -> None:
    with_few_rows(page)
    with installation.fed_job([sys.executable, "-c", FAST]) as job:
        open_job(page, job.id)
        expect(page.locator(".log-row").nth(ROWS - 1)).to_be_attached()
        log = page.locator(".log")
        log.hover()
        page.mouse.wheel(0, -2000)
        expect(page.get_by_role("button", name="Jump to the end")).to_be_visible()
        place = log.evaluate(FIRST_IN_SIGHT)
        held = page.locator(".log-held")
        expect(held).to_be_visible()  # twice as many rows as usual have come
        number = held.locator("span").first
        expect(number).to_have_text(re.compile(r"^[1-9],\d\d\d newer lines"))
        assert log.evaluate(FIRST_IN_SIGHT) == place
        assert page.locator(".log-row").count() <= 2 * ROWS
        job.finish()
    shown = lines(page)
    assert shown == list(range(shown[0], shown[-1] + 1))

    press = "(button) => button.click()"  # without going there
    held.get_by_role("button", name="Load the next ones").evaluate(press)
    expect_count(page, len(shown) + 1000)
    assert log.evaluate(FIRST_IN_SIGHT) == place
    page.get_by_role("button", name="Load older lines").evaluate(press)
    expect_count(page, len(shown) + 1100)
    assert log.evaluate(FIRST_IN_SIGHT) == place
    shown = lines(page)
    assert shown == list(range(shown[0], shown[-1] + 1))

    page.get_by_role("button", name="Jump to the end").click()
    expect_message(page, "last")
    expect(held).to_be_hidden()
    shown = lines(page)
    assert shown == list(range(shown[0], shown[-1] + 1))


TRACE = """
from jobs.models import Job
from jobs.recording import NewEntry, append
job = Job.objects.create(name="Trace")
frame = {"continuation": True}
append(job, [
    NewEntry("before", fields={"user": "ada"}),
    NewEntry("Traceback (most recent call last):", level="error"),
    NewEntry('  File "a.py", line 1', level="error", fields=frame),
    NewEntry("another stream", stream="stderr"),
    NewEntry("ValueError: bad", level="error", fields=frame),
    NewEntry("after"),
])
print(job.pk)
"""


def test_lines_that_belong_together_are_shown_as_one(page: Page, installation: Installation) -> None:
    job_id = installation.python(TRACE).strip()
    open_job(page, job_id)
    expect_count(page, 6)
    levels = page.locator(".log-level").locator("visible=true")
    expect(levels).to_have_text(["info", "error", "info", "info"])
    expect(page.locator(".log-fields")).to_have_text(["user=ada"])
    head = page.locator(".log-row", has_text="Traceback")
    frame, error = page.locator(".log-joined").all()
    fold = head.get_by_role("button", name="2 more lines")
    fold.click()
    for row in (frame, error):
        assert row.evaluate("(row) => row.getBoundingClientRect().height") <= 1
    copied = page.evaluate(
        "(getSelection().selectAllChildren(document.querySelector('.log-lines')), `${getSelection()}`)"
    )
    assert [line for line in copied.splitlines() if "a.py" in line or "bad" in line] == [
        '  File "a.py", line 1',
        "ValueError: bad",
    ]
    assert "more lines" not in copied
    fold.click()
    assert error.evaluate("(row) => row.getBoundingClientRect().height") > 10


LONG_TRACE = """
from jobs.models import Job
from jobs.recording import NewEntry, append
job = Job.objects.create(name="Long trace")
frames = [NewEntry(f"frame {number}", level="error", fields={"continuation": True}) for number in range(60)]
append(job, [*(NewEntry("before") for _ in range(6)), NewEntry("head", level="error"), *frames])
print(job.pk)
"""


def test_a_head_that_comes_later_takes_its_lines(page: Page, installation: Installation) -> None:
    job_id = installation.python(LONG_TRACE).strip()
    open_job(page, job_id, "?limit=50")
    expect_count(page, 50)
    expect(page.locator(".log-joined")).to_have_count(0)
    page.get_by_role("button", name="Load older lines").click()
    expect_count(page, 67)
    expect(page.get_by_role("button", name="60 more lines")).to_be_visible()


def test_an_exception_is_shown_once(page: Page, installation: Installation) -> None:
    code = """
import logging
from jobs.handlers import QuaeroHandler
from jobs.models import Job
job = Job.objects.create(name="Broken")
handler = QuaeroHandler(job=job)
logger = logging.getLogger("shop")
logger.addHandler(handler)
try:
    {}["apples"]
except KeyError:
    logger.exception("no fruit", extra={"order": 7})
handler.flush()
print(job.pk)
"""
    open_job(page, installation.python(code).strip())
    row = page.locator(".log-row")
    expect(row).to_contain_text("no fruit")
    expect(row).to_contain_text("order=7")
    assert row.inner_text().count("KeyError") == 1
    assert row.inner_text().count("Traceback") == 1
