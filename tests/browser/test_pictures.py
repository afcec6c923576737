"""Pictures on the pages: a log over time, its steps, rates, durations of earlier runs, and two runs compared."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import findings
from tests.browser.installation import Installation
from tests.browser.ordering import choose_view
from tests.browser.reading import expect_count, expect_state, messages, open_job

MAKE = """
from datetime import timedelta
from django.utils import timezone
from jobs.models import Job, Step
from jobs.recording import NewEntry, append

now = timezone.now()

def ended(name, ago_s, took_s, status="completed"):
    began = now - timedelta(seconds=ago_s)
    job = Job.objects.create(name=name, status=status, started_at=began, finished_at=began + timedelta(seconds=took_s))
    Job.objects.filter(pk=job.pk).update(created_at=began)
    return job

def step(job, name, after_s, took_s, status="completed"):
    began = job.started_at + timedelta(seconds=after_s)
    return Step.objects.create(
        job=job, name=name, status=status, started_at=began, finished_at=began + timedelta(seconds=took_s)
    )

def log(job, after_s, messages, level="info", step=None):
    at = job.started_at + timedelta(seconds=after_s)
    append(job, [NewEntry(message, level, at, step) for message in messages])
"""
TWO_PARTS = """
job = ended("Two parts", 600, 60)
first, second = step(job, "Early", 0, 20), step(job, "Late", 20, 40, "failed")
log(job, 0, [f"early {number}" for number in range(4)], step=first)
log(job, 59, ["late 1", "late 2"], step=second)
log(job, 59, ["it failed"], "error", second)
print(job.pk)
"""
RUNS = """
for number in range(4):
    earlier = ended("Usually quick", 4000 - 100 * number, 10)
    step(earlier, "Load", 0, 10)
    log(earlier, 0, ["begun", f"loaded {number} rows", "done"])
job = ended("Usually quick", 600, 60, "failed")
step(job, "Load", 0, 60, "failed")
log(job, 0, ["begun", "loaded 17 rows", "no room left"])
print(job.pk)
"""


def make(installation: Installation, code: str) -> str:
    """Runs the code beside what MAKE gives. It prints a job's id."""
    return installation.python(MAKE + code).strip()


@pytest.fixture(scope="module")
def two_parts(installation: Installation) -> str:
    return make(installation, TWO_PARTS)


@pytest.fixture(scope="module")
def slow_run(installation: Installation) -> str:
    return make(installation, RUNS)


def histogram(page: Page) -> Locator:
    return page.get_by_role("slider", name="Lines over time")


def open_histogram(page: Page) -> Locator:
    page.get_by_role("button", name="Lines over time").click()
    expect(histogram(page).locator("canvas")).to_be_visible()
    expect(page.locator("[data-histogram-words]")).to_contain_text("7 lines, 1 error")
    return histogram(page)


def open_timeline(page: Page) -> Locator:
    page.get_by_role("button", name="Steps over time").click()
    return page.get_by_role("listbox", name="Steps over time")


def brush(page: Page, first: float, last: float) -> None:
    """Drags over the histogram, from one share of its width to another."""
    box = histogram(page).locator(".u-over").bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + first * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + last * box["width"], middle, steps=5)
    page.mouse.up()


def test_a_brush_shows_the_lines_of_that_time(page: Page, two_parts: str) -> None:
    open_job(page, two_parts)
    open_histogram(page)
    brush(page, 0.6, 1)
    expect_count(page, 3)
    assert messages(page) == ["late 1", "late 2", "it failed"]
    expect(page).to_have_url(re.compile(r"\?.*from=.*to="))
    expect(page.locator("[data-histogram-words]")).to_contain_text("3 lines, 1 error")
    page.get_by_role("button", name="Show all times").click()
    expect_count(page, 7)
    expect(page).not_to_have_url(re.compile("from="))


def test_the_histogram_is_used_by_keyboard(page: Page, two_parts: str) -> None:
    open_job(page, two_parts)
    chart = open_histogram(page)
    chart.focus()
    page.keyboard.press("Home")
    expect(chart).to_have_attribute("aria-valuetext", re.compile("4 lines$"))
    page.keyboard.press("ArrowRight")
    expect(chart).to_have_attribute("aria-valuetext", re.compile("0 lines$"))
    page.keyboard.press("Shift+End")
    expect(chart).to_have_attribute("aria-valuetext", re.compile("3 lines, 1 error$"))
    page.keyboard.press("Enter")
    expect_count(page, 3)
    page.keyboard.press("Escape")
    expect_count(page, 7)
    expect(chart).to_be_focused()


def test_the_histogram_follows_the_filters_and_is_remembered(page: Page, two_parts: str) -> None:
    open_job(page, two_parts)
    open_histogram(page)
    page.get_by_label("Level").select_option("error")
    expect(page.locator("[data-histogram-words]")).to_contain_text("1 line, 1 error")
    page.reload()
    expect(page.locator("[data-histogram-words]")).to_contain_text("1 line, 1 error")
    page.get_by_role("button", name="Lines over time").click()
    expect(histogram(page)).to_be_hidden()


