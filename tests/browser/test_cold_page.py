"""What the first look at a job costs a browser that has nothing of Quaero yet."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.installation import Installation

MOST_BYTES = 200_000
MOST_REQUESTS = 20


def test_a_job_is_shown_with_less_than_200_kb_from_this_host_alone(page: Page, installation: Installation) -> None:
    job_id = installation.run("seq", "3000", name="Three thousand lines")
    sizes: list[float] = []
    urls: list[str] = []
    protocol = page.context.new_cdp_session(page)
    protocol.send("Network.enable")
    protocol.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.on("request", lambda request: urls.append(request.url))
    page.goto(f"/jobs/{job_id}/")
    expect(page.locator(".log-row").get_by_text("3000", exact=True).last).to_be_visible()
    expect(page.locator("[data-state]").get_by_text("Ended")).to_be_visible()
    assert [url for url in urls if not url.startswith(f"{installation.url}/")] == []
    assert 0 < sum(sizes) < MOST_BYTES
    assert len(urls) < MOST_REQUESTS


def test_a_job_that_has_ended_needs_no_stream(page: Page, installation: Installation) -> None:
    job_id = installation.run("echo", "all there is", name="Over")
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    page.goto(f"/jobs/{job_id}/")
    expect(page.locator("[data-state]").get_by_text("Ended")).to_be_visible()
    expect(page.locator(".log-row")).to_contain_text("all there is")
    assert [url for url in urls if "/logs/stream" in url] == []
