"""Histograms and comparisons over HTTP."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from jobs.models import Job
from tests.api.refusals import refused
from tests.factories import NOON, UNKNOWN_ID, append_lines, make_job, make_step

SERVICE = "/api/service/logs/histogram"


def histogram_path(job: Job) -> str:
    return f"/api/jobs/{job.pk}/logs/histogram"


def compare_path(job: Job) -> str:
    return f"/api/jobs/{job.pk}/compare"


def test_a_histogram_has_the_members_of_the_wire(as_viewer: Client, job: Job) -> None:
    append_lines(job, 2, timestamp=NOON)
    append_lines(job, 1, timestamp=NOON + timedelta(seconds=90), level="error")
    answer = as_viewer.get(histogram_path(job), {"buckets": "4"}).json()
    nothing = {"debug": 0, "info": 0, "warn": 0, "error": 0, "fatal": 0}
    assert answer == {
        "from": "2026-01-31T12:00:00.000000Z",
        "to": "2026-01-31T12:02:00.000000Z",
        "bucket_s": 30.0,
        "buckets": [
            {"start": "2026-01-31T12:00:00.000000Z", "counts": {**nothing, "info": 2}},
            {"start": "2026-01-31T12:00:30.000000Z", "counts": nothing},
            {"start": "2026-01-31T12:01:00.000000Z", "counts": nothing},
            {"start": "2026-01-31T12:01:30.000000Z", "counts": {**nothing, "error": 1}},
        ],
        "total": 3,
        "outside": 0,
        "newest_id": answer["newest_id"],
        "is_sampled": False,
        "is_complete": True,
    }


def test_a_histogram_takes_the_filters_of_the_log(as_viewer: Client, job: Job) -> None:
    step, child = make_step(job), make_job("child", parent=job)
    append_lines(job, ["shop 7"], step=step, source="app.db", fields={"shop": 7})
    append_lines(job, ["other"])
    append_lines(child, ["of the child"])

    def total(**query: str) -> int:
        found: int = as_viewer.get(histogram_path(job), query).json()["total"]
        return found

    assert total() == 2
    assert total(children="1") == 3
    given = ({"step": str(step.pk)}, {"source": "app.db"}, {"fields.shop": "7"}, {"search": "SHOP"}, {"last_line": "1"})
    assert [total(**query) for query in given] == [1] * len(given)


def test_the_histogram_of_everything_is_of_the_last_hour(as_viewer: Client, job: Job) -> None:
    append_lines(job, 2, timestamp=timezone.now() - timedelta(hours=2))
    append_lines(job, 3, timestamp=timezone.now() - timedelta(minutes=30))
    assert as_viewer.get(SERVICE).json()["total"] == 3
    assert as_viewer.get(SERVICE, {"from": "2020-01-01T00:00:00Z"}).json()["total"] == 5


def test_wrong_parameters_of_a_histogram_are_refused(as_viewer: Client, job: Job) -> None:
    for wrong in ({"buckets": "0"}, {"buckets": "201"}, {"limit": "5"}, {"step": str(UNKNOWN_ID)}, {"from": "now"}):
        assert as_viewer.get(histogram_path(job), wrong).status_code == 400, wrong
    assert as_viewer.get(f"/api/jobs/{UNKNOWN_ID}/logs/histogram").status_code == 404


def test_a_comparison_is_with_the_run_before(as_viewer: Client) -> None:
    earlier, job = make_job("import", status="completed"), make_job("import", status="failed")
    for each in (earlier, job):
        make_step(each, "fetch")
    append_lines(earlier, ["fetched 7 files", "done"])
    append_lines(job, ["fetched 8 files", "no room"], level="info")
    answer = as_viewer.get(compare_path(job)).json()
    assert (answer["job"]["run"]["id"], answer["with"]["run"]["id"]) == (str(job.pk), str(earlier.pk))
    assert [(pair["name"], bool(pair["job"]), bool(pair["with"])) for pair in answer["steps"]] == [
        ("fetch", True, True)
    ]
    parted = answer["logs"]["first_difference"]
    assert parted["job"]["line"] == parted["with"]["line"] == 2
    assert parted["with"]["lines"][1] == {"line": 2, "level": "info", "message": "done", "is_cut": False}


def test_a_comparison_names_another_run(as_viewer: Client) -> None:
    first, _, job = (make_job("import") for _ in range(3))
    answer = as_viewer.get(compare_path(job), {"with": str(first.pk)}).json()
    assert answer["with"]["run"]["id"] == str(first.pk)


def test_what_cannot_be_compared_is_refused(as_viewer: Client, job: Job) -> None:
    assert refused(as_viewer.get(compare_path(job)), 404)["code"] == "no_earlier_run"
    for wrong in (str(job.pk), str(UNKNOWN_ID), "the last one"):
        assert refused(as_viewer.get(compare_path(job), {"with": wrong}), 400)["detail"]["parameter"] == "with"


def test_pictures_are_for_those_who_may_look(as_stranger: Client, anonymous: Client, job: Job) -> None:
    for path in (histogram_path(job), compare_path(job), SERVICE):
        assert as_stranger.get(path).status_code == 403
        assert anonymous.get(path).status_code == 401