def test_the_histogram_grows_with_the_log(page: Page, installation: Installation) -> None:
    with installation.speaking_job() as job:
        open_job(page, job.id)
        expect_state(page, "Live")
        job.say("one", "two")
        page.get_by_role("button", name="Lines over time").click()
        expect(page.locator("[data-histogram-words]")).to_contain_text("2 lines")
        job.say("ERROR three")
        expect(page.locator("[data-histogram-words]")).to_contain_text("3 lines, 1 error")
        job.finish()


def test_a_page_whose_pictures_are_closed_loads_nothing_for_them(page: Page, two_parts: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_job(page, two_parts)
    expect_count(page, 7)
    assert [url for url in asked if "uplot" in url.lower() or "histogram" in url.rpartition("/")[2]] == [
        url for url in asked if url.endswith("histogram-data.mjs")
    ]
    open_histogram(page)
    assert any("uPlot.iife.min.js" in url for url in asked)


def test_a_click_on_the_timeline_chooses_the_step(page: Page, two_parts: str) -> None:
    open_job(page, two_parts)
    timeline = open_timeline(page)
    expect(timeline.get_by_role("option")).to_have_count(2)
    expect(page.locator(".pictures")).to_contain_text("2 steps over 1 min 00 s; the longest Late, 40 s; 1 failed")
    timeline.get_by_role("option", name="Late").click()
    expect_count(page, 3)
    expect(timeline.get_by_role("option", name="Late")).to_have_attribute("aria-selected", "true")
    timeline.focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect_count(page, 4)


def test_a_timeline_of_thousands_draws_those_in_sight(page: Page, installation: Installation) -> None:
    job_id = make(
        installation,
        """
job = ended("Thousands", 5000, 3000)
moment = job.started_at
Step.objects.bulk_create(
    Step(job=job, name=f"step {n}", position=n, status="completed", started_at=moment, finished_at=moment)
    for n in range(3000)
)
print(job.pk)
""",
    )
    open_job(page, job_id)
    timeline = open_timeline(page)
    expect(timeline.get_by_text("step 0", exact=True)).to_be_visible()
    assert timeline.get_by_role("option").count() < 40
    timeline.focus()
    page.keyboard.press("End")
    expect(timeline.get_by_role("option", name="step 2999")).to_be_visible()
    assert timeline.get_by_role("option").count() < 40


def test_a_run_that_took_long_is_said_to_be_slower_than_usual(page: Page, slow_run: str) -> None:
    open_job(page, slow_run)
    durations = page.locator("[data-durations]")
    expect(durations).to_contain_text("slower than usual (10 s)")
    expect(durations.locator(".duration-bar")).to_have_count(5)
    expect(durations.locator(".duration-bar.is-current")).to_have_count(1)
    expect(durations.get_by_role("img")).to_have_accessible_name(re.compile("median of 4 completed runs is 10 s"))


def test_a_run_is_compared_with_the_one_before(page: Page, slow_run: str) -> None:
    open_job(page, slow_run)
    choose_view(page, "Compare")
    expect(page.locator("[data-logs-words]")).to_have_text("Line 3 is the first that differs.")
    ours = page.locator("[data-side=job] .is-different")
    expect(ours).to_contain_text("no room left")
    expect(page.locator("[data-side=with] .is-different")).to_contain_text("done")
    expect(page.locator("[data-compared-steps] tbody tr")).to_contain_text("+50 s")
    expect(page.locator("[data-totals]")).to_contain_text("+50 s")
    expect(ours.get_by_role("link")).to_have_attribute("href", re.compile(f"{slow_run}/#L3$"))
    page.get_by_label("With the run of").select_option(index=3)
    expect(page.get_by_role("link", name="Open that run")).not_to_have_attribute("href", "")
    expect(page.locator("[data-side=with] .compared-line").nth(1)).to_contain_text("loaded 0 rows")


def test_a_first_run_has_nothing_to_be_compared_with(page: Page, two_parts: str) -> None:
    open_job(page, two_parts)
    choose_view(page, "Compare")
    expect(page.get_by_text("There is no earlier run of this name.")).to_be_visible()


def test_the_rate_of_a_running_job_is_drawn_in_the_list(page: Page, installation: Installation) -> None:
    page.goto("/")
    expect_state(page, "Live")
    with installation.speaking_job("Rated job") as job:
        row = page.locator(f'[data-job-id="{job.id}"]')
        expect(row).to_be_visible()
        job.say(*(f"line {number}" for number in range(30)))
        expect(row.locator(".spark")).to_be_visible()
        expect(row.locator(".spark")).to_have_attribute("title", re.compile("lines a second"))
        job.finish()
        expect(row.locator(".spark")).to_be_hidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_pictures_are_accessible(page: Page, two_parts: str, slow_run: str, theme: str, width: int) -> None:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 800})
    open_job(page, two_parts)
    open_histogram(page)
    expect(open_timeline(page).get_by_role("option")).to_have_count(2)
    assert findings(page) == []
    open_job(page, slow_run)
    choose_view(page, "Compare")
    expect(page.locator("[data-logs-words]")).to_be_visible()
    assert findings(page) == []
    expect(page.locator("body")).to_have_js_property("scrollWidth", width)
