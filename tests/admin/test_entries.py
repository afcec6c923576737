"""Entries in the admin: filtered, searched, paged without counting, shown as text."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jobs.models import Job, LogEntry
from tests.admin.acting import (
    ENTRIES,
    lines_listed,
    said,
    text_of,
)
from tests.factories import append_lines, make_job, make_step


def test_entries_are_listed_newest_first_and_filtered(viewing: Client, job: Job) -> None:
    step = make_step(job)
    append_lines(job, ["alpha", "beta"], step=step)
    append_lines(job, ["Gamma 100%"], level="error", stream="stderr")
    append_lines(make_job("other"), ["alpha"])
    key = str(job.pk)
    assert lines_listed(viewing) == [1, 3, 2, 1]
    assert lines_listed(viewing, job__id__exact=key) == [3, 2, 1]
    assert lines_listed(viewing, job__id__exact=key, step__id__exact=str(step.pk)) == [2, 1]
    assert lines_listed(viewing, job__id__exact=key, level__gte="warn") == [3]
    assert lines_listed(viewing, stream__exact="stderr") == [3]
    assert lines_listed(viewing, q="GAMMA 100%") == [3]
    assert lines_listed(viewing, q="a_pha") == []


def test_fields_without_choices_are_given_in_the_address_and_taken_back(viewing: Client, job: Job) -> None:
    append_lines(job, 2, source="app.db")
    append_lines(job, ["other"], source="app", fields={"shop": 7, "ok": True})
    append_lines(job, ["other"], source="app", fields={"shop": 7})
    assert lines_listed(viewing, **{"fields.shop": "7", "fields.ok": "true"}) == [3]
    asked = {"source": "app.db", "first_line": "2", "level__gte": "info"}
    assert lines_listed(viewing, **asked) == [2]
    changelist = viewing.get(ENTRIES, asked).context["cl"]
    given = {choice["display"]: choice for each in changelist.filter_specs for choice in each.choices(changelist)}
    assert "source=" not in given["source: app.db ✕"]["query_string"]
    assert "first_line=2" in given["source: app.db ✕"]["query_string"]
    for wrong in ({"first_line": "0"}, {"fields.a..b": "7"}):
        assert "is not allowed" in said(viewing.get(ENTRIES, wrong, follow=True))


def test_pages_of_entries_lead_on_and_back(viewing: Client, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.admin.entries.admin.LogEntryAdmin.list_per_page", 4)
    append_lines(job, 10)
    for query in ({}, {"job__id__exact": str(job.pk)}, {"q": "line"}):
        pages = [viewing.get(ENTRIES, query).context["cl"]]
        while pages[-1].older_href:
            pages.append(viewing.get(ENTRIES + pages[-1].older_href).context["cl"])
        shown = [[entry.line for entry in page.result_list] for page in pages]
        assert shown == [[10, 9, 8, 7], [6, 5, 4, 3], [2, 1]]
        back = viewing.get(ENTRIES + pages[2].newer_href).context["cl"]
        assert [entry.line for entry in back.result_list] == [6, 5, 4, 3]
        assert pages[0].newer_href is None


def test_a_search_stops_and_goes_on(viewing: Client, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.admin.entries.pages.SCANNED", 4)
    append_lines(job, ["needle", *["hay"] * 9, "needle"])
    found, page, words = [], viewing.get(ENTRIES, {"q": "NEEDLE"}).context["cl"], []
    while True:
        found.append([entry.line for entry in page.result_list])
        words.append(page.older_words)
        if page.older_href is None:
            break
        page = viewing.get(ENTRIES + page.older_href).context["cl"]
    assert found == [[11], [], [1]]
    assert words[:2] == ["Search on in older entries"] * 2


def test_stops_of_a_search_lose_no_entry_in_either_direction(
    viewing: Client, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.admin.entries.pages.SCANNED", 3)
    append_lines(job, 10)
    found, page = [], viewing.get(ENTRIES, {"q": "line"}).context["cl"]
    while page.older_href:
        found += [entry.line for entry in page.result_list]
        page = viewing.get(ENTRIES + page.older_href).context["cl"]
    assert [*found, *(entry.line for entry in page.result_list)] == list(range(10, 0, -1))
    back = []
    while page.newer_href:
        page = viewing.get(ENTRIES + page.newer_href).context["cl"]
        back.append([entry.line for entry in page.result_list])
    assert back == [[4, 3, 2], [7, 6, 5], [10, 9, 8]]


def test_counts_come_from_the_counters(viewing: Client, job: Job) -> None:
    step = make_step(job, "fetch")
    append_lines(job, 1200, step=step)
    append_lines(job, 3, level="error")
    text = text_of(viewing.get(ENTRIES, {"job__id__exact": str(job.pk)}))
    for words in ("1,203 log entries", "nightly import (1,203)", "fetch (1,200)", "error and above (3)"):
        assert words in text


def test_no_list_counts_entries_or_reads_whole_messages(viewing: Client, job: Job) -> None:
    append_lines(job, ["x" * 5000] * 3)
    with CaptureQueriesContext(connection) as queries:
        response = viewing.get(ENTRIES, {"q": "x", "job__id__exact": str(job.pk)})
    sql = " ".join(query["sql"] for query in queries if "quaero_jobs_logentry" in query["sql"])
    assert "COUNT(" not in sql.upper()
    assert '"ansi"' not in sql
    assert '"fields"' not in sql
    assert "x" * 201 not in text_of(response)


@pytest.mark.parametrize("value", ["no-uuid", "00000000-0000-4000-8000-00000000dead"])
def test_an_unknown_job_is_an_error_and_not_ignored(viewing: Client, value: str) -> None:
    response = viewing.get(ENTRIES, {"job__id__exact": value}, follow=True)
    assert "job" in said(response)
    assert "is not allowed" in said(response)


def test_the_page_of_an_entry_shows_all_of_it_as_text(viewing: Client, job: Job) -> None:
    append_lines(job, ["<script>x</script> \u202eback " + "y" * 5000], fields={"path": "</pre>", "n": 1})
    text = text_of(viewing.get(f"{ENTRIES}{LogEntry.objects.get(job=job).pk}/change/"))
    assert "<script>x" not in text
    assert "&lt;script&gt;x&lt;/script&gt;" in text
    assert '<span class="quaero-control">U+202E</span>back' in text
    assert "y" * 5000 in text
    assert "&quot;path&quot;: &quot;&lt;/pre&gt;&quot;" in text
