"""A reader who has scrolled back stays there, however much comes in meanwhile."""

from __future__ import annotations

import re
import sys

from playwright.sync_api import Page, expect

from tests.browser.installation import Installation
from tests.browser.reading import expect_count, expect_message, expect_state, lines, open_job

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


def test_nothing_moves_under_a_reader_who_scrolled_back(page: Page, installation: Installation) -> None:
    with installation.fed_job([sys.executable, "-c", FAST]) as job:
        open_job(page, job.id)
        expect(page.locator(".log-row").nth(50)).to_be_attached()
        log = page.locator(".log")
        log.hover()
        log.evaluate("(log) => { globalThis.settled = new Promise((done) => { log.onscrollend = done; }); }")
        page.mouse.wheel(0, -1000)  # which the browser spreads over many frames
        expect(page.get_by_role("button", name="Jump to the end")).to_be_visible()
        page.evaluate("globalThis.settled")
        place = log.evaluate(FIRST_IN_SIGHT)
        follow = page.get_by_role("button", name="Follow")
        expect(follow).to_have_attribute("aria-pressed", "false")
        expect(follow).to_have_text(re.compile(r"Follow · [2-9],\d\d\d new lines"))
        assert log.evaluate(FIRST_IN_SIGHT) == place
        job.finish()
    expect_state(page, "Ended")
    assert log.evaluate(FIRST_IN_SIGHT) == place
    shown = lines(page)
    assert shown == list(range(shown[0], shown[-1] + 1))
    assert len(shown) < 500
    follow.click()
    expect_message(page, "last")
    expect(follow).to_have_attribute("aria-pressed", "true")
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


def test_a_head_that_is_read_later_takes_its_lines(page: Page, installation: Installation) -> None:
    job_id = installation.python(LONG_TRACE).strip()
    open_job(page, job_id, "?limit=50")
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
