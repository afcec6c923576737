"""Following a log while entries are deleted."""

from __future__ import annotations

import pytest

from jobs.models import Job, LogEntry
from jobs.queries import Filter
from jobs.queries.families import members
from logstream.tailing.following import Followed, FollowedFamily, FollowedJob, FollowedService, JobDeleted
from tests.factories import append_lines, make_job, stored_lines

LINES = 2500


@pytest.fixture
def ended(db: None) -> Job:
    job = make_job(status="completed")
    append_lines(job, LINES)
    return Job.objects.get(pk=job.pk)


def followers(job: Job) -> list[Followed]:
    assert list(members(job.pk)) == [job]
    return [FollowedJob(job, Filter()), FollowedFamily(job, Filter(family=job.pk)), FollowedService(Filter())]


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_a_gap_is_noticed_and_the_rest_is_read(ended: Job, kind: int) -> None:
    followed = followers(ended)[kind]
    followed.look()
    pages = followed.pages()
    assert len(next(pages)) == 1000
    LogEntry.objects.filter(job=ended, line__lte=2000).prune()
    assert [entry.line for page in pages for entry in page] == list(range(2001, LINES + 1)) == stored_lines(ended)
    assert followed.has_gap


@pytest.mark.parametrize("kind", [0, 1])
def test_a_job_that_is_deleted_meanwhile_has_no_short_log(ended: Job, kind: int) -> None:
    followed = followers(ended)[kind]
    followed.look()
    pages = followed.pages()
    next(pages)
    Job.objects.get(pk=ended.pk).delete()
    with pytest.raises(JobDeleted):
        list(pages)


def test_what_was_read_already_is_no_gap(ended: Job) -> None:
    followed = FollowedJob(ended, Filter())
    followed.look()
    pages = followed.pages()
    next(pages)
    LogEntry.objects.filter(job=ended, line__lte=1000).prune()
    assert sum(map(len, pages)) == 1500
    assert not followed.has_gap
