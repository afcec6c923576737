from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.installation import Installation
from tests.browser.reading import expect_state, open_job


def test_a_job_appears_changes_and_ends_on_the_open_list(page: Page, installation: Installation) -> None:
    page.goto("/")
    expect_state(page, "Live")
    with installation.speaking_job("Crawl the shop") as job:
        row = page.locator(f'[data-job-id="{job.id}"]')
        expect(row).to_contain_text("Crawl the shop")
        expect(row).to_contain_text("Running")
        expect(row).to_have_class(re.compile("is-new"))
        expect(page.locator("tbody tr").first).to_have_attribute("data-job-id", job.id)
        job.say("ERROR it broke", "WARN it creaks", "::progress::80")
        expect(row).to_contain_text("1 error")
        expect(row).to_contain_text("1 warning")
        expect(row).to_contain_text("80 %")
        job.finish(1)
        expect(row).to_contain_text("Failed")
    row.get_by_role("link").click()
    expect(page).to_have_url(re.compile(f"/jobs/{job.id}/"))


def test_a_row_that_changes_is_marked_for_a_moment(page: Page, installation: Installation) -> None:
    with installation.speaking_job("Changes") as job:
        page.goto("/")
        expect_state(page, "Live")
        row = page.locator(f'[data-job-id="{job.id}"]')
        expect(row).not_to_have_class(re.compile("is-"))
        job.say("WARN it creaks")
        expect(row).to_have_class(re.compile("is-updated"))
        expect(row).not_to_have_class(re.compile("is-"))
        page.emulate_media(reduced_motion="reduce")
        job.say("WARN again")
        expect(row).to_have_class(re.compile("is-updated"))
        assert row.evaluate("(row) => getComputedStyle(row).animationName") == "none"


FAMILY = """
from jobs.models import Job
parent = Job.objects.create(name="Lineage parent")
other = Job.objects.create(name="Lineage other")
child = Job.objects.create(name="Lineage child", parent=parent)
print(parent.pk, other.pk, child.pk)
"""


def test_what_a_job_has_started_stands_beneath_it(page: Page, installation: Installation) -> None:
    parent, other, child = installation.python(FAMILY).split()
    page.goto("/?q=Lineage")
    names = page.locator("tbody .row-link")
    expect(names).to_have_text(["Lineage other", "Lineage parent", "Lineage child"])
    expect_state(page, "Live")
    grandchild = f"Job.objects.create(name='Lineage grandchild', parent_id='{child}')"
    installation.python(f"from jobs.models import Job; {grandchild}")
    expect(names).to_have_text(["Lineage other", "Lineage parent", "Lineage child", "Lineage grandchild"])
    lefts = names.evaluate_all("(all) => all.map((each) => each.getBoundingClientRect().left)")
    assert lefts[1] < lefts[2] < lefts[3]
    page.locator(f'[data-job-id="{other}"]').get_by_role("link").click()
    expect(page).to_have_url(re.compile(other))
    assert parent


LARGE = """
from datetime import timedelta
from django.utils import timezone
from jobs.models import Job
now = timezone.now()
job = Job.objects.create(name="Large numbers", kind="import", status="failed", started_at=now - timedelta(days=3650))
Job.objects.filter(pk=job.pk).update(
    finished_at=now, info_count=1234567890, warn_count=12345678, error_count=12345678, fatal_count=12345678
)
"""
NUMBERS = "tbody td:not(.cell-name, .cell-kind), tbody .badge, tbody .status, .facet, .numbers dd"
CUT_OFF = """(numbers) => [...document.querySelectorAll(numbers)]
    .filter((each) => each.offsetParent && each.scrollWidth > each.clientWidth + 1).map((each) => each.textContent)"""


