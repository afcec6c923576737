from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from jobs.api import logs
from jobs.models import LogEntry
from jobs.queries.log_page import LogsPayload
from tests.factories import append_lines, make_job, make_token, make_user
from tests.threads import at_once


@pytest.mark.django_db(transaction=True)
def test_what_is_pruned_after_the_look_at_the_cursor_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    job = make_job()
    ids = append_lines(job, 5).ids
    read_page = logs.read_page

    def read_page_after_pruning(*arguments: Any, **options: Any) -> LogsPayload:
        at_once(LogEntry.objects.filter(job=job, line__lte=4).prune)
        return read_page(*arguments, **options)

    monkeypatch.setattr(logs, "read_page", read_page_after_pruning)
    headers = {"Authorization": f"Bearer {make_token(make_user('reader', 'Quaero viewers'))}"}
    page = Client().get(f"/api/jobs/{job.pk}/logs?since={ids[0]}", headers=headers).json()
    assert [entry["line"] for entry in page["logs"]] == [5]
    assert page["meta"]["reset"] == "pruned"
