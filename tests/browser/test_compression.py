"""A browser reads gzipped streams, line by line and to their end."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.installation import Installation
from tests.browser.reading import expect_message, expect_state, messages, open_job


def test_a_browser_reads_a_gzipped_stream_line_by_line(page: Page, installation: Installation) -> None:
    with installation.speaking_job() as job:
        with page.expect_response(lambda answer: f"/api/jobs/{job.id}/logs/stream" in answer.url) as answer:
            open_job(page, job.id)
        assert answer.value.header_value("content-encoding") == "gzip"
        for word in ("one", "two", "three"):
            job.say(word)
            expect_message(page, word)
        job.finish()
        expect_state(page, "Ended")
    assert messages(page) == ["one", "two", "three"]