@pytest.mark.parametrize("width", [1440, 1280, 1024, 800, 390])
def test_numbers_are_never_cut_off(page: Page, installation: Installation, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    installation.python(LARGE)
    page.goto("/?q=Large")
    row = page.locator("tbody tr").first
    expect(row).to_contain_text("1,271,604,924")
    expect(row).to_contain_text("24,691,356 errors")
    assert page.evaluate(CUT_OFF, NUMBERS) == []
    frame = page.locator(".table-frame")
    right = "(each) => each.getBoundingClientRect().right"
    rights = row.locator("td, .badge").evaluate_all(f"(all) => all.map({right})")
    assert max(rights) <= frame.evaluate(right) + 1


def test_facets_and_search_narrow_the_list_and_stay_in_the_address(page: Page, installation: Installation) -> None:
    good = installation.run("true", name="Facet good")
    bad = installation.run("false", name="Facet bad")
    page.goto("/")
    page.get_by_label("Search by name").fill("facet")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    failed = page.get_by_role("group", name="Status").get_by_role("button", name="Failed")
    expect(failed).to_contain_text("1")
    failed.click()
    expect(rows).to_have_count(1)
    expect(rows).to_have_attribute("data-job-id", bad)
    page.reload()
    expect(rows).to_have_attribute("data-job-id", bad)
    page.get_by_role("group", name="Status").get_by_role("button", name="Completed").click()
    expect(rows).to_have_attribute("data-job-id", good)
    page.get_by_role("group", name="Status").get_by_role("button", name="Cancelled").click()
    page.get_by_role("button", name="Show all jobs").click()
    expect(page.get_by_label("Search by name")).to_have_value("")


def test_kind_and_time_narrow_the_list_and_stay_in_the_address(page: Page, installation: Installation) -> None:
    installation.python(
        "from datetime import timedelta\nfrom django.utils import timezone\nfrom jobs.models import Job\n"
        "Job.objects.create(name='Old crawl', kind='crawl', created_at=timezone.now() - timedelta(days=3))\n"
        "Job.objects.create(name='New crawl', kind='crawl')\n"
    )
    page.goto("/")
    rows = page.locator("tbody tr")
    page.get_by_label("Kind").select_option("crawl")
    expect(rows).to_have_count(2)
    page.get_by_label("Created").select_option("24h")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("New crawl")
    expect(page).to_have_url(re.compile(r"\?kind=crawl&created=24h$"))
    page.reload()
    expect(rows).to_have_count(1)
    expect(page.get_by_label("Kind")).to_have_value("crawl")
    page.get_by_label("Created").select_option("between")
    page.get_by_label("Latest").fill("2024-01-01T00:00")
    expect(page.get_by_role("heading", name="No job matches")).to_be_visible()
    page.get_by_label("Latest").fill("")
    page.get_by_label("Latest").dispatch_event("change")
    expect(rows).to_have_count(2)


def test_a_job_that_does_not_match_does_not_appear(page: Page, installation: Installation) -> None:
    page.goto("/?q=wanted")
    expect_state(page, "Live")
    with installation.speaking_job("Other") as other, installation.speaking_job("Wanted") as wanted:
        expect(page.locator(f'[data-job-id="{wanted.id}"]')).to_be_visible()
        expect(page.locator(f'[data-job-id="{other.id}"]')).to_have_count(0)


def test_the_numbers_above_the_list_are_live(page: Page, installation: Installation) -> None:
    page.goto("/")
    number = page.locator("[data-number=failed]")
    expect(number).to_have_text(re.compile(r"^\d+$"))
    before = int(number.inner_text())
    running = page.locator("[data-number=running]")
    with installation.speaking_job() as job:
        expect(running).to_have_text("1")
        job.finish(1)
    expect(running).to_have_text("0")
    expect(number).to_have_text(str(before + 1))
    expect(page.locator("[data-number=watching]")).to_have_text("1 person")
    number.click()
    expect(page.locator(f'[data-job-id="{job.id}"]')).to_contain_text("Failed")
    expect(page).to_have_url(re.compile(r"\?status=failed&created=24h$"))


def test_a_hostile_name_is_only_text_in_the_list(page: Page, installation: Installation) -> None:
    name = "</script><img src=x onerror=\"document.title='taken'\"> {{ 7*7 }}"
    job_id = installation.run("true", name=name)
    page.goto("/")
    row = page.locator(f'[data-job-id="{job_id}"]')
    expect(row.get_by_role("link")).to_have_text(name)
    expect(row.locator("img")).to_have_count(0)
    expect(page).to_have_title("Jobs · Quaero")


def test_more_jobs_come_by_pages(page: Page, installation: Installation) -> None:
    installation.python(
        "from jobs.models import Job\nfor number in range(120): Job.objects.create(name=f'Many {number:03}')"
    )
    page.goto("/?q=Many")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(50)
    for count in [100, 120]:
        page.get_by_role("button", name="Load more jobs").click()
        expect(rows).to_have_count(count)
    expect(page.get_by_role("button", name="Load more jobs")).to_be_hidden()
    expect(rows.last).to_contain_text("Many 000")


def test_a_deleted_job_leaves_the_list_and_refuses_its_page(page: Page, installation: Installation) -> None:
    job_id = installation.run("echo", "soon gone", name="Soon gone")
    page.goto("/")
    row = page.locator(f'[data-job-id="{job_id}"]')
    expect(row).to_be_visible()
    its_page = page.context.new_page()
    with installation.speaking_job("Gone while it runs") as job:
        open_job(its_page, job.id)
        expect_state(its_page, "Live")
        installation.python(
            f"from jobs.models import Job\nJob.objects.filter(pk__in=['{job_id}', '{job.id}']).delete()"
        )
        expect_state(its_page, "Refused · This job was deleted")
    expect(row).to_be_hidden()


def test_an_empty_list_tells_how_to_run_a_first_job(page: Page) -> None:
    page.route("**/api/jobs?*", lambda route: route.fulfill(json={"jobs": [], "next": None, "counts": {}}))
    page.goto("/")
    expect(page.get_by_role("heading", name="No jobs yet")).to_be_visible()
    expect(page.locator("main")).to_contain_text("runjob -- your command")


def test_a_list_that_cannot_be_read_says_so_and_comes_back(page: Page) -> None:
    page.route("**/api/jobs?*", lambda route: route.abort())
    page.goto("/")
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    page.unroute("**/api/jobs?*")
    expect(page.get_by_role("alert")).to_be_hidden()
    expect(page.locator("tbody tr").first).to_be_visible()
