"""The pages that docs/javascript.md shows, as somebody opens them who is signed in."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.installation import Installation

SCRIPT = """
    echo "::group::Fetch"; echo "INFO fetched apples"; echo "WARN fetched 7 pears"; echo "::endgroup::"
    echo "<b>ERROR</b> no room"; printf '\\033[32mgreen\\033[0m\\n'
"""


def test_the_log_of_one_job_with_the_library_alone(page: Page, installation: Installation) -> None:
    with installation.speaking_job("Example <i>job</i>") as job:
        page.goto(f"/static/quaero/examples/one-job.html?job={job.id}")
        state = page.locator("[data-state]")
        expect(state).to_have_text("Live")
        expect(page.locator("[data-status]")).to_have_text("running")
        expect(page.get_by_role("heading")).to_have_text("Example <i>job</i>")
        job.say("::group::Fetch", "INFO apples", "WARN pears", "::endgroup::", "ERROR <b>no room</b>")
        messages = page.locator(".log-message")
        expect(messages).to_have_text(["INFO apples", "WARN pears", "ERROR <b>no room</b>"])
        expect(page.locator("[data-steps] li")).to_have_text(["Fetch: completed"])
        page.get_by_label("Lines from").select_option("warning")
        expect(messages).to_have_text(["WARN pears", "ERROR <b>no room</b>"])
        expect(page.locator("[data-counts]")).to_have_text("2 of 3 lines")
        job.finish()
        expect(state).to_have_text("Ended")
        expect(page.locator("[data-status]")).to_have_text("completed")


def test_two_jobs_and_the_service_side_by_side(page: Page, installation: Installation) -> None:
    done = installation.run("sh", "-c", SCRIPT, name="First of two")
    with installation.speaking_job("Second of two") as job:
        page.goto(f"/static/quaero/examples/several-logs.html?job={done}&job={job.id}")
        first, second, service = (page.locator(".viewer").nth(place) for place in range(3))
        expect(first.get_by_role("heading")).to_have_text("First of two: completed")
        expect(first.locator(".ansi-green-fg")).to_have_text("green")
        expect(second.locator(".state")).to_have_text("Live")
        job.say("to both")
        expect(second.locator(".log-message")).to_have_text("to both")
        expect(service.locator(".log-message").get_by_text("to both", exact=True)).to_have_count(1)
        expect(service.locator(".log-job").last).to_have_text("Second of two")
        job.finish()
        expect(second.locator(".state")).to_have_text("Ended: completed")


def test_the_stylesheet_of_the_log_needs_no_other(page: Page, installation: Installation) -> None:
    with installation.speaking_job() as job:
        job.say("ERROR loud")
        page.route("**/examples.css", lambda route: route.fulfill(body="", content_type="text/css"))
        grounds = []
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.goto(f"/static/quaero/examples/one-job.html?job={job.id}")
            row = page.locator(".log-row.log-level-error")
            expect(row).to_be_visible()
            assert row.evaluate("(row) => getComputedStyle(row).whiteSpace") == "pre-wrap"
            grounds.append(row.evaluate("(row) => getComputedStyle(row.parentElement).backgroundColor"))
        assert grounds == ["rgb(255, 255, 255)", "rgb(20, 23, 28)"]
        job.finish()
